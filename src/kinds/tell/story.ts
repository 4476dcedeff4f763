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

export function inPath(stack: readonly Frame[] | undefined): Part[] {
  const where = pathInWords(stack ?? []);
  return where.length === 0 ? [] : say`, in ${where}`;
}
