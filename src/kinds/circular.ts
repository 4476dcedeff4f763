import type { Edge } from "../report/schema.ts";
import { rotate } from "./cycle.ts";
import type { KindBuilder } from "./kind.ts";
import { chainOf, type Parts } from "./parts.ts";

/** Stands for a class whose line was lost. */
const LOST = "?";

/**
 * print_circular_bug(). The stack under `-> #k` (k ≥ 1) is where class k was taken while class k-1 was held;
 * the stack under `-> #0` is the acquisition under way, while class N is held.
 */
export const circular: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "holding", "edges", "scenario", "held", "backtrace"],
  build(parts, { lock, holding }) {
    return rotate(edgesOf(parts, lock?.class ?? null, holding?.class ?? null));
  },
};

function edgesOf(parts: Parts, wanted: string | null, held: string | null): Edge[] {
  const links = chainOf(parts);
  if (links.size === 0) return [];
  let last = Math.max(...links.keys());
  const name = (index: number): string =>
    links.get(index)?.lock.class ?? (index === 0 ? wanted : index === last ? held : null) ?? LOST;
  // the held lock is class N: where the chain starts with another one, link N was lost
  if (held !== null && links.get(last)?.lock.class !== held) last++;
  const edges: Edge[] = [];
  for (let index = 1; index <= last; index++) {
    const link = links.get(index);
    edges.push({
      from: name(index - 1),
      to: name(index),
      closes: false,
      acquired: link?.lock ?? null,
      stack: link?.stack ?? [],
    });
  }
  const first = links.get(0);
  edges.push({
    from: name(last),
    to: name(0),
    closes: true,
    acquired: first?.lock ?? null,
    stack: first?.stack ?? [],
  });
  return edges;
}
