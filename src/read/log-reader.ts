import { decodeLine } from "./decode.ts";
import { hasHeadlineWords, tagged } from "../../grammar/telling.ts";
import type { Line } from "./line.ts";
import { countNewlines } from "./scan/newlines.ts";
import type { Hit } from "./scan/scanned.ts";
import { scan } from "./scan/scanner.ts";
import { createLineDecoder, type LineDecoder } from "./transports/index.ts";

/** Lines before a marker that belong to what it opens: a box, `[ cut here ]`, a message. */
const CONTEXT_LINES = 12;
/** The same where a kernel's line takes several, one a field: journal export, `dmesg -J`. */
const CONTEXT_FIELDS = 96;
const CONTEXT_BYTES = 16 * 1024;

/** How far the end of such a record can be from its message. */
const LONGEST_RECORD = 96;

/** A line longer than this is cut: memory stays bounded whatever the input. */
const LONGEST_LINE = 1 << 20;
/** Not so where it may be a whole log as one JSON value or Python literal. */
const LONGEST_LITERAL = 16 << 20;

/** Lines at the start of a log that are read to learn its transport. */
const SAMPLE_LINES = 8;

/** Chunks are read in pieces of this many bytes: whoever has a whole log in memory shall not have it twice. */
const LARGEST_PIECE = 1 << 20;

const NEWLINE = 10;

const EMPTY: Buffer = Buffer.alloc(0);
/** The buffer of a log that is over: of many small ones, each would need its own. */
let spare: Buffer = EMPTY;
const LARGEST_SPARE = 4 << 20;

function bufferOf(room: number): Buffer {
  const buffer = spare;
  spare = EMPTY;
  return buffer.length >= room ? buffer : Buffer.allocUnsafeSlow(room);
}

/**
 * Takes a log in chunks of any size and gives the kernel's lines around markers, and on for as long as
 * someone is `watching`. All else is only counted. Whoever reads asks for lines, for after each he knows whether he
 * wants the next.
 */
export class LogReader {
  bytes = 0;
  /** Whether the next lines are wanted, too, as within a report. */
  watching = false;

  readonly #decoder: LineDecoder = createLineDecoder();
  /** What came and was not given yet, from `#start` to `#end`: the last lines, whole or not. */
  #buffer: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** 1-based number of the line at `#start`. */
  #number: number;
  /** What comes before this was searched: after the last newline of that time. */
  #searched = 0;
  /** 1-based number of the line at `#searched`. */
  #next: number;
  /** Behind the last newline. */
  #complete = 0;

  /** @param firstLine number of the first line: a file may hold several logs, one behind the other */
  constructor(firstLine = 1) {
    this.#number = firstLine;
    this.#next = firstLine;
  }

  /** How many lines there were; a last one without newline counts. */
  get lines(): number {
    return this.#next - 1 + (this.isCut || this.#complete < this.#end ? 1 : 0);
  }

  /** What came last, as far as it is not in the buffer yet. */
  #rest: Uint8Array = EMPTY;
  /** The part of the log that is gone through; null: it is done. */
  #part: Part | null = null;
  #isOver = false;

  /** Gives the bytes behind those before, of which all lines were asked for. They may not change until that is so again. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#rest = chunk;
  }

  /** Whether the log ended in the middle of a line. */
  isCut = false;

  /** The log is over: what is left is its last line, which is given in any case, as it tells how far the log goes. */
  end(): void {
    this.isCut = this.#complete < this.#end;
    this.#complete = this.#end;
    this.#isOver = true;
    this.#part = this.#search(this.#end - 1);
  }

  /** The next lines, in order; null if there are none before there are more bytes. */
  next(): readonly Line[] | null {
    for (;;) {
      if (this.#part === null && this.#rest.length > 0) {
        this.#append(this.#rest.subarray(0, LARGEST_PIECE));
        this.#rest = this.#rest.subarray(LARGEST_PIECE);
        this.#part = this.#search();
      }
      if (this.#part === null) return null;
      const lines = this.#wantedOf(this.#part);
      if (lines === null) {
        this.#keep(this.#part.window);
        this.#part = null;
        if (this.#isOver) return this.#flush();
      } else if (lines.length > 0) return lines;
    }
  }

  #flush(): readonly Line[] {
    if (this.#buffer.length <= LARGEST_SPARE) spare = this.#buffer;
    this.#buffer = EMPTY;
    this.#start = this.#searched = this.#complete = this.#end = 0;
    return this.#decoder.flush();
  }

  /** Puts bytes behind those that are left, which move to the front where there is no room. */
  #append(piece: Uint8Array): void {
    const left = this.#end - this.#start;
    if (this.#end + piece.length > this.#buffer.length) {
      // twice the room, so that small chunks seldom move what is left
      const room = 2 * (left + piece.length);
      const old = this.#buffer;
      if (room > old.length) this.#buffer = bufferOf(room);
      this.#buffer.set(old.subarray(this.#start, this.#end));
      this.#searched -= this.#start;
      this.#complete -= this.#start;
      this.#start = 0;
      this.#end = left;
    }
    this.#buffer.set(piece, this.#end);
    const newline = piece.lastIndexOf(NEWLINE);
    if (newline >= 0) this.#complete = this.#end + newline + 1;
    this.#end += piece.length;
  }

  /** @param line number of the line that begins at `start`, or holds it */
  #skipTo(start: number, line: number): void {
    this.#start = start;
    this.#number = line;
  }

  /** Whether the last physical line completed no line of the kernel's. */
  #gaveNothing = false;
  /** Physical lines to read on because a marker's line is not complete yet. */
  #awaited = 0;
  /** Lines still to be read whatever they hold. */
  #sample = SAMPLE_LINES;

  /** @param wanted a place whose line is given although it has no marker */
  #search(wanted = this.#complete): Part {
    const window = this.#buffer.subarray(0, this.#end);
    const complete = this.#complete;
    // no marker goes over the end of a line
    const from = Math.max(this.#searched, this.#start);
    const { hits, newlines } = scan(window.subarray(from, complete));
    const markers = new MarkerSearch(window, from, this.#next, hits);
    this.#searched = Math.max(from, complete);
    this.#next += newlines;
    return { window, markers, wanted };
  }

  /** The lines around the next marker, or just the next one, where that is wanted in any case; null: no more are. */
  #wantedOf({ window, markers, wanted }: Part): readonly Line[] | null {
    const complete = this.#complete;
    if (this.#start >= complete) return null;
    if (this.watching || this.#sample > 0 || this.#awaited > 0 || this.#decoder.comesInPieces) {
      if (this.#sample > 0) this.#sample--;
      const lines = this.#read(window);
      this.#awaited = this.#gaveNothing && this.#awaited > 0 ? this.#awaited - 1 : 0;
      return lines;
    }
    const marker = markers.next(this.#start);
    const place = Math.max(this.#start, wanted);
    const hit = marker !== null && marker.at <= place ? marker : this.#unmarked(place);
    if (hit.at >= complete) return null;
    const start = contextStart(window, hit.at, this.#start, hit.context);
    this.#skipTo(start, hit.line - countNewlines(window, start, hit.at));
    const after = lineEnd(window, hit.at, complete);
    const lines: Line[] = [];
    while (this.#start < after) lines.push(...this.#read(window));
    this.#awaited = this.#gaveNothing ? LONGEST_RECORD : 0;
    return lines;
  }

  /** A place at the end of all. */
  #unmarked(at: number): Place {
    return { at, line: this.isCut ? this.#next : this.#next - 1, context: 0 };
  }

  /** Decodes the next physical line, its newline not included. */
  #read(window: Buffer): readonly Line[] {
    const start = this.#start;
    const end = lineEnd(window, start, this.#complete);
    const last = window[end - 1] === NEWLINE ? end - 1 : end;
    const longest = isLiteral(window, start) ? LONGEST_LITERAL : LONGEST_LINE;
    const text = decodeLine(window, start, Math.min(last, start + longest));
    const lines = this.#decoder.push(text, this.#number);
    this.#start = end;
    this.#number++;
    this.#gaveNothing = lines.length === 0 || this.#decoder.isHolding;
    return lines;
  }

  /** Keeps the last lines for the next chunk: a marker there may want them. */
  #keep(window: Buffer): void {
    const at = this.#start;
    const complete = this.#complete;
    if (at < complete) {
      const start = contextStart(window, Math.max(at, complete - 1), at, CONTEXT_FIELDS);
      this.#skipTo(start, this.#next - countNewlines(window, start, complete));
    }
    // a line without end: only its tail can still hold a marker
    const longest = isLiteral(window, this.#start) ? LONGEST_LITERAL : LONGEST_LINE;
    if (window.length - this.#start > longest + CONTEXT_BYTES)
      this.#skipTo(window.length - LONGEST_LINE, this.#next);
  }
}

/** What of a log is in the buffer, searched. */
interface Part {
  readonly window: Buffer;
  readonly markers: MarkerSearch;
  /** A place whose line is given although it has no marker. */
  readonly wanted: number;
}

/** A place at which lines are wanted. */
interface Place {
  readonly at: number;
  /** Number of the line that holds it. */
  readonly line: number;
  /** How many lines before that are wanted, too. */
  readonly context: number;
}

/** Goes through the markers of a part of a log, and leaves out those that are other people's. */
class MarkerSearch {
  readonly #window: Buffer;
  readonly #from: number;
  readonly #line: number;
  readonly #hits: readonly Hit[];
  #index = 0;
  #latest: Place | null = null;

  /**
   * @param from where the part begins
   * @param line number of the line there
   */
  constructor(window: Buffer, from: number, line: number, hits: readonly Hit[]) {
    this.#window = window;
    this.#from = from;
    this.#line = line;
    this.#hits = hits;
  }

  /** The first one at or after a place. */
  next(place: number): Place | null {
    while (this.#latest === null || this.#latest.at < place) {
      const hit = this.#hits[this.#index++];
      if (hit === undefined) return null;
      const at = this.#from + hit.at;
      const context = at < place ? null : this.#contextOf(at, hit);
      if (context !== null) this.#latest = { at, line: this.#line + hit.line, context };
    }
    return this.#latest;
  }

  /** How many lines before a marker are wanted; null: not even its own. */
  #contextOf(at: number, { marker: { tag } }: Hit): number | null {
    const end =
      tag === null ? at : Math.min(lineEnd(this.#window, at, this.#window.length), at + LONGEST_HEADLINE);
    if (tag === "small" && (this.#isWithinWord(at) || !hasHeadlineWords(this.#text(at, end)))) return null;
    const standing = tag === "usual" ? tagged(this.#text(at, end)) : "headline";
    if (standing === "other") return null;
    if (this.#isField(at)) return CONTEXT_FIELDS;
    return standing === "headline" ? CONTEXT_LINES : 0;
  }

  /** As `bug: ` is in `debug: `. */
  #isWithinWord(at: number): boolean {
    const before = this.#window[at - 1] ?? 0;
    return before >= SMALL_A && before <= SMALL_Z;
  }

  #text(from: number, to: number): string {
    return this.#window.toString("latin1", from, to);
  }

  /** Whether the line is one field of a record. */
  #isField(at: number): boolean {
    const start = this.#window.lastIndexOf(NEWLINE, at) + 1;
    return at - start < 64 && FIELD.test(this.#text(start, at));
  }
}

const SMALL_A = 0x61;
const SMALL_Z = 0x7a;

/** Beyond, no headline has a word of its own. */
const LONGEST_HEADLINE = 256;

const FIELD = /^\s*(?:"(?:msg|MESSAGE)"|MESSAGE(?:=|$))/;

/** Whether a line begins as a JSON object, array or string does, or as Python's bytes. */
function isLiteral(window: Buffer, start: number): boolean {
  const next = OPENINGS.get(window[start] ?? 0);
  return next !== undefined && (next === "" || next.includes(String.fromCharCode(window[start + 1] ?? 0)));
}

/** What may come after the first byte of a literal; nothing: anything. */
const OPENINGS: ReadonlyMap<number, string> = new Map(
  Object.entries({ "{": "", '"': "", "[": '{["', b: "'\"" }).map(([first, next]) => [
    first.charCodeAt(0),
    next,
  ]),
);

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
