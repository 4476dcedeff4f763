import { decodeLine } from "./decode.ts";
import { TAGS } from "../../grammar/lines.ts";
import { hasHeadlineWords, SMALL_TAGS, TELLING_WORDS } from "../../grammar/telling.ts";
import type { Line } from "./line.ts";
import { createLineDecoder, type LineDecoder } from "./transports/index.ts";

/** A text that more lines have than headlines; written small, it is only looked at with words of one behind it. */
type Tag = "usual" | "small" | null;

/** A piece of texts that are looked for, and where in each it stands. */
interface Needle {
  readonly bytes: Buffer;
  readonly texts: { readonly text: Buffer; readonly offset: number; readonly tag: Tag }[];
}

/**
 * What is looked for in bytes before anything is split or decoded: the words of headlines and of other lines that only
 * reports have, and of the lines that tell the kernel, lockdep's state, and how far a boot came.
 */
const MARKERS: readonly string[] = [
  " [#",
  " dropped **",
  ...TELLING_WORDS,
  "Linux version ",
  "Lock dependency validator",
  "turning off the locking correctness",
  "Good, all ",
  "Disabling lock debugging",
  "Run /", // … as init process
  "reboot: ",
  "Starting new kernel",
  "Kernel panic - not",
  "Missed ", // … kernel messages
];

/** The characters of kernel logs, the rarest first; those that are missing are the most frequent. */
const RAREST_FIRST = "%&!\\@*YZ|;'?<}{>#jQVWGzXHqLFKDNOE()wUMRSBkvAyIhgCPbumpdTcflnoatrsei";

function rankOf(character: string): number {
  const rank = RAREST_FIRST.indexOf(character);
  return rank < 0 ? RAREST_FIRST.length : rank;
}

/** Node finds so many bytes fast where the first of them is rare. */
const LONGEST_NEEDLE = 7;
/** So many texts may share. */
const NEEDLE_LENGTH = 4;

/** The piece to look for: as long as that, if there is room, from the rarest character on. */
function pieceOf(text: string): string {
  let best = 0;
  for (let i = 1; i < text.length; i++) {
    const isRarer = rankOf(text.charAt(i)) < rankOf(text.charAt(best));
    const hasRoom = i + NEEDLE_LENGTH <= text.length || "*#".includes(text.charAt(i));
    if (isRarer && hasRoom) best = i;
  }
  return text.slice(best, best + NEEDLE_LENGTH);
}

/** Every needle costs a pass over the log, so that texts share them. */
function needlesOf(markers: readonly string[]): readonly Needle[] {
  const needles = new Map<string, Needle>();
  for (const marker of markers) {
    const piece = [...needles.keys()].find((known) => marker.includes(known)) ?? pieceOf(marker);
    const needle = needles.get(piece) ?? { bytes: Buffer.from(piece), texts: [] };
    needle.texts.push({ text: Buffer.from(marker), offset: marker.indexOf(piece), tag: tagOf(marker) });
    needles.set(piece, needle);
  }
  return [...needles.values()].map((needle) => {
    const [only, ...more] = needle.texts;
    if (only === undefined || more.length > 0) return needle;
    return { ...needle, bytes: only.text.subarray(only.offset, only.offset + LONGEST_NEEDLE) };
  });
}

function tagOf(marker: string): Tag {
  if (SMALL_TAGS.includes(marker)) return "small";
  return (TAGS as readonly string[]).includes(marker) ? "usual" : null;
}

const NEEDLES = needlesOf(MARKERS);

const LONGEST_MARKER = Math.max(...MARKERS.map(({ length }) => length));

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

/**
 * Takes a log in chunks of any size and gives the kernel's lines around markers, and on for as long as
 * someone is `watching`. All else is only counted.
 */
export class LogReader {
  bytes = 0;
  /** Whether the next lines are wanted, too, as within a report. */
  watching = false;

  readonly #decoder: LineDecoder = createLineDecoder();
  /** What came and was not given yet, from `#start` to `#end`: the last lines, whole or not. */
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** 1-based number of the line at `#start`. */
  #number: number;
  /** Before this no marker begins. */
  #searched = 0;
  /** Behind the last newline. */
  #complete = 0;

  /** @param firstLine number of the first line: a file may hold several logs, one behind the other */
  constructor(firstLine = 1) {
    this.#number = firstLine;
  }

  /** How many lines there were; a last one without newline counts. */
  get lines(): number {
    const rest = this.#complete < this.#end ? 1 : 0;
    return this.#number - 1 + countNewlines(this.#buffer, this.#start, this.#complete) + rest;
  }

  /** Lines that this chunk makes known, in order. */
  *push(chunk: Uint8Array): Generator<Line, void, undefined> {
    this.bytes += chunk.length;
    for (let at = 0; at < chunk.length; at += LARGEST_PIECE) {
      this.#append(chunk.subarray(at, at + LARGEST_PIECE));
      yield* this.#scan();
    }
  }

  /** Whether the log ended in the middle of a line. */
  isCut = false;

  /** The log is over: what is left is its last line, which is given in any case, as it tells how far the log goes. */
  *end(): Generator<Line, void, undefined> {
    this.isCut = this.#complete < this.#end;
    this.#complete = this.#end;
    yield* this.#scan(this.#end - 1);
    yield* this.#decoder.flush();
  }

  /** Puts bytes behind those that are left, which move to the front where there is no room. */
  #append(piece: Uint8Array): void {
    const left = this.#end - this.#start;
    if (this.#end + piece.length > this.#buffer.length) {
      // twice the room, so that small chunks seldom move what is left
      const room = 2 * (left + piece.length);
      const old = this.#buffer;
      if (room > old.length) this.#buffer = Buffer.allocUnsafeSlow(room);
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

  #skipTo(start: number): void {
    this.#number += countNewlines(this.#buffer, this.#start, start);
    this.#start = start;
  }

  /** Whether the last physical line completed no line of the kernel's. */
  #gaveNothing = false;
  /** Physical lines to read on because a marker's line is not complete yet. */
  #awaited = 0;
  /** Lines still to be read whatever they hold. */
  #sample = SAMPLE_LINES;

  /** @param wanted a place whose line is given although it has no marker */
  *#scan(wanted = this.#complete): Generator<Line, void, undefined> {
    const window = this.#buffer.subarray(0, this.#end);
    const complete = this.#complete;
    const search = new MarkerSearch(window, this.#searched);

    while (this.#start < complete) {
      let after: number;
      const isSought = !this.watching && this.#sample === 0 && this.#awaited === 0;
      if (isSought) {
        const marker = search.next(this.#start);
        const hit = Math.min(marker, Math.max(this.#start, wanted));
        if (hit >= complete) break;
        const context = hit < marker ? 0 : contextOf(window, hit, search.isTag);
        this.#skipTo(contextStart(window, hit, this.#start, context));
        after = lineEnd(window, hit, complete);
      } else {
        after = this.#start + 1;
        if (this.#sample > 0) this.#sample--;
      }
      while (this.#start < after) for (const line of this.#next(window, complete)) yield line;
      if (isSought) this.#awaited = this.#gaveNothing ? LONGEST_RECORD : 0;
      else this.#awaited = this.#gaveNothing && this.#awaited > 0 ? this.#awaited - 1 : 0;
    }
    this.#keep(window, complete);
  }

  /** Decodes the next physical line, its newline not included. */
  #next(window: Buffer, complete: number): readonly Line[] {
    const start = this.#start;
    const end = lineEnd(window, start, complete);
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
  #keep(window: Buffer, complete: number): void {
    const at = this.#start;
    let keep = at >= complete ? at : contextStart(window, Math.max(at, complete - 1), at, CONTEXT_FIELDS);
    // a line without end: only its tail can still hold a marker
    const longest = isLiteral(window, keep) ? LONGEST_LITERAL : LONGEST_LINE;
    if (window.length - keep > longest + CONTEXT_BYTES) keep = window.length - LONGEST_LINE;
    this.#skipTo(keep);
    // a marker is only looked at once its line is whole
    this.#searched = Math.max(keep, Math.min(complete, window.length - LONGEST_MARKER));
  }
}

/** The next marker of any kind, each looked for only as far as needed. */
class MarkerSearch {
  readonly #window: Buffer;
  /** For each needle, where its next text begins. */
  readonly #next: { at: number; isTag: boolean }[];
  /** Whether what was found last is what headlines are decorated with, and other lines, too. */
  isTag = false;

  constructor(window: Buffer, from: number) {
    this.#window = window;
    this.#next = NEEDLES.map((needle) => this.#find(needle, from));
  }

  /** Where the first marker at or after `from` begins; beyond the window where there is none. */
  next(from: number): number {
    let first = NOWHERE;
    for (const [i, needle] of NEEDLES.entries()) {
      let found = this.#next[i] ?? NOWHERE;
      if (found.at < from) {
        found = this.#find(needle, from);
        this.#next[i] = found;
      }
      if (found.at < first.at) first = found;
    }
    this.isTag = first.isTag;
    return Math.min(first.at, this.#window.length);
  }

  #find({ bytes, texts }: Needle, from: number): { at: number; isTag: boolean } {
    const window = this.#window;
    for (let hit = window.indexOf(bytes, from); hit >= 0; hit = window.indexOf(bytes, hit + 1))
      for (const { text, offset, tag } of texts) {
        const at = hit - offset;
        if (at < from || !standsAt(window, at, text)) continue;
        if (tag !== "small" || hasWords(window, at)) return { at, isTag: tag !== null };
      }
    return NOWHERE;
  }
}

/** A loop: most texts end at their first byte, and a native call is dearer than that. */
function standsAt(window: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (window[at + i] !== text[i]) return false;
  return true;
}

const NOWHERE = { at: Number.POSITIVE_INFINITY, isTag: false };

/** How many lines before a marker to read: what only looks like a headline has none. */
function contextOf(window: Buffer, hit: number, isTag: boolean): number {
  if (isField(window, hit)) return CONTEXT_FIELDS;
  return !isTag || hasWords(window, hit) ? CONTEXT_LINES : 0;
}

/** Whether words of a headline stand behind. */
function hasWords(window: Buffer, hit: number): boolean {
  const end = Math.min(lineEnd(window, hit, window.length), hit + LONGEST_HEADLINE);
  return hasHeadlineWords(window.toString("latin1", hit, end));
}

/** Beyond, no headline has a word of its own. */
const LONGEST_HEADLINE = 256;

const FIELD = /^\s*(?:"(?:msg|MESSAGE)"|MESSAGE(?:=|$))/;

/** Whether the line that holds `at` is one field of a record. */
function isField(window: Buffer, at: number): boolean {
  const start = window.lastIndexOf(NEWLINE, at) + 1;
  return at - start < 64 && FIELD.test(window.toString("latin1", start, at));
}

/** Whether a line begins as a JSON object, array or string does, or as Python's bytes. */
function isLiteral(window: Buffer, start: number): boolean {
  return /^(?:\{|"|\[[{["]|b['"])/.test(window.toString("latin1", start, start + 2));
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
  // a native search is five times as fast as a loop over bytes
  for (let at = window.indexOf(NEWLINE, from); at >= 0 && at < to; at = window.indexOf(NEWLINE, at + 1))
    count++;
  return count;
}
