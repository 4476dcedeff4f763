import { taskName } from "../render/words/locks.ts";
import { fact, fn, lock, name, plain, type Row } from "../render/words/parts.ts";
import { type Block, say } from "../render/words/sentences.ts";
import type { Report } from "../report/schema.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { asPrinted, warningTitle } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { numberOf, taskOf, textOf } from "./assemble/parts.ts";
import { warningOf } from "./assemble/warning.ts";
import { APART, type KindDefinition, LAST_WORD } from "./kind.ts";
import { allDumps, boxLines } from "./print/boxes.ts";
import { taintText } from "./print/frames.ts";
import { given, type Lines } from "./print/lines.ts";
import { heldLines, LOCKDEP_IS_OFF, taskText } from "./print/locks.ts";
import { warningLines } from "./print/warning.ts";
import { warningFacts } from "./tell/facts.ts";

/** debug_rt_mutex_print_deadlock() up to v5.13; since then a WARN() of rt_mutex_handle_deadlock(). */
export const rtmutexDeadlock: KindDefinition = {
  requires: ["backtrace"],
  build(parts) {
    const blocks = parts.line("RtmutexBlocks");
    const locks = parts.all("rtmutex").flatMap(({ lead, lines }) => {
      const task = taskOf(lead);
      const mutex = lines.find((line) => line.name === "RtmutexLock");
      const owner = lines.find((line) => line.groups["pid"] !== undefined);
      const owned = lines.filter((line) => line !== mutex);
      if (task === null) return [];
      return [
        {
          number: numberOf(lead, "number") ?? 0,
          task,
          address: mutex === undefined ? null : textOf(mutex, "address"),
          name: mutex === undefined ? null : textOf(mutex, "name"),
          owner: owner === undefined ? null : taskOf(owner),
          ...(owned.length === 0
            ? {}
            : { owned: owned.map(({ indent, text }) => " ".repeat(indent) + text) }),
        },
      ];
    });
    const comm = blocks === null ? null : textOf(blocks, "comm2");
    const pid = blocks === null ? null : numberOf(blocks, "pid2");
    const current = comm === null || pid === null ? null : { comm, pid, irq: null };
    const blocked = blocks === null ? null : taskOf(blocks);
    return {
      headline: textOf(parts.headline, "headline") ?? parts.headline.text,
      ...(parts.headline.groups["warning"] === undefined ? {} : warningOf(parts)),
      ...(current === null ? {} : { task: current }),
      ...(locks.length === 0 && blocks === null ? {} : { rtmutex: { current, blocked, locks } }),
    };
  },

  banner: ONCE_BUG,
  // since v5.14 it is a WARN()
  title: (asked) => (asked.report.warning === undefined ? asPrinted(asked) : warningTitle(asked.report)),
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: LAST_WORD,
  /** The WARN() comes without lockdep and leaves it on. */
  lockdepOf: ({ warning }) => (warning === undefined ? LAST_WORD : APART),

  print: (report) => (report.warning === undefined ? oldLines(report) : warningLines(report)),
  facts: (report) => [
    ...warningFacts(report),
    ...(report.rtmutex === undefined ? [] : [mutexFact(report.rtmutex)]),
  ],
  lists: true,
  story: () => [say`These tasks are waiting for each other, each for a mutex that the next one holds.`],
  deadlock: (report) =>
    (report.rtmutex?.locks ?? []).map(({ task, name: what, address, owner }): Block => ({
      type: "item",
      parts: say`${name(taskName(task))} waits for ${fn(what ?? address ?? "a mutex")}${
        owner === null ? [] : say`, which ${name(taskName(owner))} holds`
      }`,
    })),
};

function mutexFact({ locks }: NonNullable<Report["rtmutex"]>): ReturnType<typeof fact> {
  return fact(
    "mutexes",
    ...locks.map(({ task, name: what, address, owner }): Row => ({
      head: [name(taskName(task))],
      body: [
        lock(what ?? address ?? "?"),
        ...(owner === null ? [] : [plain(" owned by "), name(taskName(owner))]),
      ],
    })),
  );
}

/** debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c, up to v5.13. */
function oldLines(report: Report): Lines {
  const { rtmutex, dumps, lockdepOff, held } = report;
  const { current = null, blocked = null, locks = [] } = rtmutex ?? {};
  return [
    ...boxLines(report, 44, 46, [taintText(report.kernel?.taint ?? null, report.kernel?.release)]),
    ...given(blocked, (b) =>
      given(current, (c) => [`${taskText(b)} is deadlocking current task ${taskText(c)}`, ""]),
    ),
    ...locks.flatMap(({ number, task, address, name: what, owned = [] }) => [
      "",
      `${number}) ${taskText(task)} is ${number === 1 ? "trying to acquire" : "blocked on"} this lock:`,
      ...given(address, (at) => [` [${at}] {${what ?? ""}}`]),
      // printk_lock() ends the line of the owner twice
      ...(owned.length === 0 ? [] : [...owned, ""]),
    ]),
    ...heldLines(report),
    // it asks for the locks of both tasks
    ...(lockdepOff === true && held.length === 0 ? [LOCKDEP_IS_OFF] : []),
    ...dumps.flatMap((dump, i) => [
      "",
      ...given(dump.task === null ? blocked : current, (who) => [
        `${taskText(who)}'s [${dump.task === null ? "blocked" : "current"}] stackdump:`,
        "",
      ]),
      ...allDumps(report, i, i + 1),
    ]),
    "[ turning off deadlock detection.Please report this trace. ]",
    "",
  ];
}
