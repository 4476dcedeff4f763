import { Recent } from "../../grammar/recent.ts";
import { again, type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import type { Block } from "../blocks/cutter.ts";
import { moldOf } from "../report/mold.ts";
import { noteRepeat, type Original, type Position } from "../report/repeat.ts";
import { samplesOf } from "../report/sample.ts";
import type { Kernel, Report } from "../report/schema.ts";
import { Likeness, likenessKey, shapeOf } from "./likeness.ts";

/** Of so many keys, and twice as many at most, it is kept what later reports are made of. */
const MOST_KEPT = 256;
/** And of so many the reports that came once. */
const MOST_MET = 80;
/** Of so many with one key. */
const MOST_OF_KEY = 8;

/** Makes the report of a block that a kernel printed. */
type Build = (block: Block, kernel: Kernel | null) => Report;

interface Met {
  readonly likeness: Likeness;
  readonly report: Report;
}

interface Kept {
  readonly likeness: Likeness;
  /** null: it is to be built each time. */
  readonly original: Original | null;
  /** What else in its lines could be an address: where a value is equal to it, that may mean something. */
  readonly strangers: readonly string[];
}

interface Found<Known> {
  readonly known: Known;
  readonly values: readonly string[];
}

/** What is known by a key, the latest last. */
class Shelf<Known extends { readonly likeness: Likeness }> {
  readonly #known: Recent<Known[]>;

  constructor(most: number) {
    this.#known = new Recent(most);
  }

  find(key: string, block: Block, kernel: Kernel | null): Found<Known> | null {
    for (const known of this.#known.get(key) ?? []) {
      const values = known.likeness.valuesOf(block, kernel);
      if (values !== null) return { known, values };
    }
    return null;
  }

  add(key: string, known: Known): void {
    const others = this.#known.get(key) ?? [];
    if (others.length === 0) this.#known.set(key, others);
    others.push(known);
    if (others.length > MOST_OF_KEY) others.shift();
  }
}

/**
 * Reports that were read before, but for their addresses, pids, registers and positions: such a report is put together out
 * of the first ones. That nothing of a report depends on these values but by their being equal is shown for each that is
 * kept: it is built with values made up for it, too, and with the real ones in their places that must be the report.
 */
export class Repeats {
  readonly #build: Build;
  /** What never comes again takes the place of nothing that does. */
  readonly #met = new Shelf<Met>(MOST_MET);
  readonly #kept = new Shelf<Kept>(MOST_KEPT);

  /** @param build looks at nothing but what it is given */
  constructor(build: Build) {
    this.#build = build;
  }

  /** The report of a block, whose source is 0. */
  report(block: Block, kernel: Kernel | null): Report {
    const build = (other: Block): Report => this.#build(other, kernel);
    const key = likenessKey(block);
    if (key === null) return build(block);
    const kept = this.#kept.find(key, block, kernel) ?? this.#keep(key, block, kernel);
    if (kept !== null) return reportOf(kept.known, kept.values, block) ?? build(block);
    const report = build(block);
    this.#met.add(key, { likeness: new Likeness(block, kernel), report });
    return report;
  }

  /** What came once, and comes again now; null if it did not. */
  #keep(key: string, block: Block, kernel: Kernel | null): Found<Kept> | null {
    const met = this.#met.find(key, block, kernel);
    if (met === null) return null;
    const { known, values } = met;
    const { likeness } = known;
    const build = (other: Block): Report => this.#build(other, kernel);
    const original =
      originalOf(known.report, likeness.values, block, likeness, build) ??
      // somebody may have changed the first one
      originalOf(build(block), values, block, likeness, build);
    const kept = { likeness, original, strangers: block.tokens.flatMap(strangersIn) };
    this.#kept.add(key, kept);
    return { known: kept, values };
  }
}

/** null if it is to be built. */
function reportOf(kept: Kept, values: readonly string[], block: Block): Report | null {
  const { original } = kept;
  if (original === null || meetsStranger(kept, values)) return null;
  const report = original.report(values, positionOf(block));
  noteRepeat(report, { original, values });
  return report;
}

function positionOf({ first, lastLine, unparsed }: Block): Position {
  const lines = { first: first.number, last: lastLine, unparsed };
  return { lines, time: first.time, caller: first.caller };
}

/** Whether an address is a part of what else in the lines could be one. */
function meetsStranger({ likeness: { variables }, strangers }: Kept, values: readonly string[]): boolean {
  if (strangers.length === 0) return false;
  const addresses = values.filter((_, i) => variables[i]?.sort === "address");
  return strangers.some((stranger) => addresses.some((address) => stranger.includes(address)));
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
 * @param report one of them, with its values
 * @param block of any of them
 */
function originalOf(
  report: Report,
  values: readonly string[],
  block: Block,
  { places, variables }: Likeness,
  build: (block: Block) => Report,
): Original | null {
  const samples = samplesOf(variables.map(shapeOf));
  const sample = sampled(block, places, samples);
  if (sample === null) return null;
  const built = build(sample);
  if (built.damage.length > 0) return null;
  const position = positionOf(block);
  const real = { ...report, source: built.source, ...position };
  const cast = moldOf({ sample: { ...built, ...position }, samples, real, values });
  if (cast === null) return null;
  return { samples, report: (others, place) => Object.assign(cast(others), place) };
}

/** This many lines after its place. */
const SHIFT = 1_000_003;

/** The block with other values, at another place of another log; null where its lines are not the same with them. */
function sampled(block: Block, places: readonly number[], values: readonly string[]): Block | null {
  const tokens: LineToken[] = [];
  let done = 0;
  for (const token of block.tokens) {
    if (token.variables.length === 0) {
      tokens.push(again(token, token.number + SHIFT));
      continue;
    }
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
