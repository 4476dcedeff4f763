import { InputError, openInputs } from "../read/inputs/index.ts";
import type { Document, Report } from "../report/schema.ts";
import { documentOf, readSource, type SourceRead } from "../triage.ts";
import { messageOf } from "./errors.ts";
import { write } from "./output.ts";
import type { Terminal } from "./triage-command.ts";

export interface AllRead<Kept> {
  readonly reads: readonly SourceRead<Kept>[];
  /** Whether an input could not be read, or not to its end. */
  readonly failed: boolean;
}

/**
 * Reads all inputs. One that cannot be read is told on standard error, and the others are read all the same.
 *
 * @param asked annotations, lock classes and commits that are suspected
 * @param keep takes each report, and gives what is to be known of it at the end
 */
export async function readAllInto<Kept>(
  args: readonly string[],
  asked: readonly string[] = [],
  { stdin, stderr }: Terminal,
  keep: (report: Report) => Kept | Promise<Kept>,
): Promise<AllRead<Kept>> {
  const reads: SourceRead<Kept>[] = [];
  let failed = false;
  const complain = async (error: unknown): Promise<void> => {
    if (!(error instanceof InputError)) throw error;
    failed = true;
    await write(stderr, `splat-triage: ${messageOf(error)}\n`);
  };
  for await (const input of openInputs(args, stdin)) {
    if (input instanceof InputError) {
      await complain(input);
      continue;
    }
    const read = await readSource(input, reads.length, asked, keep);
    reads.push(read);
    if (read.failure !== null) await complain(read.failure.error);
  }
  return { reads, failed };
}

/**
 * Reads all inputs into one document.
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
