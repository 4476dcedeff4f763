import { exchange } from "./exchange.ts";
import { InputError } from "./input-error.ts";

/**
 * The codec gives a chunk when it is full or its input is used up. 256 KiB is twice as fast as the default of
 * 16 KiB (Node 20); a high-water mark of 1 keeps it from working ahead of what was taken from it.
 */
const OPTIONS = { chunkSize: 256 * 1024, readableHighWaterMark: 1 };

/** Packed bytes that are kept to read around a damage once more: a log of some 100 MB. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** A checksum is as long: what is before it is never in one piece with its last byte. */
const FINE_BYTES = 4;

/**
 * Unpacks gzip, all members one after another.
 *
 * @param input its name, for errors
 * @throws InputError, after all that could be unpacked; or what reading `packed` throws
 */
export async function* gunzip(
  input: string,
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { createGunzip } = await import("node:zlib");
  const codec = createGunzip(OPTIONS);
  const kept = new Kept(packed);
  let given = 0;
  try {
    for await (const chunk of exchange(kept.pass(), codec, codec)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    const reason = damageReason(error);
    if (reason === null) throw error;
    yield* upToDamage(kept.around(codec.bytesWritten), given);
    throw new InputError(input, reason, { cause: error });
  } finally {
    codec.destroy();
  }
}

/**
 * A codec that meets an error drops what it has unpacked since its last chunk, which for a small log is all of it.
 * So this begins again and gives it the last pieces bit by bit.
 *
 * @param given bytes that are known already
 */
async function* upToDamage(
  pieces: AsyncIterable<Uint8Array>,
  given: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { createGunzip } = await import("node:zlib");
  const codec = createGunzip(OPTIONS);
  let known = given;
  try {
    for await (const chunk of exchange(pieces, codec, codec)) {
      if (chunk.length > known) yield chunk.subarray(known);
      known = Math.max(0, known - chunk.length);
    }
  } catch (error) {
    if (damageReason(error) === null) throw error;
  } finally {
    codec.destroy();
  }
}

/** null: not an error of zlib's */
function damageReason(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  if (error.code === "Z_BUF_ERROR") return "the gzip archive is truncated";
  return error.code.startsWith("Z_") ? `the gzip archive is damaged: ${error.message}` : null;
}

/** Remembers what passes, unless it is too much. */
class Kept {
  readonly #source: AsyncIterable<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *pass(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of this.#source) {
      this.#bytes += piece.length;
      if (this.#bytes <= KEPT_BYTES) this.#pieces.push(Buffer.from(piece));
      else this.#pieces = [];
      yield piece;
    }
  }

  /** All that passed, in fine pieces from a point on; nothing if it was too much. */
  async *around(point: number): AsyncGenerator<Uint8Array, void, undefined> {
    const all = Buffer.concat(this.#pieces);
    if (all.length === 0) return;
    yield all.subarray(0, point);
    for (let at = point; at < all.length; at += FINE_BYTES) yield all.subarray(at, at + FINE_BYTES);
  }
}
