import type { Readable } from "node:stream";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { UsageError } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/** A list of inputs besides those that are named. */
export interface ListOptions {
  readonly filesFrom?: string;
  /** The names in it have a NUL after them; commander's -0. */
  readonly null?: boolean;
}

/**
 * The inputs that are named, and those of a list.
 *
 * @throws UsageError if they cannot go together; InputError if the list cannot be read
 */
export async function inputsOf(
  named: readonly string[],
  { filesFrom, null: isNul }: ListOptions,
  // opening standard input takes longer than reading a small log
  terminal: Pick<Terminal, "stdin">,
): Promise<readonly string[]> {
  if (filesFrom === undefined) {
    if (isNul) throw new UsageError("-0 needs --files-from");
    return named;
  }
  const all = [...named, ...(await namesFrom(filesFrom, isNul === true, terminal.stdin))];
  if (filesFrom === "-" && all.includes("-")) throw new UsageError("standard input can be read only once");
  return all;
}

/** More than any list of names has. */
const LONGEST_LIST = 256 << 20;

/**
 * The names in a list: one a line, or each with a NUL after it, as `find -print0` writes them.
 *
 * @param path of the list, `-` for standard input
 * @throws InputError if it cannot be read, or names nothing
 */
async function namesFrom(path: string, isNul: boolean, stdin: Readable): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const input of openInputs([path], stdin)) {
    if (input instanceof InputError) throw input;
    for await (const chunk of input.chunks) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > LONGEST_LIST) throw new InputError(path, "too long for a list of names");
    }
  }
  const names = Buffer.concat(chunks)
    .toString()
    .split(isNul ? "\0" : /\r?\n/)
    .filter((name) => name !== "");
  if (names.length === 0) throw new InputError(path, "names no input");
  return names;
}
