const GITLAB = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE]([ +]|$)/;
/** The writer of a container's line stops at 8 or 16 KiB, and says that it goes on: `P` for partial, `F` for full. */
const CONTAINER =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) std(?:out|err) ([FP])(?: |$)/;
/** A line that a job wrote in more pieces than this stays in pieces. */
const LONGEST_LINE = 65_536;

interface HeldLine {
  readonly text: string;
  readonly number: number;
}

/**
 * Lines that were stamped write by write. GitLab's runner (helpers/timestamp) stamps every write of a job: `…Z 00O text`; `…Z 00O+text` goes on where the
 * write before stopped. A line is therefore held back until the next one shows that it is whole.
 */
export class WriteJoin {
  private held: HeldLine | null = null;
  /** What is held is a container's line that is known to go on. */
  #isPartial = false;

  /** Whether lines come in pieces, so that a word may be broken in two. */
  comesInPieces = false;

  get open(): boolean {
    return this.held !== null;
  }

  /** Lines that are whole now; null when the line is none of GitLab's and none was held. */
  read(text: string, number: number): readonly HeldLine[] | null {
    const container = CONTAINER.exec(text);
    if (container !== null)
      return this.#readContainer(text, container[0].length, container[1] === "P", number);
    const head = GITLAB.exec(text);
    if (head === null) return this.held === null ? null : [...this.flush(), { text, number }];
    if (head[1] === "+") this.comesInPieces = true;
    if (head[1] === "+" && this.held !== null && this.held.text.length < LONGEST_LINE) {
      this.held = { text: this.held.text + text.slice(head[0].length), number: this.held.number };
      return [];
    }
    const whole = this.flush();
    this.held = { text, number };
    return whole;
  }

  /** A container's line, whole with its last part. */
  #readContainer(text: string, head: number, isPartial: boolean, number: number): readonly HeldLine[] {
    const goesOn = this.#isPartial && this.held !== null && this.held.text.length < LONGEST_LINE;
    const before = goesOn ? [] : this.flush();
    const line =
      goesOn && this.held !== null
        ? { ...this.held, text: this.held.text + text.slice(head) }
        : { text, number };
    this.#isPartial = isPartial;
    this.comesInPieces ||= isPartial;
    this.held = isPartial ? line : null;
    return isPartial ? before : [...before, line];
  }

  flush(): readonly HeldLine[] {
    if (this.held === null) return [];
    const whole = [this.held];
    this.held = null;
    return whole;
  }
}
