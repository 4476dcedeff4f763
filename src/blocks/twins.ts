import type { Line } from "../read/line.ts";
import { isSameTime } from "./copies.ts";
import type { OpenReport } from "./open-report.ts";

/** Of the shorter one's lines the other has so many at least, or the two are not one. */
const ENOUGH_ALIKE = 0.8;

/**
 * Reports that may be one, which came by two routes that write to one file: with callers from a console, without them from
 * a log. What is told of both is the one that came better.
 */
export class Twins {
  readonly #of = new Map<OpenReport, OpenReport>();
  /** Those that are over, while the other is not. */
  readonly #over = new Set<OpenReport>();

  readonly #onCopy: (copy: OpenReport) => void;

  /** @param onCopy is told which one of two is left out */
  constructor(onCopy: (copy: OpenReport) => void) {
    this.#onCopy = onCopy;
  }

  has(open: OpenReport): boolean {
    return this.#of.has(open);
  }

  pair(one: OpenReport, other: OpenReport): void {
    this.#of.set(one, other);
    this.#of.set(other, one);
  }

  /** The report is read anew. */
  replace(open: OpenReport, again: OpenReport): void {
    const twin = this.#of.get(open);
    this.#of.delete(open);
    if (twin !== undefined) this.pair(twin, again);
  }

  /** The report is over. @returns what is to be told now */
  end(open: OpenReport): readonly OpenReport[] {
    const twin = this.#of.get(open);
    if (twin === undefined) return [open];
    if (!this.#over.delete(twin)) {
      this.#over.add(open);
      return [];
    }
    this.#of.delete(open);
    this.#of.delete(twin);
    if (!areOne(twin, open)) return [twin, open];
    const [best, other] = isBetter(open, twin) ? [open, twin] : [twin, open];
    best.doubled += other.tokens.length;
    this.#onCopy(other);
    return [best];
  }
}

/**
 * Whether the second report tells nothing that the first one does not: it was printed at the same time, to the
 * microsecond, and in the same words.
 */
export function tellsSame(first: OpenReport, second: OpenReport): boolean {
  const [one, other] = [first.headline, second.headline];
  if (one === null || other === null || one.token.text !== other.token.text) return false;
  if (!one.line.time || other.line.time === null || !isSameTime(one.line, other.line)) return false;
  const [caller, otherCaller] = [one.line.caller, other.line.caller];
  // two processors may print at one time
  if (caller !== null && otherCaller !== null && caller !== otherCaller) return false;
  // far behind and by the same way it is told twice: a person quotes it, or asks for the log again
  const isNear = other.line.number - one.line.number <= NEAR;
  const isOtherWay =
    isLogged(one.line) !== isLogged(other.line) || (caller === null) !== (otherCaller === null);
  if (!isNear && !isOtherWay) return false;
  // a clock may stand still while the kernel boots
  const texts = new Set(first.tokens.map(({ text }) => text));
  return second.tokens.length <= first.tokens.length && second.tokens.every(({ text }) => texts.has(text));
}

/** So many lines behind, a second console may be. */
const NEAR = 64;

/** Whether a program passed the line on; else it is as a console or dmesg printed it, or as a person quotes that. */
function isLogged({ transport }: Line): boolean {
  return !["console", "dmesg", "raw", "plain", "email"].includes(transport);
}

function areOne(one: OpenReport, other: OpenReport): boolean {
  const [less, more] = one.tokens.length < other.tokens.length ? [one, other] : [other, one];
  const texts = new Set(more.tokens.map(({ text }) => text));
  return less.tokens.filter(({ text }) => texts.has(text)).length >= less.tokens.length * ENOUGH_ALIKE;
}

/** Whether more of it came. */
function isBetter(one: OpenReport, other: OpenReport): boolean {
  const difference =
    one.tokens.length - one.losses.damage.length - other.tokens.length + other.losses.damage.length;
  return difference > 0 || (difference === 0 && one.first.caller !== null);
}
