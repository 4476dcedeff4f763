import type { Question } from "../analyze/index.ts";
import type { Document, Report, Source } from "../report/schema.ts";
import { documentOf } from "./document.ts";
import { type LogInput, openLog, openLogs } from "./log-input.ts";
import { readSource, type SourceRead } from "./read-source.ts";
import { SourceTriage } from "./source-triage.ts";

/**
 * Triages logs: the document that `splat-triage -f json` writes. Reports have in common what is equal in them, as frames:
 * whoever changes one changes a copy (`structuredClone()`).
 *
 * @param inputs text, bytes or streams, compressed or not
 * @param asked annotations, lock classes, commits and patches that are suspected
 * @throws TypeError that names the argument, where it is no log; else whatever reading an input throws, an InputError
 *   where an archive is damaged
 */
export async function triage(inputs: Iterable<LogInput>, asked: readonly Question[] = []): Promise<Document> {
  const reads: SourceRead<Report>[] = [];
  for (const input of openLogs(inputs)) {
    const read = await readSource(input, reads.length, asked, (report) => report);
    if (read.failure !== null) throw read.failure.error;
    reads.push(read);
  }
  return documentOf(reads);
}

/**
 * Triages one log, and gives each report as soon as its end is certain: for logs that are long, or do not end.
 *
 * @returns at the end the source, which says what the log proves
 * @throws as {@link triage} does
 */
export async function* triageStream(
  input: LogInput,
  asked: readonly Question[] = [],
): AsyncGenerator<Report, Source, undefined> {
  const { name, chunks } = openLog(input, "input");
  const reading = new SourceTriage(name, 0, asked);
  const found: Pick<Report, "lines">[] = [];
  for await (const chunk of chunks)
    for (const report of await reading.push(chunk)) {
      found.push({ lines: report.lines });
      yield report;
    }
  for (const report of await reading.end()) {
    found.push({ lines: report.lines });
    yield report;
  }
  found.sort((a, b) => a.lines.first - b.lines.first);
  return reading.summary(found, true);
}
