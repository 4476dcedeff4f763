import type { Variable } from "../../grammar/variables.ts";
import type { Block } from "../blocks/cutter.ts";
import { type Digits, MOST_SAMPLES, type Shape } from "../report/sample.ts";
import type { Kernel } from "../report/schema.ts";

/** A longer block is like none: it is rare, and what would be kept of it is much. */
const LONGEST = 64 * 1024;

/**
 * The same for all blocks that are alike, and for few others; null if a block is not to be compared: it is damaged, which
 * names lines, or longer than most.
 */
export function likenessKey({ kind, tokens, damage, unparsed }: Block): string | null {
  if (damage.length > 0 || unparsed > 0) return null;
  let length = 0;
  let values = 0;
  let hash = 0;
  for (const { text, variables } of tokens) {
    length += text.length;
    values += variables.length;
    let fixed = text.length;
    for (const { start, end } of variables) fixed -= end - start;
    hash = mixed(hash, fixed);
    // of most lines some letters tell which they are
    if (variables.length === 0)
      for (const n of [1, 2, 3]) hash = mixed(hash, text.charCodeAt((fixed * n) >> 2));
  }
  return length > LONGEST || values > MOST_SAMPLES ? null : `${kind} ${tokens.length} ${hash}`;
}

function mixed(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) | 0;
}

/** A line of a block: its texts before, between and after its variables. */
interface LikeLine {
  readonly name: string;
  readonly indent: number;
  readonly parts: readonly string[];
}

/** What a block is but for its variables. */
export class Likeness {
  readonly #kind: Block["kind"];
  readonly #kernel: Kernel | null;
  readonly #lines: readonly LikeLine[];
  /** For each place of all lines, in their order, which of the values is there. */
  readonly places: readonly number[];
  /** Where each value comes first in its line. */
  readonly variables: readonly Variable[];
  /** Those of the block that it was made of. */
  readonly values: readonly string[];

  /** @param kernel that printed the block */
  constructor({ kind, tokens }: Block, kernel: Kernel | null) {
    const places: number[] = [];
    const firsts: Variable[] = [];
    const values: string[] = [];
    const compared = new Map<string, number>();
    this.#lines = tokens.map(({ name, indent, text, variables }) => {
      if (variables.length === 0) return { name, indent, parts: [text] };
      const parts: string[] = [];
      let end = 0;
      for (const variable of variables) {
        const value = text.slice(variable.start, variable.end);
        const known = isCompared(variable) ? compared.get(value) : undefined;
        if (known === undefined) {
          if (isCompared(variable)) compared.set(value, firsts.length);
          firsts.push(variable);
          values.push(value);
        }
        places.push(known ?? firsts.length - 1);
        parts.push(text.slice(end, variable.start));
        end = variable.end;
      }
      parts.push(text.slice(end));
      return { name, indent, parts };
    });
    this.#kind = kind;
    this.#kernel = kernel;
    this.places = places;
    this.variables = firsts;
    this.values = values;
  }

  /**
   * The values of a block that differs in these and in its position only, and in which the same values are equal: each address
   * and pid once, each register and count for itself. null of any other block.
   */
  valuesOf({ kind, tokens }: Block, kernel: Kernel | null): readonly string[] | null {
    if (kind !== this.#kind || tokens.length !== this.#lines.length || !isSameKernel(kernel, this.#kernel))
      return null;
    const values: string[] = [];
    const compared = new Set<string>();
    let place = 0;
    for (const [i, { name, indent, text, variables }] of tokens.entries()) {
      const line = this.#lines[i];
      if (line?.name !== name || line.indent !== indent || line.parts.length !== variables.length + 1)
        return null;
      let end = 0;
      for (const [n, variable] of variables.entries()) {
        if (!isPart(text, end, variable.start, line.parts[n])) return null;
        end = variable.end;
        const value = text.slice(variable.start, end);
        const index = this.places[place++];
        const first = index === undefined ? undefined : this.variables[index];
        if (index === undefined || first?.sort !== variable.sort) return null;
        if (index < values.length) {
          if (values[index] !== value) return null;
          continue;
        }
        if (shapeOf(first).length !== shapeOf(variable).length) return null;
        if (isCompared(variable) && compared.size === compared.add(value).size) return null;
        values.push(value);
      }
      if (!isPart(text, end, text.length, line.parts[variables.length])) return null;
    }
    return values;
  }
}

function isPart(text: string, start: number, end: number, part = ""): boolean {
  return (
    end - start === part.length &&
    (start === 0 && end === text.length ? text === part : text.startsWith(part, start))
  );
}

function isSameKernel(one: Kernel | null, other: Kernel | null): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Where another value is equal, that says something. */
function isCompared({ sort }: Variable): boolean {
  return sort === "address" || sort === "pid";
}

/** What a value may look like that stands for this one. */
export function shapeOf({ sort, start, end }: Variable): Shape {
  const length = end - start;
  if (sort === "pid") return { isNumber: true, length: pidDigits(length) };
  return sort === "count" ? { isNumber: true, length: 9 } : { isNumber: false, length };
}

/** A title with a pid in it, as syzbot writes it, tells pids of up to five digits, of six, and of more apart. */
function pidDigits(length: number): Digits {
  if (length < 6) return 5;
  return length === 6 ? 6 : 9;
}
