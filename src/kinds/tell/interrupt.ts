import { rolesOfEdges } from "../../symbols/roles.ts";
import type { Frame, Report } from "../../report/schema.ts";
import { lock, type Part, plain, quiet } from "../../render/words/parts.ts";
import { type Block, type DrawnEvent, inFrame, path, say, text } from "../../render/words/sentences.ts";
import { contextOf } from "./contexts.ts";
import { cpus } from "./cycle.ts";
import { whenRecorded, whereRecorded, whereTaken } from "./edges.ts";
import { Cast, wanting } from "./waits.ts";

/** How an interrupt makes a deadlock of it, as columns of time. */

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
        ...whereTaken(report.unsafe?.stack ?? usageOf(report, unsafe, /-ON-/i)),
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
        ...whereRecorded(edge),
        [quiet(`(${whenRecorded(report, edge)})`)],
        say`waits for CPU ${i === joining - 1 ? 0 : i + 2}`,
      ],
    })),
    {
      column: 1,
      lines: [
        say`${word}: wants ${lock(safe)}`,
        ...whereTaken(report.safe?.stack ?? usageOf(report, safe, /^\{?IN-/i)),
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
