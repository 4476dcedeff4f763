import { Recent } from "../../grammar/recent.ts";
import { type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import type { Variable } from "../../grammar/variables.ts";
import type { Block } from "../blocks/cutter.ts";
import { moldOf } from "../report/mold.ts";
import { noteRepeat, type Original, type Position } from "../report/repeat.ts";
import { MOST_SAMPLES, samplesOf, type Shape } from "../report/sample.ts";
import type { Kernel, Report } from "../report/schema.ts";

/** So many reports are kept, and twice as many at most; of each, what a later one is made of. */
const MOST_KEPT = 128;
/** A longer one is read as if it were the first: it is rare, and what is kept of it is much. */
const LONGEST = 64 * 1024;

/** What a block is but for its variables. */
interface Description {
  /** Equal for blocks that differ in their values and positions only, and in which the same values are equal. */
  readonly key: string;
  /** Each address and pid once, each register and count for itself. */
  readonly values: readonly string[];
  readonly shapes: readonly Shape[];
  /** The addresses that are compared. */
  readonly addresses: readonly string[];
  /** For each line, which of the values stand in it, in its order. */
  readonly indices: readonly (readonly number[])[];
}

/** Makes the report of a block that a kernel printed. */
type Build = (block: Block, kernel: Kernel | null) => Report;

/** `null`: seen before, and to be built each time. */
type Known = "once" | Kept | null;

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
  readonly #known = new Recent<{ state: Known }>(MOST_KEPT);

  /** @param build looks at nothing but what it is given */
  constructor(build: Build) {
    this.#build = build;
  }

  /** The report of a block, whose source is 0. */
  report(block: Block, kernel: Kernel | null): Report {
    const description = describe(block, kernel);
    if (description === null) return this.#build(block, kernel);
    const { key, values, addresses } = description;
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, { state: "once" });
      return this.#build(block, kernel);
    }
    if (known.state === "once") {
      const report = this.#build(block, kernel);
      known.state = keptOf(report, block, description, (sample) => this.#build(sample, kernel));
      return report;
    }
    if (known.state === null) return this.#build(block, kernel);
    const { original, strangers } = known.state;
    if (strangers.some((stranger) => addresses.some((address) => stranger.includes(address))))
      return this.#build(block, kernel);
    const report = original.report(values, positionOf(block));
    noteRepeat(report, { original, values });
    return report;
  }
}

function positionOf({ first, lastLine, unparsed }: Block): Position {
  const lines = { first: first.number, last: lastLine, unparsed };
  return { lines, time: first.time, caller: first.caller };
}

/** null where the report is not to be compared: it is damaged, which names lines; or longer than most. */
function describe({ kind, tokens, damage, unparsed }: Block, kernel: Kernel | null): Description | null {
  if (damage.length > 0 || unparsed > 0) return null;
  // no line holds a line break, so that no text looks like what stands here for a value
  let key = `${kind}\n${kernel === null ? "" : JSON.stringify(kernel)}`;
  const values: string[] = [];
  const shapes: Shape[] = [];
  const indices: number[][] = [];
  const addresses: string[] = [];
  const compared = new Map<string, number>();
  for (const { name, indent, text, variables } of tokens) {
    if (text.includes("\n")) return null;
    key += `\n${name} ${indent} `;
    let end = 0;
    const own: number[] = [];
    for (const variable of variables) {
      const value = text.slice(variable.start, variable.end);
      const shape = shapeOf(variable);
      let index = isCompared(variable) ? compared.get(value) : undefined;
      if (index === undefined) {
        index = values.length;
        values.push(value);
        shapes.push(shape);
        if (isCompared(variable)) compared.set(value, index);
        if (variable.sort === "address") addresses.push(value);
      }
      own.push(index);
      key += `${text.slice(end, variable.start)}\n${index}.${shape.isNumber ? "" : shape.length} `;
      end = variable.end;
    }
    key += end === 0 ? text : text.slice(end);
    indices.push(own);
    if (key.length > LONGEST) return null;
  }
  return values.length > MOST_SAMPLES ? null : { key, values, shapes, addresses, indices };
}

function isCompared({ sort }: Variable): boolean {
  return sort === "address" || sort === "pid";
}

function shapeOf({ sort, start, end }: Variable): Shape {
  return { isNumber: sort === "pid" || sort === "count", length: end - start };
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
  { key, values, shapes, indices }: Description,
  build: (block: Block) => Report,
): Kept | null {
  const samples = samplesOf(shapes);
  const sample = sampled(block, indices, samples);
  if (sample === null) return null;
  const built = build(sample);
  if (built.damage.length > 0) return null;
  const cast = moldOf(built, samples);
  const original: Original = {
    samples,
    report: (others, position) => Object.assign(cast(others), position),
  };
  const made = original.report(values, positionOf(block));
  if (JSON.stringify(made) !== JSON.stringify(report)) return null;
  return { original, strangers: key.match(HEXADECIMAL) ?? [] };
}

/** So many lines behind its place. */
const SHIFT = 1_000_003;

/** The block with other values, at another place of another log; null where its lines are not the same with them. */
function sampled(block: Block, indices: Description["indices"], values: readonly string[]): Block | null {
  const tokens: LineToken[] = [];
  for (const [i, token] of block.tokens.entries()) {
    const wanted = indices[i] ?? [];
    const { name, indent, variables, number } = token;
    let text = " ".repeat(indent);
    let end = 0;
    for (const [n, { start, end: behind }] of variables.entries()) {
      text += token.text.slice(end, start) + (values[wanted[n] ?? 0] ?? "");
      end = behind;
    }
    text += token.text.slice(end);
    const next = name === "Text" ? textToken(text, number + SHIFT) : tokenize(text, number + SHIFT);
    const isSame =
      next?.name === name &&
      next.variables.length === variables.length &&
      next.variables.every(
        (variable, n) => next.text.slice(variable.start, variable.end) === values[wanted[n] ?? 0],
      );
    if (!isSame) return null;
    tokens.push(next);
  }
  const first = { ...block.first, number: block.first.number + SHIFT, time: SHIFT, caller: `T${SHIFT}` };
  return { ...block, tokens, first, lastLine: block.lastLine + SHIFT };
}
