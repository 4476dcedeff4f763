import type { Readable, Writable } from "node:stream";

/**
 * Sends `source` through a codec or a process, and gives what comes out of it. A piece is sent when the one before
 * was taken and all that came of it was given out, so that an error comes after everything that precedes it:
 * iterating over a stream that fails drops what it still holds.
 *
 * @throws what reading `source` throws, after all that came of what was read; else what `from` fails with. A
 * process that ends before it has read everything is not an error here.
 */
export async function* exchange(
  source: AsyncIterable<Uint8Array>,
  into: Writable,
  from: Readable,
): AsyncGenerator<Buffer, void, undefined> {
  const output = new Output(into, from);
  let sourceError: { readonly error: unknown } | null = null;
  try {
    for await (const piece of source) {
      yield* output.of(piece);
      if (output.isOver) break;
    }
  } catch (error) {
    sourceError = { error };
  }
  yield* output.rest();
  if (sourceError !== null) throw sourceError.error;
  if (from.errored) throw from.errored;
}

class Output {
  readonly #into: Writable;
  readonly #from: Readable;
  #wake = (): void => {};

  constructor(into: Writable, from: Readable) {
    this.#into = into;
    this.#from = from;
    const wake = (): void => {
      this.#wake();
    };
    // Listening also keeps an error from ending the program: `errored` tells of it in its turn.
    from.on("readable", wake).on("end", wake).on("close", wake).on("error", wake);
    into.on("error", wake);
  }

  get isOver(): boolean {
    return this.#from.readableEnded || !this.#into.writable;
  }

  /** Sends a piece, and gives what there is until it has been taken. */
  async *of(piece: Uint8Array): AsyncGenerator<Buffer, void, undefined> {
    let isTaken = false;
    this.#into.write(piece, () => {
      isTaken = true;
      this.#wake();
    });
    yield* this.#until(() => isTaken);
  }

  /** Sends the end, and gives what there is until nothing can come any more. */
  async *rest(): AsyncGenerator<Buffer, void, undefined> {
    this.#into.end();
    yield* this.#until(() => false);
  }

  async *#until(isEnough: () => boolean): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = this.#from.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (isEnough() || this.#from.readableEnded || this.#from.destroyed) return;
      else await this.#change();
    }
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
