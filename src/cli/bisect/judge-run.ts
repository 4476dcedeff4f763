import type { JournalRun } from "../../bisect/journal.ts";
import { journalReport } from "../../bisect/journal-report.ts";
import type { Target } from "../../compare/target.ts";
import { verdictOn } from "../../compare/verdict.ts";
import { printable } from "../../render/words/safe.ts";
import { reportName, unobservedText } from "../../render/bisect/verdict-prose.ts";
import type { BootRun } from "./boot-run.ts";

export type JudgedRun = Pick<JournalRun, "result" | "reason" | "maskedBy" | "kernel" | "report">;

/**
 * What one run says. A log with the target is bad however the run ended; without it, one that was cut short says
 * nothing, whatever its log looks like.
 */
export function judgeRun({ document, ended, seconds, unread }: BootRun, target: Target): JudgedRun {
  const { result, boots, decisive } = verdictOn(document, target);
  const { boot, report, unobserved } = decisive ?? boots.at(-1) ?? NO_BOOT;
  const kernel = report?.kernel ?? boot?.boot?.kernel ?? null;
  if (report !== null)
    return { result: "bad", reason: reportName(report), kernel, report: journalReport(report) };
  const unusable = (reason: string): JudgedRun => ({ result: "unusable", reason, kernel });
  if (ended.how === "timeout") return unusable(`it was ended after ${Math.round(seconds)} s`);
  if (saysSkip(ended)) return unusable(`the command exits with ${SKIP}`);
  if (unread !== null) return unusable(printable(`the log cannot be read: ${unread.reason}`));
  if (result === "good") return { result, reason: "lockdep was on to the end and did not report it", kernel };
  const offLine = boot?.boot?.lockdep.offAt?.line ?? null;
  if (unobserved === null) return unusable("no log was read");
  const mask = unobserved.reason === "lockdep-off" ? unobserved.maskedBy?.id : undefined;
  return {
    ...unusable(unobservedText(unobserved, offLine)),
    ...(mask === undefined ? {} : { maskedBy: mask }),
  };
}

const NO_BOOT = { boot: null, report: null, unobserved: null };

/** What a command of `git bisect run` exits with where a commit cannot be tested, as one that does not compile. */
const SKIP = 125;

export function saysSkip(ended: BootRun["ended"]): boolean {
  return ended.how === "exit" && ended.status === SKIP;
}
