import type { Safe } from "../words/safe.ts";
import type { Document, Report, Source } from "../../report/schema.ts";

/** What a document says beside its reports. */
export type Head = Omit<Document, "reports">;

/**
 * A format that is written report by report, so that memory does not grow with their number: each becomes text as
 * soon as it is known, and the document around it is written at last.
 */
export interface ReportFormat {
  /** The text of a report, whose source is 0. */
  readonly report: (report: Report) => Safe;
  /** Before the first report. */
  readonly begin: (head: Head) => Safe;
  /** Before each report. */
  readonly lead: (isFirst: boolean) => Safe;
  /** Behind the last report. */
  readonly end: (count: number) => Safe;
  /** How a report names its source: the first `mark` in its text is to be replaced by `text`. */
  readonly source: { readonly mark: string; readonly text: (source: Source, index: number) => Safe } | null;
}
