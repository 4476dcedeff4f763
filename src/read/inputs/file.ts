import { open, type FileHandle } from "node:fs/promises";

/**
 * Of 64 KiB to 1 MiB, reading and searching: 64 KiB is up to three times slower, above 256 KiB nothing is
 * gained (Node 20).
 */
const CHUNK_BYTES = 256 * 1024;

export interface OpenFile {
  readonly handle: FileHandle;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Opens anything that has a name; for a FIFO it waits until there is a writer.
 *
 * @throws the system's error
 */
export async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path);
  return { handle, chunks: fileChunks(handle) };
}

/**
 * Reads until there is nothing more: sizes are not trusted, for /proc says 0 and a log may grow. All large chunks are in
 * one buffer, so that whoever keeps one has to copy it.
 */
async function* fileChunks(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    // of a FIFO several are looked at together: it gives a line at a time, or less
    yield bytesRead < CHUNK_BYTES / 4 ? Buffer.from(chunk) : chunk;
  }
}

/** A vmlinux holds the text of every lockdep headline, and lies beside the logs of its boots. */
const PROGRAM_MAGICS = ["\x7fELF", "MZ"];

/** Whether a regular file, of which nothing was read yet, is a program or a kernel image. */
export async function isProgram(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  const start = buffer.toString("latin1", 0, bytesRead);
  return PROGRAM_MAGICS.some((magic) => start.startsWith(magic));
}
