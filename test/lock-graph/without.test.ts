import { expect, test } from "vitest";
import type { GraphEdge } from "../../src/lock-graph/schema.ts";
import { edgesNamed } from "../../src/lock-graph/without.ts";

function edge(from: string, to: string): GraphEdge {
  return {
    from,
    to,
    evidence: "dependency",
    waits: true,
    sources: [0],
    chains: 0,
    over: [],
    contexts: ["process"],
    reports: [],
    stack: [],
  };
}

function meant(text: string, ...edges: readonly GraphEdge[]): string[] {
  return edgesNamed({ edges: [...edges] }, text).map(({ from, to }) => `${from} | ${to}`);
}

test("an arrow may be part of a class's name", () => {
  const locks = edge("&dev->lock", "&q->lock");
  expect(meant("&dev->lock->&q->lock", locks)).toEqual(["&dev->lock | &q->lock"]);
  expect(meant("&dev->lock → &q->lock", locks)).toEqual(["&dev->lock | &q->lock"]);
  expect(meant("&q->lock→&dev->lock", locks)).toEqual([]);
});

test("a text that means two edges does so until it is written with the other arrow", () => {
  const edges = [edge("a->b", "c"), edge("a", "b->c")];
  expect(meant("a->b->c", ...edges)).toHaveLength(2);
  expect(meant("a→b->c", ...edges)).toEqual(["a | b->c"]);
});
