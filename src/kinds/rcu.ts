import { words } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { ONCE_INFO } from "./bug/banner.ts";
import { printerOf, rcuUserOf } from "./bug/asker.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { numberOf, textOf } from "./assemble/parts.ts";
import { type KindDefinition, LEAVES_ON } from "./kind.ts";
import { backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact, place } from "./tell/facts.ts";
import { fileLine, heldSentence } from "./tell/story.ts";

/** lockdep_rcu_suspicious(). */
export const rcu: KindDefinition = {
  requires: ["kernel", "rcu", "held", "backtrace"],
  /** dump_stack() may be the last that lockdep_rcu_suspicious() calls, which then is in no stack. */
  throughout: [],
  build(parts) {
    const message = parts.line("RcuMessage");
    const state = parts.line("RcuState");
    if (message === null) return {};
    return {
      rcu: {
        file: textOf(message, "file") ?? "",
        line: numberOf(message, "line") ?? 0,
        message: textOf(message, "message") ?? "",
        schedulerActive: state === null ? null : numberOf(state, "active"),
        debugLocks: state === null ? null : numberOf(state, "debug"),
        notes: parts.lines("RcuNote").map((line) => line.text),
      },
    };
  },

  banner: ONCE_INFO,
  title({ report, tag, headline }) {
    if (report.rcu === undefined) return headline;
    return `${tag}: suspicious RCU usage in ${tracedFunction(report, ["rcu", "kmem", "slab"])}`;
  },
  /** Where RCU does not watch, all that printk() does is reported: the bug is with whoever had something printed. */
  bug(report, site) {
    const isWatching = report.rcu?.notes.every((note) => !note.startsWith("RCU used illegally")) ?? true;
    const user = (isWatching ? null : printerOf(report)) ?? rcuUserOf(report);
    return ["rcu", report.rcu?.message ?? "", user === null ? site : `suspicious RCU usage in ${user}`];
  },
  lacks: (report) =>
    report.rcu === undefined ? ["message", ...functionLacks(report)] : functionLacks(report),

  // debug_lockdep_rcu_enabled()
  lockdep: LEAVES_ON,

  /** The note about an offline CPU comes first, the others last. */
  print: (report) => [
    ...boxLines(report, 29),
    ...given(report.rcu, ({ file, line, message }) => [`${file}:${line} ${message}!`]),
    ...otherInfo(report, ""),
    ...given(report.rcu, ({ schedulerActive, debugLocks, notes }) => {
      const offline = notes[0]?.endsWith("offline CPU!") === true ? 1 : 0;
      return [
        "",
        ...notes.slice(0, offline),
        ...given(schedulerActive, (active) => [
          `rcu_scheduler_active = ${active}, debug_locks = ${debugLocks ?? 0}`,
        ]),
        ...notes.slice(offline),
      ];
    }),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  facts: (report) =>
    report.rcu === undefined
      ? []
      : oneFact("message", words(report.rcu.message), ...place(report.rcu.file, report.rcu.line)),
  story(report) {
    const { rcu: said } = report;
    return [
      heldSentence(report),
      said === undefined
        ? null
        : say`At ${fileLine(said.file, said.line)} RCU objected: ${words(said.message)}.`,
      ...(said?.notes ?? []).map((note) => say`The log adds: ${words(note)}.`),
    ];
  },
  consequence: (report) =>
    report.rcu?.message.startsWith("Illegal ")
      ? "An RCU read-side critical section may neither sleep nor wait for RCU: a grace period ends only when all such sections have ended, so this one would wait for itself."
      : "RCU frees old data once no reader is left. Code outside of a read-side critical section, without the lock either, may access data that is being freed.",
};
