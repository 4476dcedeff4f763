import type { Line } from "../read/line.ts";

/** How much earlier than the line before a line of the same boot may be: processors' clocks differ a little. */
const SKEW_SECONDS = 1;

/** Time runs backwards where a line is earlier than all of so many before it: one stray stamp is no new boot. */
const RECENT_TIMES = 8;

/** This many lines after a step back show what it was. */
const MOST_HELD = 8;

/** What to go on with. */
export interface Ticked {
  readonly lines: readonly Line[];
  /** Whether the first of them begins a boot. */
  readonly isBoot: boolean;
}

const NOTHING: Ticked = { lines: [], isBoot: false };

/**
 * A machine's clock. Where it steps back a boot begins of which the first lines are lost, unless the lines behind say that it
 * is only set back, or that two consoles write to one file, one behind the other. They are held back until that is certain.
 */
export class Clock {
  /** The latest time stamps, in seconds since boot. */
  #times: number[] = [];
  #held: Line[] = [];

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** What came before says nothing of what comes. */
  reset(): void {
    this.#times = [];
  }

  /** Whether the line may be gone on with at once, as nearly all may: then nothing more is to be done. */
  passes(line: Line): boolean {
    if (this.#held.length > 0 || this.#isBack(line)) return false;
    this.#note(line);
    return true;
  }

  /**
   * Takes a line that does not pass.
   *
   * @param opens whether the line begins a report, or names a kernel
   * @param goesOn whether it is the next one of a report under way
   */
  hold(line: Line, opens: () => boolean, goesOn: () => boolean): Ticked {
    this.#held.push(line);
    if (line.time !== null && !this.#isBack(line)) return this.#release(false);
    if (goesOn()) {
      this.reset();
      return this.#release(false);
    }
    return opens() || this.#held.length >= MOST_HELD ? this.end() : NOTHING;
  }

  /** No more lines come that could tell. */
  end(): Ticked {
    if (this.#held.length === 0) return NOTHING;
    this.reset();
    return this.#release(true);
  }

  #release(isBoot: boolean): Ticked {
    const lines = this.#held;
    this.#held = [];
    for (const line of lines) this.#note(line);
    return { lines, isBoot };
  }

  #note({ time }: Line): void {
    if (time === null) return;
    this.#times.push(time);
    if (this.#times.length > RECENT_TIMES) this.#times.shift();
  }

  #isBack({ time }: Line): boolean {
    if (time === null || this.#times.length === 0) return false;
    for (const before of this.#times) if (before - time <= SKEW_SECONDS) return false;
    return true;
  }
}
