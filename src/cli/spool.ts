import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, toInputError } from "../read/inputs/input-error.ts";

/** As much stays in memory: most logs give less. */
const MOST_IN_MEMORY = 8 << 20;

/** Bytes in memory, or where they are in the file. */
export type Piece = Uint8Array | { readonly at: number; readonly length: number };

/**
 * Keeps bytes until they are wanted, in any order: a document says first how many reports there are, and that is known
 * at its end. What does not fit into memory goes to a file without a name, of which nothing is left however the
 * program ends.
 */
export class Spool {
  readonly #directory: string;
  readonly #mostInMemory: number;
  #inMemory = 0;
  #file: FileHandle | null = null;
  #written = 0;

  constructor(directory = tmpdir(), mostInMemory = MOST_IN_MEMORY) {
    this.#directory = directory;
    this.#mostInMemory = mostInMemory;
  }

  /** @throws InputError where there is no room for it */
  async keep(bytes: Uint8Array): Promise<Piece> {
    if (this.#inMemory + bytes.length <= this.#mostInMemory) {
      this.#inMemory += bytes.length;
      return bytes;
    }
    try {
      this.#file ??= await openNameless(this.#directory);
      const at = this.#written;
      // others may be kept while this one is being written
      this.#written += bytes.length;
      for (let done = 0; done < bytes.length;)
        done += (await this.#file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      return { at, length: bytes.length };
    } catch (error) {
      const { reason } = toInputError(this.#directory, error);
      throw new InputError(this.#directory, `what was found cannot be kept there: ${reason}`, {
        cause: error,
      });
    }
  }

  /** @throws InputError where the file cannot be read */
  async read(piece: Piece): Promise<Uint8Array> {
    if (piece instanceof Uint8Array) return piece;
    const bytes = Buffer.allocUnsafe(piece.length);
    try {
      for (let done = 0; done < piece.length;) {
        const read = await this.#file?.read(bytes, done, piece.length - done, piece.at + done);
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
}

async function openNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `splat-triage-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}
