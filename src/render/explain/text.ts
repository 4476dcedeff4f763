import type { Role as CodeRole } from "../../symbols/roles.ts";
import type { FindingArgs } from "../../report/analysis-schema.ts";
import type { Report } from "../../report/schema.ts";
import { fillIn } from "../reports/findings/prose.ts";
import { ROLE_PROSE } from "./role-prose.ts";
import { fn, lock, name, type Part, plain, words } from "../words/parts.ts";
import { codeSpan, join, printable, type Safe, safe } from "../words/safe.ts";

/** Arguments that are words of ours, not names of a log. */
const OUR_WORDS = new Set(["mask", "interrupt", "noHelp", "helps", "reclaim"]);
const OPEN = "\u0001";
const CLOSE = "\u0002";

/** printable() leaves no control character in a value, so that none can end its mark. */
function mark(value: string): string {
  return `${OPEN}${printable(value)}${CLOSE}`;
}

/** The sentences of findings with their arguments; what comes from the log is marked as such. */
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
