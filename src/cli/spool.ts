import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, toInputError } from "../read/inputs/input-error.ts";

/** What fits into this stays in memory: most logs give less. */
const BUFFER_BYTES = 1 << 20;

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

  constructor(directory = tmpdir(), bufferBytes = BUFFER_BYTES) {
    this.#directory = directory;
    this.#buffer = Buffer.allocUnsafeSlow(bufferBytes);
  }

  /** @throws InputError where there is no room for it */
  async keep(text: string | Uint8Array): Promise<Piece> {
    const length = typeof text === "string" ? Buffer.byteLength(text) : text.length;
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
   * @returns bytes that may be overwritten when the next are kept
   * @throws InputError where the file cannot be read
   */
  async read({ at, length }: Piece): Promise<Buffer> {
    if (at >= this.#written) return this.#buffer.subarray(at - this.#written, at - this.#written + length);
    const bytes = Buffer.allocUnsafe(length);
    try {
      for (let done = 0; done < length;) {
        const read = await this.#file?.read(bytes, done, length - done, at + done);
        if (!read?.bytesRead) throw new InputError(this.#directory, "a temporary file there lost its end");
        done += read.bytesRead;
      }
    } catch (error) {
      throw toInputError(this.#directory, error);
    }
    return bytes;
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
      const { reason } = toInputError(this.#directory, error);
      throw new InputError(this.#directory, `what was found cannot be kept there: ${reason}`, {
        cause: error,
      });
    }
  }
}

async function openNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `splat-triage-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}
