import type { JournalHead, JournalRun } from "../bisect/journal.ts";
import type { Plan } from "../bisect/plan.ts";
import type { RunSummary } from "../bisect/run-summary.ts";
import type { Suspects } from "../bisect/suspects-schema.ts";
import type { CatalogueDocument } from "../catalogue/index.ts";
import type { Answer, History } from "../history/schema.ts";
import type { GraphOrder } from "../lock-graph/order-schema.ts";
import type { GraphWithout } from "../lock-graph/without-schema.ts";
import type { GraphDiff } from "../lock-graph/diff-schema.ts";
import type { Document } from "../report/schema.ts";
import type { DiffView } from "./diff/view.ts";
import type { Seen } from "../seen/schema.ts";
import type { GraphView } from "./graph/view.ts";
import { jsonFormat } from "./reports/json.ts";
import type { ReportFormat } from "./reports/report-format.ts";
import { jsonDocument, jsonLine } from "./words/json.ts";
import type { Paper } from "./words/paper.ts";
import { join, type Safe } from "./words/safe.ts";

/** Everything that can be written, by its name. */
export interface Documents {
  reports: Document;
  explanation: Document;
  diff: DiffView;
  graph: GraphView;
  "graph-diff": GraphDiff;
  "graph-order": GraphOrder;
  "graph-without": GraphWithout;
  plan: Plan;
  run: RunSummary;
  journal: JournalHead | JournalRun;
  suspects: Suspects;
  catalogue: CatalogueDocument;
  history: History;
  answer: Answer;
  seen: Seen;
}

/** Makes the text of a document, all of it or part by part, with a line break at its end. */
export type Render<Shown> = (document: Shown, paper: Paper) => Text | Promise<Text>;

/** A text, or its parts. */
type Text = Safe | Generator<Safe>;

/** Reports may be written one by one, without the whole document; else a format is loaded as a function. */
type Loaded<Name extends keyof Documents> =
  Render<Documents[Name]> | (Name extends "reports" ? ReportFormat : never);

const json = (): Promise<(value: unknown) => Generator<Safe>> => Promise.resolve(jsonDocument);

/**
 * Every format of every document, each loaded only when needed. The choices of `--format`, the help, the names that
 * `schema` knows, and the attacks that each format must withstand (test/cli/attack.test.ts) come from this table.
 */
export const FORMATS = {
  reports: {
    table: async () => (await import("./reports/table.ts")).renderTable,
    json: () => Promise.resolve(jsonFormat),
    ndjson: async () => (await import("./reports/ndjson.ts")).ndjsonFormat,
    markdown: async () => (await import("./reports/markdown.ts")).renderMarkdown,
    kernel: async () => (await import("./reports/kernel.ts")).kernelFormat,
    html: async () => (await import("./html/reports.ts")).renderHtml,
    mail: async () => (await import("./reports/mail.ts")).renderMail,
    kcidb: async () => (await import("./reports/kcidb.ts")).renderKcidb,
    junit: async () => (await import("./reports/junit.ts")).renderJunit,
    ktap: async () => (await import("./reports/ktap.ts")).renderKtap,
    github: async () => (await import("./reports/github.ts")).renderGithub,
    sarif: async () => (await import("./reports/sarif.ts")).renderSarif,
    gitlab: async () => (await import("./reports/gitlab.ts")).renderGitlab,
    squad: async () => (await import("./reports/squad.ts")).renderSquad,
  },
  explanation: {
    text: async () => (await import("./explain/index.ts")).renderExplanation,
    markdown: async () => (await import("./explain/index.ts")).renderExplanationMarkdown,
  },
  diff: {
    table: async () => {
      const { renderDiffTable } = await import("./diff/table.ts");
      return ({ diff }, paper) => renderDiffTable(diff, paper);
    },
    json: () => Promise.resolve(({ diff }) => jsonDocument(diff)),
    markdown: async () => {
      const { renderDiffMarkdown } = await import("./diff/markdown.ts");
      return ({ diff }) => renderDiffMarkdown(diff);
    },
    html: async () => (await import("./html/diff.ts")).renderDiffHtml,
    sarif: async () => (await import("./reports/sarif.ts")).renderDiffSarif,
  },
  graph: {
    table: async () => (await import("./graph/table.ts")).renderGraphTable,
    json: async () => (await import("./graph/json.ts")).renderGraphJson,
    dot: async () => (await import("./graph/dot.ts")).renderGraphDot,
    mermaid: async () => (await import("./graph/mermaid.ts")).renderGraphMermaid,
    svg: async () => (await import("./graph/svg.ts")).renderGraphSvg,
    html: async () => (await import("./html/graph.ts")).renderGraphHtml,
  },
  "graph-diff": {
    table: async () => (await import("./graph/diff-table.ts")).renderGraphDiffTable,
    json,
  },
  "graph-order": {
    table: async () => (await import("./graph/order-table.ts")).renderGraphOrderTable,
    json,
  },
  "graph-without": {
    table: async () => (await import("./graph/without-table.ts")).renderGraphWithoutTable,
    json,
  },
  plan: {
    table: async () => (await import("./bisect/plan.ts")).renderPlan,
    json,
  },
  run: { json },
  journal: { ndjson: () => Promise.resolve(jsonLine) },
  suspects: {
    table: async () => (await import("./bisect/suspects.ts")).renderSuspects,
    json,
    markdown: async () => (await import("./bisect/suspects.ts")).renderSuspectsMarkdown,
  },
  catalogue: {
    table: async () => (await import("./catalogue/table.ts")).renderCatalogue,
    json,
  },
  history: {
    table: async () => (await import("./history/table.ts")).renderHistory,
    json,
    svg: async () => (await import("./history/svg.ts")).renderHistorySvg,
  },
  answer: {
    table: async () => (await import("./history/answer.ts")).renderAnswer,
    json,
    ndjson: async () => (await import("./history/answer.ts")).renderAnswerLines,
  },
  seen: {
    table: async () => (await import("./seen/table.ts")).renderSeen,
    json,
  },
} as const satisfies { [Name in keyof Documents]: Record<string, () => Promise<Loaded<Name>>> };

export type DocumentName = keyof Documents;
export type FormatOf<Name extends DocumentName> = Extract<keyof (typeof FORMATS)[Name], string>;

/** The names of the formats that {@link render} has for a document. @throws RangeError if there is no such document */
export function formatsOf<Name extends DocumentName>(name: Name): FormatOf<Name>[] {
  if (!Object.hasOwn(FORMATS, name)) throw new RangeError(`no document "${name}"`);
  return Object.keys(FORMATS[name]) as FormatOf<Name>[];
}

/** The documents that are written as JSON, whole or line by line. */
type JsonName = {
  [Name in DocumentName]: FormatOf<Name> & ("json" | "ndjson") extends never ? never : Name;
}[DocumentName];

/** What has a schema: those, and the line of a boot among those of reports (`-f ndjson --boots`). */
export type SchemaName = JsonName | "boot";

/** Those names. */
export function schemaNames(): SchemaName[] {
  const names = Object.keys(FORMATS) as DocumentName[];
  const isJson = (name: DocumentName): name is JsonName =>
    "json" in FORMATS[name] || "ndjson" in FORMATS[name];
  return [...names.filter(isJson), "boot"];
}

/** @returns how reports are written one by one; @throws RangeError for a format that needs all of them */
export async function reportFormat(name: FormatOf<"reports">): Promise<ReportFormat> {
  const format = await FORMATS.reports[name]();
  if (typeof format === "function") throw new RangeError(`${name} is not written report by report`);
  return format;
}

/** The parts of a text, or the text as its only part. */
export function partsOf(text: Text): Iterable<Safe> {
  return typeof text === "string" ? [text] : text;
}

/** A page without colours, for a file. */
const PLAIN_PAPER: Paper = { width: 80, color: false };

/**
 * Writes a document as text. Whatever comes from a log is escaped in it: no control characters, no markup, no mentions.
 *
 * @param paper columns and colours, for formats that use them
 * @returns text that ends with a line break
 * @throws RangeError if the document has no such format
 */
export async function render<Name extends DocumentName>(
  name: Name,
  format: FormatOf<Name>,
  document: Documents[Name],
  paper: Paper = PLAIN_PAPER,
): Promise<Safe> {
  return join([...(await renderParts(name, format, document, paper))], "");
}

/** The same part by part: a text may be as large as all that it tells of. */
export async function renderParts<Name extends DocumentName>(
  name: Name,
  format: FormatOf<Name>,
  document: Documents[Name],
  paper: Paper,
): Promise<Iterable<Safe>> {
  const formats: Partial<Record<string, () => Promise<unknown>>> | undefined = FORMATS[name];
  const load = formats?.[format];
  if (load === undefined)
    throw new RangeError(`no format ${JSON.stringify(format)} of ${JSON.stringify(name)}`);
  const loaded = (await load()) as Render<Documents[Name]> | ReportFormat;
  if (typeof loaded === "function") return partsOf(await loaded(document, paper));
  const { wholeText } = await import("./reports/whole-text.ts");
  return [wholeText(loaded, document as Document)];
}
