import type { Frame, LockClass, Report } from "../report/schema.ts";

/** What of a report shows how its locks were taken: the functions, class by class. */
export class Acquisitions {
  readonly #functions = new Map<string, Set<string>>();

  constructor(report: Report) {
    for (const { from, to, stack } of report.edges) {
      this.#add(to, stack);
      // what held `from` runs further out in the same stack
      this.#add(from, stack);
    }
    for (const lock of [report.lock, report.holding, ...report.held.flatMap(({ locks }) => locks)])
      if (lock?.at) this.#add(lock.class, [lock.at]);
    if (report.lock !== null) {
      this.#add(report.lock.class, report.backtrace);
      this.#add(report.lock.class, report.registered?.stack ?? []);
    }
    for (const dump of report.dependencies?.flatMap(({ classes }) => classes) ?? [])
      this.#add(dump.lock.class, [...dump.usages.flatMap(({ stack }) => stack), ...(dump.acquiredAt ?? [])]);
    for (const trace of [report.safe, report.unsafe])
      if (trace?.lock) this.#add(trace.lock.class, trace.stack);
  }

  /** Whether one of the patterns matches; null if no function is known. */
  match(name: string, patterns: readonly RegExp[]): boolean | null {
    const functions = this.#functions.get(name);
    if (functions === undefined || functions.size === 0) return null;
    for (const symbol of functions) if (patterns.some((pattern) => pattern.test(symbol))) return true;
    return false;
  }

  #add(name: string, stack: readonly Frame[]): void {
    let functions = this.#functions.get(name);
    if (functions === undefined) this.#functions.set(name, (functions = new Set()));
    for (const { symbol, uncertain } of stack) if (!uncertain) functions.add(symbol);
  }
}

/** The classes that a report is about, in their order, and those that are only held beside. */
export function classesOf(report: Report): { cycle: string[]; held: string[] } {
  const cycle = new Set(report.cycle);
  const about: readonly (LockClass | null | undefined)[] = [
    report.lock,
    report.holding,
    report.newDependency?.from,
    report.newDependency?.to,
    report.safe?.lock,
    report.unsafe?.lock,
    report.other?.lock,
    ...(report.chainExists ?? []),
  ];
  for (const lock of about) if (lock) cycle.add(lock.class);
  const held = new Set<string>();
  for (const { locks } of report.held)
    for (const lock of locks) if (lock !== null && !cycle.has(lock.class)) held.add(lock.class);
  return { cycle: [...cycle], held: [...held] };
}
