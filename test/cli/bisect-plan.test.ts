import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Plan } from "../../src/bisect/plan.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

function run(text: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "bisect", "plan", ...text.split(" ")], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], COLUMNS: "200" },
  });
}

function planned(text: string): Plan {
  const { status, stdout, stderr } = run(text);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return Plan.parse(JSON.parse(stdout));
}

describe("bisect plan", () => {
  test("of a rate that is given: 13 runs of 30 % for 99 %", () => {
    expect(planned("--hit-rate 0.3")).toMatchObject({
      rate: { known: 0.3, hits: null, interval: null, mean: 0.3 },
      confidence: 0.99,
      runs: 13,
      runsIfExact: null,
      bisection: null,
    });
  });

  test("of some runs: more than if their share were the rate", () => {
    const { rate, runs, runsIfExact } = planned("--hits 3 --runs 10");
    // Beta(4, 8): 5 % quantile 0.1351, 95 % quantile 0.5644, from tables of the incomplete beta function
    expect(rate.interval?.low).toBeCloseTo(0.1351, 3);
    expect(rate.interval?.high).toBeCloseTo(0.5644, 3);
    expect(rate.mean).toBeCloseTo(4 / 12, 8);
    expect(runsIfExact).toBe(13);
    // 8 * 9 * 10 * 11 / ((8 + n) (9 + n) (10 + n) (11 + n)) <= 0.01 first at n = 21: 7920 / 863040
    expect(runs).toBe(21);
  });

  test("of a bisection: each step so sure that all are right", () => {
    const { bisection } = planned("--hit-rate 0.3 --commits 64");
    // 0.99^(1/6) = 0.998326; 0.7^17 = 0.00233, 0.7^18 = 0.00163
    expect(bisection).toMatchObject({ commits: 64, steps: 6, runs: 18, mostRuns: 108 });
    expect(bisection?.confidence).toBeCloseTo(0.998_326, 6);
    // half of the steps take 18 runs, half (1 - 0.7^18) / 0.3
    expect(bisection?.expectedRuns).toBeCloseTo(3 * (18 + (1 - 0.7 ** 18) / 0.3), 6);
    expect(planned("--hit-rate 0.3 --commits 65").bisection?.steps).toBe(7);
    expect(planned("--hit-rate 0.3 --commits 1").bisection).toMatchObject({ steps: 0, runs: 0, mostRuns: 0 });
  });

  test("without a single hit, and without a single run, only says how rare it may be", () => {
    expect(planned("--hits 0 --runs 0")).toMatchObject({ runs: 99, runsIfExact: null, rate: { mean: 0.5 } });
    // (1 + 20) / (21 + n) <= 0.01
    expect(planned("--hits 0 --runs 20").runs).toBe(2079);
    expect(run("-f table --hits 0 --runs 20").stdout).toContain("only that it is rare");
    expect(run("-f table --hits 0 --runs 0").stdout).toContain("nothing is known: no run was made");
  });

  test("for a person", () => {
    const fix = run("-f table --find fix --hits 3 --runs 10 --commits 64").stdout;
    expect(fix).toContain("21 runs without a hit until it may be called new, fixed with 99 %");
    expect(fix).toContain("half of the steps are old, not fixed and end at their first hit");
    expect(run("-f table --hits 3 --runs 10 --commits 64").stdout.split("\n")).toEqual([
      "hit rate    3 of 10 runs; with 90 % probability between 14 % and 56 %; the next run shows it with 33 %",
      "one commit  21 runs without a hit until it may be called good with 99 %",
      "            (13 if the rate were exactly 30 %, which so few runs do not tell)",
      "bisection   64 commits: 6 steps of at most 38 runs, all in all at most 228",
      expect.stringMatching(/^ {12}about \d+ where half of the steps are bad and end at their first hit$/),
      // no less than 0.99^(1/6), with which six of them are 0.99
      "            each step with --confidence 0.99833, for all of them to be right",
      "",
    ]);
  });

  test.each([
    ["--hits 4 --runs 3", "--hits 4: cannot be more than --runs 3"],
    ["--hits -1 --runs 3", "'-1' is invalid. Not a whole number from 0 to 1000000."],
    ["--hits 1.5 --runs 3", "'1.5' is invalid. Not a whole number"],
    ["--hits 1 --runs many", "'many' is invalid. Not a whole number"],
    ["--hits 1", "--hits and --runs go together"],
    ["--confidence 0.9", "give --hits and --runs"],
    ["--hits 1 --runs 3 --hit-rate 0.3", "give one or the other"],
    ["--hits 1 --runs 3 --confidence 1", "'1' is invalid. Not a number above 0 and below 1."],
    ["--hits 1 --runs 3 --confidence 0", "Not a number above 0 and below 1."],
    ["--hits 1 --runs 3 --commits 0", "'0' is invalid. Not a whole number from 1 to 1000000."],
    ["--hit-rate 0", "'0' is invalid. Not a number above 0 and at most 1."],
    ["--hit-rate 0.0000001", "cannot plan that: it takes more than 10000000 runs"],
  ])("%s is wrong usage", (args, reason) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});
