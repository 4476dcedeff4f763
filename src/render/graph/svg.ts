import { instance, type Viz } from "@viz-js/viz";
import { ended, join, lines, linesOf, type Safe } from "../words/safe.ts";
import { renderGraphDot } from "./dot.ts";
import type { GraphView } from "./view.ts";

/** Each character of Courier is as wide as this part of its size; Graphviz counts so, too. */
const COURIER = 0.6;

let graphviz: Promise<Viz> | undefined;

/** A graph as SVG, laid out by Graphviz in WebAssembly: nothing needs to be installed. */
export async function renderGraphSvg(view: GraphView): Promise<Safe> {
  return ended(await svgLines(renderGraphDot(view)));
}

/** A graph in DOT's language as SVG to be in a page: without what belongs to a separate file. */
export async function svgOf(dot: Safe): Promise<Safe> {
  const all = await svgLines(dot);
  return join(all.slice(all.findIndex((line) => line.startsWith("<svg"))), "\n");
}

async function svgLines(dot: Safe): Promise<Safe[]> {
  graphviz ??= instance();
  const svg = (await graphviz).renderString(dot, { format: "svg", engine: "dot" });
  // its comments hold the texts once more, for nobody
  const bare = svg.replace(/<!--[^]*?-->\n?/g, "").replace(LABEL, fitted);
  return linesOf(lines(bare.trimEnd().split("\n")));
}

const LABEL =
  /<text ([^<>]{0,400})font-family="Courier[^"]{0,40}" font-size="([\d.]{1,8})"([^<>]{0,200})>([^<]{0,4096})<\/text>/g;
const ENTITY = /&(?:#x?[\da-f]{1,6}|[a-z]{1,6});/gi;

/** Which fonts a machine has must not decide whether a label stays within its frame: its width is written down. */
function fitted(_label: string, before: string, size: string, after: string, text: string): string {
  const length = Array.from(text.replaceAll(ENTITY, "x")).length * Number(size) * COURIER;
  const font = 'font-family="Courier New,Courier,monospace"';
  const width = text === "" ? "" : ` textLength="${length.toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text ${before}${font} font-size="${size}"${after}${width}>${text}</text>`;
}
