import { Recent } from "../../grammar/recent.ts";
import { type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import type { Variable } from "../../grammar/variables.ts";
import type { Block } from "../blocks/cutter.ts";
import { moldOf } from "../report/mold.ts";
import { noteRepeat, type Original, type Position } from "../report/repeat.ts";
import { type Digits, MOST_SAMPLES, samplesOf, type Shape } from "../report/sample.ts";
import type { Kernel, Report } from "../report/schema.ts";

/** Of so many reports, and twice as many at most, it is kept what a later one is made of; of as many, that they came once. */
const MOST_KEPT = 256;
/** A longer one is read as if it were the first: it is rare, and what is kept of it is much. */
const LONGEST = 64 * 1024;

/** What a block is but for its variables. */
interface Description {
  /** Equal for blocks that differ in their values and positions only, and in which the same values are equal. */
  readonly key: string;
  /** Each address and pid once, each register and count for itself. */
  readonly values: readonly string[];
  /** Where each of them stands first in its line. */
  readonly variables: readonly Variable[];
  /** For each place of all lines, in their order, which of the values stands there. */
  readonly places: readonly number[];
}

/** Makes the report of a block that a kernel printed. */
type Build = (block: Block, kernel: Kernel | null) => Report;

interface Kept {
  readonly original: Original;
  /** What else in its lines could be an address: where a value is equal to it, that may mean something. */
  readonly strangers: readonly string[];
}

/**
 * Reports that were read before, but for their addresses, pids, registers and positions: such a report is put together out
 * of the first ones. That nothing of a report depends on these values but by their being equal is shown for each that is
 * kept: it is built with values made up for it, too, and with the real ones in their places that must be the report.
 */
export class Repeats {
  readonly #build: Build;
  /** Those that came once: what never comes again takes the place of nothing that does. */
  readonly #met = new Recent<true>(MOST_KEPT);
  /** Of those that came twice; null: it is to be built each time. */
  readonly #kept = new Recent<{ readonly kept: Kept | null }>(MOST_KEPT);

  /** @param build looks at nothing but what it is given */
  constructor(build: Build) {
    this.#build = build;
  }

  /** The report of a block, whose source is 0. */
  report(block: Block, kernel: Kernel | null): Report {
    const description = describe(block, kernel);
    if (description === null) return this.#build(block, kernel);
    const { key, values } = description;
    const known = this.#kept.get(key);
    if (known === undefined) {
      const report = this.#build(block, kernel);
      if (this.#met.get(key) === true)
        this.#kept.set(key, {
          kept: keptOf(report, block, description, (sample) => this.#build(sample, kernel)),
        });
      else this.#met.set(key, true);
      return report;
    }
    if (known.kept === null) return this.#build(block, kernel);
    const { original, strangers } = known.kept;
    if (meetsStranger(description, strangers)) return this.#build(block, kernel);
    const report = original.report(values, positionOf(block));
    noteRepeat(report, { original, values });
    return report;
  }
}

function positionOf({ first, lastLine, unparsed }: Block): Position {
  const lines = { first: first.number, last: lastLine, unparsed };
  return { lines, time: first.time, caller: first.caller };
}

/** Whether an address is a part of what else in the lines could be one. */
function meetsStranger({ values, variables }: Description, strangers: readonly string[]): boolean {
  if (strangers.length === 0) return false;
  const addresses = values.filter((_, i) => variables[i]?.sort === "address");
  return strangers.some((stranger) => addresses.some((address) => stranger.includes(address)));
}

/** null where the report is not to be compared: it is damaged, which names lines; or longer than most. */
function describe({ kind, tokens, damage, unparsed }: Block, kernel: Kernel | null): Description | null {
  if (damage.length > 0 || unparsed > 0) return null;
  // no part holds a blank, and a line's count of variables says how many parts are its, so that no two blocks have the
  // same key
  const parts: (string | number)[] = [kind, numberOf(JSON.stringify(kernel))];
  const values: string[] = [];
  const firsts: Variable[] = [];
  const places: number[] = [];
  const compared = new Map<string, number>();
  let length = 0;
  for (const { name, indent, text, variables } of tokens) {
    length += text.length;
    if (length > LONGEST) return null;
    if (variables.length === 0) {
      parts.push(name, indent, numberOf(text));
      continue;
    }
    parts.push(name, indent, "-", variables.length);
    let end = 0;
    for (const variable of variables) {
      const value = text.slice(variable.start, variable.end);
      let index = isCompared(variable) ? compared.get(value) : undefined;
      if (index === undefined) {
        index = values.length;
        values.push(value);
        firsts.push(variable);
        if (isCompared(variable)) compared.set(value, index);
      }
      places.push(index);
      parts.push(numberOf(text.slice(end, variable.start)), index, shapeOf(variable).length);
      end = variable.end;
    }
    parts.push(numberOf(text.slice(end)));
  }
  return values.length > MOST_SAMPLES ? null : { key: parts.join(" "), values, variables: firsts, places };
}

/** What stands for a text in a key, so that keys are short: no other text has the same, even if its own is forgotten. */
function numberOf(text: string): number {
  let number = numbers.get(text);
  if (number === undefined) numbers.set(text, (number = ++latestNumber));
  return number;
}

const numbers = new Recent<number>(16_384);
let latestNumber = 0;

function isCompared({ sort }: Variable): boolean {
  return sort === "address" || sort === "pid";
}

function shapeOf({ sort, start, end }: Variable): Shape {
  const length = end - start;
  if (sort === "pid") return { isNumber: true, length: pidDigits(length) };
  return sort === "count" ? { isNumber: true, length: 9 } : { isNumber: false, length };
}

/** A title with a pid in it, as syzbot writes it, tells pids of up to five digits, of six, and of more apart. */
function pidDigits(length: number): Digits {
  if (length < 6) return 5;
  return length === 6 ? 6 : 9;
}

/** What could be an address between the variables of a line. */
function strangersIn({ text, variables }: LineToken): readonly string[] {
  const ends = [0, ...variables.map(({ end }) => end)];
  const starts = [...variables.map(({ start }) => start), text.length];
  return ends.flatMap((end, i) => text.slice(end, starts[i]).match(HEXADECIMAL) ?? []);
}

const HEXADECIMAL = /[0-9a-f]{8,}/g;

/**
 * What later ones are made of; null where more than its values depends on them.
 *
 * @param report of the block
 */
function keptOf(
  report: Report,
  block: Block,
  { values, variables, places }: Description,
  build: (block: Block) => Report,
): Kept | null {
  const samples = samplesOf(variables.map(shapeOf));
  const sample = sampled(block, places, samples);
  if (sample === null) return null;
  const built = build(sample);
  if (built.damage.length > 0) return null;
  const cast = moldOf({ sample: { ...built, ...positionOf(block) }, samples, real: report, values });
  if (cast === null) return null;
  const original: Original = {
    samples,
    report: (others, position) => Object.assign(cast(others), position),
  };
  return { original, strangers: block.tokens.flatMap(strangersIn) };
}

/** So many lines behind its place. */
const SHIFT = 1_000_003;

/** The block with other values, at another place of another log; null where its lines are not the same with them. */
function sampled(block: Block, places: Description["places"], values: readonly string[]): Block | null {
  const tokens: LineToken[] = [];
  let done = 0;
  for (const token of block.tokens) {
    const wanted = places.slice(done, (done += token.variables.length)).map((index) => values[index] ?? "");
    const { name, indent, variables, number } = token;
    let text = " ".repeat(indent);
    let end = 0;
    for (const [n, { start, end: behind }] of variables.entries()) {
      text += token.text.slice(end, start) + (wanted[n] ?? "");
      end = behind;
    }
    text += token.text.slice(end);
    const next = name === "Text" ? textToken(text, number + SHIFT) : tokenize(text, number + SHIFT);
    const isSame =
      next?.name === name &&
      next.variables.length === variables.length &&
      next.variables.every((variable, n) => next.text.slice(variable.start, variable.end) === wanted[n]);
    if (!isSame) return null;
    tokens.push(next);
  }
  const first = { ...block.first, number: block.first.number + SHIFT, time: SHIFT, caller: `T${SHIFT}` };
  return { ...block, tokens, first, lastLine: block.lastLine + SHIFT };
}
