import { instance } from "@viz-js/viz";
import { renderDot } from "./dot.ts";
import type { Picture } from "./picture.ts";

/** A picture as SVG, laid out by Graphviz in WebAssembly: nothing needs to be installed. */
export async function renderSvg(picture: Picture): Promise<string> {
  const graphviz = await instance();
  const svg = graphviz.renderString(renderDot(picture), { format: "svg", engine: "dot" });
  // its comments hold the texts once more, for nobody
  return svg.replace(/<!--[^]*?-->\n?/g, "");
}
