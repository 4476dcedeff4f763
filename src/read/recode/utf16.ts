import type { Recoder } from "./recoder.ts";

type Utf16 = "utf-16le" | "utf-16be";

const SAMPLE = 1024;
const LEAST_PAIRS = 8;

/** UTF-16 by its byte order mark, or by NULs in most bytes of one parity and nearly none of the other. */
export function utf16Of(bytes: Uint8Array): Utf16 | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const pairs = Math.floor(Math.min(bytes.length, SAMPLE) / 2);
  if (pairs < LEAST_PAIRS) return null;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < pairs * 2; index += 2) {
    if (bytes[index] === 0) even++;
    if (bytes[index + 1] === 0) odd++;
  }
  if (odd > pairs * 0.7 && even < pairs * 0.05) return "utf-16le";
  if (even > pairs * 0.7 && odd < pairs * 0.05) return "utf-16be";
  return null;
}

/** UTF-16 to UTF-8, without the byte order mark. */
export function createUtf16Recoder(encoding: Utf16): Recoder {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  return {
    push: (chunk) => Promise.resolve([encoder.encode(decoder.decode(chunk, { stream: true }))]),
    end: () => Promise.resolve([encoder.encode(decoder.decode())]),
  };
}
