import { instance } from "@viz-js/viz";
import { lines, type Safe } from "../words/safe.ts";
import { renderGraphDot } from "./dot.ts";
import type { GraphView } from "./view.ts";

/** A graph as SVG, laid out by Graphviz in WebAssembly: nothing needs to be installed. */
export async function renderGraphSvg(view: GraphView): Promise<Safe> {
  const graphviz = await instance();
  const svg = graphviz.renderString(renderGraphDot(view), { format: "svg", engine: "dot" });
  // its comments hold the texts once more, for nobody
  return lines(
    svg
      .replace(/<!--[^]*?-->\n?/g, "")
      .trimEnd()
      .split("\n"),
  );
}
