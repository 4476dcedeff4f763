import { ENVELOPE } from "./mail-header.ts";

const NEWLINE = 0x0a;
const SEPARATOR = Buffer.from("\nFrom ");
/** An envelope is longer than this in no mailbox. */
const LONGEST_ENVELOPE = 512;

/**
 * A mail longer than this is read as far as this goes, and the rest of it as it stands: a mailbox of any size needs no
 * more memory than a few times as much.
 */
const LONGEST_MAIL = 16 << 20;

/** A mail as it is in its file; or, `isRest`, what of one was too long. */
export interface RawMail {
  readonly bytes: Buffer;
  /** 1-based number of its first line. */
  readonly line: number;
  readonly isRest: boolean;
}

/** Cuts a file into its mails: one, or many of an mbox, each of which begins with `From ` after a blank line. */
export class Mailbox {
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #searched = 0;
  #line = 1;
  #isRest = false;
  readonly #longest: number;

  constructor(longest = LONGEST_MAIL) {
    this.#longest = longest;
  }

  push(chunk: Uint8Array): readonly RawMail[] {
    this.#append(chunk);
    const mails: RawMail[] = [];
    for (let next = this.#nextMail(false); next >= 0; next = this.#nextMail(false)) {
      mails.push(this.#take(next));
      this.#isRest = false;
    }
    if (this.#end - this.#start > this.#longest) {
      const newline = this.#buffer.lastIndexOf(NEWLINE, this.#end - 1);
      mails.push(this.#take(newline > this.#start ? newline + 1 : this.#end));
      this.#isRest = true;
    }
    return mails;
  }

  end(): readonly RawMail[] {
    const next = this.#nextMail(true);
    const mails = next < 0 ? [] : [this.#take(next)];
    if (this.#start < this.#end) mails.push(this.#take(this.#end));
    return mails;
  }

  #append(chunk: Uint8Array): void {
    const left = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const room = 2 * (left + chunk.length);
      const old = this.#buffer;
      if (room > old.length) this.#buffer = Buffer.allocUnsafeSlow(room);
      this.#buffer.set(old.subarray(this.#start, this.#end));
      this.#searched -= this.#start;
      this.#start = 0;
      this.#end = left;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Where the mail after this one begins; -1 where that is not known, or there is none. */
  #nextMail(isLast: boolean): number {
    const window = this.#buffer.subarray(0, this.#end);
    let from = Math.max(this.#searched, this.#start);
    for (let at = window.indexOf(SEPARATOR, from); at >= 0; at = window.indexOf(SEPARATOR, at + 1)) {
      const newline = window.indexOf(NEWLINE, at + 1);
      const isWhole = newline >= 0 || isLast || this.#end - at > LONGEST_ENVELOPE;
      if (!isWhole) {
        this.#searched = at;
        return -1;
      }
      const line = window.toString(
        "latin1",
        at + 1,
        Math.min(newline < 0 ? this.#end : newline, at + LONGEST_ENVELOPE),
      );
      if (this.#isBlankBefore(at) && ENVELOPE.test(line)) {
        this.#searched = at + 1;
        return at + 1;
      }
      from = at + 1;
    }
    this.#searched = Math.max(from, this.#end - SEPARATOR.length);
    return -1;
  }

  /** Whether the line that ends at this newline is blank. */
  #isBlankBefore(newline: number): boolean {
    const before = this.#buffer[newline - 1];
    if (newline - 1 < this.#start || before === NEWLINE) return true;
    return before === 0x0d && (newline - 2 < this.#start || this.#buffer[newline - 2] === NEWLINE);
  }

  #take(end: number): RawMail {
    const bytes = Buffer.from(this.#buffer.subarray(this.#start, end));
    const mail = { bytes, line: this.#line, isRest: this.#isRest };
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#line++;
    this.#start = end;
    return mail;
  }
}
