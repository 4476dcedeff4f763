const HEAD = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE]([ +]|$)/;
/** A line that a job wrote in more pieces than this stays in pieces. */
const LONGEST_LINE = 65_536;

interface HeldLine {
  readonly text: string;
  readonly number: number;
}

/**
 * GitLab's runner (helpers/timestamp) stamps every write of a job: `…Z 00O text`; `…Z 00O+text` goes on where the
 * write before stopped. A line is therefore held back until the next one shows that it is whole.
 */
export class GitLabJoin {
  private held: HeldLine | null = null;

  get open(): boolean {
    return this.held !== null;
  }

  /** Lines that are whole now; null when the line is none of GitLab's and none was held. */
  read(text: string, number: number): readonly HeldLine[] | null {
    const head = HEAD.exec(text);
    if (head === null) return this.held === null ? null : [...this.flush(), { text, number }];
    if (head[1] === "+" && this.held !== null && this.held.text.length < LONGEST_LINE) {
      this.held = { text: this.held.text + text.slice(head[0].length), number: this.held.number };
      return [];
    }
    const whole = this.flush();
    this.held = { text, number };
    return whole;
  }

  flush(): readonly HeldLine[] {
    if (this.held === null) return [];
    const whole = [this.held];
    this.held = null;
    return whole;
  }
}
