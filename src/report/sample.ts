/**
 * Values made up for the variables of a report, in two sets that have nothing in common: what is made of a report does
 * not depend on a value where both sets give the same but for themselves.
 */
export interface Samples {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

/** What a value looks like. */
export interface Shape {
  /** Decimal digits; else hexadecimal ones. */
  readonly isNumber: boolean;
  readonly length: number;
}

/** More are not told apart. */
export const MOST_SAMPLES = 8192;

const ONE = { hex: "fa5a", decimal: 910_000_000 };
const OTHER = { hex: "fb6b", decimal: 82_000_000 };
/** Whatever looks like a value of either set. */
const SAMPLE = /f(?:a5a|b6b)[0-9a-f]{4,12}|T?(?:9100\d{5}|8200\d{4})(?:\.\d+)?/g;

export function samplesOf(shapes: readonly Shape[]): Samples {
  const all = ({ hex, decimal }: typeof ONE): string[] =>
    shapes.map(({ isNumber, length }, i) =>
      isNumber ? String(decimal + i) : hex + i.toString(16).padStart(length - hex.length, "0"),
    );
  return { one: all(ONE), other: all(OTHER) };
}

/** A part of a text that is always the same, from start to end; or the index of the value that stands there. */
export type Part = readonly [start: number, end: number] | number;

/**
 * The parts of a text, told by how it looks with each of the two sets.
 *
 * @param one with the values of `samples.one`
 * @param other with those of the other set
 * @returns the parts, with places in `one`; null where more differs than the values do
 */
export function partsOf(one: string, other: string, samples: Samples): Part[] | null {
  const parts = valuesIn(one, samples.one);
  const others = valuesIn(other, samples.other);
  if (parts.length !== others.length) return null;
  const fits = parts.every((part, i) => {
    const twin = others[i];
    if (typeof part === "number" || typeof twin === "number" || twin === undefined) return part === twin;
    return one.slice(...part) === other.slice(...twin);
  });
  return fits ? parts : null;
}

function valuesIn(text: string, values: readonly string[]): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: value, index } of text.matchAll(SAMPLE)) {
    const which = values.indexOf(value);
    if (which < 0) continue;
    if (index > end) parts.push([end, index]);
    parts.push(which);
    end = index + value.length;
  }
  if (end < text.length) parts.push([end, text.length]);
  return parts;
}
