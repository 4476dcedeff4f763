import { join, printable, type Safe, safe } from "./safe.ts";

/** An encoded word has 75 characters at most (RFC 2047, section 2), of which so many bytes come out of the text. */
const MOST_BYTES = 42;

/**
 * The value of a header field: ASCII stays, what is more becomes encoded words, but for an address after it.
 *
 * @param value `Name <address>`, or any text
 */
export function encodedWords(value: string): Safe {
  const shown = printable(value);
  if (/^[ -~]*$/.test(shown)) return shown;
  const address = / <[^<>]{1,320}>$/.exec(shown)?.[0] ?? "";
  const words = piecesOf(shown.slice(0, shown.length - address.length)).map(
    (piece) => safe`=?UTF-8?B?${printable(Buffer.from(piece).toString("base64"))}?=`,
  );
  return safe`${join(words, "\n ")}${printable(address)}`;
}

/** No character is in two words. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > MOST_BYTES) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}
