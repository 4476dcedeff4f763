import { type EdgeRoles, type RoleName, rolesOfEdges } from "../../symbols/roles.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import type { Edge, Frame, Report } from "../../report/schema.ts";
import { type Part, lock, name, plain, quiet } from "../../render/words/parts.ts";
import { classPart, taskName } from "../../render/words/locks.ts";
import { type Block, type DrawnEvent, inFrame, path, say, text } from "../../render/words/sentences.ts";

/** How the locks of a report become a deadlock: who holds what and waits for what, as columns of time. */

/** Contexts that a task enters while it goes on: nobody waits for them. */
const ENTERED = new Set(["fs_reclaim", "mmu_notifier_invalidate_range_start"]);

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

/** One thread of control that holds a lock of the cycle and waits for the next, perhaps through contexts. */
interface Actor {
  readonly edges: readonly EdgeRoles[];
  readonly holds: string;
  readonly wants: string;
}

class Cast {
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

/** The edge that this report adds to what lockdep knew. */
function isNew(report: Report, edge: Edge): boolean {
  if (report.newDependency !== undefined)
    return edge.from === report.newDependency.from.class && edge.to === report.newDependency.to.class;
  return edge.closes && edge.by === undefined;
}

/** Edges in the order of the cycle, the new one first, cut where somebody waits. */
function actorsOf(cast: Cast, edges: readonly EdgeRoles[]): Actor[] {
  const fresh = edges.findIndex(({ edge }) => isNew(cast.report, edge));
  const turned = (from: number): EdgeRoles[] => [...edges.slice(from), ...edges.slice(0, from)];
  // begin where the new edge's own actor begins
  let start = Math.max(0, fresh);
  for (let i = 0; i < edges.length; i++) {
    const before = edges.at(start - 1);
    if (before === undefined || !cast.enters(before)) break;
    start = (start - 1 + edges.length) % edges.length;
  }
  const actors: Actor[] = [];
  let run: EdgeRoles[] = [];
  for (const edge of turned(start)) {
    run.push(edge);
    if (cast.enters(edge)) continue;
    actors.push(actorOf(run));
    run = [];
  }
  // only contexts: a cycle of declared rules
  if (run.length > 0) actors.push(actorOf(run));
  return actors;
}

function actorOf(edges: readonly EdgeRoles[]): Actor {
  return { edges, holds: edges[0]?.edge.from ?? "", wants: edges.at(-1)?.edge.to ?? "" };
}

function holding(cast: Cast, of: string): Part[] {
  const wait = cast.waitOf(of);
  if (wait !== null) return say`${wait.holds} ${lock(of)}`;
  return cast.is(of, ENTERED) ? say`is inside ${lock(of)}` : say`holds ${lock(of)}`;
}

function wanting(cast: Cast, { edge, acquisition, roles }: EdgeRoles): Part[] {
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

/** Where `to` was taken, as far as the log tells. */
function place({ edge }: EdgeRoles): Part[][] {
  return taken(edge.stack);
}

/** A caller with a longer name has no room in a column. */
const LONGEST_CALLER = 24;

function taken(stack: readonly Frame[] | undefined): Part[][] {
  const [, caller] = fromTaker(stack ?? []);
  const where = path(stack ?? [], caller !== undefined && caller.symbol.length > LONGEST_CALLER ? 1 : 2);
  return where.length === 0 ? [] : [say`in ${where}`];
}

/** Where the lock was taken that the reporting task holds. */
function heldPlace({ report }: Cast, { edges, holds }: Actor): Part[][] {
  const fresh = edges[0] !== undefined && isNew(report, edges[0].edge);
  if (!fresh || report.holding?.class !== holds || report.holding.at === null) return [];
  return [inFrame(report.holding.at, "in ")];
}

/** What entering a context means for the task. */
function entering(cast: Cast, edge: EdgeRoles): Part[][] {
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

/** When an edge was recorded, as far as its stack shows. */
export function seen(report: Report, { edge, roles }: EdgeRoles): string {
  if (edge.by === "interrupt") return contextOf(report.headline).needed;
  if (isNew(report, edge)) return "now";
  if (roles.some(({ role }) => role === "priming")) return "declared at boot";
  return roles.some(({ role }) => role === "boot") ? "recorded at boot" : "recorded earlier";
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

export function cycleBlocks(report: Report): Block[] {
  const edges = rolesOfEdges(report);
  if (edges.length === 0) return [];
  const cast = new Cast(report);
  const actors = actorsOf(cast, edges);
  const [only, ...others] = actors;
  if (only === undefined) return [];
  return others.length === 0 ? selfBlocks(cast, only) : cpuBlocks(cast, actors);
}

/** One task gets back to its own lock, through contexts. */
function selfBlocks(cast: Cast, actor: Actor): Block[] {
  const { report } = cast;
  const { edges, holds } = actor;
  const reclaim = edges.some(({ edge }) => cast.is(edge.to, ENTERED));
  const [first] = edges;
  // the task of the report may be the one in reclaim
  const task =
    report.task !== null && first !== undefined && isNew(report, first.edge)
      ? name(taskName(report.task))
      : plain("a task");
  const events: DrawnEvent[] = [{ column: 0, lines: [holding(cast, holds), ...heldPlace(cast, actor)] }];
  for (const [i, edge] of edges.entries()) {
    const last = i === edges.length - 1;
    const what = last && !cast.enters(edge) ? [wanting(cast, edge)] : entering(cast, edge);
    const lines = [...what, ...place(edge), [quiet(`(${seen(report, edge)})`)]];
    events.push({ column: i === 0 ? 0 : 1, lines });
  }
  events.push({ column: 1, lines: [say`and waits for itself: it holds ${lock(holds)}`] });
  return [
    text(
      ...(reclaim
        ? say`No second task is needed: the chain leads back to ${lock(holds)} within one task.`
        : say`One task comes back to ${lock(holds)}, which it still holds.`),
      plain(" Each step was recorded on its own, perhaps in different tasks; together they are:"),
    ),
    {
      type: "drawing",
      drawing: {
        columns: [[task], [plain(reclaim ? "the same task, when memory is short" : "the same task, later")]],
        events,
      },
    },
  ];
}

/** `CPU 1 and 2`, `CPU 1 to 3` */
function cpus(last: number): string {
  return last < 2 ? "CPU 1" : last === 2 ? "CPU 1 and 2" : `CPU 1 to ${last}`;
}

function label(index: number): string {
  return `CPU ${index}`;
}

/** Beyond two, all tasks but the one of the report share a column. */
function column(actor: number): number {
  return Math.min(actor, 1);
}

/** Several tasks, each with a lock that another one wants. */
function cpuBlocks(cast: Cast, actors: readonly Actor[]): Block[] {
  const { report } = cast;
  const two = actors.length === 2;
  const notes = actors.map(({ edges: [first, ...others] }) => {
    if (first === undefined) return "recorded earlier";
    return [first, ...others].some(({ edge }) => isNew(report, edge)) ? "now" : seen(report, first);
  });
  const titles = notes.map((note, i): Part[] => {
    const who = note === "now" && report.task !== null ? [plain(": "), name(taskName(report.task))] : [];
    return [plain(label(i)), ...who, quiet(` (${note})`)];
  });
  const prefix = (i: number): Part[] => (two || i === 0 ? [] : [plain(`${label(i)} `)]);
  const first = actors.map((actor, i): DrawnEvent => ({
    column: column(i),
    lines: [[...prefix(i), ...holding(cast, actor.holds)], ...heldPlace(cast, actor)],
  }));
  const then = actors.flatMap((actor, i): DrawnEvent[] => {
    const next = label((i + 1) % actors.length);
    return actor.edges.map((edge, step) => {
      const last = step === actor.edges.length - 1;
      const [what = [], ...more] = last ? [wanting(cast, edge)] : entering(cast, edge);
      const noted = two ? notes[i] : "recorded earlier";
      const how = seen(report, edge);
      const remark = how === noted || isNew(report, edge.edge) ? [] : [[quiet(`(${how})`)]];
      const lines = [[...prefix(i), ...what], ...more, ...place(edge), ...remark];
      return { column: column(i), lines: last ? [...lines, say`waits for ${next}`] : lines };
    });
  });
  const columns = two
    ? titles
    : [titles[0] ?? [], say`${cpus(actors.length - 1)}${quiet(" (recorded earlier)")}`];
  const many = two ? "two tasks" : `${actors.length} tasks`;
  return [
    text(
      plain(
        `${two ? "Two paths" : `${actors.length} paths`}, each harmless on its own. When ${many} run them at the same time, each waits for the next, and none makes progress:`,
      ),
    ),
    { type: "drawing", drawing: { columns, events: [...first, ...then] } },
  ];
}

/** Where a lock got into a state, as the details of its class tell. */
export function usageOf({ dependencies }: Report, of: string, state: RegExp): readonly Frame[] {
  const classes = (dependencies ?? []).flatMap((dependency) => dependency.classes);
  const usages = classes.flatMap((dump) => (dump.lock.class === of ? dump.usages : []));
  const ours = usages.filter((usage) => state.test(usage.state));
  return ours[0]?.stack ?? [];
}

/** A task is interrupted with the unsafe lock held; another CPU joins the two locks. */
export function interruptBlocks(report: Report): Block[] {
  const edges = rolesOfEdges(report);
  const back = edges.find(({ edge }) => edge.by === "interrupt");
  if (back === undefined) return [];
  const cast = new Cast(report);
  const at = edges.indexOf(back);
  const chain = [...edges.slice(at + 1), ...edges.slice(0, at)];
  const { from: unsafe, to: safe } = back.edge;
  const {
    word,
    on,
    column: title,
    needed,
  } = contextOf(`${report.headline} ${report.safe?.state ?? ""} ${report.other?.state ?? ""}`);
  const joining = chain.length;
  const other = (i: number): Part[] => (joining > 1 ? [plain(`CPU ${i + 1} `)] : []);
  const events: DrawnEvent[] = [
    {
      column: 0,
      lines: [
        say`holds ${lock(unsafe)}${on}`,
        ...taken(report.unsafe?.stack ?? usageOf(report, unsafe, /-ON-/i)),
      ],
    },
    ...chain.map(({ edge }, i): DrawnEvent => ({
      column: 2,
      lines: [[...other(i), ...say`holds ${lock(edge.from)}`]],
    })),
    ...chain.map((edge, i): DrawnEvent => ({
      column: 2,
      lines: [
        [...other(i), ...wanting(cast, edge)],
        ...place(edge),
        [quiet(`(${seen(report, edge)})`)],
        say`waits for CPU ${i === joining - 1 ? 0 : i + 2}`,
      ],
    })),
    {
      column: 1,
      lines: [
        say`${word}: wants ${lock(safe)}`,
        ...taken(report.safe?.stack ?? usageOf(report, safe, /^\{?IN-/i)),
        say`waits for CPU 1`,
      ],
    },
    { column: 0, lines: [say`cannot continue until that ends`] },
  ];
  return [
    text(
      ...say`${lock(safe)} is taken in ${needed}, ${lock(unsafe)} may be held when that happens, and is taken under ${lock(safe)}${joining > 1 ? " through other locks" : ""}:`,
    ),
    {
      type: "drawing",
      drawing: {
        columns: [[plain("CPU 0, task")], [plain(title)], [plain(cpus(joining))]],
        events,
      },
    },
  ];
}

/** What comes on top of a task, and what lets it in. */
function contextOf(states: string): { word: string; on: string; column: string; needed: string } {
  if (/RECLAIM/i.test(states))
    return {
      word: "reclaim",
      on: " and allocates memory",
      column: "the same task, in reclaim",
      needed: "reclaim",
    };
  if (/SOFTIRQ/i.test(states) && !/HARDIRQ/i.test(states))
    return { word: "softirq", on: ", softirqs enabled", column: "CPU 0, softirq", needed: "a softirq" };
  return {
    word: "interrupt",
    on: ", interrupts enabled",
    column: "CPU 0, interrupt",
    needed: "an interrupt",
  };
}

const IN_CONTEXT = /^\{?IN-|^in-/i;

/** One lock in two states that do not go together. */
export function stateBlocks(report: Report): Block[] {
  const { usage, lock: of, registered } = report;
  if (usage === undefined || of === null) return [];
  const inside = IN_CONTEXT.test(usage.to) === IN_CONTEXT.test(usage.from) ? null : IN_CONTEXT.test(usage.to);
  if (inside === null) return [];
  const { word, on, column: title } = contextOf(usage.to + usage.from);
  const now = [...(of.at === null ? [] : [inFrame(of.at, "in ")]), [quiet("(now)")]];
  const where = path(registered?.stack ?? [], 2);
  const before = [...(where.length === 0 ? [] : [say`in ${where}`]), [quiet("(recorded earlier)")]];
  return [
    text(...say`Both happen on one CPU, the second while the first holds the lock:`),
    {
      type: "drawing",
      drawing: {
        columns: [[plain("CPU 0, task")], [plain(title)]],
        events: [
          { column: 0, lines: [say`holds ${lock(of.class)}${on}`, ...(inside ? before : now)] },
          {
            column: 1,
            lines: [
              say`${word}: wants ${lock(of.class)}`,
              ...(inside ? now : before),
              [plain("waits for the task it interrupted")],
            ],
          },
          { column: 0, lines: [say`cannot continue until that ends`] },
        ],
      },
    },
  ];
}

export function recursionBlocks(report: Report): Block[] {
  const { lock: second, holding: first, task } = report;
  if (second === null || first === null) return [];
  const sure = report.findings.some(
    ({ code }) => code === "same-lock-twice" || code === "work-waits-for-itself",
  );
  const site = (of: typeof first): Part[][] => (of.at === null ? [] : [inFrame(of.at, "in ")]);
  const who = task === null ? plain("the task") : name(taskName(task));
  if (sure || (first.address !== null && first.address === second.address))
    return [
      {
        type: "drawing",
        drawing: {
          columns: [[who]],
          events: [
            { column: 0, lines: [say`holds ${lock(first.class)}`, ...site(first)] },
            {
              column: 0,
              lines: [say`wants ${lock(second.class)} again`, ...site(second), [plain("waits for itself")]],
            },
          ],
        },
      },
    ];
  return [
    text(
      plain(
        "It is a deadlock if both are the same object, or if two tasks take two objects in opposite orders. If there is a fixed order, it is not a deadlock, and needs a lockdep annotation:",
      ),
    ),
    {
      type: "drawing",
      drawing: {
        columns: [say`CPU 0: ${who}${quiet(" (now)")}`, say`CPU 1${quiet(" (hypothetical)")}`],
        events: [
          { column: 0, lines: [say`holds ${lock(first.class)} of X`, ...site(first)] },
          { column: 1, lines: [say`holds ${lock(first.class)} of Y`] },
          {
            column: 0,
            lines: [say`wants ${lock(second.class)} of Y`, ...site(second), say`waits for CPU 1`],
          },
          { column: 1, lines: [say`wants ${lock(second.class)} of X`, say`waits for CPU 0`] },
        ],
      },
    },
  ];
}
