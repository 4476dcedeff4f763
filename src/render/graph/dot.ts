import type { Picture, PictureEdge, PictureNode } from "./picture.ts";

/** Colours that are told apart by most eyes, and on paper by their darkness. */
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

/** A picture as Graphviz reads it. */
export function renderDot(picture: Picture): string {
  const note = picture.leftOut > 0 ? [`${picture.leftOut} more classes have no room`] : [];
  return [
    "digraph locks {",
    `  graph [label=${quoted([picture.title, ...note])} labelloc=t labeljust=l fontname="Helvetica,Arial,sans-serif" fontsize=13 fontcolor="${COLORS.ink}" bgcolor="#ffffff" pad=0.35 nodesep=0.45 ranksep=0.6];`,
    `  node [shape=box style="rounded,filled" fontname="Helvetica,Arial,sans-serif" fontsize=12 fontcolor="${COLORS.ink}" color="${COLORS.quiet}" fillcolor="${COLORS.lock}" margin="0.16,0.08"];`,
    `  edge [fontname="Helvetica,Arial,sans-serif" fontsize=10 fontcolor="${COLORS.ink}" color="${COLORS.edge}" arrowsize=0.7];`,
    ...picture.nodes.map((node) => `  ${node.id} [${attributes(nodeAttributes(node))}];`),
    ...picture.edges.map((edge) => `  ${edge.from} -> ${edge.to} [${attributes(edgeAttributes(edge))}];`),
    "}",
    "",
  ].join("\n");
}

type Attributes = readonly (readonly [name: string, value: string])[];

function attributes(pairs: Attributes): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(" ");
}

function nodeAttributes({ lines, kind, cycle, isCenter }: PictureNode): Attributes {
  const fill = isCenter
    ? COLORS.center
    : cycle !== null && kind !== "context"
      ? COLORS.inCycle
      : COLORS[kind];
  return [
    ["label", quoted(lines)],
    ["tooltip", quoted(lines)],
    ["fillcolor", `"${fill}"`],
    ...(kind === "context"
      ? ([
          ["shape", "hexagon"],
          ["style", '"filled"'],
          ["color", `"${COLORS.contextLine}"`],
        ] as const)
      : []),
    ...(kind === "reader" ? ([["style", '"rounded,filled,dashed"']] as const) : []),
    ...(cycle === null
      ? []
      : ([
          ["color", `"${COLORS[cycle]}"`],
          ["penwidth", cycle === "possible" ? "1.4" : "2"],
        ] as const)),
  ];
}

function edgeAttributes({ lines, cycle, isDerived }: PictureEdge): Attributes {
  return [
    ...(lines.length === 0 ? [] : ([["label", quoted(lines.map((line) => ` ${line} `))]] as const)),
    ["tooltip", quoted(lines)],
    ...(isDerived ? ([["style", "dashed"]] as const) : []),
    ...(cycle === null
      ? []
      : ([
          ["color", `"${COLORS[cycle]}"`],
          ["penwidth", cycle === "possible" ? "1.4" : "2.2"],
        ] as const)),
  ];
}

/** What Graphviz would take for a character of HTML in a text. */
const ENTITY = /&(?=#?\w{1,10};)/g;

/** A string of DOT: nothing in it ends it, and no `\N` or `&lt;` in it is replaced. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replace(ENTITY, "&amp;"),
  );
  return `"${escaped.join("\\n")}"`;
}
