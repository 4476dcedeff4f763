import { InputError, openInputs } from "../read/inputs/index.ts";
import type { Document } from "../report/schema.ts";
import { Triage } from "../triage.ts";
import { messageOf } from "./errors.ts";
import { write } from "./output.ts";
import type { Terminal } from "./triage-command.ts";

/**
 * Reads all inputs. One that cannot be read is told on standard error, and the others are read all the same.
 *
 * @param asked annotations, lock classes and commits that are suspected
 * @returns what was found, and whether an input failed
 */
export async function readAll(
  args: readonly string[],
  asked: readonly string[] | undefined,
  { stdin, stderr }: Terminal,
): Promise<{ readonly document: Document; readonly failed: boolean }> {
  const all = new Triage(asked);
  let failed = false;
  for await (const input of openInputs(args, stdin)) {
    try {
      if (input instanceof InputError) throw input;
      await all.add(input);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failed = true;
      await write(stderr, `splat-triage: ${messageOf(error)}\n`);
    }
  }
  return { document: all.document(), failed };
}
