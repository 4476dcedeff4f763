import { isPacked, isTar, unpacked } from "../inputs/compression.ts";
import { InputError } from "../inputs/input-error.ts";

/** What an attachment holds, and what of it could not be read. */
export interface Unpacked {
  /** null: no text. */
  readonly text: Buffer | null;
  /** In plain words; null: nothing. */
  readonly unread: string | null;
}

/** More is not unpacked of one mail. */
export const MOST_UNPACKED = 64 << 20;

const UNPACKS_TO_MORE = `more than is unpacked of one mail (${MOST_UNPACKED >> 20} MiB): the rest is not read`;

/** So much tells what something is. */
const SAMPLE = 1024;

/**
 * Unpacks an attachment (gzip, xz, zstd, bzip2).
 *
 * @param most bytes of text that are unpacked
 * @param isText tells a text by its first bytes; what is none holds no log
 */
export async function unpackedText(
  content: Buffer,
  most: number,
  isText: (head: Buffer) => boolean,
): Promise<Unpacked> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let unread: string | null = null;
  let isKnown = false;
  try {
    for await (const chunk of unpacked("", once(content))) {
      // it may be overwritten by the next
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (!isKnown && size >= SAMPLE) {
        isKnown = true;
        const head = Buffer.concat(chunks);
        if (isPacked(head) || isTar(head) || !isText(head)) break;
      }
      if (size > most) {
        unread = UNPACKS_TO_MORE;
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    unread = error.reason;
  }
  const text = Buffer.concat(chunks).subarray(0, most);
  if (isPacked(text)) return { text: null, unread: "packed, and not unpacked" };
  if (isTar(text)) return { text: null, unread: "an archive of files, and not unpacked" };
  if (text.length > 0 && !isText(text)) return { text: null, unread: null };
  return { text: text.length === 0 ? null : text, unread };
}

async function* once(content: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  yield content;
}
