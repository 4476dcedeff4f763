import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open, stat } from "node:fs/promises";

/**
 * Of 64 KiB to 1 MiB, reading and searching: 64 KiB is up to three times slower, above 256 KiB nothing is
 * gained (Node 20).
 */
const CHUNK_BYTES = 256 * 1024;

/** A beginning shorter than this may be held while more of it is read, to tell what it is. */
const HELD_BYTES = 64;

export interface OpenFile {
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  /** null: only what is read of it is known. */
  readonly whole: WholeFile | null;
  readonly close: () => Promise<void> | void;
}

/** A file whose reads are never waited for. */
interface RegularFile extends OpenFile {
  readonly descriptor: number;
  readonly close: () => void;
}

/** A file of which a program can read all by itself: reading its chunks leaves the descriptor's offset where it is. */
export interface WholeFile {
  readonly descriptor: number;
  readonly bytes: number;
}

/**
 * Opens anything that has a name; for a FIFO it waits until there is a writer.
 *
 * @throws the system's error
 */
export async function openFile(path: string): Promise<OpenFile> {
  return (await stat(path)).isFile() ? openRegular(path) : openOther(path);
}

/**
 * Opens a regular file. What it holds is in memory or comes from a disk, so that it is read at once: a thread of Node's
 * pool costs more than the reading, and of many small files more than all else.
 *
 * @throws the system's error
 */
export function openRegular(path: string): RegularFile {
  const descriptor = openSync(path, "r");
  const bytes = fstatSync(descriptor).size;
  return {
    descriptor,
    chunks: regularChunks(descriptor, bytes > 0),
    // what the kernel makes up as it is read says 0, and not all of it can be read from a place on
    whole: bytes > 0 ? { descriptor, bytes } : null,
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Buffers that no file is read into now; mostly one, for files are read one after another. */
const unused: Buffer[] = [];

/**
 * Reads until there is nothing more: sizes are not trusted, for /proc says 0 and a log may grow. All chunks are in
 * one buffer, so that whoever keeps one has to copy it.
 */
async function* regularChunks(
  descriptor: number,
  isPlaced: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = unused.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  try {
    for (let position = 0; ;) {
      const length = readSync(descriptor, buffer, 0, CHUNK_BYTES, isPlaced ? position : null);
      if (length === 0) return;
      position += length;
      const chunk = buffer.subarray(0, length);
      yield length < HELD_BYTES ? Buffer.from(chunk) : chunk;
    }
  } finally {
    unused.push(buffer);
  }
}

/**
 * Opens what is not a regular file.
 *
 * @throws the system's error
 */
export async function openOther(path: string): Promise<OpenFile> {
  const handle = await open(path);
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      // of a FIFO several are looked at together: it gives a line at a time, or less
      yield bytesRead < CHUNK_BYTES / 4 ? Buffer.from(chunk) : chunk;
    }
  }
  return { chunks: chunks(), whole: null, close: () => handle.close() };
}

/** A vmlinux holds the text of every lockdep headline, and lies beside the logs of its boots. */
const PROGRAM_MAGICS = ["\x7fELF", "MZ"];

/** Whether it is a program or a kernel image. */
export function isProgram(descriptor: number): boolean {
  const start = Buffer.alloc(4);
  const text = start.toString("latin1", 0, readSync(descriptor, start, 0, start.length, 0));
  return PROGRAM_MAGICS.some((magic) => text.startsWith(magic));
}
