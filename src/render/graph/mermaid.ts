import { lines as safeLines, type Safe } from "../words/safe.ts";
import { COLORS } from "./dot.ts";
import { type PictureNode, pictureOf } from "./picture.ts";
import type { GraphView } from "./view.ts";

/** A graph as Mermaid reads it, which forges draw within Markdown. */
export function renderGraphMermaid(view: GraphView): Safe {
  const { title, isFan, nodes, edges } = pictureOf(view);
  const styled = edges.flatMap(({ cycle }, i) => (cycle === null ? [] : [{ i, cycle }]));
  return safeLines([
    isFan ? "flowchart LR" : "flowchart TD",
    `  %% ${title.join("; ")}`,
    ...nodes.map((node) => `  ${node.id}${shape(node)}${node.cycle === null ? "" : ":::cycle"}`),
    ...edges.map(({ from, to, lines, isDerived }) => {
      const arrow = isDerived ? "-.->" : "-->";
      return lines.length === 0 ? `  ${from} ${arrow} ${to}` : `  ${from} ${arrow}|${text(lines)}| ${to}`;
    }),
    `  classDef cycle fill:${COLORS.inCycle},stroke:${COLORS.certain},stroke-width:2px,color:${COLORS.ink}`,
    ...styled.map(({ i, cycle }) => `  linkStyle ${i} stroke:${COLORS[cycle]},stroke-width:2px`),
  ]);
}

function shape({ lines, kind }: PictureNode): string {
  if (kind === "context") return `[[${text(lines)}]]`;
  return kind === "reader" ? `([${text(lines)}])` : `[${text(lines)}]`;
}

/** A quoted text in which nothing is markup: every other character is written by its number. */
function text(lines: readonly string[]): string {
  const safe = lines.map((line) =>
    line.replace(/[^A-Za-z0-9 ,.:()+_-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`),
  );
  return `"${safe.join("<br/>")}"`;
}
