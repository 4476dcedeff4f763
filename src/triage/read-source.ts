import type { Report, Source } from "../report/schema.ts";
import type { Question } from "../analyze/index.ts";
import { SourceTriage } from "./source-triage.ts";

/** A log to read: a name for messages, and its bytes in chunks of any size. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What reading one input gave. */
export interface SourceRead<Kept> {
  /** `lockdep.offAt.report` is an index of `kept`. */
  readonly source: Source;
  /** What was kept of each report, in the order of their first lines. */
  readonly kept: readonly Kept[];
  /** What reading the input threw, after all that could be read; null if it came to its end. */
  readonly failure: { readonly error: unknown } | null;
}

/**
 * Reads one input to its end. No report is held longer than `keep` takes.
 *
 * @param index of the source that the reports name
 * @param asked annotations, lock classes, commits and patches that are suspected
 * @param keep takes a report as soon as its end is certain, and gives what is to be known of it at the end
 */
export async function readSource<Kept>(
  { name, chunks }: Input,
  index: number,
  asked: readonly Question[],
  keep: (report: Report) => Kept | Promise<Kept>,
): Promise<SourceRead<Kept>> {
  const reading = new SourceTriage(name, index, asked);
  const found: (Pick<Report, "lines" | "time"> & { readonly kept: Kept })[] = [];
  const take = async (reports: readonly Report[]): Promise<void> => {
    for (const report of reports)
      found.push({ lines: report.lines, time: report.time, kept: await keep(report) });
  };
  let failure: SourceRead<Kept>["failure"] = null;
  for await (const chunk of untilFailure(chunks, (error) => (failure = { error })))
    await take(await reading.push(chunk));
  await take(await reading.end());
  // a log that is one value of JSON is in one line
  found.sort((a, b) => a.lines.first - b.lines.first || (a.time ?? 0) - (b.time ?? 0));
  return { source: reading.summary(found, failure === null), kept: found.map(({ kept }) => kept), failure };
}

/** Ends where reading fails, and tells why: what came before is worth having. */
export async function* untilFailure(
  chunks: Input["chunks"],
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    onFailure(error);
  }
}
