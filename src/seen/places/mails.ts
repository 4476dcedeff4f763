import type { Mail } from "../../report/schema.ts";
import { entriesOfText } from "../entries-of-text.ts";
import type { Entry } from "../entry.ts";
import { readMails } from "../read-mails.ts";
import type { Where } from "../schema.ts";
import type { Found } from "./place.ts";

/** Where a mail is in the world. */
function whereOfMail(mail: Mail, fallback: string): Where {
  const { messageId, inReplyTo, references, date, subject, hasDiff } = mail;
  return {
    type: "mail",
    ref: messageId ?? fallback,
    thread: references[0] ?? inReplyTo ?? messageId,
    date,
    subject,
    release: null,
    mends: hasDiff,
  };
}

/**
 * What the mails of a file say.
 *
 * @param fallback stands for a mail without a Message-ID
 * @returns null if there is no mail in it
 */
export async function entriesOfMails(
  chunks: AsyncIterable<Uint8Array>,
  fallback: string,
  count: (items: number) => void,
): Promise<Found | null> {
  const entries: Entry[] = [];
  let unread = 0;
  let isMail = false;
  for await (const read of readMails(chunks)) {
    if (read === null) break;
    isMail = true;
    count(1);
    unread += read.unread;
    entries.push(...(await entriesOfText(read.text, whereOfMail(read.mail, fallback))));
  }
  return isMail ? { entries, unread } : null;
}
