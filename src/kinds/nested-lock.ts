import { lock, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { trappedFunction } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { type KindDefinition, LAST_WORD, TAKES_LOCK } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/** print_lock_nested_lock_not_held(): mutex_lock_nest_lock() without the outer lock. */
export const nestedLock: KindDefinition = {
  requires: ["kernel", "task", "lock", "site", "nest", "held", "backtrace"],
  throughout: [/^\.?(?:print_lock_nested_lock_not_held|__lock_acquire)/, TAKES_LOCK],
  build(parts) {
    const [name] = parts.lines("Text");
    return name === undefined ? {} : { nest: name.text };
  },

  banner: ONCE_BUG,
  title: ({ report, tag, headline }) =>
    tag === "WARNING" ? `WARNING: nested lock was not taken in ${trappedFunction(report)}` : headline,
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  /** The locks held are between two stack dumps. */
  print: (report) => [
    ...boxLines(report, 34),
    ...acquiringLines(report, "is trying to lock:"),
    ...given(report.nest, (name) => ["", "but this task is not holding:", name]),
    ...backtraceLines(report, 0, 1),
    ...otherInfo(report),
    ...heldLines(report),
    ...backtraceLines(report, 1),
  ],
  label: () => "wants",
  facts: ({ nest }) =>
    nest === undefined || nest === null ? [] : oneFact("nest", lock(nest), plain(" is not held")),
  story: (report) => [
    heldSentence(report),
    say`Then it took ${aboutLock(report)}, and told lockdep that ${lock(report.nest ?? "an outer lock")} makes that safe. But that outer lock was not held.`,
  ],
  consequence: () =>
    "Several locks of one class can be taken in any order only while an outer lock keeps other tasks from doing the same. Without it, two tasks can take them in opposite orders.",
};
