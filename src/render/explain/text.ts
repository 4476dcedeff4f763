import type { Role as CodeRole } from "../../symbols/roles.ts";
import type { FindingArgs } from "../../report/analysis-schema.ts";
import { siteName } from "../../symbols/functions.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { type ClassName, printedName } from "../../../grammar/class-name.ts";
import type { Frame, Lock, Report } from "../../report/schema.ts";
import { fillIn, ROLE_PROSE } from "../reports/findings-prose.ts";
import { callers } from "../words/frames.ts";
import { fn, joined, lock, name, type Part, plain, quiet, words } from "../words/parts.ts";
import { codeSpan, join, printable, type Safe, safe } from "../words/safe.ts";

/** A paragraph, an item of a list, something under a name, or a drawing. */
export type Block =
  | { readonly type: "text" | "item"; readonly parts: readonly Part[] }
  | { readonly type: "entry"; readonly head: readonly Part[]; readonly body: readonly Part[] }
  | { readonly type: "drawing"; readonly drawing: Drawing };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Columns side by side, time running down. */
export interface Drawing {
  readonly columns: readonly (readonly Part[])[];
  readonly events: readonly DrawnEvent[];
}

export interface DrawnEvent {
  readonly column: number;
  readonly lines: readonly (readonly Part[])[];
}

/** Our sentence around names out of the log. */
export function say(
  strings: TemplateStringsArray,
  ...values: readonly (Part | readonly Part[] | string | number)[]
): Part[] {
  const parts: Part[] = [];
  for (const [i, own] of strings.entries()) {
    if (own !== "") parts.push(plain(own));
    const value = values[i];
    if (value === undefined) continue;
    if (typeof value === "string" || typeof value === "number") parts.push(plain(String(value)));
    else if ("role" in value) parts.push(value);
    else parts.push(...value);
  }
  return parts;
}

/** Sentences in one paragraph. */
export function sentences(...all: readonly (readonly Part[] | null)[]): Part[] {
  return joined(
    all.filter((one) => one !== null && one.length > 0).map((one) => one ?? []),
    plain(" "),
  );
}

export function text(...parts: readonly Part[]): Block {
  return { type: "text", parts };
}

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly (readonly Part[])[], last = " and "): Part[] {
  return items.flatMap((item, i) => {
    if (i === 0) return item;
    return [plain(i === items.length - 1 ? last : ", "), ...item];
  });
}

export function classPart(named: ClassName): Part {
  return lock(printedName(named));
}

/** `, in take_ba` with the function; nothing where the log has none. */
export function inFrame(frame: Frame | null | undefined, before = ", in "): Part[] {
  if (!frame) return [];
  return [plain(before), fn(siteName(frame))];
}

/** The function that took a lock, and who called it. */
export function path(stack: readonly Frame[], most = 2): Part[] {
  return callers(fromTaker(stack), most);
}

/** The same within a sentence: `take_ba (called by job_thread)`. */
export function pathInWords(stack: readonly Frame[]): Part[] {
  const [first, caller] = fromTaker(stack);
  if (first === undefined) return [];
  return [
    ...inFrame(first, ""),
    ...(caller === undefined ? [] : [...inFrame(caller, " (called by "), plain(")")]),
  ];
}

const MOST_LOCKS = 6;

/** Locks with the functions that took them; many of one class are one. */
export function lockList(locks: readonly (Lock | null)[]): Part[] {
  const groups = new Map<string, { parts: Part[]; site: Part[]; count: number }>();
  for (const held of locks) {
    const key = held === null ? "" : `${held.class} ${held.at?.symbol ?? ""}`;
    const group = groups.get(key);
    if (group !== undefined) group.count++;
    else
      groups.set(key, {
        parts: held === null ? [quiet("one just released")] : [classPart(held)],
        site: inFrame(held?.at, " (taken in "),
        count: 1,
      });
  }
  const all = [...groups.values()];
  const items = all.slice(0, MOST_LOCKS).map(({ parts, site, count }): Part[] => {
    const times = count > 1 ? [plain(` ${count} times`)] : [];
    return [...parts, ...times, ...(site.length === 0 ? [] : [...site, plain(")")])];
  });
  const left = all.slice(MOST_LOCKS).reduce((sum, { count }) => sum + count, 0);
  if (left > 0) items.push([plain(`${left} more`)]);
  return listed(items);
}

/** Arguments that are words of ours, not names of a log. */
const OUR_WORDS = new Set(["mask", "interrupt", "noHelp", "helps", "reclaim"]);
const OPEN = "\u0001";
const CLOSE = "\u0002";

/** printable() leaves no control character in a value, so that none can end its mark. */
function mark(value: string): string {
  return `${OPEN}${printable(value)}${CLOSE}`;
}

/** The sentences of findings with their arguments; what comes out of the log is marked as such. */
export function proseParts(
  prose: readonly string[],
  args: FindingArgs,
  classes: ReadonlySet<string>,
): Part[][] {
  const marked = Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (OUR_WORDS.has(key)) return [key, value];
      if (typeof value === "string") return [key, mark(value)];
      return [key, Array.isArray(value) ? value.map(mark) : value];
    }),
  );
  return fillIn(prose, marked).map((sentence) => {
    const [start = "", ...rest] = sentence.split(OPEN);
    return [
      ...(start === "" ? [] : [plain(start)]),
      ...rest.flatMap((piece) => {
        const [value = "", after = ""] = piece.split(CLOSE);
        return [namePart(value, classes), ...(after === "" ? [] : [plain(after)])];
      }),
    ];
  });
}

function namePart(value: string, classes: ReadonlySet<string>): Part {
  if (classes.has(value)) return lock(value);
  if (/^[\w.]+$/.test(value)) return fn(value);
  return value.includes(" ") ? words(value) : name(value);
}

/** Every class that a report names. */
export function classNames(report: Report): Set<string> {
  return new Set([
    ...report.cycle,
    ...report.edges.flatMap(({ from, to }) => [from, to]),
    ...[report.lock, report.holding].flatMap((one) => one?.class ?? []),
    ...report.held.flatMap(({ locks }) => locks.flatMap((one) => one?.class ?? [])),
  ]);
}

/** What code was doing: `allocates memory for kmalloc_under_a`. */
export function roleParts({ role, whose }: CodeRole): Part[] {
  const [what, of] = ROLE_PROSE[role] as readonly [string, string?];
  if (of === undefined || whose === null) return [plain(what)];
  const [before = "", after = ""] = of.split("{whose}");
  return [plain(`${what} ${before}`), fn(whose), ...(after === "" ? [] : [plain(after)])];
}

/** Signs that Markdown might read as markup, and names of code. */
const CODE = /[_<>*&{}#@[\]|~^$`\\]|\(\)$/;

/** A word, and the punctuation around it. By hand: a pattern for this takes time in the square of the word's length. */
function peeled(word: string): readonly [before: string, core: string, after: string] {
  let start = 0;
  while (start < word.length && '"('.includes(word.charAt(start))) start++;
  let end = word.length;
  while (end > start && '",.;:!?'.includes(word.charAt(end - 1))) end--;
  return [word.slice(0, start), word.slice(start, end), word.slice(end)];
}

/** Our own words for Markdown: whatever looks like code is marked as code. */
export function ownMarkdown(own: string): Safe {
  const marked = printable(own)
    .split(" ")
    .map((word) => {
      const [before, core, after] = peeled(word);
      if (!CODE.test(core)) return printable(word);
      const closing = core.endsWith(")") && !core.includes("(") ? ")" : "";
      const code = codeSpan(core.slice(0, core.length - closing.length));
      return safe`${printable(before)}${code}${closing}${printable(after)}`;
    });
  return join(marked, " ");
}
