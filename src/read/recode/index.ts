import { createMailRecoder, looksLikeMail } from "./mail.ts";
import type { Recoder } from "./recoder.ts";
import { createUtf16Recoder, utf16Of } from "./utf16.ts";

/**
 * Chooses by the first bytes of a file (a few hundred will do) how to decode it before lines are split: UTF-16 (as
 * PowerShell's redirection writes it) and mail with encoded bodies. null, the common case: nothing to do. The first
 * bytes are only looked at; push them like the rest.
 *
 * Line numbers stay those of the file: where a quoted-printable line is broken softly, the parts are joined and blank
 * lines stand for the others. Not so inside a base64 body, whose lines have nothing to do with those of the text: they
 * are counted from its first line, and if there are fewer of them, blank lines follow up to its end; if there are more,
 * the numbers behind it are too high.
 */
export function createRecoder(firstBytes: Uint8Array): Recoder | null {
  const utf16 = utf16Of(firstBytes);
  if (utf16 !== null) return createUtf16Recoder(utf16);
  return looksLikeMail(firstBytes) ? createMailRecoder() : null;
}
