import { classPart } from "../render/words/locks.ts";
import { plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import type { ClassDump, Edge, LockClass } from "../report/schema.ts";
import { ONCE_INFO } from "./bug/banner.ts";
import { atSite } from "./bug/culprit.ts";
import { interruptLacks } from "./bug/lacks.ts";
import { interruptMarks } from "./bug/marks.ts";
import { rotate } from "./assemble/cycle.ts";
import { dependenciesOf, interruptEdge } from "./assemble/irq.ts";
import { classOf, classOnly, type Parts, textOf } from "./assemble/parts.ts";
import { CHANGES_STATE, type KindDefinition, LAST_WORD } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { dependencyLines } from "./print/dependencies.ts";
import { given } from "./print/lines.ts";
import { classText, heldLines, scenarioLines } from "./print/locks.ts";
import { interruptBlocks } from "./tell/interrupt.ts";
import { oneFact, stateParts } from "./tell/facts.ts";
import { contextWords } from "./tell/contexts.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/**
 * print_irq_inversion_bug(): a lock became irq-safe (or irq-unsafe), and an earlier dependency leads to an
 * irq-unsafe (or from an irq-safe) one.
 */
export const irqInversion: KindDefinition = {
  requires: [
    "kernel",
    "task",
    "lock",
    "site",
    "other",
    "scenario",
    "held",
    "dependencies",
    "edges",
    "backtrace",
  ],
  throughout: [
    /^\.?(?:print_irq_inversion_bug|check_usage_\w+|mark_lock|mark_usage|__lock_acquire)/,
    CHANGES_STATE,
  ],
  build(parts, { lock }) {
    const dependencies = dependenciesOf(parts, "second-and-first");
    const other = otherOf(parts);
    const classes = dependencies[0]?.classes ?? [];
    return {
      ...rotate(edgesOf(classes, other, lock)),
      ...(other === null ? {} : { other }),
      ...(dependencies.length === 0 ? {} : { dependencies }),
    };
  },

  banner: ONCE_INFO,
  title: (asked) => atSite(asked, "possible deadlock"),
  bug: interruptMarks,
  lacks: interruptLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 56),
    ...acquiringLines(report, "just changed the state of lock:"),
    ...given(report.other, ({ state, lock, taken }) => [
      taken === "after"
        ? `but this lock took another, ${state}-unsafe lock in the past:`
        : `but this lock was taken by another, ${state}-safe lock in the past:`,
      ...given(lock, (other) => [` ${classText(other)}`]),
    ]),
    "",
    "",
    "and interrupts could create inverse lock ordering between them.",
    "",
    ...otherInfo(report),
    ...scenarioLines(report, "interrupt unsafe"),
    ...heldLines(report),
    ...dependencyLines(report),
    ...backtraceLines(report),
  ],
  facts: ({ other }) =>
    other?.lock
      ? oneFact(
          "other",
          ...stateParts(other.lock, other.state, other.taken === "after" ? "-unsafe" : "-safe"),
          plain(`, taken ${other.taken}`),
        )
      : [],
  story(report) {
    const { lock, other } = report;
    const after = other?.taken === "after";
    const { inside, outside } = contextWords(other?.state ?? report.headline);
    return [
      heldSentence(report),
      lock === null ? null : say`It took ${aboutLock(report)}, ${after ? inside : outside}.`,
      other?.lock
        ? say`${classPart(other.lock)}, ${after ? `taken under it elsewhere, is held ${outside}` : `under which it is taken elsewhere, is taken ${inside}`}.`
        : null,
    ];
  },
  deadlock: interruptBlocks,
};

interface Other {
  lock: LockClass | null;
  state: string;
  taken: "before" | "after";
}

function otherOf(parts: Parts): Other | null {
  const section = parts
    .all("becoming")
    .find(({ lead }) => lead.name === "TookUnsafe" || lead.name === "TakenBySafe");
  if (section === undefined) return null;
  const lock = section.lock?.lockClass;
  return {
    lock: lock ? classOf(lock) : null,
    state: textOf(section.lead, "state") ?? "",
    taken: section.lead.name === "TookUnsafe" ? "after" : "before",
  };
}

/**
 * print_shortest_lock_dependencies() goes from the other lock to the changed one. Searched forwards, a
 * class's stack is where it was taken; searched backwards, where the next one was.
 */
function edgesOf(classes: readonly ClassDump[], other: Other | null, lock: LockClass | null): Edge[] {
  const forwards = other?.taken !== "before";
  const path = forwards ? classes.toReversed() : classes;
  if (path.length < 2) return edgesWithoutDumps(other, lock);
  const edges: Edge[] = [];
  for (const [i, to] of path.entries()) {
    const from = path[i - 1];
    if (from === undefined) continue;
    edges.push({
      from: from.lock.class,
      to: to.lock.class,
      closes: false,
      acquired: to.lock,
      stack: (forwards ? to.acquiredAt : from.acquiredAt) ?? [],
    });
  }
  return [...edges, ...interruptEdge(path.map((dump) => dump.lock))];
}

function edgesWithoutDumps(other: Other | null, lock: LockClass | null): Edge[] {
  if (lock === null || !other?.lock) return [];
  const changed = classOnly(lock);
  const [from, to] = other.taken === "before" ? [other.lock, changed] : [changed, other.lock];
  return [
    { from: from.class, to: to.class, closes: false, acquired: to, stack: [] },
    ...interruptEdge([from, to]),
  ];
}
