/** A chain of /proc/lockdep_chains: what was held in one interrupt context, and last what was taken. */
export interface Chain {
  /** SOFTIRQ and HARDIRQ, or PROCESS. */
  readonly context: number;
  /** Indices into `chainClasses` of the dump, outermost first. */
  readonly classes: readonly number[];
}

/**
 * Chains in one array of numbers: of each its context, how many classes it has, and their indices. A hundred boots
 * have 230,000 chains, all of which are held until the last file is read.
 */
export class Chains implements Iterable<Chain> {
  #numbers = new Uint32Array(1024);
  #used = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push({ context, classes }: Chain): void {
    const used = this.#used + 2 + classes.length;
    if (used > this.#numbers.length) {
      const roomier = new Uint32Array(Math.max(used, Math.ceil(this.#numbers.length * 1.5)));
      roomier.set(this.#numbers.subarray(0, this.#used));
      this.#numbers = roomier;
    }
    this.#numbers.set([context, classes.length, ...classes], this.#used);
    this.#used = used;
    this.#length++;
  }

  *[Symbol.iterator](): Generator<Chain, void, undefined> {
    for (let at = 0; at < this.#used;) {
      const [context = 0, length = 0] = this.#numbers.subarray(at, at + 2);
      at += 2 + length;
      yield { context, classes: [...this.#numbers.subarray(at - length, at)] };
    }
  }
}
