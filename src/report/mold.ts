import { partsOf, type Samples } from "./sample.ts";

/** Makes a part of what a mold was taken of, with these values in place of its variables. */
type Cast = (values: readonly string[]) => unknown;

/** Whatever the values are, this is the same. */
const FIXED = Symbol("fixed");

class Misfit extends Error {}

/**
 * A mold of plain data: what is made with it is new at its top, and has in common with all others what no variable is in.
 *
 * @param one the data with the values of `samples.one`
 * @param other the same with those of the other set
 * @returns makes it with these values; null where more differs than the values do
 */
export function moldOf<Data extends object>(
  one: Data,
  other: Data,
  samples: Samples,
): ((values: readonly string[]) => Data) | null {
  try {
    const cast = castOf(one, other, samples);
    return cast === FIXED ? () => ({ ...one }) : (values) => cast(values) as Data;
  } catch (error) {
    if (error instanceof Misfit) return null;
    throw error;
  }
}

function castOf(one: unknown, other: unknown, samples: Samples): Cast | typeof FIXED {
  if (typeof one === "string" && typeof other === "string") return stringOf(one, other, samples);
  if (typeof one === "number" && typeof other === "number") return numberOf(one, other, samples);
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    if (one !== other) throw new Misfit();
    return FIXED;
  }
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length || names.some((name, i) => name !== others[i])) throw new Misfit();
  const varying = names.flatMap((name): (readonly [string, Cast])[] => {
    const cast = castOf(one[name as keyof typeof one], other[name as keyof typeof other], samples);
    return cast === FIXED ? [] : [[name, cast]];
  });
  if (varying.length === 0) return FIXED;
  return (values) => {
    const made = (Array.isArray(one) ? one.slice() : { ...one }) as Record<string, unknown>;
    for (const [name, cast] of varying) made[name] = cast(values);
    return made;
  };
}

function stringOf(one: string, other: string, samples: Samples): Cast | typeof FIXED {
  const parts = partsOf(one, other, samples);
  if (parts === null) throw new Misfit();
  if (parts.every((part) => typeof part !== "number")) return FIXED;
  const texts = parts.map((part) => (typeof part === "number" ? part : one.slice(...part)));
  const [only, ...more] = texts;
  if (typeof only === "number" && more.length === 0) return (values) => values[only];
  return (values) => texts.map((part) => (typeof part === "number" ? values[part] : part)).join("");
}

function numberOf(one: number, other: number, samples: Samples): Cast | typeof FIXED {
  if (one === other) return FIXED;
  const index = samples.one.indexOf(String(one));
  if (index < 0 || samples.other[index] !== String(other)) throw new Misfit();
  return (values) => Number(values[index]);
}
