import type { ReportForm } from "../../../grammar/reports.ts";
import { exceedsRecorded } from "../../symbols/recorded.ts";
import { isDumper, isMixed } from "../../symbols/stack-ends.ts";
import type { Common, Details } from "../kind.ts";
import { recordedOf } from "./stacks.ts";

type Built = Common & Details;

/** Whether some of the report's parts are another's: it has more than its kind prints, or what cannot be of one stack. */
export function hasMixed(report: Built, form: ReportForm): boolean {
  return hasMixedStack(report) || hasHeldTwice(report, form) || isOtherWarning(report);
}

function hasMixedStack(report: Built): boolean {
  const { edges, dumps, registered, safe, unsafe, dependencies } = report;
  if (edges.some(({ stack }) => isMixed(stack)) || dumps.some(({ frames }) => isMixed(frames))) return true;
  if ([registered, safe, unsafe].some((trace) => trace !== undefined && isMixed(trace.stack))) return true;
  if (exceedsRecorded(report.backtrace, recordedOf(report))) return true;
  return (dependencies ?? []).some(({ classes }) =>
    classes.some(
      ({ usages, acquiredAt }) => usages.some(({ stack }) => isMixed(stack)) || isMixed(acquiredAt ?? []),
    ),
  );
}

/** Whether a task's locks are listed twice: some kinds go on behind their trace, and list them there once more. */
function hasHeldTwice({ held }: Built, { afterTrace }: ReportForm): boolean {
  if (afterTrace?.includes("HeldCount") === true) return false;
  const pids = held.map(({ task }) => task.pid);
  return new Set(pids).size < pids.length;
}

/** What calls dump_stack() where a machine has no registers to show: report_bug() and __warn(). */
const WARNS = /^\.?(?:__warn|warn_slowpath|report_bug|__report_bug)/;

/** Whether a warning has a trace that no warning has, or its registers are of another place. */
function isOtherWarning({ warning, backtrace, dumps }: Built): boolean {
  if (warning === undefined) return false;
  const top = backtrace.find(({ uncertain, inline }) => !uncertain && !inline);
  if (top !== undefined && isDumper(top.symbol) && !backtrace.some(({ symbol }) => WARNS.test(symbol)))
    return true;
  const { at } = warning;
  const [registers] = dumps.flatMap((dump) => dump.registers.filter(({ afterFrame }) => afterFrame === 0));
  // a trap may lie somewhat behind the place that it is for
  const symbol = /^(?:[0-9a-f]+:)?([\w.]+)\+0x/.exec(registers?.at ?? "")?.[1];
  return at !== null && symbol !== undefined && registers?.inlined === undefined && symbol !== at.symbol;
}
