import { COLORS } from "./dot.ts";
import type { Picture, PictureNode } from "./picture.ts";

/** A picture as Mermaid reads it, which forges draw within Markdown. */
export function renderMermaid({ title, isFan, nodes, edges }: Picture): string {
  const styled = edges.flatMap(({ cycle }, i) => (cycle === null ? [] : [{ i, cycle }]));
  return [
    isFan ? "flowchart LR" : "flowchart TD",
    `  %% ${title.join("; ")}`,
    ...nodes.map((node) => `  ${node.id}${shape(node)}${node.cycle === null ? "" : ":::cycle"}`),
    ...edges.map(({ from, to, lines, isDerived }) => {
      const arrow = isDerived ? "-.->" : "-->";
      return lines.length === 0 ? `  ${from} ${arrow} ${to}` : `  ${from} ${arrow}|${text(lines)}| ${to}`;
    }),
    `  classDef cycle fill:${COLORS.inCycle},stroke:${COLORS.certain},stroke-width:2px,color:${COLORS.ink}`,
    ...styled.map(({ i, cycle }) => `  linkStyle ${i} stroke:${COLORS[cycle]},stroke-width:2px`),
    "",
  ].join("\n");
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
