import type { Untitled } from "../report/schema.ts";
import { fn, name, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { framesOf, taskOf, textOf } from "./assemble/parts.ts";
import { APART, type KindDefinition } from "./kind.ts";
import { allDumps, headlineText } from "./print/boxes.ts";
import { frameText } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

/** Those that check_preemption_disabled() is asked for: include/linux/smp.h, include/linux/percpu-defs.h. */
const OPERATIONS =
  /^(?:smp_processor_id|__this_cpu_(?:read|write|add|add_return|and|or|xchg|(?:try_)?cmpxchg(?:_double|64|128)?))$/;

/** check_preemption_disabled() in lib/smp_processor_id.c. */
export const preemptible: KindDefinition = {
  requires: ["task", "preemptible", "backtrace"],
  throughout: [/^\.?(?:check_preemption_disabled|debug_smp_processor_id|__this_cpu_preempt_check)/],
  isWorded: ({ preemptible: used }) => OPERATIONS.test(used?.operation ?? ""),
  build(parts) {
    const caller = parts.line("CallerIs");
    const count = textOf(parts.headline, "count");
    return {
      task: taskOf(parts.headline),
      ...(count === null ? {} : { preemptCount: count }),
      preemptible: {
        operation: textOf(parts.headline, "operation") ?? "",
        caller: framesOf(caller === null ? [] : [caller])[0] ?? null,
      },
    };
  },

  banner: BUG,
  title({ report, headline }) {
    const operation = operationOf(report);
    if (operation === null) return headline;
    return `BUG: using ${operation}() in preemptible code in ${tracedFunction(report, PERCPU_ACCESS)}`;
  },
  bug: lockAndSite,
  lacks: (report) =>
    OPERATIONS.test(report.preemptible?.operation ?? "") ? functionLacks(report) : ["message"],

  lockdep: APART,

  print: (report) => [
    headlineText(report),
    ...given(report.preemptible?.caller, (caller) => [`caller is ${frameText(caller)}`]),
    ...heldLines(report),
    ...allDumps(report),
  ],
  facts: (report) => [
    ...(report.preemptible === undefined ? [] : oneFact("uses", name(`${report.preemptible.operation}()`))),
    ...(report.preemptCount === undefined
      ? []
      : oneFact("preempt", plain("count "), name(report.preemptCount))),
  ],
  story: (report) => [
    heldSentence(report),
    say`It used ${fn(`${report.preemptible?.operation ?? "?"}()`)} with preemption enabled.`,
  ],
  consequence: () => "The task may migrate between two accesses, and then uses the data of the wrong CPU.",
};

const PERCPU_ACCESS = ["dump_stack", "preempt", "debug_", "processor_id", "this_cpu"];

function operationOf({ preemptible: used, headline }: Untitled): string | null {
  const text = used?.operation ?? /using (\w+)\(\)/.exec(headline)?.[1];
  return /^([a-z_]+)(?:\(\))?$/.exec(text ?? "")?.[1] ?? null;
}
