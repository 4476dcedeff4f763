import type { Document } from "../report/schema.ts";
import { Triage } from "../triage.ts";
import { readEach } from "./read-each.ts";
import type { Terminal } from "./triage-command.ts";

/**
 * Triages all inputs.
 *
 * @param asked annotations, lock classes and commits that are suspected
 * @returns what was found, and whether an input failed
 */
export async function readAll(
  args: readonly string[],
  asked: readonly string[] | undefined,
  terminal: Terminal,
): Promise<{ readonly document: Document; readonly failed: boolean }> {
  const all = new Triage(asked);
  const failed = await readEach(args, terminal, (input) => all.add(input));
  return { document: all.document(), failed };
}
