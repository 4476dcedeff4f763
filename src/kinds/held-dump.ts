import { lockList, taskName } from "../render/words/locks.ts";
import { counted, name } from "../render/words/parts.ts";
import { type Block, say } from "../render/words/sentences.ts";
import { WARNING } from "./bug/banner.ts";
import { heldMarks } from "./bug/marks.ts";
import { type KindDefinition, LEAVES_ON } from "./kind.ts";
import { heldLines } from "./print/locks.ts";

/** debug_show_all_locks(): hung tasks, sysrq-d, RCU stalls. It names no culprit. */
export const heldDump: KindDefinition = {
  requires: ["held"],
  countsOnly: true,
  build: () => ({ task: null }),

  banner: WARNING,
  title: ({ report }) => report.headline,
  bug: heldMarks,
  // of a running task the kernel says but how many it holds
  lacks: ({ held, complete }) => (complete && held.some(({ locks }) => locks.length > 0) ? [] : ["held"]),
  aboutHeld: true,
  harmless: true,

  // it says only that lockdep is off
  lockdep: LEAVES_ON,

  print: (report) => [
    "",
    `${report.headline}:`,
    ...heldLines(report),
    ...(report.damage.some(({ code }) => code === "truncated") ? [] : ["", "=".repeat(45), ""]),
  ],
  lists: true,
  story: () => [
    say`The kernel listed who holds which lock, because someone asked for it (sysrq-d) or because something hangs. The list itself is not an error.`,
  ],
  holders(report) {
    const rows = report.held.slice(0, MOST_TASKS).map(({ task, locks, count }): Block => ({
      type: "item",
      parts: say`${name(taskName(task))}: ${
        locks.length > 0 ? lockList(locks) : `${counted(count, "lock")}, which the log does not name`
      }`,
    }));
    const left = report.held.length - rows.length;
    return left > 0 ? [...rows, { type: "item", parts: say`${counted(left, "more task")}` }] : rows;
  },
};

const MOST_TASKS = 12;
