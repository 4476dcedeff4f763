import { indicesOf, partsOf } from "./sample.ts";

/** Makes a part of what a mold was taken of, with these values in place of its variables. */
type Cast = (values: readonly string[]) => unknown;

/** Whatever the values are, this is the same. */
const FIXED = Symbol("fixed");

type Indices = ReadonlyMap<string, number>;

/**
 * A mold of plain data: what is made with it is new at its top, and has in common with all others what no variable is in.
 *
 * @param data with the samples as values
 * @returns makes it with these values
 */
export function moldOf<Data extends object>(
  data: Data,
  samples: readonly string[],
): (values: readonly string[]) => Data {
  const cast = castOf(data, indicesOf(samples));
  return cast === FIXED ? () => ({ ...data }) : (values) => cast(values) as Data;
}

function castOf(data: unknown, indices: Indices): Cast | typeof FIXED {
  if (typeof data === "string") return stringOf(data, indices);
  if (typeof data === "number") {
    const index = indices.get(String(data));
    return index === undefined ? FIXED : (values) => Number(values[index]);
  }
  if (typeof data !== "object" || data === null) return FIXED;
  const varying = Object.entries(data).flatMap(([name, part]): (readonly [string, Cast])[] => {
    const cast = castOf(part, indices);
    return cast === FIXED ? [] : [[name, cast]];
  });
  if (varying.length === 0) return FIXED;
  return (values) => {
    const made = (Array.isArray(data) ? data.slice() : { ...data }) as Record<string, unknown>;
    for (const [name, cast] of varying) made[name] = cast(values);
    return made;
  };
}

function stringOf(text: string, indices: Indices): Cast | typeof FIXED {
  const parts = partsOf(text, indices).map((part) => (typeof part === "number" ? part : text.slice(...part)));
  const [only, ...more] = parts;
  if (parts.every((part) => typeof part === "string")) return FIXED;
  if (typeof only === "number" && more.length === 0) return (values) => values[only];
  return (values) => parts.map((part) => (typeof part === "number" ? values[part] : part)).join("");
}
