import { name, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { taskOf, textOf } from "./assemble/parts.ts";
import { contextOf } from "./assemble/preemption.ts";
import { APART, type KindDefinition } from "./kind.ts";
import { allDumps, headlineText, preemptionLines } from "./print/boxes.ts";
import { irqEventLines, leadingNotes } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact, preemptionFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

/** __schedule_bug() in kernel/sched/core.c. */
export const atomicScheduling: KindDefinition = {
  requires: ["task", "preemptCount", "backtrace"],
  throughout: [/^\.?(?:__schedule_bug|schedule_debug)/],
  build(parts) {
    const count = textOf(parts.headline, "count");
    return {
      ...contextOf(parts),
      task: taskOf(parts.headline),
      ...(count === null ? {} : { preemptCount: count }),
    };
  },

  banner: BUG,
  title: ({ report }) => `BUG: scheduling while atomic in ${tracedFunction(report, ["schedule"])}`,
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: APART,

  print(report) {
    const [dump, ...others] = report.dumps;
    const modules = given(dump, leadingNotes);
    const rest = given(dump, (d) => [{ ...d, notes: d.notes.slice(modules.length) }]);
    return [
      headlineText(report),
      ...heldLines(report),
      ...modules,
      ...irqEventLines(report.irqEvents),
      ...given(report.preemptionDisabledAt, preemptionLines),
      ...allDumps({ ...report, dumps: [...rest, ...others] }),
    ];
  },
  facts: (report) => [
    ...(report.preemptCount === undefined
      ? []
      : oneFact("preempt", plain("count "), name(report.preemptCount))),
    ...preemptionFact(report),
  ],
  story: (report) => [
    heldSentence(report),
    Number(report.preemptCount) === 0
      ? say`It gave up the CPU with a preempt count of 0: preemption was enabled more often than it was disabled.`
      : say`It gave up the CPU with preemption disabled${
          report.preemptCount === undefined ? [] : say` (preempt count ${name(report.preemptCount)})`
        }.`,
  ],
  consequence: () =>
    "Another task now runs inside what was meant to be an atomic section. If it wants the same spinlock, the CPU hangs.",
};
