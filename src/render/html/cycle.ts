import { quoted } from "../graph/dot.ts";
import { svgOf } from "../graph/svg.ts";
import { lines, printable, type Safe } from "../words/safe.ts";

/** Longer cycles than this are no picture any more. */
const LONGEST_CYCLE = 24;
const LONGEST_LABEL = 40;

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** Who made it: `in take_ba`. */
  readonly label: string;
  readonly closes: boolean;
}

/**
 * A cycle as SVG to be in a page: edge i has the classes `edge` and `e` + i.
 *
 * @param prefix of the ids in it, which holds nothing of a log
 * @returns null if there is no cycle to draw
 */
export async function cycleSvg(edges: readonly DrawnEdge[], prefix: string): Promise<Safe | null> {
  if (edges.length < 2 || edges.length > LONGEST_CYCLE) return null;
  const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const node = (name: string): string => `n${names.indexOf(name)}`;
  return svgOf(
    lines([
      "digraph cycle {",
      "  graph [rankdir=LR bgcolor=transparent pad=0.1 nodesep=0.4 ranksep=0.5];",
      '  node [shape=box style=rounded fontname="Courier" fontsize=12 margin="0.14,0.07"];',
      '  edge [fontname="Courier" fontsize=10 arrowsize=0.7];',
      ...names.map((name) => `  ${node(name)} [id="${prefix}${node(name)}" label=${quoted([cut(name)])}];`),
      ...edges.map(({ from, to, label, closes }, index) => {
        const classes = `e${index}${closes ? " closes" : ""}`;
        const text = label === "" ? [] : [` ${cut(label)} `];
        return `  ${node(from)} -> ${node(to)} [id="${prefix}e${index}" class="${classes}" label=${quoted(text)}];`;
      }),
      "}",
    ]),
  );
}

function cut(name: string): string {
  const shown = printable(name);
  return shown.length > LONGEST_LABEL ? `${shown.slice(0, LONGEST_LABEL - 1)}…` : shown;
}
