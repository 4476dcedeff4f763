import { printedName } from "../../../grammar/class-name.ts";
import type { Report } from "../../report/schema.ts";
import { backtraceLines, boxLines, otherInfo } from "./boxes.ts";
import { ipLines } from "./frames.ts";
import { given, type Lines } from "./lines.ts";
import { heldLines, taskText } from "./locks.ts";

/** print_unlock_imbalance_bug() and print_lock_contention_bug(): print_lockdep_cache(), print_ip_sym(). */
export function releasingLines(report: Report, width: number, act: string, but: string): Lines {
  return [
    ...boxLines(report, width),
    ...given(report.task, (task) =>
      given(report.lock, (lock) => [
        `${taskText(task)} is trying to ${act} lock (${printedName(lock)}) at:`,
        ...given(lock.at, (at) => [...ipLines([...(lock.inlined ?? []), at]), but]),
      ]),
    ),
    ...otherInfo(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ];
}
