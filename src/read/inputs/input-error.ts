import { getSystemErrorMap } from "node:util";

/** An input cannot be read, or not to its end: not a bug, and reported in one line. */
export class InputError extends Error {
  override readonly name = "InputError";
  /** The name as given, or the path within the directory that was given. */
  readonly input: string;
  /** In plain words, without the input's name. */
  readonly reason: string;

  constructor(input: string, reason: string, options?: { readonly cause?: unknown }) {
    super(`${input}: ${reason}`, options);
    this.input = input;
    this.reason = reason;
  }
}

/** Better words than the system's own. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EPERM", "permission denied"],
  ["EISDIR", "is a directory"],
  ["ENOTDIR", "a part of its path is not a directory"],
  ["ELOOP", "too many symbolic links"],
  ["EIO", "input/output error"],
  ["ENXIO", "no such device, or a socket"],
]);

/** The code of a failed system call, such as `ENOENT`; null for any other error. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return null;
  return typeof error.code === "string" && typeof error.errno === "number" ? error.code : null;
}

/**
 * Makes an {@link InputError} of a failed system call; one that is an InputError already stays as it is.
 *
 * @throws any other error unchanged: that is a bug, and must not look like a bad input
 */
export function toInputError(input: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const code = systemCode(error);
  if (code === null) throw error;
  const known = [...getSystemErrorMap().values()].find(([name]) => name === code);
  return new InputError(input, REASONS.get(code) ?? known?.[1] ?? code, { cause: error });
}
