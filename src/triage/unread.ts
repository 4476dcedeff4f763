import {
  cleaned,
  holdsHeadlineWords,
  isTellingLine,
  mayBeTellingFrame,
  mayBeTellingLine,
  mayTell,
  titlesHeadline,
} from "../../grammar/telling.ts";
import { Recent } from "../../grammar/recent.ts";
import { tokenize } from "../../grammar/tokenize.ts";
import type { Block } from "../blocks/cutter.ts";
import type { Line } from "../read/line.ts";
import type { UnreadLine } from "../report/schema.ts";
import { LostPlaces } from "./lost-places.ts";

/** More are only counted. */
const MOST_TOLD = 64;
/** More of a line is not kept. */
const LONGEST_TEXT = 200;
/** Lines that may yet turn out to be a report's; when there are more, the first are taken for unread. */
const MOST_WAITING = 4096;
/** `stack backtrace:` is telling only so many lines behind something else that is. */
const NEAR = 512;
/** Two consoles print every line twice, the last ones of a report after its end. */
const BEHIND = 2;

/**
 * Where only a report has a line like this: in any place, near another such line, in none; or it is a title that tells of
 * one.
 */
type Telling = "anywhere" | "near" | "nowhere" | "title";

/** Lines that were looked at before: reports have most of theirs in common. */
const KNOWN = { kernels: new Recent<Telling>(4096), others: new Recent<Telling>(1024) };
const LONGEST_KNOWN = 256;

/** A stamp within a line: the line break before it was lost, and two share a line. */
const STAMP = /\[ {0,4}\d{1,6}\.\d{6}\](?:\[ {0,5}[TC]\d{1,7}\])? ?/;

function tellingOf(text: string, isKernels: boolean): Telling {
  const [first = "", ...more] = text.split(STAMP);
  if (!isKernels && titlesHeadline(text)) return "title";
  const all = [tellingAlone(first, isKernels), ...more.map((part) => tellingAlone(part, true))];
  return (
    all.find((telling) => telling === "anywhere") ?? all.find((telling) => telling === "near") ?? "nowhere"
  );
}

function tellingAlone(text: string, isKernels: boolean): Telling {
  if (holdsHeadlineWords(text, isKernels)) return "anywhere";
  if (!mayBeTellingLine(text)) return "nowhere";
  const token = tokenize(text, 0) ?? tokenize(cleaned(text), 0);
  if (token === null || !isTellingLine(token)) return "nowhere";
  return token.name === "StackBacktrace" ? "near" : "anywhere";
}

/**
 * The net under the reading: lines that only reports have, and that turn out to be part of none. Whoever reads reports
 * takes his lines out of it; what stays was not read.
 */
export class UnreadLines {
  readonly #onUnread: (line: UnreadLine) => void;
  #waiting: UnreadLine[] = [];
  readonly #told: UnreadLine[] = [];
  readonly #titles: UnreadLine[] = [];
  #more = 0;
  readonly #lostPlaces = new LostPlaces();
  /** The last line that only reports have. */
  #latest = Number.NEGATIVE_INFINITY;

  constructor(onUnread: (line: UnreadLine) => void) {
    this.#onUnread = onUnread;
  }

  /** The first of them, in the order of the log. */
  get told(): readonly UnreadLine[] {
    return this.#told.toSorted((a, b) => a.line - b.line);
  }

  /** How many more there are. */
  get more(): number {
    return this.#more;
  }

  /** Whether the next lines are wanted, whatever they hold. */
  get wantsNext(): boolean {
    return this.#lostPlaces.isWaiting;
  }

  line(line: Line): void {
    const { text, number, time, caller } = line;
    const lost = this.#lostPlaces.line(line);
    if (lost !== null && !this.#waiting.some((known) => known.line === lost.number)) this.#wait(lost);
    const telling = this.#tellingOf(text, time !== null || caller !== null);
    const isTelling = telling === "anywhere" || (telling === "near" && number - this.#latest <= NEAR);
    if (isTelling) this.#wait(line);
    else if (telling === "title") this.title(line);
  }

  /** A title tells of a report: where nothing else does, that one is not there. */
  title({ text, number }: Pick<Line, "text" | "number">): void {
    const title = { line: number, text: text.trim().slice(0, LONGEST_TEXT) };
    const isKnown = this.#titles.some((known) => known.text === title.text);
    if (!isKnown && this.#titles.length < MOST_TOLD) this.#titles.push(title);
  }

  get titles(): readonly UnreadLine[] {
    return this.#titles;
  }

  #wait({ text, number }: Line): void {
    this.#latest = number;
    this.#waiting.push({ line: number, text: text.trim().slice(0, LONGEST_TEXT) });
    if (this.#waiting.length > MOST_WAITING) this.#tell(this.#waiting.splice(0, 1));
  }

  #tellingOf(text: string, isKernels: boolean): Telling {
    // most lines of reports are stack frames; what has a colon may be a headline, with a frame after it
    if (text.includes("+0x") && !/[:#]/.test(text) && !mayBeTellingFrame(text)) return "nowhere";
    // and most lines between are others'
    if (!mayTell(text)) return "nowhere";
    const known = KNOWN[isKernels ? "kernels" : "others"];
    // no pattern of such a line tells one digit from another
    const key = text.replace(/\d/g, "0");
    let telling = known.get(key);
    if (telling === undefined) {
      telling = tellingOf(text, isKernels);
      if (text.length <= LONGEST_KNOWN) known.set(key, telling);
    }
    return telling;
  }

  /** A report was read: its lines, also such as were put together, or came twice. */
  claim({ tokens, first, lastLine }: Block): void {
    if (this.#waiting.length === 0) return;
    const numbers = new Set(tokens.map((token) => token.number));
    this.#waiting = this.#waiting.filter(({ line, text }) => {
      if (numbers.has(line)) return false;
      const isNear = line >= first.number && line <= lastLine + BEHIND;
      return !isNear || !tokens.some((token) => token.text.includes(text));
    });
  }

  /** The line came before: what there is of it is told there. */
  drop(number: number): void {
    const last = this.#waiting.findLastIndex(({ line }) => line === number);
    if (last >= 0) this.#waiting.splice(last, 1);
  }

  /** No report is under way: what nobody claimed, nobody read. */
  settle(): void {
    if (this.#waiting.length > 0) this.#tell(this.#waiting.splice(0));
  }

  /** What is not a line, and was not read either. */
  add({ line, text }: UnreadLine): void {
    if (this.#told.length < MOST_TOLD) this.#told.push({ line, text: text.slice(0, LONGEST_TEXT) });
    else this.#more++;
  }

  #tell(lines: readonly UnreadLine[]): void {
    for (const line of lines) {
      this.add(line);
      this.#onUnread(line);
    }
  }
}
