import { classPart } from "../render/words/locks.ts";
import { type Part, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import type { Report } from "../report/schema.ts";
import { BOXED_BUG } from "./bug/banner.ts";
import { SOCKET_LOCKS, tracedFunction } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { numberOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD, TAKES_LOCK } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { aboutLock, heldSentence, ownLocks } from "./tell/story.ts";

/** print_lock_invalid_wait_context(): a lock that may sleep is taken where nothing may. */
export const waitContext: KindDefinition = {
  requires: ["kernel", "task", "lock", "site", "context", "held", "backtrace"],
  throughout: [/^\.?(?:print_lock_invalid_wait_context|check_wait_context|__lock_acquire)/, TAKES_LOCK],
  build(parts) {
    const context = parts.line("Context");
    if (context === null) return {};
    return { context: { outer: numberOf(context, "outer") ?? 0, inner: numberOf(context, "inner") ?? 0 } };
  },

  banner: BOXED_BUG,
  title: ({ report }) => `WARNING: locking bug in ${tracedFunction(report, SOCKET_LOCKS)}`,
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  /** The only box without empty lines. */
  print: (report) => [
    ...boxLines(report, 29),
    ...acquiringLines(report, "is trying to lock:"),
    ...otherInfo(report).slice(1),
    ...given(report.context, ({ outer, inner }) => [`context-{${outer}:${inner}}`]),
    ...heldLines(report),
    ...backtraceLines(report).slice(1),
  ],
  label: () => "wants",
  facts({ lock, context }) {
    if (context === undefined) return [];
    const wait = lock?.wait;
    return oneFact(
      "context",
      plain(`{${context.outer}:${context.inner}}`),
      ...(wait ? [plain(`, the lock is {${wait.outer}:${wait.inner}}`)] : []),
    );
  },
  story(report) {
    const wait = report.lock?.wait;
    const allowed = report.context;
    return [
      heldSentence(report),
      say`Then it wanted ${aboutLock(report)}.`,
      wait && allowed
        ? say`That lock is of wait type ${wait.outer}. ${strictest(report, allowed.inner)} (2: a raw spinlock; 3: spinlock_t, which may sleep on PREEMPT_RT; 4: a sleeping lock. Kernels without PROVE_RAW_LOCK_NESTING count spinlock_t as 2 and sleeping locks as 3.)`
        : null,
    ];
  },
  consequence: () =>
    "On PREEMPT_RT such a lock may sleep, and the code around it must not. Other kernels only check that the code would work there.",
};

/** Who of the held locks and the context allows least. */
function strictest(report: Report, context: number): Part[] {
  const locks = ownLocks(report)?.locks ?? [];
  const limits = locks.flatMap((one) =>
    one?.wait && one.wait.inner > 0 ? [{ one, limit: one.wait.inner }] : [],
  );
  const [least] = limits.toSorted((a, b) => a.limit - b.limit);
  return least !== undefined && least.limit < context
    ? say`${classPart(least.one)}, which is held, allows only wait types up to ${least.limit} under it.`
    : say`The context allows only wait types up to ${context}.`;
}
