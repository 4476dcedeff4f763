import { documentedOrder, ReportLookup } from "../catalogue/index.ts";
import type { Certainty, FindingArgs } from "../report/analysis-schema.ts";
import type { Kind, Lock, Report } from "../report/schema.ts";
import {
  type EdgeRoles,
  roleIn,
  type RoleName,
  rolesOfEdges,
  rolesOfStack,
  type StackRoles,
} from "../symbols/roles.ts";

/** Classes that printing takes, down to the console's driver. */
export const PRINTING = [
  "console_owner",
  "console_sem",
  "console_lock",
  "console_srcu",
  "logbuf_lock",
] as const;

/** A report as the rules see it: what its classes stand for, and what the code on each edge was doing. */
export class Scene {
  readonly report: Report;
  readonly lookup: ReportLookup;
  readonly edges: readonly EdgeRoles[];
  readonly backtrace: StackRoles;
  readonly #ids = new Map<string, ReadonlySet<string>>();

  constructor(report: Report, lookup = new ReportLookup(report)) {
    this.report = report;
    this.lookup = lookup;
    this.edges = rolesOfEdges(report);
    this.backtrace = rolesOfStack(report.backtrace);
  }

  get kind(): Kind {
    return this.report.kind;
  }

  /** Whether a class stands for one of the entries. */
  is(name: string, ...ids: readonly string[]): boolean {
    let known = this.#ids.get(name);
    if (known === undefined) this.#ids.set(name, (known = this.lookup.ids(name)));
    return ids.some((id) => known.has(id));
  }

  /** A class, and the entries that it stands for. */
  namesOf(name: string): readonly string[] {
    return [name, ...this.lookup.ids(name)];
  }

  /** The first class of the cycle that stands for one of the entries. */
  inCycle(...ids: readonly string[]): string | null {
    return this.report.cycle.find((name) => this.is(name, ...ids)) ?? null;
  }

  isHeld(...ids: readonly string[]): Lock | null {
    for (const { locks } of this.report.held)
      for (const lock of locks) if (lock !== null && this.is(lock.class, ...ids)) return lock;
    return null;
  }

  /** Edges that take a class of these entries while one of another is held. */
  into(...ids: readonly string[]): EdgeRoles[] {
    return this.edges.filter(({ edge }) => this.is(edge.to, ...ids) && !this.is(edge.from, ...ids));
  }

  /** Edges that take a class of another entry while one of these is held. */
  outOf(...ids: readonly string[]): EdgeRoles[] {
    return this.edges.filter(({ edge }) => this.is(edge.from, ...ids) && !this.is(edge.to, ...ids));
  }

  /** Edges taken under a lock that printing takes too, as the driver of a console takes its port's. */
  underPortLock(): EdgeRoles[] {
    const ports = new Set(this.outOf(...PRINTING).map(({ edge }) => edge.to));
    return this.edges.filter(({ edge: { from, to } }) => ports.has(from) && !this.is(to, ...PRINTING));
  }

  withRole(...roles: readonly RoleName[]): EdgeRoles[] {
    return this.edges.filter((edge) => roleIn(edge, ...roles) !== null);
  }
}

/** What a rule found. */
export interface Hit {
  readonly args: FindingArgs;
  readonly edges: readonly number[];
  readonly certainty: Certainty;
  /** The edge that a fix usually breaks; null if that is not known. */
  readonly breaks: number | null;
}

export function hit(
  certainty: Certainty,
  args: FindingArgs = {},
  ...edges: readonly (EdgeRoles | null | undefined)[]
): Hit {
  const indices = new Set<number>();
  for (const edge of edges) if (edge) indices.add(edge.index);
  return { args, edges: [...indices].toSorted((a, b) => a - b), certainty, breaks: null };
}

/** Classes that are not locks. */
const CONTEXTS: ReadonlySet<string> = new Set([
  "fs_reclaim",
  "mmu_notifier_invalidate_range_start",
  "dma_fence_map",
]);

/**
 * Taken while booting, and so no more than what led there: start-up is not where locks are in each other's way. But a
 * lock that memory is allocated under is one that reclaim must not take, whoever showed it first.
 */
export function isOnlyOfBoot(edge: EdgeRoles): boolean {
  // do_one_initcall() runs for modules, too
  if (roleIn(edge, "boot") === null || roleIn(edge, "module-load") !== null) return false;
  return CONTEXTS.has(edge.edge.from) || roleIn(edge, "allocation") === null;
}

/** The same, and which edge a fix breaks, on which it rests then. */
export function breaking(edge: EdgeRoles | null | undefined, found: Hit): Hit {
  if (!edge || isOnlyOfBoot(edge)) return { ...found, breaks: null };
  const edges = new Set([...found.edges, edge.index]);
  return { ...found, edges: [...edges].toSorted((a, b) => a - b), breaks: edge.index };
}

/** Letters that say that something was wrong before. */
export function taintOf({ report }: Scene): string[] {
  return (report.kernel?.taint ?? "").match(/[WDL]/g) ?? [];
}

/** The usage states that the report is about. */
export function waitStatesOf({ report }: Scene): string[] {
  const { usage, safe, unsafe, other } = report;
  return [usage?.from, usage?.to, safe?.state, unsafe?.state, other?.state].flatMap((s) => s ?? []);
}

/** Taken as the kernel's own order has it: whatever it is, it is not what is wrong. */
export function isAlongOrder(scene: Scene, { edge: { from, to } }: EdgeRoles): boolean {
  return documentedOrder(scene.namesOf(from), scene.namesOf(to))?.way === "along";
}
