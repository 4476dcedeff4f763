import type { Document } from "../report/schema.ts";
import { renderJson } from "./json.ts";

export interface RenderOptions {
  /** Columns of the terminal; only the table looks at it. */
  readonly width: number;
  readonly color: boolean;
}

/** Makes the text of a document, all of it, with a line break at its end. */
export type Renderer = (document: Document, options: RenderOptions) => string;

/** Every format, each loaded when it is asked for, but for JSON: it is the default, and small. */
export const FORMATS = {
  table: async () => (await import("./table.ts")).renderTable,
  json: () => Promise.resolve(renderJson),
  ndjson: async () => (await import("./ndjson.ts")).renderNdjson,
  markdown: async () => (await import("./markdown.ts")).renderMarkdown,
  kernel: async () => {
    const { printReport } = await import("./kernel.ts");
    return ({ reports }: Document) => reports.map(printReport).join("");
  },
} as const satisfies Record<string, () => Promise<Renderer>>;

export type Format = keyof typeof FORMATS;
