import type { Document } from "../report/schema.ts";
import { jsonFormat } from "./words/json.ts";
import type { ReportFormat } from "./reports/report-format.ts";

export type { ReportFormat } from "./reports/report-format.ts";

export interface RenderOptions {
  /** Columns of the terminal; only the table looks at it. */
  readonly width: number;
  readonly color: boolean;
}

/** Makes the text of a document, all of it, with a line break at its end. */
export type Renderer = (document: Document, options: RenderOptions) => string;

/** Formats that compare reports, or bring them into another order: they need the whole document. */
export const DOCUMENT_FORMATS = {
  table: async () => (await import("./reports/table.ts")).renderTable,
  markdown: async () => (await import("./reports/markdown.ts")).renderMarkdown,
} as const satisfies Record<string, () => Promise<Renderer>>;

/** Formats that are written report by report. Each is loaded when it is asked for, but for JSON, the default. */
export const REPORT_FORMATS = {
  json: () => Promise.resolve(jsonFormat),
  ndjson: async () => (await import("./reports/ndjson.ts")).ndjsonFormat,
  kernel: async () => (await import("./reports/kernel.ts")).kernelFormat,
} as const satisfies Record<string, () => Promise<ReportFormat>>;

export type DocumentFormat = keyof typeof DOCUMENT_FORMATS;
export type ReportFormatName = keyof typeof REPORT_FORMATS;
export type Format = DocumentFormat | ReportFormatName;

export function isReportFormat(format: Format): format is ReportFormatName {
  return format in REPORT_FORMATS;
}
