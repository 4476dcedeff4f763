const strict = new TextDecoder("utf-8", { fatal: true });

/** What stands for bytes that are no UTF-8 where nobody wants them back. */
const REPLACEMENT = "\ufffd";

/** A lone low surrogate stands for a byte that is not UTF-8, so that the byte can be had back. */
const ESCAPED_BYTE = 0xdc00;

/**
 * Decodes one line of a log.
 *
 * @returns the text; a byte that is not UTF-8 becomes U+DC80 to U+DCFF
 */
export function decodeLine(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes(REPLACEMENT) ? decodeDamaged(bytes.subarray(start, end)) : text;
}

/** Keeps what is UTF-8 and escapes the other bytes one by one. */
function decodeDamaged(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const sequence = bytes.subarray(at, at + length);
    try {
      if (length === 0 || sequence.length < length) throw new TypeError("not UTF-8");
      text += strict.decode(sequence);
      at += length;
    } catch {
      text += String.fromCharCode(ESCAPED_BYTE + (bytes[at] ?? 0));
      at++;
    }
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}
