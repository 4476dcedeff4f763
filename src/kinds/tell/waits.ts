import { type EdgeRoles, type RoleName, rolesOfEdges } from "../../symbols/roles.ts";
import type { Report } from "../../report/schema.ts";
import { lock, type Part, plain } from "../../render/words/parts.ts";
import { classPart } from "../../render/words/locks.ts";
import { say } from "../../render/words/sentences.ts";
import { isNew } from "./edges.ts";

/** What it means to hold a class and to wait for it: a class may be a lock, but also work, a timer, readers, a context. */

/** Contexts that a task enters while it goes on: nobody waits for them. */
export const ENTERED = new Set(["fs_reclaim", "mmu_notifier_invalidate_range_start"]);

/** What is held by those who run, and taken by those who wait for them. */
interface Wait {
  readonly ids: readonly string[];
  readonly holds: string;
  readonly wants: string;
  readonly wanted: string;
  /** Roles of who only runs it … */
  readonly runs: readonly RoleName[];
  /** … unless one of these waits. */
  readonly waits: readonly RoleName[];
}

const WAITS: readonly Wait[] = [
  {
    ids: ["wq_completion", "work_completion", "static_work", "legacy_work", "drm_sched_map"],
    holds: "runs the work of",
    wants: "waits for the work of",
    wanted: "waited for the work of",
    runs: ["work"],
    waits: ["work-flush", "work-cancel", "queue-flush"],
  },
  {
    ids: ["timer_map"],
    holds: "runs the timer",
    wants: "waits for the timer",
    wanted: "waited for the timer",
    runs: ["timer"],
    waits: ["timer-delete"],
  },
  {
    ids: ["kn_active"],
    holds: "runs a method of the file",
    wants: "removes the file and waits for its methods,",
    wanted: "removed a file and waited for its methods,",
    runs: ["sysfs-method"],
    waits: ["sysfs-remove"],
  },
  {
    ids: ["srcu"],
    holds: "reads under",
    wants: "waits for the readers of",
    wanted: "waited for the readers of",
    runs: [],
    waits: ["grace-period"],
  },
  {
    ids: ["jbd2_handle"],
    holds: "has an open journal handle,",
    wants: "waits for a journal commit,",
    wanted: "waited for a journal commit,",
    runs: [],
    waits: [],
  },
  {
    ids: ["q_usage_counter_io", "q_usage_counter_queue"],
    holds: "has frozen the queue,",
    wants: "waits for the frozen queue,",
    wanted: "waited for the frozen queue,",
    runs: [],
    waits: [],
  },
];

export class Cast {
  readonly report: Report;
  readonly #ids: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(report: Report) {
    this.report = report;
    const ids = new Map<string, Set<string>>();
    for (const { class: of, id } of report.annotations) ids.set(of, (ids.get(of) ?? new Set()).add(id));
    this.#ids = ids;
  }

  is(of: string, wanted: Iterable<string>): boolean {
    const ids = this.#ids.get(of);
    return ids !== undefined && [...wanted].some((id) => ids.has(id));
  }

  waitOf(of: string): Wait | null {
    return WAITS.find(({ ids }) => this.is(of, ids)) ?? null;
  }

  /** Whether the task goes on inside of `to`, in place of waiting for it. */
  enters({ edge, roles, acquisition }: EdgeRoles): boolean {
    if (this.is(edge.to, ENTERED)) return true;
    const wait = this.waitOf(edge.to);
    if (wait === null) return false;
    if (wait.ids.includes("srcu")) return acquisition === "recursive-read";
    const has = (names: readonly RoleName[]): boolean => roles.some(({ role }) => names.includes(role));
    return has(wait.runs) && !has(wait.waits);
  }
}

export function holding(cast: Cast, of: string): Part[] {
  const wait = cast.waitOf(of);
  if (wait !== null) return say`${wait.holds} ${lock(of)}`;
  return cast.is(of, ENTERED) ? say`is inside ${lock(of)}` : say`holds ${lock(of)}`;
}

export function wanting(cast: Cast, { edge, acquisition, roles }: EdgeRoles): Part[] {
  const wait = cast.waitOf(edge.to);
  if (wait !== null) return say`${wait.wants} ${lock(edge.to)}`;
  if (cast.is(edge.to, ["might_fault_mmap_lock"]) && roles.some(({ role }) => role === "user-copy"))
    return say`accesses user memory; if that faults, wants ${lock(edge.to)}`;
  const how =
    acquisition === "trylock"
      ? " (trylock)"
      : acquisition === "read" || acquisition === "recursive-read"
        ? " for reading"
        : "";
  return say`wants ${lock(edge.to)}${how}`;
}

/** What entering a context means for the task. */
export function entering(cast: Cast, edge: EdgeRoles): Part[][] {
  const { to } = edge.edge;
  if (cast.is(to, ["fs_reclaim"])) return [[plain("allocates memory, which may start reclaim:")], [lock(to)]];
  if (cast.is(to, ["mmu_notifier_invalidate_range_start"])) {
    return edge.roles.some(({ role }) => role === "allocation") && !cast.is(edge.edge.from, ENTERED)
      ? [[plain("allocates memory, which may unmap pages and call MMU notifiers:")], [lock(to)]]
      : [[plain("unmaps pages and calls MMU notifiers:")], [lock(to)]];
  }
  const wait = cast.waitOf(to);
  return [say`${wait?.holds ?? "enters"} ${lock(to)}`];
}

/** What the task did last, where it waits for somebody rather than for a lock: `waited for the work of X`. */
export function waitedFor(report: Report): Part[] | null {
  const { lock: about } = report;
  if (about === null) return null;
  const edge = rolesOfEdges(report).find((one) => isNew(report, one.edge));
  const cast = new Cast(report);
  const wait = cast.waitOf(about.class);
  if (wait === null || (edge !== undefined && cast.enters(edge))) return null;
  return say`${wait.wanted} ${classPart(about)}`;
}
