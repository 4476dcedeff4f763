import { plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { ONCE_INFO } from "./bug/banner.ts";
import { atSite } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { classOnly, numberOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD, TAKES_LOCK } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines, lockLines, scenarioLines } from "./print/locks.ts";
import { recursionBlocks } from "./tell/recursion.ts";
import { oneFact } from "./tell/facts.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/** print_deadlock_bug(): a class is taken while the same class is held. */
export const recursive: KindDefinition = {
  requires: ["kernel", "task", "lock", "site", "holding", "scenario", "held", "backtrace"],
  throughout: [/^\.?(?:print_deadlock_bug|check_deadlock|validate_chain|__lock_acquire)/, TAKES_LOCK],
  build(parts, { lock, holding, backtrace }) {
    const name = lock?.class ?? holding?.class;
    const comparison = parts.line("Comparison");
    const value = comparison === null ? null : numberOf(comparison, "value");
    return {
      cycle: name === undefined ? [] : [name],
      edges:
        lock === null || holding === null
          ? []
          : [
              {
                from: holding.class,
                to: lock.class,
                closes: true,
                acquired: classOnly(lock),
                stack: backtrace,
              },
            ],
      ...(value === null ? {} : { comparison: value }),
    };
  },

  banner: ONCE_INFO,
  title: (asked) => atSite(asked, "possible deadlock"),
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 44),
    ...acquiringLines(report, "is trying to acquire lock:"),
    ...given(report.holding, (lock) => ["", "but task is already holding lock:", ...lockLines(lock)]),
    ...given(report.comparison, (value) => [`and the lock comparison function returns ${value}:`]),
    ...otherInfo(report),
    ...scenarioLines(report),
    ...(report.scenario.length === 0 ? [] : [" May be due to missing lock nesting notation", ""]),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  label: () => "wants",
  loneEdge: true,
  facts: ({ comparison }) =>
    comparison === undefined
      ? []
      : oneFact("compare", plain(`the lock comparison function returned ${comparison}`)),
  story(report) {
    const { lock, holding } = report;
    const same = lock?.address && holding?.address ? lock.address === holding.address : null;
    return [
      heldSentence(report),
      say`Then it wanted ${aboutLock(report)}.`,
      same === null
        ? say`It already held a lock of this class.`
        : same
          ? say`That is the very lock it holds: the address is the same.`
          : say`It already held another lock of this class: the addresses differ. Lockdep checks classes, not individual locks.`,
    ];
  },
  deadlock: recursionBlocks,
};
