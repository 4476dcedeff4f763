import type { Writable } from "node:stream";
import { lacksOf } from "../../identity/lacks.ts";
import type { ReportFormat } from "../../render/reports/report-format.ts";
import type { Safe } from "../../render/words/safe.ts";
import type { Report, Source } from "../../report/schema.ts";
import { Summary } from "../../report/summary.ts";
import { placedSource } from "../../triage/document.ts";
import type { SourceRead } from "../../triage/read-source.ts";
import { write } from "./output.ts";
import type { Piece, Spool } from "./spool.ts";

/** What is remembered of a report that became text. */
export interface KeptReport extends Pick<Report, "id" | "kind" | "title" | "complete" | "known"> {
  /** Whether its id is that of the bug: of a damaged report it may be its own. */
  readonly hasWholeId: boolean;
  readonly piece: Piece;
}

/** What is remembered of every report, whatever becomes of it. */
export function briefOf(report: Report): Omit<KeptReport, "piece"> {
  const { id, kind, title, complete, known } = report;
  const hasWholeId = lacksOf(report).length === 0;
  return { id, kind, title, complete, hasWholeId, ...(known === undefined ? {} : { known }) };
}

/** The text of a report as it is kept: its source is filled in when it is written. */
export function textOf(report: Report, print: ReportFormat["report"]): Safe {
  return print(report.source === 0 ? report : { ...report, source: 0 });
}

/** The texts of reports that are all known. */
export async function textsOf(
  reads: readonly SourceRead<Report>[],
  format: ReportFormat,
  spool: Spool,
): Promise<SourceRead<KeptReport>[]> {
  const texts: SourceRead<KeptReport>[] = [];
  for (const read of reads) {
    const kept: KeptReport[] = [];
    for (const report of read.kept) {
      kept.push({ ...briefOf(report), piece: await spool.keep(textOf(report, format.report)) });
    }
    texts.push({ ...read, kept });
  }
  return texts;
}

/** Small texts are written together. */
const WRITTEN_AT_ONCE = 256 * 1024;

/**
 * Writes a document report by report.
 *
 * @param spool holds the texts
 * @param asksKnown whether the reports were held against known issues
 * @returns what there was
 */
export async function writeReports(
  stdout: Writable,
  format: ReportFormat,
  reads: readonly SourceRead<KeptReport>[],
  spool: Spool,
  asksKnown = false,
): Promise<Summary["value"]> {
  const summary = new Summary(asksKnown);
  const sources: Source[] = [];
  let count = 0;
  for (const { source, kept } of reads) {
    sources.push(placedSource(source, count));
    for (const report of kept) summary.add(report);
    count += kept.length;
  }

  const output = Buffer.allocUnsafeSlow(WRITTEN_AT_ONCE);
  let filled = 0;
  const flush = async (): Promise<void> => {
    await write(stdout, output.subarray(0, filled));
    filled = 0;
  };
  const put = async (part: Safe | Uint8Array): Promise<void> => {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    for (let done = 0; done < bytes.length;) {
      const some = bytes.subarray(done, done + output.length - filled);
      output.set(some, filled);
      filled += some.length;
      done += some.length;
      if (filled === output.length) await flush();
    }
  };
  await put(format.begin({ schema: "splat-triage/1", summary: summary.value, sources }));
  let isFirst = true;
  for (const [index, { kept }] of reads.entries()) {
    const source = sources[index];
    if (source === undefined) continue;
    const named = format.source === null ? null : Buffer.from(format.source.text(source, index));
    for (const { piece } of kept) {
      await put(format.lead(isFirst));
      isFirst = false;
      const text = await spool.read(piece);
      const at = format.source === null ? -1 : text.indexOf(format.source.mark);
      if (format.source === null || named === null || at < 0) {
        await put(text);
      } else {
        await put(text.subarray(0, at));
        await put(named);
        await put(text.subarray(at + format.source.mark.length));
      }
    }
  }
  await put(format.end(count));
  await flush();
  return summary.value;
}
