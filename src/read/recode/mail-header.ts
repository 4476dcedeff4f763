/** Headers that begin mails: what mail programs write first, and what stays when a reader exports one. */
const FIRST_HEADER =
  /^(?:From|Return-Path|Received|Delivered-To|X-[\w-]{1,40}|Date|To|Cc|Subject|Message-ID|MIME-Version|DKIM-Signature|ARC-[\w-]{1,40}|Authentication-Results|Received-SPF|Reply-To|Sender|List-[\w-]{1,40}|Precedence|In-Reply-To|References|Content-Type|Content-Transfer-Encoding): ?/i;
/** RFC 5322: what follows the colon may follow it at once, as in `ARC-Seal:i=1`. */
const ANY_HEADER = /^[\x21-\x39\x3b-\x7e]{1,76}:/;
/** mbox: `From tester@example.org Sun Nov 22 12:20:06 2026`. */
export const ENVELOPE = /^>?From \S{1,320} .{0,40}\d\d:\d\d:\d\d/;

const SAMPLE = 2048;
/** So much of a header tells that it is one. */
const LONGEST_LINE = 512;

/** True when the file begins with an mbox envelope, or with two header lines. */
export function looksLikeMail(bytes: Uint8Array): boolean {
  const first = bytes[0];
  // Cheap for logs: they begin with "[", "<", a digit …
  if (first === undefined || !((first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a)))
    return false;
  const lines = Buffer.from(bytes.subarray(0, SAMPLE)).toString("latin1").split("\n");
  const [one = "", two = ""] = lines;
  if (ENVELOPE.test(one)) return true;
  if (!FIRST_HEADER.test(one)) return false;
  const next = /^[ \t]/.test(two) ? lines.find((line, index) => index > 0 && !/^[ \t]/.test(line)) : two;
  return next !== undefined && ANY_HEADER.test(next);
}

/** How far a mail's header goes, with the blank line after it. */
export interface HeaderSize {
  readonly bytes: number;
  readonly lines: number;
}

/** null if anything but a header comes before the first blank line: this is not a mail. */
export function headerSize(mail: Buffer): HeaderSize | null {
  let lines = 0;
  for (let at = 0; at < mail.length; lines++) {
    const newline = mail.indexOf(0x0a, at);
    const end = newline < 0 ? mail.length : newline + 1;
    const line = mail.toString("latin1", at, Math.min(end, at + LONGEST_LINE));
    if (/^\r?\n?$/.test(line)) return { bytes: end, lines: lines + 1 };
    const isHeader = ANY_HEADER.test(line) || (lines > 0 && /^[ \t]/.test(line)) || ENVELOPE.test(line);
    if (!isHeader) return null;
    at = end;
  }
  return { bytes: mail.length, lines };
}
