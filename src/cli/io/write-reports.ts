import type { Writable } from "node:stream";
import { reportsOfBoots } from "../../compare/boots.ts";
import { lacksOf } from "../../identity/lacks.ts";
import type { ReportFormat } from "../../render/reports/report-format.ts";
import type { Safe } from "../../render/words/safe.ts";
import { renderBootLine } from "../../render/reports/ndjson.ts";
import type { Report } from "../../report/schema.ts";
import { Summary } from "../../report/summary.ts";
import { placedSource } from "../../triage/document.ts";
import type { SourceRead } from "../../triage/read-source.ts";
import { write } from "./output.ts";
import { arranged, type Selection } from "./selection.ts";
import type { Piece, Spool } from "./spool.ts";

/** What is remembered of every report, whatever becomes of it. */
export interface BriefReport
  extends Pick<Report, "id" | "kind" | "title" | "time" | "complete" | "known">, Pick<Report, "lines"> {
  /** Whether its id is that of the bug: of a damaged report it may be its own. */
  readonly hasWholeId: boolean;
}

/** A report that became text; null if it is not to be printed. */
export interface KeptReport extends BriefReport {
  readonly piece: Piece | null;
}

export function briefOf(report: Report): BriefReport {
  const { id, kind, title, time, lines, complete, known } = report;
  const hasWholeId = lacksOf(report).length === 0;
  return { id, kind, title, time, lines, complete, hasWholeId, ...(known === undefined ? {} : { known }) };
}

/** The text of a report as it is kept: its source is filled in when it is written. */
function textOf(report: Report, print: ReportFormat["report"]): Safe {
  return print(report.source === 0 ? report : { ...report, source: 0 });
}

/** The texts of reports that are all known. */
export async function textsOf(
  reads: readonly SourceRead<Report>[],
  format: ReportFormat,
  spool: Spool,
  isPicked: (report: Report) => boolean,
): Promise<SourceRead<KeptReport>[]> {
  const texts: SourceRead<KeptReport>[] = [];
  for (const read of reads) {
    const kept: KeptReport[] = [];
    for (const report of read.kept) {
      const piece = isPicked(report) ? await spool.keep(textOf(report, format.report)) : null;
      kept.push({ ...briefOf(report), piece });
    }
    texts.push({ ...read, kept });
  }
  return texts;
}

/** Small texts are written together. */
const WRITTEN_AT_ONCE = 256 * 1024;

interface Writing extends Selection {
  /** Whether the reports were compared with known issues. */
  readonly asksKnown: boolean;
  /** Whether each boot is written, too. */
  readonly boots?: boolean;
}

/**
 * Writes a document report by report.
 *
 * @param spool holds the texts
 * @returns what was found, also what is not written
 */
export async function writeReports(
  stdout: Writable,
  format: ReportFormat,
  reads: readonly SourceRead<KeptReport>[],
  spool: Spool,
  { asksKnown, boots: writesBoots, ...selection }: Writing,
): Promise<Summary["value"]> {
  const all = new Summary(asksKnown);
  const summary = new Summary(asksKnown);
  for (const { kept } of reads) for (const report of kept) all.add(report);
  const printed = arranged(
    reads.flatMap(({ kept }, source) =>
      kept.flatMap((report, own) =>
        report.piece === null ? [] : [{ ...report, piece: report.piece, source, own }],
      ),
    ),
    selection,
  );
  const indices = new Map<string, number>();
  for (const [index, report] of printed.entries()) {
    summary.add(report);
    indices.set(`${report.source} ${report.own}`, index);
  }
  const sources = reads.map(({ source }, index) =>
    placedSource(source, (own) => indices.get(`${index} ${own}`) ?? null),
  );

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
  const names = sources.map((source, index) =>
    format.source === null ? null : Buffer.from(format.source.text(source, index)),
  );
  for (const [index, { piece, source }] of printed.entries()) {
    await put(format.lead(index === 0));
    const named = names[source] ?? null;
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
  if (writesBoots === true)
    for (const { source, kept } of reads)
      for (const { boot, reports } of reportsOfBoots(source.boots, kept))
        await put(renderBootLine(source, boot, reports));
  await put(format.end(printed.length));
  await flush();
  return all.value;
}
