import { expect, test } from "vitest";
import type { GraphEdge } from "../../src/lock-graph/schema.ts";
import { edgesNamed } from "../../src/lock-graph/without.ts";
import { edgeOf } from "../support/graph-edges.ts";

function meant(text: string, ...edges: readonly GraphEdge[]): string[] {
  return edgesNamed({ edges: [...edges] }, text).map(({ from, to }) => `${from} | ${to}`);
}

test("an arrow may be part of a class's name", () => {
  const locks = edgeOf("&dev->lock", "&q->lock");
  expect(meant("&dev->lock->&q->lock", locks)).toEqual(["&dev->lock | &q->lock"]);
  expect(meant("&dev->lock → &q->lock", locks)).toEqual(["&dev->lock | &q->lock"]);
  expect(meant("&q->lock→&dev->lock", locks)).toEqual([]);
});

test("a text that means two edges does so until it is written with the other arrow", () => {
  const edges = [edgeOf("a->b", "c"), edgeOf("a", "b->c")];
  expect(meant("a->b->c", ...edges)).toHaveLength(2);
  expect(meant("a→b->c", ...edges)).toEqual(["a | b->c"]);
});
