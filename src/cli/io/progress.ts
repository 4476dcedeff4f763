import { setImmediate } from "node:timers/promises";
import { own, type Safe, safe } from "../../render/words/safe.ts";
import type { Terminal } from "./terminal.ts";

/** Who waits less than this need not be told. */
const QUIET_MILLISECONDS = 1000;
const EVERY_MILLISECONDS = 250;
const MEGABYTE = 1e6;

/** A line on standard error that tells how far a command is, where that is a terminal, and never in a pipe. */
export class ProgressLine {
  readonly #stderr: Terminal["stderr"];
  readonly #text: () => Safe;
  readonly #timers: NodeJS.Timeout[] = [];
  #isShown = false;

  /** @param text what is told, as often as it is */
  constructor({ stderr }: Pick<Terminal, "stderr">, text: () => Safe) {
    this.#stderr = stderr;
    this.#text = text;
    if (stderr.isTTY !== true) return;
    const begin = setTimeout(() => {
      this.#show();
      this.#timers.push(setInterval(() => this.#show(), EVERY_MILLISECONDS).unref());
    }, QUIET_MILLISECONDS);
    this.#timers.push(begin.unref());
  }

  /** There is nothing more to tell: the line goes away. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#isShown) this.#stderr.write(CLEAR);
  }

  #show(): void {
    this.#isShown = true;
    this.#stderr.write(safe`${CLEAR}${this.#text()}`);
  }
}

/** What has been read of the logs so far. */
export class Progress {
  readonly #isTold: boolean;
  readonly #line: ProgressLine;
  #bytes = 0;
  #files = 0;
  #reports = 0;

  constructor(terminal: Pick<Terminal, "stderr">) {
    this.#isTold = terminal.stderr.isTTY === true;
    this.#line = new ProgressLine(terminal, () => progressText(this.#bytes, this.#files, this.#reports));
  }

  /** The same chunks, counted as they are taken. */
  counted<Chunks extends AsyncIterable<Uint8Array> | Iterable<Uint8Array>>(
    chunks: Chunks,
  ): Chunks | AsyncIterable<Uint8Array> {
    this.#files++;
    return this.#isTold ? this.#counted(chunks) : chunks;
  }

  async *#counted(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      const megabytes = Math.floor(this.#bytes / MEGABYTE);
      this.#bytes += chunk.length;
      // files are read without waiting, and what is shown waits for that
      if (Math.floor(this.#bytes / MEGABYTE) > megabytes) await setImmediate();
      yield chunk;
    }
  }

  /** A report was found. */
  found(): void {
    this.#reports++;
  }

  /** Nothing is read any more. */
  end(): void {
    this.#line.end();
  }
}

/** To the start of the line, and nothing on it. */
const CLEAR: Safe = own("\r\x1b[K");

/** `read 120 MB of 3 files, 12 reports` */
export function progressText(bytes: number, files: number, reports: number): Safe {
  const size = Math.round(bytes / MEGABYTE);
  const of = files === 1 ? own("1 file") : safe`${files} files`;
  return safe`read ${size} MB of ${of}, ${reports === 1 ? own("1 report") : safe`${reports} reports`}`;
}
