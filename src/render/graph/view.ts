import type { GraphCycle, GraphDocument } from "../../lock-graph/schema.ts";

/** A graph, and what of it is wanted. */
export interface GraphView {
  readonly graph: GraphDocument;
  /** The class whose neighbourhood is wanted. */
  readonly around: string | null;
  readonly cyclesOnly: boolean;
}

/** Whether a cycle leads through a class, or past it. */
export function touches({ classes, edges }: GraphCycle, name: string): boolean {
  return classes.includes(name) || edges.some(({ over }) => over.includes(name));
}

/** What was asked for: cycles alone, or what is next to one class. */
export function selected({ graph: document, around, cyclesOnly }: GraphView): GraphDocument {
  if (around === null && !cyclesOnly) return document;
  const cycles =
    around === null ? document.cycles : document.cycles.filter((cycle) => touches(cycle, around));
  const ofCycles = new Set(cycles.flatMap(({ edges }) => edges.map(({ from, to }) => `${from}\n${to}`)));
  const edges = document.edges.filter(
    ({ from, to }) => ofCycles.has(`${from}\n${to}`) || (!cyclesOnly && (from === around || to === around)),
  );
  const names = new Set([
    ...(around === null ? [] : [around]),
    ...edges.flatMap(({ from, to }) => [from, to]),
    ...cycles.flatMap(({ edges: own }) => own.flatMap(({ over }) => over)),
  ]);
  return { ...document, cycles, edges, classes: document.classes.filter(({ name }) => names.has(name)) };
}
