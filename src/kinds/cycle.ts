import type { Edge } from "../report/schema.ts";

/**
 * Turns a cycle so that it starts at the same class in every report of it, and its edges with it.
 * The smallest name comes first; where it stands twice, the smallest sequence.
 *
 * @param edges edge i runs from class i to class i + 1, the last one to the first class
 */
export function rotate(edges: readonly Edge[]): { cycle: string[]; edges: Edge[] } {
  const names = edges.map((edge) => edge.from);
  let best = 0;
  for (let start = 1; start < names.length; start++) if (isSmaller(names, start, best)) best = start;
  const turned = [...edges.slice(best), ...edges.slice(0, best)];
  return { cycle: turned.map((edge) => edge.from), edges: turned };
}

function isSmaller(names: readonly string[], a: number, b: number): boolean {
  for (let i = 0; i < names.length; i++) {
    const left = names[(a + i) % names.length] ?? "";
    const right = names[(b + i) % names.length] ?? "";
    if (left !== right) return left < right;
  }
  return false;
}
