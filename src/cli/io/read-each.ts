import { InputError, type OpenedInput } from "../../read/inputs/index.ts";
import { tell, tellFailure } from "./errors.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

export type Inputs = AsyncIterable<OpenedInput | InputError>;

/**
 * Gives all inputs to a reader, one after another. One that cannot be read is reported on standard error, and the others
 * are read all the same.
 *
 * @returns whether an input failed
 */
export async function readEach(
  inputs: Inputs,
  terminal: Terminal,
  read: (input: OpenedInput, progress: Progress) => Promise<void>,
): Promise<boolean> {
  let failed = false;
  const progress = new Progress(terminal);
  try {
    for await (const input of inputs) {
      try {
        if (input instanceof InputError) throw input;
        if (input.name === "-" && terminal.stdin.isTTY === true)
          await tell("reading standard input from the terminal: end it with ^D", terminal);
        await read({ ...input, chunks: progress.counted(input.chunks) }, progress);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        failed = true;
        await tellFailure(error, terminal);
      }
    }
  } finally {
    progress.end();
  }
  return failed;
}
