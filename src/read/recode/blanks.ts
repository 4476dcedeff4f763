import type { Recoder } from "./recoder.ts";

const NO_BREAK = Buffer.from("\u00a0");
const SAMPLE = 4096;
/** One may be in any text; so many at its start come from a web page or a mailer. */
const MANY = 8;

/** Whether the blanks of a text are no-break ones, in which no word of a report's would be found. */
export function hasNoBreakBlanks(bytes: Uint8Array): boolean {
  const sample = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SAMPLE));
  let count = 0;
  for (let at = sample.indexOf(NO_BREAK); at >= 0; at = sample.indexOf(NO_BREAK, at + 2)) count++;
  return count >= MANY;
}

/** No-break blanks become blanks. */
export function createBlankRecoder(): Recoder {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const bytes = Buffer.concat([held, chunk]);
      const cut = bytes.at(-1) === NO_BREAK[0] ? bytes.length - 1 : bytes.length;
      held = bytes.subarray(cut);
      return Promise.resolve([withBlanks(bytes.subarray(0, cut))]);
    },
    end: () => Promise.resolve([held]),
  };
}

/** The same bytes, with a blank for each no-break one. */
export function withBlanks(bytes: Buffer): Buffer {
  if (!bytes.includes(NO_BREAK)) return bytes;
  return Buffer.from(bytes.toString("latin1").replaceAll("\u00c2\u00a0", " "), "latin1");
}
