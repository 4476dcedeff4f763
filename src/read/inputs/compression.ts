import type { WholeFile } from "./file.ts";
import { gunzip } from "./gunzip.ts";
import { InputError } from "./input-error.ts";
import { type Unpack, unpackBy } from "./program.ts";

type Chunks = AsyncIterable<Uint8Array>;

/**
 * An archive may give this many times its own size, and the allowance beside that: logs pack ten to thirty times
 * smaller, what packs much better was made to fill a memory.
 */
const UNPACKED_RATIO = 100;
const UNPACKED_ALLOWANCE = 64 * 1024 * 1024;

/**
 * How each format begins, a dot for half a byte that varies. zstd is left to the program like the others, although
 * newer versions of Node have it: theirs ends silently after the first of several frames (22.15 to 24.21), and
 * takes the end of a truncated one for the end (22.15).
 */
const FORMATS: readonly (readonly [start: string, unpack: Unpack])[] = [
  // RFC 1952, section 2.3.1: deflate is the only method there is
  ["1f8b08", gunzip],
  // The .xz File Format, section 2.1.1.1
  ["fd377a585a00", unpackBy("xz")],
  // RFC 8878, sections 3.1.1, and 3.1.2 for pzstd, which begins with a skippable frame
  ["28b52ffd", unpackBy("zstd")],
  ["5.2a4d18", unpackBy("zstd")],
  // "BZh9" is not enough, for a text may begin so: a block follows, or the end of an archive of nothing
  ["425a683.314159265359", unpackBy("bzip2")],
  ["425a683.177245385090", unpackBy("bzip2")],
];

/** How an archive of files begins that is not unpacked: ZIP (APPNOTE.TXT, section 4.3.7), 7z. */
const ARCHIVES = ["504b0304", "377abcaf271c"];

/** Whether these are the first bytes of something packed, so that nothing shows whether it holds a log. */
export function isPacked(head: Uint8Array): boolean {
  const starts = [...FORMATS.map(([start]) => start), ...ARCHIVES];
  return starts.some((start) => head.length >= start.length / 2 && agrees(head, start));
}

/** Whether these are the first bytes of a tar archive (POSIX.1, ustar; GNU's has blanks where that has a NUL). */
export function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar";
}

/**
 * Unpacks a log if its first bytes say that it is compressed, else gives it as it is.
 *
 * @param input its name, for errors
 * @param whole the file, if `chunks` is all of one
 * @throws InputError, after all that could be unpacked; or what reading `chunks` throws
 */
export async function* unpacked(
  input: string,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  whole: WholeFile | null = null,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const head = await readHead(chunks);
    const unpack = FORMATS.find(([start]) => agrees(head, start) && head.length >= start.length / 2)?.[1];
    const all = prepended(head, chunks);
    yield* unpack === undefined ? all : bounded(input, unpack, all, whole);
  } finally {
    // The caller may have stopped before any of the above came to read `chunks` to its end.
    await chunks.return();
  }
}

/** Reads no further than needed to tell the formats apart: standard input may be slow, and never end. */
async function readHead(chunks: AsyncGenerator<Uint8Array, void, undefined>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  const isUndecided = (): boolean =>
    FORMATS.some(([start]) => head.length < start.length / 2 && agrees(head, start));
  while (isUndecided()) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

/** Whether the bytes are those of this start, as far as they go. */
function agrees(head: Uint8Array, start: string): boolean {
  // most end at the first byte
  for (let i = 0; i < head.length && 2 * i < start.length; i++) {
    const [high, low] = (head[i] ?? 0).toString(16).padStart(2, "0");
    if (start[2 * i] !== "." && start[2 * i] !== high) return false;
    if (start[2 * i + 1] !== "." && start[2 * i + 1] !== low) return false;
  }
  return true;
}

async function* prepended(head: Uint8Array, rest: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** Bounds what an archive gives by what was read of it so far, or by its size. */
async function* bounded(
  input: string,
  unpack: Unpack,
  packed: Chunks,
  whole: WholeFile | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of packed) {
      read += chunk.length;
      yield chunk;
    }
  }

  let given = 0;
  for await (const chunk of unpack(input, counted(), whole)) {
    given += chunk.length;
    // of a file that a program reads by itself, nothing is read here
    if (given > UNPACKED_RATIO * Math.max(read, whole?.bytes ?? 0) + UNPACKED_ALLOWANCE) {
      throw new InputError(input, "unpacks to more than a hundred times its size and 64 MiB");
    }
    yield chunk;
  }
}
