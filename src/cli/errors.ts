import { InputError } from "../read/inputs/index.ts";

/** Wrong usage that only the command itself can see. */
export class UsageError extends Error {}

/** One line for standard error; a stack trace is only for what nobody foresaw. */
export function messageOf(error: unknown): string {
  if (error instanceof InputError || error instanceof UsageError) return error.message;
  if (error instanceof Error && "code" in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
