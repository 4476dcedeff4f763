import { indicesOf, partsOf } from "./sample.ts";

/** Makes a part of what a mold was taken of, with these values in place of its variables. */
type Cast = (values: readonly string[]) => unknown;

/** An object, or a list. */
type Data = Readonly<Record<string, unknown>>;

/** Whatever the values are, this is the same. */
const FIXED = Symbol("fixed");

/** The same plain data twice: with samples as values, and with real ones, of which none is a sample. */
interface Pair<Of> {
  readonly sample: Of;
  readonly samples: readonly string[];
  readonly real: Of;
  readonly values: readonly string[];
}

/**
 * A mold of plain data: what is made with it is new at its top, and has in common with all others what no variable is in.
 *
 * @returns makes it with these values; null if the real values in the places of the samples do not make the real data
 */
export function moldOf<Of extends object>({
  sample,
  samples,
  real,
  values,
}: Pair<Of>): ((values: readonly string[]) => Of) | null {
  const known = new Set(samples);
  if (values.some((value) => known.has(value))) return null;
  const cast = new Mold(indicesOf(samples), values).castOf(sample, real);
  if (cast === null) return null;
  return cast === FIXED ? () => ({ ...sample }) : (others) => cast(others) as Of;
}

class Mold {
  readonly #indices: ReadonlyMap<string, number>;
  readonly #values: readonly string[];

  constructor(indices: ReadonlyMap<string, number>, values: readonly string[]) {
    this.#indices = indices;
    this.#values = values;
  }

  /** What is the same with other values holds none of them, so that most of it need not be gone through. */
  castOf(sample: unknown, real: unknown): Cast | typeof FIXED | null {
    if (sample === real) return FIXED;
    if (typeof sample === "object" && typeof real === "object")
      return sample === null || real === null ? null : this.#partsOf(sample as Data, real as Data);
    const cast = this.#leafOf(sample);
    return cast?.(this.#values) === real ? cast : null;
  }

  #leafOf(sample: unknown): Cast | null {
    if (typeof sample === "string") return stringOf(sample, this.#indices);
    const index = typeof sample === "number" ? this.#indices.get(String(sample)) : undefined;
    return index === undefined ? null : (values) => Number(values[index]);
  }

  #partsOf(sample: Data, real: Data): Cast | typeof FIXED | null {
    const names = Object.keys(sample);
    const realNames = Object.keys(real);
    if (names.length !== realNames.length || Array.isArray(sample) !== Array.isArray(real)) return null;
    const varying: [string, Cast][] = [];
    for (const [i, name] of names.entries()) {
      if (name !== realNames[i]) return null;
      const cast = this.castOf(sample[name], real[name]);
      if (cast === null) return null;
      if (cast !== FIXED) varying.push([name, cast]);
    }
    if (varying.length === 0) return FIXED;
    return (values) => {
      const made = (Array.isArray(sample) ? sample.slice() : { ...sample }) as Record<string, unknown>;
      for (const [name, cast] of varying) made[name] = cast(values);
      return made;
    };
  }
}

function stringOf(text: string, indices: ReadonlyMap<string, number>): Cast {
  const parts = partsOf(text, indices).map((part) => (typeof part === "number" ? part : text.slice(...part)));
  const [only, ...more] = parts;
  if (typeof only === "number" && more.length === 0) return (values) => values[only];
  return (values) => parts.map((part) => (typeof part === "number" ? values[part] : part)).join("");
}
