import type { LineName } from "../../grammar/lines.ts";
import { endsWithTag, mayBeHeadline } from "../../grammar/telling.ts";
import { kindOf, type LineToken, tokenize } from "../../grammar/tokenize.ts";
import type { Line } from "../read/line.ts";

/** No line of a report is so long that a mailer broke it into more. */
const MOST_PIECES = 4;

/** Nothing is put together that is longer. */
const LONGEST = 4096;

/** A terminal that was copied, or recorded, breaks lines at its last column, in the middle of a word. */
const TERMINALS: ReadonlySet<number> = new Set([80, 100, 120, 132, 160]);

/** A word that does not fit behind a stamp has at least so many characters. */
const LEAST_WORD = 30;

/** A mailer breaks a line where its next word would stand behind this column, and no earlier. */
const LEAST_MARGIN = 62;

/** print_circular_lock_scenario() and print_irq_lock_scenario(): the column of CPU1. */
const RIGHT_HALF = " ".repeat(31);

/** Lines that stand behind so many blanks that a mailer may break them there. */
const DEEP: ReadonlySet<LineName> = new Set<LineName>([
  "Frame",
  "UsageAt",
  "ScenarioLock",
  "ScenarioIrqsOff",
  "ClassEnd",
  "Key",
  "AcquiredAt",
]);

/** What transports put before the text, when they do: a stamp and a caller. */
const PREFIX_COLUMNS = 15;

/** So little is told by these that pieces put together by chance could be one. */
const VAGUE: ReadonlySet<LineName> = new Set<LineName>([
  "Text",
  "Blank",
  "Frame",
  "StackWords",
  "Registers",
  "ChainOfThree",
  "DumpNote",
  "OtherSplat",
  "Code",
  "Hardware",
  "Workqueue",
  "LeakedBy",
  "PossibleReason",
  "LocksWarnOn",
]);

/** Lines that end with a list or with free text: more of it is only told by where they break. */
const OPEN_ENDED: ReadonlySet<LineName> = new Set<LineName>([
  "DumpNote",
  "Hardware",
  "Workqueue",
  "LocksWarnOn",
  "Code",
]);

/** What is a line by itself, and still may be the end of one that tells more with it. */
const ENDS: Readonly<Partial<Record<LineName, ReadonlySet<LineName>>>> = {
  Kernel: new Set<LineName>(["Cpu"]),
  Taint: new Set<LineName>(["Cpu", "Kernel"]),
  Lock: new Set<LineName>(["Lock", "HeldLock"]),
  Class: new Set<LineName>(["Lock", "HeldLock"]),
  Registers: new Set<LineName>(["InAtomic", "Registers"]),
  CollisionTask: new Set<LineName>(["HeldCount", "HeldOnCpu"]),
  StackWords: new Set<LineName>(["Registers"]),
  Frame: new Set<LineName>([
    "LockdepWarning",
    "OtherWarning",
    "Lock",
    "HeldLock",
    "Key",
    "IrqEvent",
    "ChainLink",
    "CallerIs",
    "PreemptionOff",
    "Frame",
  ]),
};

const NOTHING: readonly Line[] = [];

/** So many lines come twice by no chance. */
const MANY_ECHOES = 3;

interface Held {
  readonly line: Line;
  /** Number of its last piece, and how wide that was. */
  readonly last: number;
  readonly columns: number;
  token: LineToken | null | undefined;
}

/**
 * Puts lines together that were broken on their way: by a mailer at a blank, by a terminal at its last column. What is
 * joined is told by what the grammar knows: together the pieces are a line of a report, or say more than the first
 * does alone, and the rest is none by itself. A line that may be broken is held back until the next one tells.
 */
export class Unwrap {
  /** Lines that may go on, each directly behind the one before. */
  #held: Held[] = [];
  /** Two consoles write to one file, of which one prints no prefix: what has none is no rest of a line. */
  #echoes = 0;
  #before: Line | null = null;

  /** Whether a line waits for the next one. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /**
   * @param line the next one of the log
   * @param isReporting whether a report is under way: else only what may be a headline is held
   * @returns lines that are whole
   */
  feed(line: Line, isReporting: boolean): readonly Line[] {
    const next: Held = { line, last: line.number, columns: line.columns ?? 0, token: undefined };
    const mayBeRest = line.bare === true && this.#echoes < MANY_ECHOES;
    this.#listen(line);
    const [only] = this.#held;
    // as nearly always, within a report in a log that nobody broke
    if (isReporting && line.bare !== true && only !== undefined && this.#held.length === 1) {
      this.#held[0] = next;
      return [only.line];
    }
    const join = mayBeRest ? this.#joinedWith(next) : null;
    if (join !== null) {
      const given = this.#give(join.taken);
      this.#held = [join.held];
      return given;
    }
    const isPiece = line.bare === true && this.#held.slice(1).every(isNoToken) && isNoToken(next);
    const given = this.#give(isPiece ? MOST_PIECES - 2 : 0);
    const isAtRest = !isReporting && this.#held.length === 0;
    if (isAtRest && !given.some(({ text }) => isAwaited(text)) && !isAwaited(line.text))
      return [...given, line];
    this.#held.push(next);
    return given;
  }

  /** Counts lines that come twice, once without a prefix and once with one. */
  #listen(line: Line): void {
    const before = this.#before;
    this.#before = line;
    if (line.bare === true || before === null || line.text === "") return;
    const isEcho = before.bare === true && before.text === line.text;
    this.#echoes = Math.max(0, Math.min(MANY_ECHOES + 1, this.#echoes + (isEcho ? 1 : -1)));
  }

  /** All but the latest, which may go on yet. */
  #give(kept: number): readonly Line[] {
    const count = this.#held.length - kept;
    return count > 0 ? this.#held.splice(0, count).map(({ line }) => line) : NOTHING;
  }

  /** What is held is all there is. */
  end(): readonly Line[] {
    return this.#held.splice(0).map(({ line }) => line);
  }

  #joinedWith(next: Held): { readonly held: Held; readonly taken: number } | null {
    const last = this.#held.at(-1);
    if (last === undefined || next.line.number !== last.last + 1) return null;
    const [first] = this.#held;
    const all = this.#held.map((_, i) => this.#held.length - i);
    // what is a line by itself may be over
    const counts = first !== undefined && isNoToken(first) ? all : [...all.slice(1), all.length];
    for (const taken of counts) {
      const held = joined(this.#held.slice(-taken), next);
      if (held !== null) return { held, taken };
    }
    return null;
  }
}

/** A headline, or the banner that names the kernel: what goes on behind it is read for its sake. */
function isAwaited(text: string): boolean {
  return mayBeHeadline(text) || endsWithTag(text) || text.startsWith("Linux version ");
}

function tokenOf(held: Held): LineToken | null {
  if (held.token === undefined) held.token = tokenize(held.line.text, held.line.number);
  return held.token;
}

function isNoToken(held: Held): boolean {
  return tokenOf(held) === null;
}

/** The line that these pieces and the next one are together, or null. */
function joined(pieces: readonly Held[], next: Held): Held | null {
  const [first] = pieces;
  if (first === undefined) return null;
  const { line } = first;
  const rest = next.line.text.trim();
  if (rest === "") return null;
  const whole = { last: next.last, columns: next.columns };
  // init/version.c's banner ends with the build's number
  if (line.text.startsWith("Linux version ") && !line.text.includes(" #")) {
    const text = `${line.text} ${rest}`;
    return text.length > LONGEST ? null : { ...whole, line: { ...line, text }, token: null };
  }
  // a record's first line was empty, and its stamp stands alone
  if (line.text === "" && line.bare !== true) {
    // what of the picture did not fit into the line stood in its right half
    const isRight = tokenOf(next)?.name === "ScenarioLock" && next.line.text.trimStart() === next.line.text;
    // what is a line by itself may be one of a log that has no stamps else
    const name = tokenOf(next)?.name;
    const isDeep = name !== undefined && DEEP.has(name) && next.line.text.trimStart() === next.line.text;
    if (name !== undefined && !isDeep) return null;
    // a mailer leaves a stamp alone only before a word that does not fit behind it
    if (name === undefined && (rest.split(" ", 1)[0] ?? "").length < LEAST_WORD) return null;
    return {
      ...whole,
      line: { ...line, text: (isRight ? RIGHT_HALF : "") + next.line.text },
      token: undefined,
    };
  }
  const before = pieces.map((piece) => piece.line.text.trimEnd());
  const isCutOff = pieces.every(({ columns }) => TERMINALS.has(columns) || TERMINALS.has(columns + 1));
  // the last column may have been a blank, which is lost
  const texts = isCutOff
    ? [
        pieces.map(({ columns }, i) => (before[i] ?? "") + (TERMINALS.has(columns) ? "" : " ")).join("") +
          next.line.text,
      ]
    : [[...before, rest].join(" ")];
  if (!isCutOff && WITHIN_WORD.test(before.at(-1) ?? ""))
    texts.unshift([...before.slice(0, -1), (before.at(-1) ?? "") + rest].join(" "));
  for (const text of texts) {
    const token = text.length > LONGEST ? null : tokenize(text, line.number);
    if (token !== null && isWhole(token, first, next, isCutOff))
      return { ...whole, line: { ...line, text }, token };
  }
  return null;
}

/** Mailers break a word behind a hyphen, and some a class's usage at its dots. */
const WITHIN_WORD = /[\w}]-$|\)\{[-+.?]{0,7}$/;

/** Whether this is what was broken, and not two lines that together happen to look like one. */
function isWhole(whole: LineToken, first: Held, next: Held, isCutOff: boolean): boolean {
  const begin = tokenOf(first);
  const end = tokenOf(next);
  // half of a headline looks like one of another subsystem's
  const isBegun = begin === null || (mayBeOther(begin) && kindOf(whole) !== null);
  if (end !== null && kindOf(end) !== null) return false;
  // a lock with its place is whole: what a symboliser repeats for an inlined function may end at a terminal's column
  if (end !== null && end.lock !== null && (begin?.lock?.at ?? null) !== null) return false;
  if (end !== null && ENDS[end.name]?.has(whole.name) !== true) return isCutOff && isBegun;
  // a frame that stands where a trace has them is another report's
  if (whole.name === "ChainLink" && end !== null && next.line.text.startsWith(" ")) return false;
  if (isBegun || (begin.name === "StackWords" && whole.lock !== null))
    return isCutOff || isTelling(whole, first, next);
  if (begin.name !== whole.name) return false;
  // what a distribution or a preemption model adds is one word, or known; a program's output is a sentence
  if (isNamedKernel(begin) && !mayBePackage(next.line.text.trim())) return false;
  if (begin.name === "Code" && !BYTES.test(next.line.text.trim())) return false;
  // 32-bit ARM's first frame, of which somebody took the offset
  if (begin.name === "Hardware" && isFunction(next.line.text.trim())) return false;
  // lines of registers follow each other, unless one alone has no stamp
  if (whole.name === "Registers" && first.line.bare === true && end !== null) return false;
  if (isCutOff) return weight(whole) >= weight(begin);
  if (!OPEN_ENDED.has(whole.name)) return weight(whole) > weight(begin);
  return reachesMargin(first, next);
}

/**
 * What dump_stack_print_info() prints behind the build: a package, a build id, how the kernel preempts. Each word of it has
 * a digit, but for the name of a distribution.
 */
function mayBePackage(text: string): boolean {
  const words = text.split(" ");
  return words.every(
    (word, i) =>
      /\d/.test(word) ||
      word.startsWith("PREEMPT") ||
      (i === 0 && words.length > 1 && /^[A-Z]\w+$/.test(word)),
  );
}

/** A name with an underscore, and nothing else. */
function isFunction(text: string): boolean {
  return text.includes("_") && /^[a-z_][\w.]*$/.test(text);
}

/** show_opcodes(): bytes, the one at the instruction pointer in brackets. */
const BYTES = /^[0-9a-f <>()]+$/;

/** A line of dump_stack() that names its kernel to the end. */
function isNamedKernel({ name, groups }: LineToken): boolean {
  return name === "Cpu" && groups["build"] !== undefined;
}

function mayBeOther({ name }: LineToken): boolean {
  return name === "OtherSplat" || name === "OtherWarning";
}

/** What is left of `(file.c:12 file.c:34)`, with its module, and of `file.c:12 [inline]`. */
const SOURCES =
  /^(?:\(?[\w./+-]{1,200}:\d{1,9}(?: \(discriminator \d{1,9}\)| [\w./+-]{1,200}:\d{1,9})*\)(?: [\w-]{1,60})?|[\w./+-]{1,200}:\d{1,9} \[inline\])$/;
/** What powerpc, s390 and old kernels print before the name, and the sign that a frame is a guess. */
const BEFORE_NAME = /^ *(?:\?|\(?(?:\[<?[0-9a-f]{8,16}>?\] ?){1,2}\??)$/;

function isTelling({ name, frame }: LineToken, first: Held, next: Held): boolean {
  if (!VAGUE.has(name)) return true;
  // ARM's frames are two places each, and long
  if (name === "Frame" && frame?.caller !== undefined) return / from \[<[0-9a-f]+>\]$/.test(first.line.text);
  // decode_stacktrace.sh puts all that is inlined at a place behind its function
  if (name === "Frame")
    return (
      BEFORE_NAME.test(first.line.text) ||
      (SOURCES.test(next.line.text.trim()) && !/[:;,!?]$/.test(first.line.text))
    );
  if (name === "Registers") return first.line.text.endsWith(":");
  return (
    name === "ChainOfThree" && (first.line.text.endsWith("-->") || next.line.text.trim().startsWith("-->"))
  );
}

/** Whether the next word would have stood beyond the margin. */
function reachesMargin({ line }: Held, next: Held): boolean {
  const word = next.line.text.trim().split(" ", 1)[0] ?? "";
  const prefix = line.bare === true ? 0 : PREFIX_COLUMNS;
  return prefix + line.text.length + 1 + word.length > LEAST_MARGIN;
}

/** How much a line tells. */
function weight({ groups, lock, frame, values }: LineToken): number {
  const told = Object.values(groups).filter((group) => group !== undefined && group !== "").length;
  const place = lock?.at ?? frame;
  return (
    told +
    Object.keys(values ?? {}).length +
    (lock === null ? 0 : 1) +
    (lock?.address ? 1 : 0) +
    (place === null ? 0 : 1) +
    (place?.symbol ? 1 : 0) +
    (place?.module ? 1 : 0) +
    (place?.line ? 1 : 0) +
    (frame?.caller ? 1 : 0)
  );
}
