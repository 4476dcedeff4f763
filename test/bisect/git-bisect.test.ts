import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommitGraph } from "../../src/bisect/commit-graph.ts";
import { judge, type Test } from "../../src/bisect/suspects.ts";
import { commandsOf, TestRepository } from "../support/git.ts";
import { randomOf } from "../support/random.ts";
import { branches } from "./histories.ts";

/** Where every test is clean, suspects and the real git bisect must agree, whatever the history. */

let repository: TestRepository;
beforeAll(() => {
  repository = new TestRepository();
});
afterAll(() => {
  repository.remove();
});

/** A new history after one good commit, which is main's first. */
function makeHistory(parents: readonly (readonly number[])[]): { good: string; graph: CommitGraph } {
  const commits = parents.map((of, i) => ({
    subject: `change ${i}`,
    parents: of.length === 0 ? [0] : of.map((parent) => parent + 1),
  }));
  repository.import(commandsOf([{ subject: "good", parents: [] }, ...commits]));
  const list = repository
    .git("rev-list", "--topo-order", "--reverse", "--parents", "work-0..main")
    .split("\n");
  const graph = new CommitGraph(
    list.map((text) => {
      const [sha = "", ...of] = text.split(" ");
      return { sha, parents: of, subject: "" };
    }),
  );
  return { good: repository.git("rev-parse", "work-0"), graph };
}

function ancestors(graph: CommitGraph, commit: number): ReadonlySet<number> {
  const found = new Set<number>();
  graph.eachAncestor(commit, (ancestor) => found.add(ancestor));
  return found;
}

/** Numbers of the likeliest commits. */
function likeliest(probabilities: Float64Array): number[] {
  const most = Math.max(...probabilities);
  return [...probabilities.keys()].filter((i) => (probabilities[i] ?? 0) > most * (1 - 1e-9));
}

describe.each(Array.from({ length: 14 }, (_, i) => i + 1))("history %i", (seed) => {
  const random = randomOf(seed);
  const count = 4 + Math.floor(random() * 50);
  const parents = branches(count, seed % 3 === 0 ? 0 : random() * 0.4, random);

  test("has the same suspects and as good a next one at each step", () => {
    const { good, graph } = makeHistory(parents);
    const number = (sha: string): number => graph.numberOf(sha) ?? -1;
    const first = Math.floor(random() * graph.size);
    const bad = graph.size - 1;
    const sha = (commit: number): string => graph.commits[commit]?.sha ?? "";
    const tests = new Map<number, Test>([[bad, { hits: 1, runs: 1, unusable: 0 }]]);
    repository.git("bisect", "reset");
    repository.git("bisect", "start", "--no-checkout", sha(bad), good);
    for (;;) {
      const left = repository
        .git("rev-list", "refs/bisect/bad", "--not", "--glob=refs/bisect/good-*")
        .split("\n")
        .map(number)
        .toSorted((a, b) => a - b);
      const { posterior, next } = judge(graph, tests, null);
      expect(likeliest(posterior.probabilities)).toEqual(left);
      expect(likeliest(judge(graph, tests, 1).posterior.probabilities)).toEqual(left);
      if (left.length === 1) break;

      const git = number(repository.git("rev-parse", "BISECT_HEAD"));
      const halves = (commit: number): number => {
        const older = left.filter((one) => ancestors(graph, commit).has(one)).length;
        return Math.min(older, left.length - older);
      };
      expect(next?.by).toBe("midpoint");
      expect(left).toContain(next?.commit);
      expect(halves(next?.commit ?? -1)).toBeGreaterThanOrEqual(halves(git));
      // what the commit shows, told to both
      const isBad = ancestors(graph, git).has(first);
      tests.set(git, { hits: isBad ? 1 : 0, runs: 1, unusable: 0 });
      repository.git("bisect", isBad ? "bad" : "good");
    }
    expect(likeliest(judge(graph, tests, null).posterior.probabilities)).toEqual([first]);
  });
});
