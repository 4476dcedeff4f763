import { createBlankRecoder, hasNoBreakBlanks } from "./blanks.ts";
import { looksLikeMail } from "./mail-header.ts";
import type { Recoder } from "./recoder.ts";
import { createUtf16Recoder, utf16Of } from "./utf16.ts";

/**
 * Chooses by the first bytes of a file (a few hundred will do) how to decode it before lines are split: UTF-16 (as
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
