import { callsOf } from "../patch/lock-effects.ts";
import { isOfClass, lockUse } from "../patch/lock-calls.ts";
import { plainSymbol } from "../symbols/functions.ts";
import { LOCK_FUNCTIONS } from "../symbols/role-table.ts";

/** Where in a file of C the line is that a stack means. Lines are counted from 1. */

export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Between a function's name and its opening brace. */
const LONGEST_HEAD = 30;
const LONGEST_LINE = 4096;

/**
 * The definition of a function, as the kernel's style has it: its name on a line that begins at the left edge, `{` and
 * `}` alone at the left edge. Null if there is none, or there are two.
 */
export function functionIn(lines: readonly string[], name: string): LineRange | null {
  const found: LineRange[] = [];
  for (const [i, text] of lines.entries()) {
    if (!/^[A-Za-z_]/.test(text) || text.length > LONGEST_LINE || !namesCall(text, name)) continue;
    const head = lines.slice(i, i + LONGEST_HEAD);
    const opens = head.findIndex((line) => line.trimEnd().endsWith("{"));
    const ends = head.findIndex((line) => line.trimEnd().endsWith(";"));
    if (opens === -1 || (ends !== -1 && ends < opens)) continue;
    const close = lines.findIndex((line, at) => at > i + opens && line.startsWith("}"));
    if (close !== -1) found.push({ first: i + 1, last: close + 1 });
  }
  const [only, ...others] = found;
  return only === undefined || others.length > 0 ? null : only;
}

function namesCall(text: string, name: string): boolean {
  return callsOf(text).some((call) => call.name === name);
}

/**
 * The one line of a function that makes the call of a stack; null where several may, or none does.
 *
 * @param inner what it called, as the stack names it: the frame before
 * @param taken the class of the lock that is taken there, where one is
 */
export function onlyCall(
  lines: readonly string[],
  { first, last }: LineRange,
  inner: string | null,
  taken: string | null,
): number | null {
  const body = lines
    .slice(first, last)
    .map((text, i) => ({ calls: text.length > LONGEST_LINE ? [] : callsOf(text), line: first + 1 + i }));
  const only = (fits: (call: { name: string; argument: string }) => boolean): number | null => {
    const found = body.filter(({ calls }) => calls.some(fits));
    return found.length === 1 ? (found[0]?.line ?? null) : null;
  };
  const named = inner === null ? null : only(({ name }) => bare(name) === bare(inner));
  if (named !== null || taken === null || inner === null || !LOCK_FUNCTIONS.test(plainSymbol(inner)))
    return named;
  return only((call) => lockUse(call) === "takes" && isOfClass(call.argument, taken));
}

/** `__mutex_lock`, `mutex_lock_nested` and `mutex_lock` are one call. */
function bare(name: string): string {
  return plainSymbol(name).replace(/^_+|_(?:nested|noprof)$/g, "");
}
