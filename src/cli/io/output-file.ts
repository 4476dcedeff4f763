import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { toInputError } from "../../read/inputs/input-error.ts";
import { destinationOf } from "./destination.ts";

/** What ends a process that does not listen, and can be listened to. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A file that is written whole or not at all: beside its place first, and moved there when it is whole. What is no file,
 * as /dev/null, is written to as it is.
 */
export class OutputFile {
  readonly #path: string;
  /** null: there is nothing to be moved. */
  readonly #part: string | null;
  readonly stream: WriteStream;

  private constructor(path: string, part: string | null, stream: WriteStream) {
    this.#path = path;
    this.#part = part;
    this.stream = stream;
    if (part === null) return;
    for (const signal of SIGNALS) process.on(signal, this.#end);
  }

  /** Takes away what is not whole, and lets the signal do what it does to whoever does not listen. */
  readonly #end = (signal: NodeJS.Signals): void => {
    // a command that listens for itself ends in its own way, and keeps or drops the file then
    if (process.listenerCount(signal) > 1) return;
    if (this.#part !== null) rmSync(this.#part, { force: true });
    this.#release();
    process.kill(process.pid, signal);
  };

  #release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#end);
  }

  /** @throws InputError where nothing can be written there */
  static async create(path: string): Promise<OutputFile> {
    try {
      const { path: place, mode, isReplaced } = await destinationOf(path);
      if (!isReplaced)
        return new OutputFile(path, null, createWriteStream(path, { fd: await open(path, "w") }));
      const part = `${place}.part-${process.pid}`;
      const file = await open(part, "wx");
      const output = new OutputFile(place, part, createWriteStream(part, { fd: file }));
      if (mode !== null) await file.chmod(mode);
      return output;
    } catch (error) {
      throw toInputError(path, error);
    }
  }

  /** @throws InputError where it could not be written to its end, or not moved */
  async keep(): Promise<void> {
    try {
      this.stream.end();
      await finished(this.stream);
      if (this.#part !== null) await rename(this.#part, this.#path);
      this.#release();
    } catch (error) {
      await this.drop();
      throw toInputError(this.#path, error);
    }
  }

  async drop(): Promise<void> {
    this.stream.destroy();
    if (this.#part !== null) await rm(this.#part, { force: true });
    this.#release();
  }
}
