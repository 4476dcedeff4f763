import { type FrameText, parseFrame } from "./frame.ts";
import { BODY, HEADLINES, type LineName, type ReportKind } from "./lines.ts";
import { type ClassText, type LockText, parseClass, parseClassPair, parseLock } from "./lock.ts";
import { parseRegisters } from "./registers.ts";

/** One line of a report, told from all others, with its parts. What a line does not have is null. */
export interface LineToken {
  readonly name: LineName;
  /** Without prefix and outer blanks. */
  readonly text: string;
  /** Blanks before the text: the scenario picture tells its CPUs by them. */
  readonly indent: number;
  /** 1-based line of the source. */
  readonly number: number;
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly lock: LockText | null;
  readonly lockClass: ClassText | null;
  readonly pair: { readonly from: ClassText; readonly to: ClassText } | null;
  readonly frame: FrameText | null;
  readonly values: Readonly<Record<string, string>> | null;
}

interface Row {
  readonly name: LineName;
  readonly pattern: RegExp;
  /** The only character that a match can begin with, where there is just one. */
  readonly first: string | null;
}

const LITERAL = /^\^(?:([\w=<#-])|\\([*.{}[\]#+]))(?![?*+{])/;

const ROWS: readonly Row[] = [...HEADLINES, ...BODY].map(({ name, pattern }) => {
  const literal = LITERAL.exec(pattern.source);
  return { name, pattern, first: literal?.[1] ?? literal?.[2] ?? null };
});

const byFirst = new Map<string, readonly Row[]>();

/** Only the rows that can match a text with this first character, in their order. */
function rowsFor(first: string): readonly Row[] {
  let rows = byFirst.get(first);
  if (rows === undefined) {
    rows = ROWS.filter((row) => row.first === null || row.first === first);
    if (byFirst.size < 256) byFirst.set(first, rows);
  }
  return rows;
}

const NONE: Readonly<Record<string, string | undefined>> = {};
const BLANK = { groups: NONE, lock: null, lockClass: null, pair: null, frame: null, values: null };

/** Longer lines are none of lockdep's; the longest is a list of modules. */
const LONGEST = 16_384;

/**
 * Tells which line of a report this is; null when it is none.
 *
 * @param line the kernel's text, prefix taken off
 * @param number its 1-based number in the source
 */
export function tokenize(line: string, number: number): LineToken | null {
  const text = line.trim();
  const indent = text === "" ? 0 : line.length - line.trimStart().length;
  if (text === "") return { ...BLANK, name: "Blank", text, indent, number };
  if (text.length > LONGEST) return null;

  if (text.includes("+0x") || text.startsWith("[") || text.endsWith("[inline]")) {
    const frame = parseFrame(text.startsWith("...") ? text.slice(3).trimStart() : text);
    if (frame !== null) return { ...BLANK, name: "Frame", text, indent, number, frame };
  }
  if (text.includes("){")) {
    const token = tokenizeLock(text, indent, number);
    if (token !== null) return token;
  }
  for (const row of rowsFor(text.charAt(0))) {
    const match = row.pattern.exec(text);
    if (match === null) continue;
    const groups = match.groups ?? NONE;
    const lock = groups["lock"];
    return {
      ...BLANK,
      name: row.name,
      text,
      indent,
      number,
      groups,
      lock: lock === undefined ? null : parseLock(lock),
      frame: groups["at"] === undefined ? null : parseFrame(groups["at"]),
    };
  }
  const frame = text.startsWith("0x") || text.startsWith("? 0x") ? parseFrame(text) : null;
  if (frame !== null) return { ...BLANK, name: "Frame", text, indent, number, frame };
  if (text === "<RELEASED>") return { ...BLANK, name: "Lock", text, indent, number };
  const registers = text.includes(":") ? parseRegisters(text) : null;
  if (registers !== null)
    return { ...BLANK, name: "Registers", text, indent, number, values: registers.values };
  return null;
}

/** Lines that are a lock, a class, or two classes, and nothing else. */
function tokenizeLock(text: string, indent: number, number: number): LineToken | null {
  if (text.startsWith("(")) {
    const lockClass = parseClass(text);
    if (lockClass !== null) {
      // " (a){..} -> (b){..}" ends like one class, too
      const pair = text.includes("} -> (") ? parseClassPair(text) : null;
      if (pair !== null) return { ...BLANK, name: "ClassPair", text, indent, number, pair };
      return { ...BLANK, name: "Class", text, indent, number, lockClass };
    }
  }
  const lock = parseLock(text);
  return lock === null ? null : { ...BLANK, name: "Lock", text, indent, number, lock };
}

/** What every headline holds; looking for these is much cheaper than trying its patterns. */
const HEADLINE_WORDS = [
  "WARNING: ",
  "BUG: ",
  "INFO: ",
  "_WARN_ON(",
  "Showing all locks held",
  "rtmutex deadlock",
];

/** Whether the line opens a report. Of the patterns it tries only those of headlines, and those rarely. */
export function isHeadline(line: string): boolean {
  if (!HEADLINE_WORDS.some((word) => line.includes(word))) return false;
  const text = line.trim();
  return HEADLINES.some(({ pattern }) => pattern.test(text));
}

const KIND_OF = new Map<LineName, ReportKind>(HEADLINES.map(({ name, kind }) => [name, kind]));

/** The kind of report that this line opens, or null. */
export function kindOf(token: LineToken): ReportKind | null {
  return KIND_OF.get(token.name) ?? null;
}

/** A line that only its place in the report tells, as the name of the lock that is not held. */
export function textToken(line: string, number: number): LineToken {
  const text = line.trim();
  return { ...BLANK, name: "Text", text, indent: line.length - line.trimStart().length, number };
}
