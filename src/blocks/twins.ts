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

  /** The report is over. @returns what is to be emitted now */
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
