import type { Question } from "../analyze/index.ts";
import type { Document, Report, Source } from "../report/schema.ts";
import { documentOf } from "./document.ts";
import { type LogInput, openLog, openLogs } from "./log-input.ts";
import { readSource, type SourceRead, untilFailure } from "./read-source.ts";
import { SourceTriage } from "./source-triage.ts";
import { failureOf, TriageError } from "./triage-error.ts";
import type { InputError } from "../read/inputs/input-error.ts";

export type { Question } from "../analyze/index.ts";

/**
 * Triages logs: the document that `splat-triage -f json` writes. Line numbers are 1-based, times are seconds since boot,
 * addresses are text as printed. Reports share equal parts, such as frames: copy one (`structuredClone()`) before changing
 * it.
 *
 * @param inputs text, bytes or streams, compressed or not
 * @param asked suspects: annotations, lock classes, commits and patches
 * @throws TypeError if an argument is not a log, naming the argument; TriageError if a stream fails or an archive is
 *   damaged, with the document of what could be read
 */
export async function triage(inputs: Iterable<LogInput>, asked: readonly Question[] = []): Promise<Document> {
  const reads: SourceRead<Report>[] = [];
  const failures: InputError[] = [];
  for (const input of openLogs(inputs)) {
    const read = await readSource(input, reads.length, asked, (report) => report);
    if (read.failure !== null) failures.push(failureOf(input.name, read.failure.error));
    reads.push(read);
  }
  const document = documentOf(reads);
  const [first] = failures;
  if (first !== undefined) throw new TriageError(first, failures, document);
  return document;
}

/**
 * Triages one log and yields each report as soon as its end is certain: for logs that are long, or never end.
 *
 * @param input text, bytes or a stream, compressed or not
 * @param asked suspects: annotations, lock classes, commits and patches
 * @returns the source, which says what the log proves, once the log has ended
 * @throws TypeError if an argument is not a log, naming the argument; InputError if a stream fails or an archive is
 *   damaged, after all reports that could be read
 */
export async function* triageStream(
  input: LogInput,
  asked: readonly Question[] = [],
): AsyncGenerator<Report, Source, undefined> {
  const { name, chunks } = openLog(input, "input");
  const reading = new SourceTriage(name, 0, asked);
  const found: Pick<Report, "lines">[] = [];
  const failures: InputError[] = [];
  for await (const chunk of untilFailure(chunks, (error) => failures.push(failureOf(name, error))))
    for (const report of await reading.push(chunk)) {
      found.push({ lines: report.lines });
      yield report;
    }
  for (const report of await reading.end()) {
    found.push({ lines: report.lines });
    yield report;
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  found.sort((a, b) => a.lines.first - b.lines.first);
  return reading.summary(found, true);
}
