import { createWriteStream, type WriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { toInputError } from "../../read/inputs/input-error.ts";

/** A file that is written whole or not at all: beside its place first, and moved there when it is whole. */
export class OutputFile {
  readonly #path: string;
  readonly #part: string;
  readonly stream: WriteStream;

  private constructor(path: string, part: string, stream: WriteStream) {
    this.#path = path;
    this.#part = part;
    this.stream = stream;
  }

  /** @throws InputError where nothing can be written there */
  static async create(path: string): Promise<OutputFile> {
    const part = `${path}.part-${process.pid}`;
    try {
      const file = await open(part, "wx");
      return new OutputFile(path, part, createWriteStream(part, { fd: file }));
    } catch (error) {
      throw toInputError(path, error);
    }
  }

  /** @throws InputError where it could not be written to its end, or not moved */
  async keep(): Promise<void> {
    try {
      this.stream.end();
      await finished(this.stream);
      await rename(this.#part, this.#path);
    } catch (error) {
      await this.drop();
      throw toInputError(this.#path, error);
    }
  }

  async drop(): Promise<void> {
    this.stream.destroy();
    await rm(this.#part, { force: true });
  }
}
