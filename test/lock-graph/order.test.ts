import { expect, test } from "vitest";
import { lockOrder } from "../../src/lock-graph/order.ts";
import type { GraphDocument, GraphEdge } from "../../src/lock-graph/schema.ts";
import { edgeOf } from "../support/graph-edges.ts";
import { randomOf } from "../support/random.ts";

type Pair = readonly [from: string, to: string];

function edge([from, to]: Pair, waits = true): GraphEdge {
  return edgeOf(from, to, waits);
}

function graphOf(edges: readonly GraphEdge[]): GraphDocument {
  return {
    schema: "splat-triage-graph/1",
    sources: [],
    cycles: [],
    leftOut: 0,
    classes: [],
    edges: [...edges],
  };
}

function pairs(text: string): GraphEdge[] {
  return text.split(" ").map((word) => edge([word.charAt(0), word.charAt(1)]));
}

function permutations(names: readonly string[]): string[][] {
  if (names.length === 0) return [[]];
  return names.flatMap((name) =>
    permutations(names.filter((other) => other !== name)).map((rest) => [name, ...rest]),
  );
}

function brokenBy(order: readonly string[], edges: readonly GraphEdge[]): number {
  return edges.filter(({ from, to }) => order.indexOf(from) > order.indexOf(to)).length;
}

test("breaks as few edges as the best of all permutations", () => {
  const random = randomOf(1848);
  const names = "abcdef".split("");
  for (let round = 0; round < 60; round++) {
    const edges = names.flatMap((from) =>
      names.filter((to) => to !== from && random() < 0.4).map((to) => edge([from, to])),
    );
    const found = lockOrder(graphOf(edges), names);
    const fewest = Math.min(...permutations(names).map((order) => brokenBy(order, edges)));
    expect(found.order.toSorted()).toEqual(names);
    expect(brokenBy(found.order, edges)).toBe(fewest);
    expect(found).toMatchObject({ exact: true, kept: edges.length - fewest });
    expect(found.breaks).toHaveLength(fewest);
  }
});

test("keeps what comes about through classes that were not named", () => {
  // a before x before b, and b before a only once: x is not asked for, and decides
  const graph = graphOf(pairs("ax ay xb yb ba"));
  expect(lockOrder(graph, ["b", "a"])).toMatchObject({
    order: ["a", "b"],
    breaks: [{ from: "b", to: "a" }],
    kept: 4,
  });
  // in no cycle, the order is that of the graph
  expect(lockOrder(graphOf(pairs("cx xb ba")), ["a", "c"])).toMatchObject({ order: ["c", "a"], breaks: [] });
});

test("does not have to keep what was only tried", () => {
  const graph = graphOf([...pairs("ab"), edge(["b", "a"], false)]);
  expect(lockOrder(graph, ["a", "b"])).toMatchObject({ order: ["a", "b"], breaks: [], kept: 1, trylocks: 1 });
});

test("says where a knot is too large to try all orders", () => {
  const names = Array.from({ length: 19 }, (_, i) => `c${String(i).padStart(2, "0")}`);
  const ring = names.map((name, i) => edge([name, names[(i + 1) % names.length] ?? ""]));
  const found = lockOrder(graphOf(ring), []);
  expect(found.exact).toBe(false);
  expect(brokenBy(found.order, ring)).toBe(found.breaks.length);
});

test("without names is of all classes in cycles, and of none where there are no cycles", () => {
  expect(lockOrder(graphOf(pairs("ab ba bc")), []).order.toSorted()).toEqual(["a", "b"]);
  expect(lockOrder(graphOf(pairs("ab bc")), [])).toMatchObject({
    order: [],
    breaks: [],
    kept: 2,
    exact: true,
  });
});
