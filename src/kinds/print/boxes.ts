import type { Frame, Report } from "../../report/schema.ts";
import { dumpLines, ipLines, kernelText } from "./frames.ts";
import { given, type Lines } from "./lines.ts";
import { lockLines, taskWithIrqs } from "./locks.ts";

/** What most reports print in one way: the headline in its box, who takes what, the stack traces. */

export const TURNING_OFF = "turning off the locking correctness validator.";

/** The headline where it stands alone: `BUG: x`. */
export function headlineText({ tag, headline }: Report): string {
  return `${tag ?? "WARNING"}: ${headline}`;
}

/** In a box it is `WARNING: x` since v4.12 (fb43d6cb91ef), `[ INFO: x ]` or `[ BUG: x ]` before and where it stayed. */
function boxedText(report: Report): string {
  const text = headlineText(report);
  return report.tag === "WARNING" || report.tag === null ? text : `[ ${text} ]`;
}

/**
 * The box of a headline, with print_kernel_ident() in it.
 *
 * @param width of its rules, which are part of the message
 * @param older theirs where the headline is between brackets
 */
export function boxLines(
  report: Report,
  width: number,
  older = boxedText(report).length,
  ident: Lines = given(report.kernel, (k) => [kernelText(k)]),
): Lines {
  const banner = boxedText(report);
  const rule = banner.startsWith("[ ") ? older : width;
  return ["", "=".repeat(rule), banner, ...ident, "-".repeat(rule)];
}

/** The line before the picture and the locks held; a report that was cut before them does not have it. */
export function otherInfo(report: Report, ...more: Lines): Lines {
  const isCut = report.scenario.length === 0 && report.held.length === 0 && report.dumps.length === 0;
  return isCut ? [] : ["", "other info that might help us debug this:", ...more];
}

/** Who does what to which lock. */
export function acquiringLines({ task, lock }: Report, act: string): Lines {
  return [...given(task, (who) => [`${taskWithIrqs(who)} ${act}`]), ...given(lock, lockLines)];
}

/** print_preempt_disable_ip(). */
export function preemptionLines(frames: readonly Frame[]): Lines {
  return ["Preemption disabled at:", ...ipLines(frames)];
}

/** The dumps without a title. */
export function allDumps(report: Report, from = 0, to = report.dumps.length): Lines {
  return report.dumps.slice(from, to).flatMap(dumpLines);
}

/** `stack backtrace:` and the dumps, each under its title. */
export function backtraceLines(report: Report, from = 0, to = report.dumps.length): Lines {
  return report.dumps
    .slice(from, to)
    .flatMap((_, i) => ["", "stack backtrace:", ...allDumps(report, from + i, from + i + 1)]);
}
