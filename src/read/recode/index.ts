import { createBlankRecoder, hasNoBreakBlanks } from "./blanks.ts";
import { looksLikeMail } from "./mail-header.ts";
import type { Recoder } from "./recoder.ts";
import { createUtf16Recoder, utf16Of } from "./utf16.ts";

/** None of what is asked of a file's beginning looks at more of it. */
const ENOUGH_BYTES = 4096;

/** The first bytes of a file, held until they tell how it is to be decoded, in pieces of whatever size they come. */
export class FirstBytes {
  #held: Uint8Array[] = [];
  #size = 0;

  /** @returns all that came, once that is enough; null until then */
  push(chunk: Uint8Array): Uint8Array | null {
    this.#size += chunk.length;
    const isEnough = this.#size >= ENOUGH_BYTES;
    // whoever gave it may write into it again
    this.#held.push(isEnough ? chunk : Uint8Array.from(chunk));
    return isEnough ? this.take() : null;
  }

  /** What came, where that is all for now. */
  take(): Uint8Array {
    const [first = new Uint8Array(), ...more] = this.#held;
    const all = more.length === 0 ? first : Buffer.concat(this.#held);
    this.#held = [];
    return all;
  }
}

/** The same bytes, in chunks of which the first is enough to choose by. */
export async function* firstTogether(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let first: FirstBytes | null = new FirstBytes();
  for await (const chunk of chunks) {
    const bytes: Uint8Array | null = first === null ? chunk : first.push(chunk);
    if (bytes === null) continue;
    first = null;
    yield bytes;
  }
  const rest = first?.take();
  if (rest !== undefined && rest.length > 0) yield rest;
}

/**
 * Chooses by the {@link FirstBytes} of a file how to decode it before lines are split: UTF-16 (as
 * PowerShell's redirection writes it), no-break blanks, and mails, one or a whole mbox. null, the common case: nothing to do. The first
 * bytes are only looked at; push them like the rest.
 */
export async function createRecoder(firstBytes: Uint8Array): Promise<Recoder | null> {
  const utf16 = utf16Of(firstBytes);
  if (utf16 !== null) return createUtf16Recoder(utf16);
  if (!looksLikeMail(firstBytes)) return hasNoBreakBlanks(firstBytes) ? createBlankRecoder() : null;
  const { createMailRecoder } = await import("./mail.ts");
  return createMailRecoder();
}
