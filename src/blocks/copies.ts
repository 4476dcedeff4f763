import type { Line } from "../read/line.ts";

/** Two consoles print one record, stamped once, in microseconds. */
const ONE_RECORD_SECONDS = 5e-6;

/** A second copy comes so much later than the first pair did, and a bit. */
const LATER = { times: 2, lines: 8 };

/** Whether both lines may be of one record. What has no stamp of its own tells nothing against it. */
export function isSameTime(one: Line, other: Line): boolean {
  return Math.abs((one.time ?? 0) - (other.time ?? 0)) < ONE_RECORD_SECONDS;
}

/** Whether one of the lines is a copy of the other, as another console of the same kernel printed it. */
export function isCopy(one: Line, other: Line): boolean {
  return one.text === other.text && (isSameTime(one, other) || one.bare !== other.bare);
}

/**
 * Two consoles, or a console and a log, that write to one file: every line comes twice, the second time at once or some
 * lines later. Second ones are told by the order in which the first ones came.
 */
export class Copies {
  /** Lines of which the second copy has not come. */
  readonly #waiting: Line[];
  /** How many lines later it comes. */
  readonly #lag: number;
  /** Where one of the two has no prefix, that one is left out: its columns may be lost. */
  readonly #leavesBare: boolean;

  /**
   * @param first a line that came twice
   * @param second the same line once more
   * @param between lines that came once by then
   */
  constructor(first: Line, second: Line, between: readonly Line[]) {
    this.#lag = second.number - first.number;
    this.#leavesBare = first.bare !== second.bare;
    this.#waiting = [...between];
  }

  /** Whether the line is the second copy of one that came before. */
  take(line: Line): boolean {
    if (this.#leavesBare) return line.bare === true;
    // empty lines say nothing
    if (line.text === "") return false;
    const waiting = this.#waiting;
    const longest = this.#lag * LATER.times + LATER.lines;
    const kept = waiting.findIndex(({ number }) => line.number - number <= longest);
    if (kept !== 0) waiting.splice(0, kept < 0 ? waiting.length : kept);
    // of what came while nobody read on, only the second copy may have been seen, and is taken for a first one
    const first = waiting.findIndex(
      (one, i) => isCopy(one, line) && (i === 0 || line.number - one.number >= this.#lag),
    );
    if (first < 0) waiting.push(line);
    else waiting.splice(first, 1);
    return first >= 0;
  }
}
