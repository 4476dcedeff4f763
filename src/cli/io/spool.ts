import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Safe } from "../../render/words/safe.ts";
import { toInputError } from "../../read/inputs/input-error.ts";

/** What fits into this stays in memory: most logs give less. */
const BUFFER_BYTES = 1 << 20;

/** There is no place for what was found. */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
}

/** Where a text is, in bytes. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

/**
 * Keeps texts until they are wanted, in any order: a document says first how many reports there are, and that is known
 * at its end. What does not fit into memory goes to a file without a name, of which nothing is left however the
 * program ends.
 */
export class Spool {
  readonly #directory: string;
  readonly #buffer: Buffer;
  /** Bytes of the buffer that are in use. */
  #filled = 0;
  /** Bytes that are in the file, all of which came before those in the buffer. */
  #written = 0;
  #file: FileHandle | null = null;
  /** What was read of the file last, and where that begins. */
  #read: Buffer = Buffer.alloc(0);
  #readAt = 0;

  constructor(directory = tmpdir(), bufferBytes = BUFFER_BYTES) {
    this.#directory = directory;
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes);
  }

  /** @throws SpoolError where there is no room for it */
  async keep(text: Safe | Uint8Array): Promise<Piece> {
    const length = typeof text === "string" ? Buffer.byteLength(text) : text.length;
    this.#read = Buffer.alloc(0);
    if (length > this.#buffer.length - this.#filled) await this.#flush();
    const at = this.#written + this.#filled;
    if (length > this.#buffer.length) {
      await this.#write(typeof text === "string" ? Buffer.from(text) : text);
    } else {
      if (typeof text === "string") this.#buffer.write(text, this.#filled);
      else this.#buffer.set(text, this.#filled);
      this.#filled += length;
    }
    return { at, length };
  }

  /**
   * Cheapest in the order in which the texts were kept.
   *
   * @returns bytes that may be overwritten by the next call
   * @throws SpoolError where the file cannot be read
   */
  async read({ at, length }: Piece): Promise<Buffer> {
    if (this.#filled > 0 && this.#written > 0) await this.#flush();
    if (this.#written === 0) return this.#buffer.subarray(at, at + length);
    if (at < this.#readAt || at + length > this.#readAt + this.#read.length) {
      // the buffer is free now; many texts come with one call
      const room = length > this.#buffer.length ? Buffer.allocUnsafeSlow(length) : this.#buffer;
      this.#read = room.subarray(0, await this.#fill(room, at));
      this.#readAt = at;
    }
    const start = at - this.#readAt;
    if (start + length > this.#read.length)
      throw new SpoolError(`${this.#directory}: a temporary file there lost its end`);
    return this.#read.subarray(start, start + length);
  }

  /** @returns how many bytes the file has from there on, at most as many as there is room for */
  async #fill(room: Buffer, at: number): Promise<number> {
    try {
      let done = 0;
      for (let bytesRead = -1; done < room.length && bytesRead !== 0; done += bytesRead)
        bytesRead = (await this.#file?.read(room, done, room.length - done, at + done))?.bytesRead ?? 0;
      return done;
    } catch (error) {
      throw this.#error("cannot be read back from there", error);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #flush(): Promise<void> {
    const filled = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    await this.#write(filled);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await openNameless(this.#directory);
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    } catch (error) {
      throw this.#error("cannot be kept there", error);
    }
  }

  #error(what: string, error: unknown): SpoolError {
    const { reason } = toInputError(this.#directory, error);
    return new SpoolError(`${this.#directory}: what was found ${what}: ${reason}`, { cause: error });
  }
}

async function openNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `splat-triage-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}
