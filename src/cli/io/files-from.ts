import type { Readable } from "node:stream";
import { InputError, openInputs } from "../../read/inputs/index.ts";

/** More than any list of names has. */
const LONGEST_LIST = 256 << 20;

/**
 * The names in a list: one a line, or each with a NUL behind it, as `find -print0` writes them.
 *
 * @param path of the list, `-` for standard input
 * @throws InputError where it cannot be read, or names nothing
 */
export async function namesFrom(path: string, isNul: boolean, stdin: Readable): Promise<string[]> {
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
