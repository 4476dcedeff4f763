import { type Own, type Safe, trusted } from "./safe.ts";

/** What is written, before it is decided how: the table colours the parts, Markdown marks them. */

/** `lock`, `function` and `log` come from the log, the others are ours. */
export type Role = "text" | "quiet" | "good" | "caution" | "bad" | "lock" | "function" | "log";

export interface Part {
  readonly role: Role;
  readonly text: string;
  /** A name: no line break within it, however many blanks it has, as long as it fits a line. */
  readonly whole: boolean;
  /** Where in the kernel's sources that is. */
  readonly place?: SourcePlace;
}

export interface SourcePlace {
  /** As the log, a symboliser or a tree names it. */
  readonly file: string;
  /** From 1. */
  readonly line: number | null;
}

/** One line, perhaps with a column of its own for what it is about. */
export interface Row {
  readonly head: readonly Part[];
  readonly body: readonly Part[];
}

/** Something to know, under a short label. */
export interface Fact {
  readonly label: string;
  readonly rows: readonly Row[];
}

/** As many digits of a commit as the kernel's own `Fixes:` tags have. */
export const SHA_DIGITS = 12;

const ours =
  (role: "text" | "quiet" | "good" | "caution" | "bad") =>
  (text: string): Part => ({ role, text, whole: false });
const names =
  (role: "lock" | "function" | "log") =>
  (text: string): Part => ({ role, text, whole: true });

export const plain = ours("text");
export const quiet = ours("quiet");
export const good = ours("good");
export const caution = ours("caution");
export const bad = ours("bad");
export const lock = names("lock");
export const fn = names("function");
export const name = names("log");

/** `kernel/locking/mutex.c:608`, a link to it where a terminal takes one. */
export function placePart(place: SourcePlace): Part {
  const { file, line } = place;
  return { ...name(line === null ? file : `${file}:${line}`), place };
}

/** Words from the log, which may be broken between them. */
export function words(text: string): Part {
  return { role: "log", text, whole: false };
}

/** Our own text that stays on one line. */
export function unit(text: string): Part {
  return { role: "text", text, whole: true };
}

/** Leads to the name after it, and stays with it. */
export function arrow(sign: "→" | "←"): Part {
  return { role: "quiet", text: `${sign} `, whole: true };
}

/** Puts something between the items of a list. */
export function joined(items: readonly (readonly Part[])[], between: Part): Part[] {
  return items.flatMap((item, i) => (i === 0 ? item : [between, ...item]));
}

/** Items with a comma between them. */
export function commaed(items: readonly (readonly Part[])[]): Part[] {
  return joined(items, plain(", "));
}

/** A commit as it is shown; the json format has the whole hash. */
export function commitName(sha: string): Part {
  return name(sha.slice(0, SHA_DIGITS));
}

export function row(...body: Part[]): Row {
  return { head: [], body };
}

export function fact(label: string, ...rows: readonly Row[]): Fact {
  return { label, rows };
}

/** `1 report`, `2 reports`. */
export function counted<const One extends string, const Many extends string = "">(
  count: number,
  one: Own<One>,
  many?: Own<Many>,
): Safe {
  return trusted(`${count} ${count === 1 ? one : (many ?? `${one}s`)}`);
}
