import type { CycleOrder } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { graphNames } from "./lock-graph.ts";
import { lockOrder } from "./order.ts";
import type { GraphDocument } from "./schema.ts";

/**
 * How the locks of a report's cycle can be ordered with the fewest edges of a graph against it.
 *
 * @param graph with the report's own edges in it
 * @returns null if the report has no cycle of several locks: a context such as fs_reclaim is not taken in an order
 */
export function cycleOrder(report: Report, graph: GraphDocument): CycleOrder | null {
  const { cycle } = report;
  if (new Set(cycle).size < 2) return null;
  const names = graphNames(report);
  const named = (name: string): string => names.get(name) ?? name;
  const classes = cycle.map(named);
  if (graph.classes.some(({ name, kind }) => kind === "context" && classes.includes(name))) return null;
  const best = lockOrder(graph, classes);
  const { lookAt } = report;
  const first = lookAt === null ? null : { from: named(lookAt.from), to: named(lookAt.to) };
  // of orders that cost as little the one against the edge to look at
  const edges = graph.edges.filter(({ from, to }) => from !== first?.from || to !== first.to);
  const other = first === null ? null : lockOrder({ ...graph, edges }, classes);
  const isAsGood =
    other !== null && edges.length < graph.edges.length && other.breaks.length + 1 <= best.breaks.length;
  const { order, breaks, kept, exact } = isAsGood ? other : best;
  return {
    order,
    breaks: [...(isAsGood && first !== null ? [first] : []), ...breaks.map(({ from, to }) => ({ from, to }))],
    kept,
    boots: graph.sources.length,
    exact,
  };
}
