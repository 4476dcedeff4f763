import { classPart } from "../render/words/locks.ts";
import { say } from "../render/words/sentences.ts";
import type { ClassDump, Dependencies, Edge, LockClass, Untitled } from "../report/schema.ts";
import { bareHeadline, ONCE_INFO } from "./bug/banner.ts";
import { atSite, CORRUPTED, tellingFunction } from "./bug/culprit.ts";
import { interruptLacks } from "./bug/lacks.ts";
import { interruptMarks } from "./bug/marks.ts";
import { rotate } from "./assemble/cycle.ts";
import { becomingOf, dependenciesOf, interruptEdge } from "./assemble/irq.ts";
import { classOf, type Parts } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD, TAKES_LOCK } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { dependencyLines } from "./print/dependencies.ts";
import { stackLines } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { classText, heldLines, lockLines, scenarioLines } from "./print/locks.ts";
import { interruptBlocks } from "./tell/interrupt.ts";
import { oneFact, since, stateParts } from "./tell/facts.ts";
import { contextWords } from "./tell/contexts.ts";
import { aboutLock, heldSentence, inPath } from "./tell/story.ts";

/**
 * print_bad_irq_dependency(): holding a lock that an interrupt handler takes (irq-safe), a task takes one
 * that is held elsewhere with interrupts on (irq-unsafe), over any number of classes between.
 */
export const irqOrder: KindDefinition = {
  requires: [
    "kernel",
    "task",
    "lock",
    "site",
    "holding",
    "newDependency",
    "safe",
    "unsafe",
    "scenario",
    "held",
    "dependencies",
    "edges",
    "backtrace",
  ],
  throughout: [
    /^\.?(?:print_bad_irq_dependency|check_(?:irq_usage|prev_add|usage)|validate_chain|__lock_acquire)/,
    TAKES_LOCK,
  ],
  build(parts) {
    const dependencies = dependenciesOf(parts, "safe-and-holding");
    const safe = becomingOf(parts, "ConnectsSafe");
    const unsafe = becomingOf(parts, "ToUnsafe");
    const pair = newDependencyOf(parts);
    const before = classesOf(dependencies, "safe-and-holding");
    const after = classesOf(dependencies, "wanted-and-unsafe").toReversed();
    const edges =
      before.length > 0 && after.length > 0
        ? edgesOfDumps(before, after)
        : edgesOfClasses([safe?.lock, pair?.from, pair?.to, unsafe?.lock]);
    return {
      ...rotate(edges),
      ...(pair === null ? {} : { newDependency: pair }),
      ...(safe === null ? {} : { safe }),
      ...(unsafe === null ? {} : { unsafe }),
      ...(dependencies.length === 0 ? {} : { dependencies }),
    };
  },

  banner: ONCE_INFO,
  title(asked) {
    const { report, tag, headline } = asked;
    if (tag === "WARNING") return `possible deadlock in ${safeFunction(report)}`;
    return bareHeadline(report.headline).startsWith("SOFTIRQ-safe")
      ? atSite(asked, "possible deadlock")
      : headline;
  },
  bug: interruptMarks,
  lacks: interruptLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 53, 54),
    ...acquiringLines(report, "is trying to acquire:"),
    ...given(report.holding, (lock) => ["", "and this task is already holding:", ...lockLines(lock)]),
    ...given(report.newDependency, ({ from, to }) => [
      "which would create a new lock dependency:",
      ` ${classText(from)} -> ${classText(to)}`,
    ]),
    ...given(report.safe, ({ state, lock, stack }) => [
      "",
      `but this new dependency connects a ${state}-irq-safe lock:`,
      ...given(lock, (safe) => [` ${classText(safe)}`]),
      "",
      `... which became ${state}-irq-safe at:`,
      ...stackLines(stack, 1),
    ]),
    ...given(report.unsafe, ({ state, lock, stack }) => [
      "",
      `to a ${state}-irq-unsafe lock:`,
      ...given(lock, (unsafe) => [` ${classText(unsafe)}`]),
      "",
      `... which became ${state}-irq-unsafe at:`,
      "...",
      ...stackLines(stack, 1),
    ]),
    ...otherInfo(report, ""),
    ...scenarioLines(report, "interrupt unsafe"),
    ...heldLines(report),
    ...dependencyLines(report),
    ...backtraceLines(report),
  ],
  label: () => "wants",
  facts: ({ safe, unsafe }) => [
    ...(safe?.lock
      ? oneFact("safe", ...stateParts(safe.lock, safe.state, "-safe: taken"), ...since(safe.stack))
      : []),
    ...(unsafe?.lock
      ? oneFact("unsafe", ...stateParts(unsafe.lock, unsafe.state, "-unsafe: taken"), ...since(unsafe.stack))
      : []),
  ],
  story(report) {
    const { safe, unsafe } = report;
    const context = contextWords(`${report.headline} ${safe?.state ?? ""}`);
    return [
      heldSentence(report),
      say`Then it wanted ${aboutLock(report)}.`,
      safe?.lock ? say`${classPart(safe.lock)} is also taken ${context.inside}${inPath(safe.stack)}.` : null,
      unsafe?.lock
        ? say`${classPart(unsafe.lock)} is held elsewhere ${context.outside}${inPath(unsafe.stack)}.`
        : null,
    ];
  },
  deadlock: interruptBlocks,
};

/** The traces of a lock-order report start with where the one lock became irq-safe. */
function safeFunction(report: Untitled): string {
  const dependencies = (report.dependencies ?? []).flatMap(({ classes }) =>
    classes.flatMap(({ usages, acquiredAt }) => [
      ...usages.flatMap((usage) => usage.stack),
      ...(acquiredAt ?? []),
    ]),
  );
  const frames = [...(report.safe?.stack ?? []), ...(report.unsafe?.stack ?? []), ...dependencies];
  return tellingFunction(frames) ?? CORRUPTED;
}

function newDependencyOf(parts: Parts): { from: LockClass; to: LockClass } | null {
  const pair = parts.all("pair").find((section) => section.pair?.pair)?.pair?.pair;
  return pair ? { from: classOf(pair.from), to: classOf(pair.to) } : null;
}

function classesOf(
  dependencies: readonly Dependencies[],
  between: Dependencies["between"],
): readonly ClassDump[] {
  return dependencies.flatMap((block) => (block.between === between ? block.classes : []));
}

/**
 * @param before the irq-safe lock to the one held, as print_shortest_lock_dependencies_backwards() prints them
 * @param after the lock wanted to the irq-unsafe one, turned round from print_shortest_lock_dependencies()
 */
function edgesOfDumps(before: readonly ClassDump[], after: readonly ClassDump[]): Edge[] {
  // The stack under a class is where it was taken; up to v5.9 the one under the irq-safe side's classes was
  // where the next was, so the first one has a stack there and has none since.
  const old = before[0]?.acquiredAt !== null;
  const path = [...before, ...after];
  const edges: Edge[] = [];
  for (const [i, to] of path.entries()) {
    const from = path[i - 1];
    if (from === undefined) continue;
    const stack = old && i < before.length ? from.acquiredAt : to.acquiredAt;
    edges.push({
      from: from.lock.class,
      to: to.lock.class,
      closes: false,
      acquired: to.lock,
      stack: stack ?? [],
    });
  }
  return [...edges, ...interruptEdge(path.map((dump) => dump.lock))];
}

/** What the head of the report alone tells, where the blocks were lost. */
function edgesOfClasses(classes: readonly (LockClass | null | undefined)[]): Edge[] {
  const path: LockClass[] = [];
  for (const lock of classes) if (lock && path[path.length - 1]?.class !== lock.class) path.push(lock);
  const edges: Edge[] = [];
  for (const [i, to] of path.entries()) {
    const from = path[i - 1];
    if (from !== undefined)
      edges.push({ from: from.class, to: to.class, closes: false, acquired: to, stack: [] });
  }
  return [...edges, ...interruptEdge(path)];
}
