import { type FrameText, parseBarePlace, parseFrame } from "./frame.ts";
import { firstOf, literalsOf } from "./literals.ts";
import { mayBeHeadline } from "./telling.ts";
import { BODY, HEADLINES, type LineName, type ReportKind } from "./lines.ts";
import { type ClassText, type LockText, parseClass, parseClassPair, parseLock } from "./lock.ts";
import { Recent } from "./recent.ts";
import { parseRegisters } from "./registers.ts";
import {
  NO_VARIABLES,
  type Variable,
  variableGroups,
  variablesOfFrame,
  variablesOfMatch,
  variablesOfLock,
  variablesOfWords,
} from "./variables.ts";

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
  /** Where in the text addresses and the like stand. */
  readonly variables: readonly Variable[];
}

/** A row of the table, with what a match must begin with, hold and end with: looking for these is cheaper than matching. */
class Row {
  readonly name: LineName;
  readonly pattern: RegExp;
  readonly first: string;
  #literals: ReturnType<typeof literalsOf> | undefined;
  #varying: ReturnType<typeof variableGroups> | undefined;
  /** The pattern, that also tells where its groups are if some of them are variables. */
  #matcher: RegExp | undefined;

  constructor({ name, pattern }: { readonly name: LineName; readonly pattern: RegExp }) {
    this.name = name;
    this.pattern = pattern;
    this.first = firstOf(pattern.source);
  }

  match(text: string): RegExpExecArray | null {
    const { word, tail } = (this.#literals ??= literalsOf(this.pattern.source));
    if (!text.endsWith(tail) || !text.includes(word)) return null;
    this.#matcher ??= this.#groups.length === 0 ? this.pattern : new RegExp(this.pattern, "d");
    return this.#matcher.exec(text);
  }

  get #groups(): ReturnType<typeof variableGroups> {
    return (this.#varying ??= variableGroups(this.pattern));
  }

  /** Of what {@link match} gave. */
  variables(match: RegExpExecArray, lock: LockText | null, frame: FrameText | null): readonly Variable[] {
    return this.#groups.length === 0 ? NO_VARIABLES : variablesOfMatch(match, this.#groups, lock, frame);
  }
}

let headlines: readonly Row[] | undefined;
let body: readonly Row[] | undefined;

/** Made when they are first needed: in a clean log, never. */
function headlineRows(): readonly Row[] {
  headlines ??= HEADLINES.map((row) => new Row(row));
  return headlines;
}

const byFirst = new Map<string, readonly Row[]>();

/** Only the rows that can match a text with this first character, in their order. */
function rowsFor(first: string): readonly Row[] {
  let rows = byFirst.get(first);
  if (rows === undefined) {
    body ??= BODY.map((row) => new Row(row));
    rows = body.filter((row) => row.first === "" || row.first === first);
    if (byFirst.size < 256) byFirst.set(first, rows);
  }
  return rows;
}

const NO_GROUPS: Readonly<Record<string, string | undefined>> = {};

/** Made by one function, so that all tokens are alike to the machine. */
function token(
  name: LineName,
  text: string,
  indent: number,
  number: number,
  groups = NO_GROUPS,
  lock: LockText | null = null,
  lockClass: ClassText | null = null,
  pair: LineToken["pair"] = null,
  frame: FrameText | null = null,
  values: LineToken["values"] = null,
  variables = NO_VARIABLES,
): LineToken {
  return { name, text, indent, number, groups, lock, lockClass, pair, frame, values, variables };
}

function frameToken(text: string, indent: number, number: number, frame: FrameText): LineToken {
  const variables = variablesOfFrame(text, frame);
  return token("Frame", text, indent, number, NO_GROUPS, null, null, null, frame, null, variables);
}

/** Another line that is the same but for its number. */
export function again(known: LineToken, number: number): LineToken {
  const { name, text, indent, groups, lock, lockClass, pair, frame, values, variables } = known;
  return token(name, text, indent, number, groups, lock, lockClass, pair, frame, values, variables);
}

/** Lines of reports that were read before: most of a report's have nothing in them that varies. */
const linesKnown = new Recent<LineToken>(8192);
const LONGEST_KNOWN = 256;

/** `take_ba (file.c:12)`, on 32-bit ARM `fn from take_ba (file.c:12)`, as decode_stacktrace.sh writes it. */
const DECODED = /^(?:\? |\(?[^\s()]+\)? from )?[^\s()]+ \([^\s()]+:[\d?]/;

/** Longer lines are none of lockdep's; the longest is a list of modules. */
const LONGEST = 16_384;

/**
 * Tells which line of a report this is; null when it is none.
 *
 * @param line the kernel's text, prefix taken off
 * @param number its 1-based number in the source
 */
export function tokenize(line: string, number: number): LineToken | null {
  const known = linesKnown.get(line);
  if (known !== undefined) return again(known, number);
  const read = readLine(line, number);
  if (read?.variables.length === 0 && line.length <= LONGEST_KNOWN) linesKnown.set(line, read);
  return read;
}

function readLine(line: string, number: number): LineToken | null {
  const text = line.trim();
  if (text === "") return token("Blank", text, 0, number);
  if (text.length > LONGEST) return null;
  const indent = line.length - line.trimStart().length;
  const read = readText(text, indent, number);
  if (read !== null && read.lock?.at !== null) return read;
  const undrawn = withoutDrawing(text);
  return undrawn === text ? read : readText(undrawn, indent, number);
}

/** Without what people draw beside the lines of a list: `|` and letters at the end of many blanks, `<-----|`. */
function withoutDrawing(text: string): string {
  if (!/[|A-Z]/.test(text.charAt(text.length - 1))) return text;
  let end = text.length - 1;
  while (text.charAt(end - 1) === "-") end--;
  const isArrow = end < text.length - 1 && text.charAt(end - 1) === "<";
  const rest = text.slice(0, isArrow ? end - 1 : text.length - 1).trimEnd();
  return isArrow || text.length - 1 - rest.length >= LEAST_BLANKS ? rest : text;
}

const LEAST_BLANKS = 3;

function readText(text: string, indent: number, number: number): LineToken | null {
  if (text.includes("+0x") || text.startsWith("[") || text.endsWith("[inline]") || DECODED.test(text)) {
    const frame = parseFrame(text.startsWith("...") ? text.slice(3).trimStart() : text);
    if (frame !== null) return frameToken(text, indent, number, frame);
  }
  if (text.includes("){") || (text.startsWith("(") && text.includes(") at "))) {
    const locked = tokenizeLock(text, indent, number);
    if (locked !== null) return locked;
  }
  const matched =
    (mayBeHeadline(text) ? tokenizeBy(headlineRows(), text, indent, number) : null) ??
    tokenizeBy(rowsFor(text.charAt(0)), text, indent, number);
  if (matched !== null) return matched;
  if (text === "<RELEASED>") return token("Lock", text, indent, number);
  if (text.startsWith("0x") || text.startsWith("? 0x")) {
    const frame = parseFrame(text);
    if (frame !== null) return frameToken(text, indent, number, frame);
  }
  const registers = parseRegisters(text);
  if (registers === null) return null;
  const variables = variablesOfWords(text);
  return token(
    "Registers",
    text,
    indent,
    number,
    NO_GROUPS,
    null,
    null,
    null,
    null,
    registers.values,
    variables,
  );
}

/** Lines that hold words out of the machine. */
const WORDS: ReadonlySet<LineName> = new Set<LineName>(["StackWords", "Code"]);

function tokenizeBy(rows: readonly Row[], text: string, indent: number, number: number): LineToken | null {
  for (const row of rows) {
    const match = row.match(text);
    if (match === null) continue;
    const groups: LineToken["groups"] = match.groups ?? NO_GROUPS;
    const lock = groups["lock"] === undefined ? null : parseLock(groups["lock"]);
    if (row.name === "HeldLock" && lock === null && groups["lock"] !== "<RELEASED>") continue;
    const frame = groups["at"] === undefined ? null : parseFrame(groups["at"]);
    // what of it cannot be read must not be lost without a word
    if (row.name === "Key" && frame === null) continue;
    const variables = WORDS.has(row.name) ? variablesOfWords(text) : row.variables(match, lock, frame);
    return token(row.name, text, indent, number, groups, lock, null, null, frame, null, variables);
  }
  return null;
}

/** Lines that are a lock, a class, or two classes, and nothing else. */
function tokenizeLock(text: string, indent: number, number: number): LineToken | null {
  if (text.startsWith("(")) {
    const lockClass = parseClass(text);
    if (lockClass !== null) {
      // " (a){..} -> (b){..}" ends like one class, too
      const pair = text.includes("} -> (") ? parseClassPair(text) : null;
      if (pair !== null) return token("ClassPair", text, indent, number, NO_GROUPS, null, null, pair);
      return token("Class", text, indent, number, NO_GROUPS, null, lockClass);
    }
  }
  const lock = parseLock(text);
  if (lock === null) return null;
  const variables = variablesOfLock(text, lock);
  return token("Lock", text, indent, number, NO_GROUPS, lock, null, null, null, null, variables);
}

/** Whether the line opens a report; cheap for the many that do not. */
export function isHeadline(line: string): boolean {
  return mayBeHeadline(line) && tokenizeBy(headlineRows(), line.trim(), 0, 0) !== null;
}

const KIND_OF = new Map<LineName, ReportKind>(HEADLINES.map(({ name, kind }) => [name, kind]));

/** The kind of report that this line opens, or null. */
export function kindOf({ name }: LineToken): ReportKind | null {
  return KIND_OF.get(name) ?? null;
}

/** A frame that only its place in the report tells: somebody took its offset. Null when the line is something else. */
export function bareFrameToken(line: string, number: number): LineToken | null {
  const text = line.trim();
  const frame = parseBarePlace(text);
  return frame === null ? null : frameToken(text, line.length - line.trimStart().length, number, frame);
}

/** A line that only its place in the report tells, as the name of the lock that is not held. */
export function textToken(line: string, number: number): LineToken {
  const text = line.trim();
  return token("Text", text, line.length - line.trimStart().length, number);
}
