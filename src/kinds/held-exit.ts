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

/** print_held_locks_bug(): the headline itself names the task; up to v3.8 a line below it does. */
export const heldExit: KindDefinition = {
  requires: ["kernel", "task", "held", "backtrace"],
  throughout: [/^\.?(?:print_held_locks_bug|debug_check_no_locks_held)/],
  build(parts, { task }) {
    const leaves = parts.line("Leaves");
    return { task: taskOf(leaves ?? parts.headline) ?? task };
  },

  banner: ONCE_BUG,
  title({ report, tag, headline }) {
    // syzbot reads `at: [<address>] function` in the old form of this report only, and `at: function` in the new
    const site = firstName(heldSites(report).filter((at) => tag === "BUG" || at?.address === null));
    if (site !== null) return `${tag}: still has locks held in ${site}`;
    const { task } = report;
    return task === null ? headline : headline.replace(/^(\w+: )(?=still has)/, `$1${taskText(task)} `);
  },
  bug: heldMarks,
  lacks: heldLacks,
  aboutHeld: true,

  lockdep: LAST_WORD,

  /** Up to v3.8 the headline does not name the task. */
  print: (report) => [
    ...boxLines(report, 36, 37),
    ...(report.headline === "lock held at task exit time!"
      ? given(report.task, (task) => [`${taskText(task)} is exiting with locks still held!`])
      : []),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  story: (report) => [
    heldSentence(report),
    say`It stopped (exited, froze or called exec) without releasing that first.`,
  ],
  consequence: () =>
    "Nobody else can release it. Whoever wants the lock next waits until the task continues, if it ever does.",
};
