import { graphDocument } from "./document.ts";
import type { LockGraph } from "./lock-graph.ts";
import type { GraphCycle, GraphDocument, GraphEdge } from "./schema.ts";
import type { GraphWithout } from "./without-schema.ts";

/**
 * Which cycles are left if some edges are no more: if whoever takes `to` while `from` is held is fixed.
 *
 * @param graph it loses the edges
 * @param before its document
 * @param edges of the document
 */
export function withoutEdges(
  graph: LockGraph,
  before: GraphDocument,
  edges: readonly GraphEdge[],
): GraphWithout {
  graph.drop(edges);
  const after = graphDocument(graph);
  const known = new Set(before.cycles.map(nameOf));
  const isLeft = new Set(after.cycles.map(nameOf));
  return {
    schema: "splat-triage-graph-without/1",
    without: [...edges],
    gone: before.cycles.filter((cycle) => !isLeft.has(nameOf(cycle))),
    left: after.cycles.map((cycle) => ({ ...cycle, wasHidden: !known.has(nameOf(cycle)) })),
    leftOut: after.leftOut,
  };
}

/**
 * The edges that a text such as `A→B` or `A->B` can mean: a class's name may hold an arrow itself, as `&dev->lock` does.
 */
export function edgesNamed({ edges }: Pick<GraphDocument, "edges">, text: string): GraphEdge[] {
  // with one of the first kind those of the other are parts of names
  const arrows = text.includes("→") ? /→/g : /->/g;
  const pairs = new Set(
    [...text.matchAll(arrows)].map(({ 0: arrow, index }) =>
      pairName({ from: text.slice(0, index).trim(), to: text.slice(index + arrow.length).trim() }),
    ),
  );
  return edges.filter((edge) => pairs.has(pairName(edge)));
}

function pairName({ from, to }: Pick<GraphEdge, "from" | "to">): string {
  return `${from}\n${to}`;
}

function nameOf({ classes }: GraphCycle): string {
  return classes.join("\n");
}
