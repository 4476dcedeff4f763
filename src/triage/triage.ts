import type { Question } from "../analyze/index.ts";
import type { Document, Report, Source } from "../report/schema.ts";
import { documentOf } from "./document.ts";
import { type LogInput, openLog, openLogs } from "./log-input.ts";
import { readSource, type SourceRead, untilFailure } from "./read-source.ts";
import { SourceTriage } from "./source-triage.ts";
import { failureOf, TriageError } from "./triage-error.ts";
import type { InputError } from "../read/inputs/input-error.ts";

/**
 * Triages logs: the document that `splat-triage -f json` writes. Reports have in common what is equal in them, as frames:
 * whoever changes one changes a copy (`structuredClone()`).
 *
 * @param inputs text, bytes or streams, compressed or not
 * @param asked annotations, lock classes, commits and patches that are suspected
 * @throws TypeError that names the argument, where it is no log; TriageError, which has the document of what could be
 *   read, where a stream fails or an archive is damaged
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
 * Triages one log, and gives each report as soon as its end is certain: for logs that are long, or do not end.
 *
 * @returns at the end the source, which says what the log proves
 * @throws TypeError that names the argument, where it is no log; InputError where a stream fails or an archive is
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
