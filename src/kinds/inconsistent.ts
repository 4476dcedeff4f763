import { plain, words } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { comparableClass, isCommonClass } from "../symbols/class-names.ts";
import { takerOf } from "../symbols/who-took.ts";
import { ONCE_INFO } from "./bug/banner.ts";
import { atSite, printedSite, tracedFunction } from "./bug/culprit.ts";
import { namesNoFunction } from "./bug/lacks.ts";
import { className } from "./bug/marks.ts";
import { becomingOf } from "./assemble/irq.ts";
import { irqEventsOf, textOf } from "./assemble/parts.ts";
import { CHANGES_STATE, type KindDefinition, LAST_WORD } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { irqEventLines, stackLines } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { heldLines, scenarioLines } from "./print/locks.ts";
import { stateBlocks } from "./tell/interrupt.ts";
import { oneFact, since } from "./tell/facts.ts";
import { usageWords } from "./tell/contexts.ts";
import { aboutLock, heldSentence, inPath } from "./tell/story.ts";

/** print_usage_bug(): a lock is used in a state that contradicts an earlier one. */
export const inconsistent: KindDefinition = {
  requires: [
    "kernel",
    "usage",
    "task",
    "lock",
    "site",
    "registered",
    "irqEvents",
    "scenario",
    "held",
    "backtrace",
  ],
  throughout: [
    /^\.?(?:print_usage_bug|valid_state|mark_lock|mark_usage|__lock_acquire|mark_held_locks)/,
    CHANGES_STATE,
  ],
  build(parts) {
    const usage = parts.line("Usage");
    const registered = becomingOf(parts, "Registered");
    const irqEvents = irqEventsOf(parts);
    return {
      ...(usage === null
        ? {}
        : { usage: { from: textOf(usage, "from") ?? "", to: textOf(usage, "to") ?? "" } }),
      ...(registered === null ? {} : { registered }),
      ...(irqEvents === null ? {} : { irqEvents }),
    };
  },

  banner: ONCE_INFO,
  title(asked) {
    const { report, tag, headline } = asked;
    if (tag !== "WARNING") return atSite(asked, "inconsistent lock state");
    if (printedSite(report) === null) return headline;
    return `inconsistent lock state in ${tracedFunction(report)}`;
  },
  /** The two states are one contradiction, whichever came first. */
  bug(report, site) {
    const name = className(report);
    const states = [report.usage?.from ?? "", report.usage?.to ?? ""]
      .map((state) => state.replace(/-[RW]$/, ""))
      .toSorted();
    if (name !== "" && !isCommonClass(name)) return ["inconsistent", name, states];
    const earlier = takerOf(report.registered?.stack ?? []);
    const now = / in (\S+)$/.exec(site)?.[1];
    return ["inconsistent", name, states, [earlier ?? "", now ?? site].toSorted()];
  },
  lacks(report) {
    const { lock, usage, registered } = report;
    const tellsFunctions = takerOf(registered?.stack ?? []) !== null && !namesNoFunction(report);
    const isCommon = lock !== null && isCommonClass(comparableClass(lock.class));
    return [
      ...(lock === null ? (["lock"] as const) : []),
      ...(usage === undefined ? (["usage"] as const) : []),
      ...(isCommon && !tellsFunctions ? (["functions"] as const) : []),
    ];
  },

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 32),
    ...given(report.usage, ({ from, to }) => [`inconsistent {${from}} -> {${to}} usage.`]),
    ...acquiringLines(report, "takes:"),
    ...given(report.registered, ({ state, stack }) => [
      `{${state}} state was registered at:`,
      ...stackLines(stack, 1),
    ]),
    ...irqEventLines(report.irqEvents),
    ...otherInfo(report),
    ...scenarioLines(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  facts: ({ usage, registered }) =>
    usage === undefined
      ? []
      : oneFact(
          "usage",
          plain("was "),
          words(usage.from),
          ...since(registered?.stack),
          plain(", now "),
          words(usage.to),
        ),
  story: (report) => [
    heldSentence(report),
    report.usage === undefined
      ? null
      : say`Now ${aboutLock(report)}, is ${usageWords(report.usage.to)}; before, it was ${usageWords(report.usage.from)}${inPath(report.registered?.stack)}.`,
  ],
  deadlock: stateBlocks,
};
