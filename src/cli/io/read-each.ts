import { InputError, type OpenedInput, openInputs } from "../../read/inputs/index.ts";
import { tellFailure } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Gives all inputs to a reader, one after another. One that cannot be read is told on standard error, and the others
 * are read all the same.
 *
 * @returns whether an input failed
 */
export async function readEach(
  args: readonly string[],
  terminal: Terminal,
  read: (input: OpenedInput) => Promise<void>,
): Promise<boolean> {
  let failed = false;
  for await (const input of openInputs(args, terminal.stdin)) {
    try {
      if (input instanceof InputError) throw input;
      await read(input);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failed = true;
      await tellFailure(error, terminal);
    }
  }
  return failed;
}
