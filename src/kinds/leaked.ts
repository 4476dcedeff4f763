import type { Untitled } from "../report/schema.ts";
import type { LineToken } from "../../grammar/tokenize.ts";
import { commaed, fn, name, type Part, plain } from "../render/words/parts.ts";
import { listed, say } from "../render/words/sentences.ts";
import { plainSymbol } from "../symbols/functions.ts";
import { BUG } from "./bug/banner.ts";
import { functionLacks } from "./bug/lacks.ts";
import { numberOf, taskOf, textOf } from "./assemble/parts.ts";
import { APART, type KindDefinition } from "./kind.ts";
import { allDumps, headlineText } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

/** process_one_work() in kernel/workqueue.c: up to v6.9 with fewer numbers. */
export const leaked: KindDefinition = {
  requires: ["task", "leaked", "backtrace"],
  lost: (report) => ((report.leaked?.function ?? null) === null ? ["leaked"] : []),
  throughout: [/^\.?(?:process_one_work|process_scheduled_works|worker_thread)/],
  build(parts) {
    const { headline } = parts;
    const counts = parts.line("LeakedCounts");
    const by = counts ?? parts.line("LeakedBy");
    const worker = textOf(headline, "worker");
    const pid = numberOf(headline, "workerPid");
    const module = by === null ? null : textOf(by, "module");
    return {
      task: worker === null || pid === null ? taskOf(headline) : { comm: worker, pid, irq: null },
      leaked: {
        function: by === null ? null : textOf(by, "function"),
        ...(module === null ? {} : { module }),
        preempt: counts === null ? textOf(headline, "count") : textOf(counts, "preempt"),
        lock: counts === null ? null : beforeAndAfter(counts, "lock"),
        rcu: counts === null ? null : beforeAndAfter(counts, "rcu"),
      },
    };
  },

  banner: BUG,
  title: ({ report, headline }) => titleOf(report, headline),
  bug: (report, site) => ["leaked", plainSymbol(report.leaked?.function ?? site)],
  lacks: functionLacks,

  lockdep: APART,
  /** The preemption count is seen without lockdep, held locks only with it. */
  lockdepOf: (report) => ({
    ...APART,
    needsLockdep: Number.parseInt(report.leaked?.preempt ?? "0", 16) === 0,
  }),

  /** Up to v6.9 it counts nothing. */
  print: (report) => [
    headlineText(report),
    ...given(report.leaked, ({ function: symbol, module, preempt, lock, rcu }) => {
      const work = module === undefined ? symbol : `${symbol ?? ""} [${module}]`;
      return lock === null || rcu === null
        ? given(work, (last) => [`     last function: ${last}`])
        : [
            `     preempt=${preempt ?? "0x00000000"} lock=${lock.before}->${lock.after}` +
              ` RCU=${rcu.before}->${rcu.after} workfn=${work ?? ""}`,
          ];
    }),
    ...heldLines(report),
    ...allDumps(report),
  ],
  facts({ leaked: by }) {
    if (by === undefined) return [];
    const what: Part[][] = [
      ...changeOf(by.lock, (from, to) => [plain(`locks from ${from} to ${to}`)]),
      ...changeOf(by.rcu, (from, to) => [plain(`RCU depth from ${from} to ${to}`)]),
      ...(by.preempt === null ? [] : [[plain("preempt count "), name(by.preempt)]]),
      ...(by.function === null ? [] : [[plain("by "), fn(by.function)]]),
    ];
    return oneFact("leaked", ...commaed(what));
  },
  // it is the worker's
  strayStack: true,
  story(report) {
    const { leaked: by } = report;
    const changes = [
      ...changeOf(by?.lock, (from, to) => say`locks held went from ${from} to ${to}`),
      ...changeOf(by?.rcu, (from, to) => say`RCU depth went from ${from} to ${to}`),
    ];
    return [
      say`The work function ${fn(by?.function ?? "?")} returned${
        changes.length === 0
          ? by?.preempt
            ? say` with preempt count ${name(by.preempt)}`
            : []
          : say`: ${listed(changes)}`
      }.`,
      heldSentence(report),
    ];
  },
  consequence: () =>
    "The worker runs its next work items in that state. What fails then is code that has nothing to do with it.",
};

function beforeAndAfter(line: LineToken, name0: string): { before: number; after: number } {
  return { before: numberOf(line, `${name0}0`) ?? 0, after: numberOf(line, `${name0}1`) ?? 0 };
}

function changeOf(
  counts: { before: number; after: number } | null | undefined,
  tell: (from: number, to: number) => Part[],
): Part[][] {
  return counts && counts.before !== counts.after ? [tell(counts.before, counts.after)] : [];
}

/** syzbot knows the old wording and needs the last function there; otherwise the line stays whole. */
function titleOf({ leaked: by, task, headline: text }: Untitled, headline: string): string {
  const old = /leaked lock or atomic/.test(text);
  if (old && by?.function && /^\w+$/.test(by.function)) {
    return `BUG: workqueue leaked lock or atomic in ${by.function}`;
  }
  if (task === null || headline.includes(": ", "BUG: ".length)) return headline;
  return old
    ? `${headline}: ${task.comm}/${by?.preempt ?? "0x00000000"}/${task.pid}`
    : `${headline}: ${task.comm}[${task.pid}]`;
}
