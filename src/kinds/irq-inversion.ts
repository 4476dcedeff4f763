import type { ClassDump, Edge, LockClass } from "../report/schema.ts";
import { rotate } from "./cycle.ts";
import { dependenciesOf, interruptEdge } from "./irq.ts";
import type { KindBuilder } from "./kind.ts";
import { classOf, classOnly, type Parts, textOf } from "./parts.ts";

/**
 * print_irq_inversion_bug(): a lock became irq-safe (or irq-unsafe), and an earlier dependency leads to an
 * irq-unsafe (or from an irq-safe) one.
 */
export const irqInversion: KindBuilder = {
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
