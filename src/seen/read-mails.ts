import { createRecoder, firstTogether } from "../read/recode/index.ts";
import type { Recoded } from "../read/recode/recoder.ts";
import type { Mail } from "../report/schema.ts";

/** One mail, and all its texts as they read once decoded. */
export interface ReadMail {
  readonly mail: Mail;
  readonly text: Buffer;
  /** Attachments, and ends of the mail, that could not be read. */
  readonly unread: number;
}

/** More of one mail is not looked at: it is an attached log of a whole day. */
const MOST_BYTES = 16 << 20;

/**
 * Reads the mails of a file, decoded as logs in mails are.
 *
 * @returns null if the file is none and holds none
 */
export async function* readMails(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ReadMail | null, void, undefined> {
  let recoder: Awaited<ReturnType<typeof createRecoder>> = null;
  let isBegun = false;
  let mail: Mail | null = null;
  let pieces: Uint8Array[] = [];
  let size = 0;
  let unread = 0;
  function* take(recoded: readonly Recoded[]): Generator<ReadMail, void, undefined> {
    for (const piece of recoded) {
      if (piece instanceof Uint8Array) {
        if (size <= MOST_BYTES && size + piece.length > MOST_BYTES) unread++;
        size += piece.length;
        if (size <= MOST_BYTES) pieces.push(piece, NEWLINE);
      } else if ("unreadable" in piece) unread++;
      else if (piece.mail !== mail) {
        if (mail !== null) yield { mail, text: Buffer.concat(pieces), unread };
        mail = piece.mail;
        pieces = [];
        size = 0;
        unread = 0;
      }
    }
  }
  for await (const chunk of firstTogether(chunks)) {
    if (!isBegun) {
      isBegun = true;
      recoder = await createRecoder(chunk);
      if (recoder === null) {
        yield null;
        return;
      }
    }
    if (recoder !== null) yield* take(await recoder.push(chunk));
  }
  if (recoder === null) return;
  yield* take(await recoder.end());
  if (mail !== null) yield { mail, text: Buffer.concat(pieces), unread };
}

const NEWLINE = Buffer.from("\n");
