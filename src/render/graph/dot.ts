import { lines as safeLines, type Safe } from "../words/safe.ts";
import { type Picture, type PictureEdge, type PictureNode, pictureOf } from "./picture.ts";
import type { GraphView } from "./view.ts";

/** Colours that are distinguished by most eyes, and on paper by their darkness. */
export const COLORS = {
  ink: "#1f2933",
  quiet: "#8795a1",
  edge: "#9aa5b1",
  lock: "#ffffff",
  context: "#fff3d6",
  contextLine: "#b7791f",
  reader: "#f1f5f9",
  certain: "#c81e1e",
  likely: "#c81e1e",
  possible: "#b7791f",
  inCycle: "#fdeaea",
  center: "#dbeafe",
} as const;

/** A graph as Graphviz reads it. */
export function renderGraphDot(view: GraphView): Safe {
  return renderDot(pictureOf(view));
}

/** A picture as Graphviz reads it. */
export function renderDot(picture: Picture): Safe {
  return safeLines([
    "digraph locks {",
    `  graph [label=${quoted([...picture.title, " "], LEFT)} labelloc=t labeljust=l rankdir=${picture.isFan ? "LR" : "TB"} fontname="Courier" fontsize=12 fontcolor="${COLORS.ink}" bgcolor="#ffffff" pad=0.3 nodesep=${picture.isFan ? "0.18" : "0.45"} ranksep=${picture.isFan ? "1.2" : "0.6"}];`,
    `  node [shape=box style="rounded,filled" fontname="Courier" fontsize=12 fontcolor="${COLORS.ink}" color="${COLORS.quiet}" fillcolor="${COLORS.lock}" margin="0.16,0.08"];`,
    `  edge [fontname="Courier" fontsize=10 fontcolor="${COLORS.ink}" color="${COLORS.edge}" arrowsize=0.7];`,
    ...picture.nodes.map((node) => `  ${node.id} [${attributes(nodeAttributes(node))}];`),
    ...picture.edges.map((edge) => `  ${edge.from} -> ${edge.to} [${attributes(edgeAttributes(edge))}];`),
    "}",
  ]);
}

type Attributes = Readonly<Record<string, string>>;

function attributes(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

const KINDS: Record<PictureNode["kind"], Attributes> = {
  lock: {},
  context: { style: '"filled"', peripheries: "2", color: `"${COLORS.contextLine}"` },
  reader: { style: '"rounded,filled,dashed"' },
};

function nodeAttributes({ lines, name, kind, cycle, isCenter }: PictureNode): Attributes {
  const isTied = cycle !== null && cycle !== "possible" && kind === "lock";
  const fill = isCenter ? COLORS.center : isTied ? COLORS.inCycle : COLORS[kind];
  return {
    label: quoted(lines),
    tooltip: quoted([name]),
    fillcolor: `"${fill}"`,
    ...KINDS[kind],
    ...(cycle === null ? {} : emphasis(cycle)),
  };
}

function edgeAttributes({ lines, cycle, isDerived }: PictureEdge): Attributes {
  return {
    ...(lines.length === 0 ? {} : { label: quoted(lines.map((line) => ` ${line} `)) }),
    tooltip: quoted(lines),
    ...(isDerived ? { style: "dashed" } : {}),
    ...(cycle === null ? {} : emphasis(cycle)),
  };
}

function emphasis(cycle: NonNullable<PictureNode["cycle"]>): Attributes {
  return { color: `"${COLORS[cycle]}"`, penwidth: cycle === "possible" ? "1.4" : "2" };
}

/** Line breaks of DOT: what comes before is centred, or goes to the left. */
const CENTRED = "\\n";
const LEFT = "\\l";

/** What Graphviz would take for a character of HTML in a text. */
const ENTITY = /&(?=#?\w{1,10};)/g;

/** A string of DOT: nothing in it ends it, and no `\N` or `&lt;` in it is replaced. */
export function quoted(lines: readonly string[], lineBreak = CENTRED): string {
  const escaped = lines.map((line) =>
    line.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replace(ENTITY, "&amp;"),
  );
  return `"${escaped.join(lineBreak)}${lineBreak === LEFT ? LEFT : ""}"`;
}
