import { classPart } from "../render/words/locks.ts";
import { name, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { atSite } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { textOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { backtraceLines, boxLines } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines, lockLines, taskText } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

/** print_freed_lock_bug(): memory is freed that holds a held lock. */
export const heldFreed: KindDefinition = {
  requires: ["kernel", "task", "lock", "site", "freed", "held", "backtrace"],
  throughout: [/^\.?(?:print_freed_lock_bug|debug_check_no_locks_freed)/],
  build(parts) {
    const lead = parts.all("acting").find((section) => section.lead?.name === "Frees")?.lead;
    if (!lead) return {};
    return { freed: { from: textOf(lead, "from") ?? "", to: textOf(lead, "to") ?? "" } };
  },

  banner: ONCE_BUG,
  title: (asked) => atSite(asked, `${asked.tag}: held lock freed`),
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 25),
    ...given(report.freed, ({ from, to }) =>
      given(report.task, (task) => [
        `${taskText(task)} is freeing memory ${from}-${to}, with a lock still held there!`,
      ]),
    ),
    ...given(report.lock, lockLines),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  label: () => "frees",
  facts: ({ freed }) =>
    freed === undefined ? [] : oneFact("memory", name(freed.from), plain(" to "), name(freed.to)),
  story(report) {
    const { lock, freed } = report;
    return [
      heldSentence(report),
      lock === null
        ? null
        : say`Then the memory that contains ${classPart(lock)} was freed${
            freed === undefined ? [] : say` (${name(freed.from)} to ${name(freed.to)})`
          }.`,
    ];
  },
  consequence: () =>
    "The memory may be reused: whoever releases the lock, or waits for it, then writes into another object.",
};
