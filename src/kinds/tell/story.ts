import { inFrame, pathInWords, say } from "../../render/words/sentences.ts";
import { classPart, lockList } from "../../render/words/locks.ts";
import { counted, type Part, placePart, plain } from "../../render/words/parts.ts";
import type { Frame, HeldLocks, Report } from "../../report/schema.ts";

/** Sentences that the stories of several kinds share. */

/** The locks of the task that the report is about. */
export function ownLocks({ held, task }: Report): HeldLocks | null {
  return held.find((one) => one.task.pid === task?.pid) ?? (held.length === 1 ? (held[0] ?? null) : null);
}

/** What the task held. */
export function heldSentence(report: Report): Part[] | null {
  const own = ownLocks(report);
  if (own === null) {
    const { holding } = report;
    return holding === null ? null : say`It held ${classPart(holding)}${inFrame(holding.at, ", taken in ")}.`;
  }
  if (own.locks.length > 0) return say`It held ${lockList(own.locks)}.`;
  return say`It held ${own.count === 0 ? "no lock" : counted(own.count, "lock")}.`;
}

/** `lock_a, in take_ba`: the lock that it is about. */
export function aboutLock({ lock: about }: Report): Part[] {
  return about === null ? [plain("a lock")] : [classPart(about), ...inFrame(about.at)];
}

export function fileLine(file: string | null, line: number | null): Part[] {
  return file === null ? [] : [placePart({ file, line })];
}

/** What a state of a lock says of where it is taken. */
export function contextWords(states: string): { readonly inside: string; readonly outside: string } {
  if (/RECLAIM/i.test(states))
    return { inside: "inside memory reclaim", outside: "across an allocation that may reclaim" };
  const which = /SOFTIRQ/i.test(states) && !/HARDIRQ/i.test(states) ? "softirq" : "hard interrupt";
  return { inside: `in a ${which}`, outside: `with ${which}s enabled` };
}

/** `IN-HARDIRQ-W`: taken in a hard interrupt. */
export function usageWords(state: string): string {
  const read = /-R$/i.test(state) ? " for reading" : "";
  const { inside, outside } = contextWords(state);
  return /^\{?in-/i.test(state) ? `taken${read} ${inside}` : `held${read} ${outside}`;
}

export function inPath(stack: readonly Frame[] | undefined): Part[] {
  const where = pathInWords(stack ?? []);
  return where.length === 0 ? [] : say`, in ${where}`;
}
