/** What a value looks like. */
export type Shape =
  /** Decimal digits. */
  | { readonly isNumber: true; readonly length: Digits }
  /** Hexadecimal ones. */
  | { readonly isNumber: false; readonly length: number };

/** Of how many digits a number can be a sample, and the least that is one. */
const LEAST = { 5: 51_000, 6: 510_000, 9: 910_000_000 };
export type Digits = keyof typeof LEAST;

/** More are not distinguished. */
export const MOST_SAMPLES = 8192;

const HEX = "fa5a";
/** Whatever looks like a sample. */
const SAMPLE = /fa5a[0-9a-f]{4,12}|(?<![0-9A-Za-z])T?(?:9100\d{5}|5\d{4,5})(?![0-9A-Za-z])(?:\.\d+)?/g;

/**
 * Values made up for the variables of a report. What is made of a report with them shows where a value goes; that it
 * depends on them in no other way is shown by the real ones, which must give with it what they give by themselves.
 */
export function samplesOf(shapes: readonly Shape[]): string[] {
  return shapes.map(({ isNumber, length }, i) =>
    isNumber ? String(LEAST[length] + i) : HEX + i.toString(16).padStart(length - HEX.length, "0"),
  );
}

/** A part of a text that is always the same, from start to end; or the index of the value that is there. */
export type Part = readonly [start: number, end: number] | number;

/**
 * The parts of a text that was made with samples.
 *
 * @param indices of the samples
 */
export function partsOf(text: string, indices: ReadonlyMap<string, number>): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: value, index } of text.matchAll(SAMPLE)) {
    const which = indices.get(value);
    if (which === undefined) continue;
    if (index > end) parts.push([end, index]);
    parts.push(which);
    end = index + value.length;
  }
  if (end < text.length) parts.push([end, text.length]);
  return parts;
}

/** Where each of the samples stands among them. */
export function indicesOf(samples: readonly string[]): ReadonlyMap<string, number> {
  return new Map(samples.map((sample, i) => [sample, i]));
}
