import type { Edge, Report, Untitled } from "../../report/schema.ts";
import { comparableClass, isCommonClass } from "../../symbols/class-names.ts";
import { smallestStart, turned } from "../../symbols/rotation.ts";
import { takerOf } from "../../symbols/who-took.ts";

/** What an id is made of: names that are the same in every report of a bug. */
export type Mark = string | readonly string[];

/** The kind, the class that it is about, and the function of the title. */
export function lockAndSite(report: Untitled, site: string): readonly Mark[] {
  return [report.kind, className(report), site];
}

/** More classes than this tell a cycle apart, however common their names are. */
const FEW_CLASSES = 2;

interface Step {
  /** A class with its subclass, and how the edge away from it is made. */
  readonly name: string;
  /** Who takes the next class. */
  readonly taker: string;
}

/** A cycle from the same class on in every report of it. */
export function stepsOf(edges: readonly Edge[]): Step[] {
  const steps = edges.map((edge, i): Step => {
    const before = edges[(i + edges.length - 1) % edges.length];
    const subclass = before?.acquired?.subclass ?? 0;
    const name = comparableClass(edge.from) + (subclass === 0 ? "" : `/${subclass}`);
    // a link that was lost may have stood for any number of classes
    const lost = edge.acquired === null && !edge.closes ? " ?" : "";
    return {
      name: name + (edge.by === undefined ? "" : " irq") + lost,
      taker: takerOf(edge.stack) ?? "",
    };
  });
  const ordered = turned(steps, smallestStart(steps.map(({ name }) => name)));
  // where the names repeat themselves it is for the functions to say which comes first
  const period = periodOf(ordered.map(({ name }) => name));
  const rounds = Array.from({ length: steps.length / period }, (_, i) =>
    JSON.stringify(takersOf(ordered.slice(i * period, (i + 1) * period))),
  );
  return turned(ordered, smallestStart(rounds) * period);
}

/** The smallest number of places by which a cycle can be turned and stay the same. */
function periodOf(names: readonly string[]): number {
  for (let period = 1; period < names.length; period++)
    if (names.length % period === 0 && names.every((name, i) => name === names[(i + period) % names.length]))
      return period;
  return Math.max(1, names.length);
}

/** The classes in dependency order; of a cycle of common names also the functions that take them. */
export function cycleOf(edges: readonly Edge[]): readonly Mark[] {
  const steps = stepsOf(edges);
  const names = steps.map(({ name }) => name);
  return restsOnFunctions(edges) ? [names, takersOf(steps)] : [names];
}

/** What print_lock_name() writes of a lock without a name, as 6.1 of a module's per-CPU local lock. */
const NAMELESS = "(null)";

/** Whether a cycle's classes bear names so common, or one none at all, that only the functions that take them tell it from others. */
export function restsOnFunctions(edges: readonly Edge[]): boolean {
  const classes = new Set(edges.map(({ from }) => comparableClass(from)));
  return classes.has(NAMELESS) || (classes.size <= FEW_CLASSES && [...classes].every(isCommonClass));
}

export function takersOf(steps: readonly Step[]): string[] {
  return steps.map(({ taker }) => taker);
}

/** One cycle: whether its last edge came with a lock or with an interrupt is a matter of time. */
export function interruptMarks({ kind, edges, safe, other }: Untitled, site: string): readonly Mark[] {
  return edges.length > 0 ? ["irq", contextOf(safe?.state ?? other?.state), ...cycleOf(edges)] : [kind, site];
}

/** `HARDIRQ-READ` is HARDIRQ: whether the lock was only read belongs to the site. */
function contextOf(state: string | undefined): string {
  return (state ?? "").replace(/-READ$/, "").toUpperCase();
}

/** The classes held, whoever holds them. */
export function heldMarks(report: Untitled, site: string): readonly Mark[] {
  const names = report.held.flatMap(({ locks }) => locks.map((lock) => comparableClass(lock?.class ?? "")));
  const classes = [...new Set(names)].toSorted();
  return classes.every(isCommonClass) ? [report.kind, classes, site] : [report.kind, classes];
}

/** Where nothing names the class there is an address in its place, of this boot alone. */
const ADDRESS = /^(?:0x)?[0-9a-f]{8,16}$/;

export function className({ lock }: Pick<Report, "lock">): string {
  const name = lock?.class ?? "";
  return ADDRESS.test(name) ? "" : comparableClass(name);
}
