import { compare } from "./cycles.ts";
import type { GraphOrder } from "./order-schema.ts";
import type { GraphDocument, GraphEdge } from "./schema.ts";

/** All subsets of so many classes are tried: a quarter of a million. */
const MOST_EXACT = 18;

/**
 * An order of lock classes that breaks as few edges of a graph as can be: the smallest feedback arc set of each knot (a
 * strongly connected component) of the classes. An edge in no knot is kept by some order whatever the others do.
 *
 * @param named the classes to order; all in a knot if there are none
 */
export function lockOrder({ edges }: GraphDocument, named: readonly string[]): GraphOrder {
  // who only tries never waits, and may come in any order; a class after itself is no matter of order
  const counted = edges.filter(({ from, to, waits }) => waits && from !== to);
  const successors = new Map<string, Set<string>>();
  for (const { from, to } of counted) {
    successors.set(from, (successors.get(from) ?? new Set()).add(to));
    if (!successors.has(to)) successors.set(to, new Set());
  }
  for (const name of named) if (!successors.has(name)) successors.set(name, new Set());
  const knots = knotsOf(successors);
  const isNamed = named.length === 0 ? null : new Set(named);
  const shown = knots.filter((knot) =>
    isNamed === null ? knot.length > 1 : knot.some((name) => isNamed.has(name)),
  );
  const orders = shown.map((knot) =>
    knot.length > MOST_EXACT ? greedy(knot, successors) : best(knot, successors),
  );
  const around = orders.flat();
  const placeOf = new Map(around.map((name, i) => [name, i]));
  const isBroken = ({ from, to }: GraphEdge): boolean => {
    const before = placeOf.get(from);
    const after = placeOf.get(to);
    return before !== undefined && after !== undefined && before > after;
  };
  const breaks = counted.filter(isBroken);
  return {
    schema: "splat-triage-graph-order/1",
    order: isNamed === null ? around : around.filter((name) => isNamed.has(name)),
    around,
    kept: counted.length - breaks.length,
    breaks: breaks.map(({ from, to, evidence, sources, stack }) => ({ from, to, evidence, sources, stack })),
    exact: shown.every((knot) => knot.length <= MOST_EXACT),
    trylocks: edges.filter(({ waits }) => !waits).length,
  };
}

type Successors = ReadonlyMap<string, ReadonlySet<string>>;

/** Strongly connected components by Tarjan, the outermost first; without recursion, for a chain may be long. */
function knotsOf(successors: Successors): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const knots: string[][] = [];
  const enter = (name: string): { name: string; rest: Iterator<string> } => {
    index.set(name, index.size);
    low.set(name, index.get(name) ?? 0);
    open.push(name);
    isOpen.add(name);
    return { name, rest: [...(successors.get(name) ?? [])].toSorted(compare).values() };
  };
  const lower = (name: string, to: number | undefined): void => {
    low.set(name, Math.min(low.get(name) ?? 0, to ?? 0));
  };
  for (const start of [...successors.keys()].toSorted(compare)) {
    if (index.has(start)) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { name, rest } = top;
      const next = rest.next();
      if (next.done !== true) {
        if (!index.has(next.value)) path.push(enter(next.value));
        else if (isOpen.has(next.value)) lower(name, index.get(next.value));
        continue;
      }
      path.pop();
      const outer = path.at(-1);
      if (outer !== undefined) lower(outer.name, low.get(name));
      if (low.get(name) !== index.get(name)) continue;
      const knot = open.splice(open.indexOf(name));
      for (const one of knot) isOpen.delete(one);
      knots.push(knot.toSorted(compare));
    }
  }
  // Tarjan finds what is innermost first
  return knots.toReversed();
}

/** Of all orders one that breaks the fewest edges: for each subset, how few it breaks when it comes first. */
function best(knot: readonly string[], successors: Successors): string[] {
  const count = knot.length;
  /** Bits of those that each is held over. */
  const over = knot.map((from) =>
    knot.reduce((bits, to, i) => (successors.get(from)?.has(to) === true ? bits | (1 << i) : bits), 0),
  );
  const fewest = new Uint16Array(1 << count);
  const last = new Uint8Array(1 << count);
  for (let first = 1; first < 1 << count; first++) {
    let least = 0xffff;
    for (let i = 0; i < count; i++) {
      if ((first & (1 << i)) === 0) continue;
      const before = first & ~(1 << i);
      const broken = (fewest[before] ?? 0) + bitsOf((over[i] ?? 0) & before);
      if (broken >= least) continue;
      least = broken;
      last[first] = i;
    }
    fewest[first] = least;
  }
  const order: string[] = [];
  for (let rest = (1 << count) - 1; rest !== 0;) {
    const i = last[rest] ?? 0;
    order.unshift(knot[i] ?? "");
    rest &= ~(1 << i);
  }
  return order;
}

function bitsOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Eades, Lin and Smyth 1993: always the class that is held over most others, and under the fewest. */
function greedy(knot: readonly string[], successors: Successors): string[] {
  const left = new Set(knot);
  const order: string[] = [];
  while (left.size > 0) {
    const weight = new Map([...left].map((name) => [name, 0]));
    for (const from of left)
      for (const to of successors.get(from) ?? [])
        if (left.has(to)) {
          weight.set(from, (weight.get(from) ?? 0) + 1);
          weight.set(to, (weight.get(to) ?? 0) - 1);
        }
    const [next = ""] = [...left].toSorted(
      (a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || compare(a, b),
    );
    order.push(next);
    left.delete(next);
  }
  return order;
}
