import { say } from "../render/words/sentences.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { firstName, heldSites } from "./bug/culprit.ts";
import { heldLacks } from "./bug/lacks.ts";
import { heldMarks } from "./bug/marks.ts";
import { taskOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { backtraceLines, boxLines } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines, taskText } from "./print/locks.ts";
import { heldSentence } from "./tell/story.ts";

/** lockdep_sys_exit(): no stack, the task is on its way out. */
export const heldUser: KindDefinition = {
  requires: ["kernel", "task", "held"],
  build(parts) {
    const leaves = parts.line("Leaves");
    return leaves === null ? {} : { task: taskOf(leaves) };
  },

  banner: ONCE_BUG,
  title({ report, tag, headline }) {
    const site = firstName(heldSites(report));
    return site === null ? headline : `${tag}: lock held when returning to user space in ${site}`;
  },
  bug: heldMarks,
  lacks: heldLacks,
  aboutHeld: true,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 48),
    ...given(report.task, (task) => [`${taskText(task)} is leaving the kernel with locks still held!`]),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  story: (report) => [heldSentence(report), say`It returned to user space without releasing that first.`],
  consequence: () =>
    "User space may run for as long as it likes. Whoever wants the lock waits until the task enters the kernel again, and its next system call may want that very lock.",
};
