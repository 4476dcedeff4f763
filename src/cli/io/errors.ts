import { join, printable, type Safe, safe } from "../../render/words/safe.ts";
import { write } from "./output.ts";
import type { Terminal } from "./terminal.ts";

/** Wrong usage that only the command itself can see. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** By name, not by class: what is loaded later has classes of its own. */
const EXPECTED = new Set([
  "UsageError",
  "InputError",
  "SpoolError",
  "KnownFileError",
  "StoreError",
  "QueryError",
]);

/** One line for standard error, harmless, for names of files are as hostile as what files hold; a stack trace is only for what nobody foresaw. */
export function messageOf(error: unknown): Safe {
  return harmless(textOf(error));
}

function harmless(text: string): Safe {
  return join(text.split("\n").map(printable), "\n");
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.has(error.name) || "code" in error) return error.message;
  return error.stack ?? error.message;
}

/** Tells one failure on standard error, on one line. */
export async function tellFailure(error: unknown, terminal: Pick<Terminal, "stderr">): Promise<void> {
  await tell(textOf(error), terminal);
}

/** Tells something on standard error, whatever it holds. */
export async function tell(message: string, { stderr }: Pick<Terminal, "stderr">): Promise<void> {
  await write(stderr, safe`splat-triage: ${harmless(message)}\n`);
}
