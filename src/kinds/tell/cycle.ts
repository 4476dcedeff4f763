import { type EdgeRoles, rolesOfEdges } from "../../symbols/roles.ts";
import type { Report } from "../../report/schema.ts";
import { lock, name, type Part, plain, quiet } from "../../render/words/parts.ts";
import { taskName } from "../../render/words/locks.ts";
import { type Block, type DrawnEvent, inFrame, say, text } from "../../render/words/sentences.ts";
import { isNew, whenRecorded, whereRecorded } from "./edges.ts";
import { Cast, ENTERED, entering, holding, wanting } from "./waits.ts";

/** How a cycle becomes a deadlock: who holds what and waits for what, as columns of time. */

/** One thread of control that holds a lock of the cycle and waits for the next, perhaps through contexts. */
interface Actor {
  readonly edges: readonly EdgeRoles[];
  readonly holds: string;
  readonly wants: string;
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

/** Where the lock was taken that the reporting task holds. */
function heldPlace({ report }: Cast, { edges, holds }: Actor): Part[][] {
  const fresh = edges[0] !== undefined && isNew(report, edges[0].edge);
  if (!fresh || report.holding?.class !== holds || report.holding.at === null) return [];
  return [inFrame(report.holding.at, "in ")];
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
    const lines = [...what, ...whereRecorded(edge), [quiet(`(${whenRecorded(report, edge)})`)]];
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
export function cpus(last: number): string {
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
    return [first, ...others].some(({ edge }) => isNew(report, edge)) ? "now" : whenRecorded(report, first);
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
      const how = whenRecorded(report, edge);
      const remark = how === noted || isNew(report, edge.edge) ? [] : [[quiet(`(${how})`)]];
      const lines = [[...prefix(i), ...what], ...more, ...whereRecorded(edge), ...remark];
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
