/**
 * What was read of a text before, for the texts that were met last. Two generations: when the younger one is full, it
 * becomes the older one, and what is asked for again moves up. Neither a log of any length nor one that is made to
 * miss takes more memory than twice `most` entries.
 */
export class Recent<Value> {
  readonly #most: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(text: string): Value | undefined {
    const value = this.#young.get(text);
    if (value !== undefined) return value;
    const older = this.#old.get(text);
    if (older !== undefined) this.set(text, older);
    return older;
  }

  set(text: string, value: Value): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map<string, Value>();
    }
    this.#young.set(text, value);
  }
}
