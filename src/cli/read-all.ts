import type { Document, Report } from "../report/schema.ts";
import { documentOf, readSource, type SourceRead } from "../triage.ts";
import { readEach } from "./read-each.ts";
import type { Terminal } from "./triage-command.ts";

export interface AllRead<Kept> {
  readonly reads: readonly SourceRead<Kept>[];
  /** Whether an input could not be read, or not to its end. */
  readonly failed: boolean;
}

/**
 * Triages all inputs, and keeps of each report what is asked for.
 *
 * @param asked annotations, lock classes and commits that are suspected
 * @param keep takes each report, and gives what is to be known of it at the end
 */
export async function readAllInto<Kept>(
  args: readonly string[],
  asked: readonly string[] = [],
  terminal: Terminal,
  keep: (report: Report) => Kept | Promise<Kept>,
): Promise<AllRead<Kept>> {
  const reads: SourceRead<Kept>[] = [];
  const failed = await readEach(args, terminal, async (input) => {
    const read = await readSource(input, reads.length, asked, keep);
    reads.push(read);
    if (read.failure !== null) throw read.failure.error;
  });
  return { reads, failed };
}

/**
 * Triages all inputs into one document.
 *
 * @returns what was found, and whether an input failed
 */
export async function readAll(
  args: readonly string[],
  asked: readonly string[] | undefined,
  terminal: Terminal,
): Promise<{ readonly document: Document; readonly failed: boolean }> {
  const { reads, failed } = await readAllInto(args, asked, terminal, (report) => report);
  return { document: documentOf(reads), failed };
}
