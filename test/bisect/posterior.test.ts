import { describe, expect, test } from "vitest";
import { CommitGraph } from "../../src/bisect/commit-graph.ts";
import { posteriorOf, type Sought } from "../../src/bisect/posterior.ts";
import { judge, type Test } from "../../src/bisect/suspects.ts";
import { randomOf } from "../support/random.ts";
import { branches, history, line } from "./histories.ts";

function graphOf(parents: readonly (readonly number[])[]): CommitGraph {
  return new CommitGraph(history(parents));
}

function tested(tests: Readonly<Record<number, readonly [hits: number, runs: number]>>): Map<number, Test> {
  return new Map(
    Object.entries(tests).map(([commit, [hits, runs]]) => [Number(commit), { hits, runs, unusable: 0 }]),
  );
}

describe("the probability of a commit", () => {
  test("is the same for all before any test", () => {
    expect([...posteriorOf(graphOf(line(4)), new Map(), null).probabilities]).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
  });

  test("falls with each miss that it has to explain, by the given rate", () => {
    // commit 1 missed twice: if it or commit 0 was the first bad one, by a chance of 0.7 * 0.7
    const { probabilities } = posteriorOf(graphOf(line(4)), tested({ 1: [0, 2], 3: [1, 1] }), 0.3);
    const [before, after] = [0.49 / 2.98, 1 / 2.98];
    for (const [i, expected] of [before, before, after, after].entries())
      expect(probabilities[i]).toBeCloseTo(expected, 12);
  });

  test("by an unknown rate as B(1 + hits, 1 + misses)", () => {
    // commit 0: hits 2, misses 3, B(3, 4) = 1/60; commit 1 and 2: misses 1, B(3, 2) = 1/12
    const { probabilities, rates } = posteriorOf(graphOf(line(3)), tested({ 0: [0, 2], 2: [2, 3] }), null);
    const sum = 1 / 60 + 2 / 12;
    for (const [i, expected] of [1 / 60 / sum, 1 / 12 / sum, 1 / 12 / sum].entries())
      expect(probabilities[i]).toBeCloseTo(expected, 12);
    // the next run of a kernel with the bug shows it with (1 + 2) of (2 + 5), or of (2 + 3)
    expect([...rates]).toEqual([3 / 7, 3 / 5, 3 / 5]);
  });

  test("is 0 where a hit would be on a commit without the bug", () => {
    // 0 - 1 - 3, 0 - 2 - 3: a hit on 1 leaves 0 and 1
    const diamond = graphOf([[], [0], [0], [1, 2]]);
    expect([...posteriorOf(diamond, tested({ 1: [1, 9] }), null).probabilities]).toEqual([0.5, 0.5, 0, 0]);
  });

  test("counts a commit that two branches share once", () => {
    // a miss on the merge speaks against all, on 1 only against 0 and 1
    const diamond = graphOf([[], [0], [0], [1, 2]]);
    const { probabilities } = posteriorOf(diamond, tested({ 1: [0, 1], 3: [0, 1] }), 0.5);
    const sum = 0.25 + 0.25 + 0.5 + 0.5;
    expect([...probabilities]).toEqual([0.25, 0.25, 0.5, 0.5].map((weight) => weight / sum));
  });

  test("stays a probability after thousands of runs", () => {
    const { probabilities } = posteriorOf(
      graphOf(line(50)),
      tested({ 10: [0, 9000], 20: [0, 9000], 30: [2, 9000], 49: [9000, 9000] }),
      null,
    );
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
  });
});

function fix(hits = 0, runs = 0): Sought {
  return { search: "fix", before: { hits, runs } };
}

function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}

describe("of the commit that fixed it", () => {
  test("a hit rules out the commit and all before it", () => {
    expect([...posteriorOf(graphOf(line(4)), tested({ 1: [1, 3] }), null, fix()).probabilities]).toEqual([
      0, 0, 0.5, 0.5,
    ]);
    // 0 - 1 - 3, 0 - 2 - 3: 2 may have fixed it, although 1 has it still
    const diamond = graphOf([[], [0], [0], [1, 2]]);
    expect([...posteriorOf(diamond, tested({ 1: [1, 1] }), null, fix()).probabilities]).toEqual([
      0, 0, 0.5, 0.5,
    ]);
  });

  test("a miss speaks against all that come later, by the given rate", () => {
    // commit 1 missed twice: by a chance of 0.7 * 0.7 where 2 or 3 fixed it
    const { probabilities } = posteriorOf(graphOf(line(4)), tested({ 1: [0, 2] }), 0.3, fix());
    const sum = 2 + 2 * 0.49;
    for (const [i, weight] of [1, 1, 0.49, 0.49].entries())
      expect(probabilities[i]).toBeCloseTo(weight / sum, 12);
  });

  test("runs of the old end tell the rate", () => {
    // hits 2, misses 1 before; the miss on 0 counts where it was not 0: B(3, 2) = 1/12, B(3, 3) = 1/30
    const { probabilities, rates } = posteriorOf(graphOf(line(2)), tested({ 0: [0, 1] }), null, fix(2, 3));
    expect(probabilities[0]).toBeCloseTo(1 / 12 / (1 / 12 + 1 / 30), 12);
    expect([...rates]).toEqual([3 / 5, 3 / 6]);
  });

  test.each([
    ["midpoint", null],
    ["information", 0.4],
  ] as const)("the next is the %s, as for the bug", (by, known) => {
    const graph = graphOf(line(9));
    const { next, posterior } = judge(graph, new Map(), known, fix());
    expect(next).toMatchObject({ by });
    // of each commit: what a run tells of whether one up to it fixed the bug
    const { probabilities, rates } = posterior;
    const bits = graph.commits.map((_, at) => {
      const later = [...probabilities].map((p, c) => (c > at ? p : 0));
      const shown = later.reduce((sum, p, c) => sum + p * (rates[c] ?? 0), 0);
      const unsure = later.reduce((sum, p, c) => sum + p * entropy(rates[c] ?? 0), 0);
      return entropy(shown) - unsure;
    });
    const isMost = Math.abs((next?.bits ?? 0) - Math.max(...bits)) < 1e-9;
    expect(isMost || by === "midpoint").toBe(true);
    expect(next?.bits).toBeCloseTo(bits[next?.commit ?? 0] ?? 0, 9);
  });
});

describe("where no commit explains the tests", () => {
  test.each([
    ["hits on two branches that share nothing", { 0: [1, 1], 1: [1, 1] }, null],
    ["a miss above a hit, and a bug that always shows", { 0: [1, 1], 2: [0, 1] }, 1],
  ] as const)("%s: nobody is suspected", (_what, tests, known) => {
    const { posterior, next, credible } = judge(graphOf([[], [], [0, 1]]), tested(tests), known);
    expect([...posterior.probabilities]).toEqual([0, 0, 0]);
    expect({ next, credible }).toEqual({ next: null, credible: [] });
  });
});

describe("the next commit", () => {
  test("halves what is left while the tests fit a bug that always shows", () => {
    const graph = graphOf(line(8));
    expect(judge(graph, new Map(), null).next).toMatchObject({ commit: 3, by: "midpoint" });
    expect(judge(graph, tested({ 3: [0, 1], 7: [1, 1] }), null).next).toMatchObject({
      commit: 5,
      by: "midpoint",
    });
    expect(judge(graph, tested({ 3: [1, 1], 7: [1, 1] }), null).next).toMatchObject({
      commit: 1,
      by: "midpoint",
    });
  });

  test("is the one whose run tells most once the bug was missed on a bad commit", () => {
    // two commits, 1 in 2 runs of 0 shows it. A run of 0: hit 1/4, so h(1/4) - h(1/2) / 2 = 0.8113 - 0.5
    const { next } = judge(graphOf(line(2)), new Map(), 0.5);
    expect(next).toMatchObject({ commit: 0, by: "information" });
    expect(next?.bits).toBeCloseTo(0.311_278, 6);
  });

  test("is what would most likely refute the only commit that is left", () => {
    const tests = { 0: [0, 1], 1: [0, 1], 2: [1, 1] } as const;
    expect(judge(graphOf(line(3)), tested(tests), null).next).toMatchObject({ commit: 1, by: "information" });
  });

  test("is none where a run can tell nothing", () => {
    expect(judge(graphOf(line(3)), tested({ 1: [0, 1], 2: [1, 1] }), 1).next).toBeNull();
    expect(judge(graphOf(line(1)), tested({}), null).next).toBeNull();
  });

  test("is never one that could not be run", () => {
    const tests = new Map<number, Test>([[3, { hits: 0, runs: 0, unusable: 2 }]]);
    const { next, untestable } = judge(graphOf(line(8)), tests, null);
    // 2 and 4 are as near to the middle as each other
    expect(next?.commit).toBe(2);
    expect(untestable).toEqual([3]);
  });

  test("tells as much as is found by counting all that may happen", () => {
    const random = randomOf(7);
    const graph = graphOf(branches(30, 0.3, random));
    const known = 0.4;
    const { posterior, next } = judge(graph, tested({ 9: [0, 2], 20: [0, 1], 29: [2, 6] }), known);
    const gains = graph.commits.map((_, commit) => {
      const above = new Set<number>();
      graph.eachAncestor(commit, (ancestor) => above.add(ancestor));
      // the mean over both results of how far the distribution moves
      let gain = 0;
      for (const isHit of [true, false]) {
        const joint = [...posterior.probabilities].map((p, c) => {
          const chance = above.has(c) ? known : 0;
          return p * (isHit ? chance : 1 - chance);
        });
        const result = joint.reduce((sum, p) => sum + p, 0);
        for (const [c, p] of joint.entries())
          if (p > 0) gain += p * Math.log2(p / (result * (posterior.probabilities[c] ?? 0)));
      }
      return gain;
    });
    expect(next?.by).toBe("information");
    expect(next?.bits).toBeCloseTo(Math.max(...gains), 9);
    expect(gains[next?.commit ?? -1]).toBeCloseTo(Math.max(...gains), 9);
  });
});

test("the credible set is the smallest with 95 %, the likeliest first, the older first of equals", () => {
  // by a given rate of 0.9 a commit below the two misses is left with 0.01 of what the others have
  const { credible } = judge(graphOf(line(6)), tested({ 2: [0, 2], 5: [1, 1] }), 0.9);
  expect(credible).toEqual([3, 4, 5]);
  expect(judge(graphOf(line(20)), new Map(), null).credible).toEqual(Array.from({ length: 19 }, (_, i) => i));
});

test("twenty thousand commits with fourteen hundred merges are judged", () => {
  const random = randomOf(1);
  const graph = graphOf(branches(20_000, 0.07, random));
  const tests = tested({ 19_999: [3, 10] });
  for (let i = 0; i < 60; i++) tests.set(Math.floor(random() * 19_000), { hits: 0, runs: 5, unusable: 0 });
  expect(judge(graph, tests, null).credible.length).toBeGreaterThan(0);
});
