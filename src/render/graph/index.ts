import type { GraphDiff } from "../../lock-graph/diff-schema.ts";
import type { GraphDocument } from "../../lock-graph/schema.ts";
import { jsonText } from "../words/json.ts";
import { renderDiffTable } from "./diff-table.ts";
import { renderDot } from "./dot.ts";
import { renderMermaid } from "./mermaid.ts";
import { pictureOf } from "./picture.ts";
import { type Selection, selected } from "./select.ts";
import { renderGraphTable } from "./table.ts";

export interface GraphRenderOptions extends Selection {
  readonly width: number;
  readonly color: boolean;
}

type Render = (document: GraphDocument, options: GraphRenderOptions) => string | Promise<string>;

/** Every format; Graphviz is loaded for the one that needs it. */
export const GRAPH_FORMATS = {
  table: (document, options) =>
    renderGraphTable(selected(document, options), {
      ...options,
      whole: { classes: document.classes.length, edges: document.edges.length },
    }),
  json: (document, options) => `${jsonText(selected(document, options), 2)}\n`,
  dot: (document, options) => renderDot(pictureOf(document, options)),
  mermaid: (document, options) => renderMermaid(pictureOf(document, options)),
  svg: async (document, options) => (await import("./svg.ts")).renderSvg(pictureOf(document, options)),
} as const satisfies Record<string, Render>;

export type GraphFormat = keyof typeof GRAPH_FORMATS;

/** What only one of two graphs has. */
export const DIFF_FORMATS = {
  table: renderDiffTable,
  json: (diff) => `${jsonText(diff, 2)}\n`,
} as const satisfies Partial<
  Record<GraphFormat, (diff: GraphDiff, options: { width: number; color: boolean }) => string>
>;
