import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { toInputError } from "../../read/inputs/input-error.ts";

/** What ends a process that does not listen, and can be listened to. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A file that is written whole or not at all: beside its place first, and moved there when it is whole. */
export class OutputFile {
  readonly #path: string;
  readonly #part: string;
  readonly stream: WriteStream;

  private constructor(path: string, part: string, stream: WriteStream) {
    this.#path = path;
    this.#part = part;
    this.stream = stream;
    for (const signal of SIGNALS) process.on(signal, this.#end);
  }

  /** Takes away what is not whole, and lets the signal do what it does to whoever does not listen. */
  readonly #end = (signal: NodeJS.Signals): void => {
    // a command that listens for itself ends in its own way, and keeps or drops the file then
    if (process.listenerCount(signal) > 1) return;
    rmSync(this.#part, { force: true });
    this.#release();
    process.kill(process.pid, signal);
  };

  #release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#end);
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
      this.#release();
    } catch (error) {
      await this.drop();
      throw toInputError(this.#path, error);
    }
  }

  async drop(): Promise<void> {
    this.stream.destroy();
    await rm(this.#part, { force: true });
    this.#release();
  }
}
