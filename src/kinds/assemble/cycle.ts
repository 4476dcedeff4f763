import { smallestStart, turned } from "../../symbols/rotation.ts";
import type { Edge } from "../../report/schema.ts";

/**
 * Turns a cycle so that it starts at the same class in every report of it, and its edges with it.
 * The smallest name comes first; if it occurs twice, the smallest sequence.
 *
 * @param edges edge i runs from class i to class i + 1, the last one to the first class
 */
export function rotate(edges: readonly Edge[]): { cycle: string[]; edges: Edge[] } {
  const start = smallestStart(edges.map(({ from }) => from));
  const inOrder = turned(edges, start);
  return { cycle: inOrder.map(({ from }) => from), edges: inOrder };
}
