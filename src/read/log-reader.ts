import { decodeLine } from "./decode.ts";
import type { Line } from "./line.ts";
import { createLineDecoder, type LineDecoder } from "./transports/index.ts";

/**
 * What is looked for in bytes before anything is split or decoded: a piece of every headline, and of the
 * lines that tell the kernel, lockdep's state, and how far a boot came. Rare first characters keep the search at memory speed.
 */
const MARKERS = [
  "WARNING: ",
  "BUG: ",
  "INFO: ",
  "Showing all locks held",
  "Linux version ",
  "Lock dependency validator",
  "turning off the locking correctness",
  " testcases passed",
  "Disabling lock debugging",
  " as init process",
  "reboot: ",
  "Starting new kernel",
  "Kernel panic - not",
  " [#",
  " dropped **",
  " kernel messages",
].map((text) => Buffer.from(text, "latin1"));

const LONGEST_MARKER = Math.max(...MARKERS.map((marker) => marker.length));

/** Lines before a marker that belong to what it opens: a box, `[ cut here ]`, a message. */
const CONTEXT_LINES = 12;
/** The same where a kernel's line takes several, one a field: journal export, `dmesg -J`. */
const CONTEXT_FIELDS = 96;
const CONTEXT_BYTES = 16 * 1024;

/** How far the end of such a record can be from its message. */
const LONGEST_RECORD = 96;

/** A line longer than this is cut: memory stays bounded whatever the input. */
const LONGEST_LINE = 1 << 20;

/** Lines at the start of a log that are read to learn its transport. */
const SAMPLE_LINES = 8;

const NEWLINE = 10;

/**
 * Takes a log in chunks of any size and gives the kernel's lines around markers, and on for as long as
 * someone is `watching`. All else is only counted.
 */
export class LogReader {
  bytes = 0;
  /** Whether the next lines are wanted, too, as within a report. */
  watching = false;

  readonly #decoder: LineDecoder = createLineDecoder();
  /** The end of what came before: the last lines, whole or not. */
  #carry: Buffer = Buffer.alloc(0);
  /** 1-based number of the first line in the carry. */
  #carryLine = 1;
  /** Bytes of the carry that were given out as lines already. */
  #given = 0;
  /** Bytes of the carry in which no marker begins. */
  #searched = 0;
  #endsWithNewline = true;

  /** How many lines there were; a last one without newline counts. */
  get lines(): number {
    return this.#lines + (this.#endsWithNewline ? 0 : 1);
  }
  #lines = 0;

  /** Lines that this chunk makes known, in order. */
  *push(chunk: Uint8Array): Generator<Line, void, undefined> {
    if (chunk.length === 0) return;
    this.bytes += chunk.length;
    const window = this.#carry.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#carry, chunk]);
    const lastNewline = window.lastIndexOf(NEWLINE);
    this.#endsWithNewline = lastNewline === window.length - 1;
    yield* this.#scan(window, lastNewline + 1);
  }

  /** Whether the log ended in the middle of a line. */
  isCut = false;

  /** The log is over: what is left is its last line, which is given in any case, as it tells how far the log goes. */
  *end(): Generator<Line, void, undefined> {
    this.isCut = !this.#endsWithNewline;
    yield* this.#scan(this.#carry, this.#carry.length, this.#carry.length - 1);
    // a last line without newline that was given is counted like the others
    if (this.#carry.length === 0) this.#endsWithNewline = true;
    yield* this.#decoder.flush();
  }

  /** Whether the last physical line completed no line of the kernel's. */
  #gaveNothing = false;
  /** Physical lines to read on because a marker's line is not complete yet. */
  #awaited = 0;
  /** Lines still to be read whatever they hold. */
  #sample = SAMPLE_LINES;

  /**
   * @param complete end of the last whole line in the window
   * @param wanted a place whose line is given although it has no marker
   */
  *#scan(window: Buffer, complete: number, wanted = complete): Generator<Line, void, undefined> {
    const search = new MarkerSearch(window, this.#searched);
    let at = this.#given;
    let number = this.#carryLine + countNewlines(window, 0, at);
    let counted = at;

    while (at < complete) {
      if (!this.watching && this.#sample === 0 && this.#awaited === 0) {
        const marker = search.next(at);
        const hit = Math.min(marker, Math.max(at, wanted));
        if (hit >= complete) break;
        const context = hit < marker ? 0 : isField(window, hit) ? CONTEXT_FIELDS : CONTEXT_LINES;
        const start = contextStart(window, hit, at, context);
        number += countNewlines(window, counted, start);
        at = start;
        counted = start;
        const after = lineEnd(window, hit, complete);
        while (at < after) {
          const end = lineEnd(window, at, complete);
          yield* this.#give(window, at, end, number++);
          at = end;
          counted = end;
        }
        this.#awaited = this.#gaveNothing ? LONGEST_RECORD : 0;
      } else {
        const end = lineEnd(window, at, complete);
        yield* this.#give(window, at, end, number++);
        at = end;
        counted = end;
        if (this.#sample > 0) this.#sample--;
        this.#awaited = this.#gaveNothing && this.#awaited > 0 ? this.#awaited - 1 : 0;
      }
    }
    this.#keep(window, at, number, counted, complete);
  }

  /** Decodes one physical line, its newline not included. */
  *#give(window: Buffer, start: number, end: number, number: number): Generator<Line, void, undefined> {
    const last = window[end - 1] === NEWLINE ? end - 1 : end;
    const text = decodeLine(window, start, Math.min(last, start + LONGEST_LINE));
    const lines = this.#decoder.push(text, number);
    this.#gaveNothing = lines.length === 0;
    yield* lines;
  }

  /** Keeps the last lines for the next chunk: a marker there may want them. */
  #keep(window: Buffer, at: number, number: number, counted: number, complete: number): void {
    let keep = at >= complete ? at : contextStart(window, Math.max(at, complete - 1), at, CONTEXT_FIELDS);
    // a line without end: only its tail can still hold a marker
    if (window.length - keep > LONGEST_LINE + CONTEXT_BYTES) keep = window.length - LONGEST_LINE;
    this.#carryLine = number + countNewlines(window, counted, keep);
    this.#lines = this.#carryLine - 1 + countNewlines(window, keep, window.length);
    this.#carry = Buffer.from(window.subarray(keep));
    this.#given = Math.max(0, at - keep);
    // a marker is only looked at once its line is whole
    this.#searched = Math.max(0, Math.min(complete, window.length - LONGEST_MARKER) - keep);
  }
}

/** The next marker of any kind, each looked for only as far as needed. */
class MarkerSearch {
  readonly #window: Buffer;
  readonly #next: number[];

  constructor(window: Buffer, from: number) {
    this.#window = window;
    this.#next = MARKERS.map((marker) => this.#find(marker, from));
  }

  /** Where the first marker at or after `from` begins; beyond the window where there is none. */
  next(from: number): number {
    let first = this.#window.length;
    for (const [i, marker] of MARKERS.entries()) {
      let at = this.#next[i] ?? first;
      if (at < from) {
        at = this.#find(marker, from);
        this.#next[i] = at;
      }
      if (at < first) first = at;
    }
    return first;
  }

  #find(marker: Buffer, from: number): number {
    const at = this.#window.indexOf(marker, from);
    return at < 0 ? this.#window.length : at;
  }
}

const FIELD = /^\s*(?:"(?:msg|MESSAGE)"|MESSAGE(?:=|$))/;

/** Whether the line that holds `at` is one field of a record. */
function isField(window: Buffer, at: number): boolean {
  const start = window.lastIndexOf(NEWLINE, at) + 1;
  return at - start < 64 && FIELD.test(window.toString("latin1", start, at));
}

/** The end of the line that holds `at`, its newline included. */
function lineEnd(window: Buffer, at: number, complete: number): number {
  const newline = window.indexOf(NEWLINE, at);
  return newline < 0 || newline >= complete ? complete : newline + 1;
}

/** The start of the line some lines before the one that holds `at`, but not before `floor`. */
function contextStart(window: Buffer, at: number, floor: number, count: number): number {
  const lowest = Math.max(floor, at - CONTEXT_BYTES);
  let lines = 0;
  for (let i = at - 1; i >= lowest; i--) if (window[i] === NEWLINE && lines++ === count) return i + 1;
  return lowest === floor ? floor : Math.max(floor, lineStart(window, lowest, at));
}

/** The first line that begins at or after `from`, at the latest the one that holds `at`. */
function lineStart(window: Buffer, from: number, at: number): number {
  const newline = window.indexOf(NEWLINE, from);
  if (newline >= 0 && newline < at) return newline + 1;
  const before = window.lastIndexOf(NEWLINE, at);
  return before + 1;
}

function countNewlines(window: Buffer, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (window[i] === NEWLINE) count++;
  return count;
}
