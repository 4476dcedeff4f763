import type { LockText } from "../../grammar/lock.ts";
import type { LineToken } from "../../grammar/tokenize.ts";

/** How far a list of held locks has come, whose head says how many there are. */
export class HeldList {
  readonly #count: number;
  #seen = 0;
  #last: LockText | null = null;

  constructor(head: LineToken) {
    this.#count = Number(head.groups["count"]);
  }

  /** Whether all of it came. */
  get isWhole(): boolean {
    return this.#seen >= this.#count;
  }

  /** The next of the list, or the one before once more: a symboliser repeats it for each inlined frame. */
  isNext({ groups, lock }: LineToken): boolean {
    const index = Number(groups["index"]);
    if (index >= this.#seen) return index < this.#count;
    return (
      index === this.#seen - 1 && lock?.class === this.#last?.class && lock?.address === this.#last?.address
    );
  }

  take({ groups, lock }: LineToken): void {
    this.#seen = Number(groups["index"]) + 1;
    this.#last = lock;
  }
}
