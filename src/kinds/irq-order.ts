import type { ClassDump, Dependencies, Edge, LockClass } from "../report/schema.ts";
import { rotate } from "./cycle.ts";
import { becomingOf, dependenciesOf, interruptEdge } from "./irq.ts";
import type { KindBuilder } from "./kind.ts";
import { classOf, type Parts } from "./parts.ts";

/**
 * print_bad_irq_dependency(): holding a lock that an interrupt handler takes (irq-safe), a task takes one
 * that is held elsewhere with interrupts on (irq-unsafe), over any number of classes between.
 */
export const irqOrder: KindBuilder = {
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
};

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
