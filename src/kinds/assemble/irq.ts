import type { LineName } from "../../../grammar/lines.ts";
import type { Dependencies, Edge, LockClass, UsageTrace } from "../../report/schema.ts";
import { classDumpOf, classOf, framesOf, type Parts, textOf } from "./parts.ts";

/** What the reports about interrupts share. */

/** How a lock came to its state: the class, where named, and the stack. */
export function becomingOf(parts: Parts, lead: LineName): UsageTrace | null {
  const section = parts.all("becoming").find((becoming) => becoming.lead.name === lead);
  if (section === undefined) return null;
  const lock = section.lock?.lockClass;
  return {
    state: textOf(section.lead, "state") ?? "",
    lock: lock ? classOf(lock) : null,
    stack: framesOf(section.frames),
  };
}

const BETWEEN: Partial<Record<LineName, Dependencies["between"]>> = {
  DependenciesOfSafe: "safe-and-holding",
  DependenciesOfWanted: "wanted-and-unsafe",
  AndUnsafe: "wanted-and-unsafe",
  ShortestDependencies: "second-and-first",
};

/**
 * The dependency blocks of print_shortest_lock_dependencies(), each under its title.
 *
 * @param first what a block whose title was lost is taken for
 */
export function dependenciesOf(parts: Parts, first: Dependencies["between"]): Dependencies[] {
  const blocks: Dependencies[] = [];
  for (const { lead, classes } of parts.all("dependencies")) {
    const between =
      (lead === null ? undefined : BETWEEN[lead.name]) ?? blocks[blocks.length - 1]?.between ?? first;
    const dumps = classes.flatMap((node) => classDumpOf(node) ?? []);
    const same = blocks.find((block) => block.between === between);
    if (same === undefined) blocks.push({ between, classes: dumps });
    else same.classes.push(...dumps);
  }
  return blocks;
}

/**
 * The edge that closes the cycle: while the irq-unsafe lock is held, an interrupt takes the irq-safe one.
 *
 * @param path from the irq-safe class to the irq-unsafe one
 */
export function interruptEdge(path: readonly LockClass[]): Edge[] {
  const safe = path[0];
  const unsafe = path[path.length - 1];
  if (safe === undefined || unsafe === undefined || path.length < 2) return [];
  return [{ from: unsafe.class, to: safe.class, closes: true, by: "interrupt", acquired: safe, stack: [] }];
}
