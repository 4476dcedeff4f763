import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { toInputError } from "../../read/inputs/input-error.ts";
import { destinationOf } from "./destination.ts";

/** What ends a process that does not listen, and can be listened to. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Takes a file away when a signal ends the process, and lets that do what it does to whoever does not listen.
 *
 * @returns ends that
 */
function removedAtSignals(path: string): () => void {
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, remove);
  };
  const remove = (signal: NodeJS.Signals): void => {
    // a command that listens for itself ends in its own way, and keeps or drops the file then
    if (process.listenerCount(signal) > 1) return;
    rmSync(path, { force: true });
    release();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, remove);
  return release;
}

/** A file of its own that becomes the one that was asked for. */
interface PartFile {
  readonly path: string;
  /** Where it is moved to. */
  readonly place: string;
  readonly release: () => void;
}

/**
 * A file that is written whole or not at all: beside its place first, and moved there when it is whole. What is not a file,
 * as /dev/null, is written to as it is.
 */
export class OutputFile {
  readonly #name: string;
  /** null: there is nothing to be moved. */
  readonly #part: PartFile | null;
  readonly stream: WriteStream;

  private constructor(name: string, stream: WriteStream, part: PartFile | null) {
    this.#name = name;
    this.#part = part;
    this.stream = stream;
    // the write under way or keep() says so; what closing says beyond that is nobody's, and would end the process
    stream.on("error", () => undefined);
  }

  /** @throws InputError if nothing can be written there */
  static async create(name: string): Promise<OutputFile> {
    try {
      const { path: place, mode, isReplaced } = await destinationOf(name);
      if (!isReplaced)
        return new OutputFile(name, createWriteStream(name, { fd: await open(name, "w") }), null);
      const path = `${place}.part-${process.pid}`;
      const release = removedAtSignals(path);
      try {
        const file = await open(path, "wx");
        if (mode !== null) await file.chmod(mode);
        return new OutputFile(name, createWriteStream(path, { fd: file }), { path, place, release });
      } catch (error) {
        release();
        throw error;
      }
    } catch (error) {
      throw toInputError(name, error);
    }
  }

  /** @throws InputError if it could not be written to its end, or not moved */
  async keep(): Promise<void> {
    try {
      this.stream.end();
      await finished(this.stream);
      if (this.#part !== null) await rename(this.#part.path, this.#part.place);
      this.#part?.release();
    } catch (error) {
      await this.drop();
      throw toInputError(this.#name, error);
    }
  }

  async drop(): Promise<void> {
    this.stream.destroy();
    if (this.#part === null) return;
    await rm(this.#part.path, { force: true });
    this.#part.release();
  }
}
