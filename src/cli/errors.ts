/** Wrong usage that only the command itself can see. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** By name, not by class: what is loaded later has classes of its own. */
const EXPECTED = new Set(["UsageError", "InputError"]);

/** One line for standard error; a stack trace is only for what nobody foresaw. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.has(error.name) || "code" in error) return error.message;
  return error.stack ?? error.message;
}
