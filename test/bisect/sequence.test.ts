import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalRun } from "../../src/bisect/journal.ts";
import { rateFor } from "../../src/bisect/learned-rate.ts";
import { type Limits, nextStep } from "../../src/bisect/sequence.ts";
import type { Rate } from "../../src/compare/rates.ts";
import { randomOf } from "../support/random.ts";

type Result = JournalRun["result"];

function masked(...ids: readonly string[]): { result: "unusable"; maskedBy: string }[] {
  return ids.map((maskedBy) => ({ result: "unusable", maskedBy }));
}

const LIMITS: Limits = { confidence: 0.99, maxRuns: null, maxUnusable: 5, maxMasked: 2 };
const THIRTY = { known: 0.3 };
const NOTHING = { hits: 0, runs: 0 };

function of(...results: readonly (Result | readonly [Result, number])[]): { readonly result: Result }[] {
  return results.flatMap((entry) => {
    const [result, count] = typeof entry === "string" ? ([entry, 1] as const) : entry;
    return Array.from({ length: count }, () => ({ result }));
  });
}

function needed(rate: Rate): number {
  return nextStep([], 0, rate, LIMITS).needed;
}

describe("one commit", () => {
  test("is bad at the first hit, whatever came before", () => {
    expect(nextStep(of("bad"), 1, THIRTY, LIMITS)).toMatchObject({ next: "stop", reason: "hit" });
    expect(nextStep(of(["unusable", 9], ["good", 3], "bad"), 13, THIRTY, LIMITS)).toMatchObject({
      reason: "hit",
      chanceOfMissing: 0,
    });
  });

  test("is good when 0.7 to the power of its runs is at most 1 %: after 13", () => {
    // 0.7^12 = 0.01384…, 0.7^13 = 0.00969…
    expect(nextStep(of(["good", 12]), 12, THIRTY, LIMITS)).toMatchObject({ next: "run", needed: 13 });
    const step = nextStep(of(["good", 13]), 13, THIRTY, LIMITS);
    expect(step).toMatchObject({ next: "stop", reason: "sure", usable: 13 });
    expect(step.chanceOfMissing).toBeCloseTo(0.009_69, 5);
  });

  test("needs 99 runs where nothing is known of the rate: 1 / (99 + 1) is 1 %", () => {
    expect(nextStep(of(["good", 98]), 98, NOTHING, LIMITS)).toMatchObject({ next: "run", needed: 99 });
    expect(nextStep(of(["good", 99]), 99, NOTHING, LIMITS)).toMatchObject({ reason: "sure" });
  });

  test("needs more runs by a tally than by the rate that it seems to show", () => {
    expect(needed({ hits: 3, runs: 10 })).toBeGreaterThan(needed({ hits: 30, runs: 100 }));
    expect(needed({ hits: 30, runs: 100 })).toBeGreaterThan(needed(THIRTY));
    // (4)(5)(6)…: B(2, 4 + n) / B(2, 4) = 20 / ((n + 4)(n + 5)) is at most 1 % from n = 41 on
    expect(needed({ hits: 1, runs: 4 })).toBe(41);
  });

  test("is not made good by unusable runs", () => {
    expect(
      nextStep(of(["unusable", 4], ["good", 6], ["unusable", 4], ["good", 6]), 20, THIRTY, LIMITS),
    ).toMatchObject({
      next: "run",
      usable: 12,
      unusable: 8,
    });
  });

  test("cannot be told after too many unusable runs in a row", () => {
    const limits = { ...LIMITS, maxUnusable: 3 };
    expect(nextStep(of("good", ["unusable", 2]), 3, THIRTY, limits)).toMatchObject({ next: "run" });
    expect(nextStep(of("good", ["unusable", 3]), 4, THIRTY, limits)).toMatchObject({
      reason: "max-unusable",
    });
    expect(nextStep(of("unusable", "unusable", "good", "unusable"), 4, THIRTY, limits)).toMatchObject({
      next: "run",
    });
  });

  test("cannot be told where one other report masks it in run after run", () => {
    expect(nextStep(masked("a"), 1, THIRTY, LIMITS)).toMatchObject({ next: "run" });
    expect(nextStep(masked("a", "a"), 2, THIRTY, LIMITS)).toMatchObject({ reason: "masked" });
    expect(nextStep(masked("a", "b", "a"), 3, THIRTY, LIMITS)).toMatchObject({ next: "run" });
    expect(nextStep([...masked("a"), { result: "good" }, ...masked("a")], 3, THIRTY, LIMITS)).toMatchObject({
      next: "run",
    });
    // from before the command was started
    expect(nextStep(masked("a", "a"), 1, THIRTY, LIMITS)).toMatchObject({ next: "run" });
    expect(nextStep(masked("a", "a"), 2, THIRTY, { ...LIMITS, maxMasked: 3 })).toMatchObject({ next: "run" });
  });

  test("may be tried again: unusable runs from before the command was started do not count", () => {
    const limits = { ...LIMITS, maxUnusable: 3 };
    expect(nextStep(of(["unusable", 3]), 0, THIRTY, limits)).toMatchObject({ next: "run" });
    expect(nextStep(of(["unusable", 5]), 2, THIRTY, limits)).toMatchObject({ next: "run" });
    expect(nextStep(of(["unusable", 6]), 3, THIRTY, limits)).toMatchObject({ reason: "max-unusable" });
  });

  test("cannot be told when no more runs are allowed, but is bad or good by the last of them", () => {
    const limits = { ...LIMITS, maxRuns: 13 };
    expect(nextStep(of("unusable", ["good", 12]), 13, THIRTY, limits)).toMatchObject({ reason: "max-runs" });
    expect(nextStep(of(["good", 13]), 13, THIRTY, limits)).toMatchObject({ reason: "sure" });
    expect(nextStep(of(["good", 12], "bad"), 13, THIRTY, limits)).toMatchObject({ reason: "hit" });
  });

  test("is never called good while the chance of a miss is above what is allowed", () => {
    const results = fc.array(fc.constantFrom<Result>("good", "unusable", "bad"), { maxLength: 60 });
    const rates = fc.oneof(
      fc.double({ min: 0.01, max: 1, noNaN: true }).map((known) => ({ known })),
      fc.tuple(fc.nat(20), fc.nat(50)).map(([hits, misses]) => ({ hits, runs: hits + misses })),
    );
    fc.assert(
      fc.property(
        results,
        rates,
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (all, rate, confidence) => {
          const runs = of(...all);
          const step = nextStep(runs, runs.length, rate, { ...LIMITS, confidence });
          if (step.next === "run" || step.reason !== "sure") return;
          expect(all).not.toContain("bad");
          expect(step.chanceOfMissing).toBeLessThanOrEqual(1 - confidence + 1e-9);
        },
      ),
    );
  });
});

function journal(...commits: readonly (readonly [commit: string, results: string])[]): JournalRun[] {
  const named = { g: "good", b: "bad", u: "unusable" } as const;
  return commits.flatMap(([commit, results]) =>
    results.split("").map((letter, i): JournalRun => {
      const result = named[letter as keyof typeof named];
      return { commit, run: i + 1, result, reason: "", seconds: 1, kernel: null };
    }),
  );
}

describe("the hit rate", () => {
  const [A, B, C] = ["a".repeat(40), "b".repeat(40), "c".repeat(40)] as const;

  test("is what the user says, before all that a journal holds", () => {
    expect(rateFor(THIRTY, journal([A, "b"]), B)).toEqual({ from: "given", rate: THIRTY });
    const counted = { hits: 3, runs: 10 };
    expect(rateFor(counted, journal([A, "b"]), B)).toEqual({ from: "counted", rate: counted });
  });

  test("is learned from the commits with a hit alone, over their usable runs", () => {
    const runs = journal([A, "ggugb"], [B, "ggggggggggggg"], [C, "b"]);
    expect(rateFor(null, runs, "d".repeat(40))).toEqual({
      from: "learned",
      rate: { hits: 2, runs: 5 },
      commits: 2,
    });
  });

  test("is not learned from the commit under test", () => {
    expect(rateFor(null, journal([A, "gb"]), A)).toEqual({ from: "nothing", rate: NOTHING });
    expect(rateFor(null, journal([A, "gggg"]), B)).toEqual({ from: "nothing", rate: NOTHING });
  });
});

function name(commit: number): string {
  return commit.toString(16).padStart(40, "0");
}

describe("1000 bisections of 64 commits, of which those with the bug show it in 30 % of the runs", () => {
  const COMMITS = 64;

  /** As git does with `bisect run`: halves what is left. Commit 0 is good, and the last one bad. */
  function bisect(
    firstBad: number,
    said: Rate | null,
    random: () => number,
  ): { found: number; runs: number } {
    const runs: JournalRun[] = [];
    const isBad = (commit: number): boolean => {
      for (;;) {
        const own = runs.filter((run) => run.commit === name(commit));
        const step = nextStep(own, own.length, rateFor(said, runs, name(commit)).rate, LIMITS);
        if (step.next === "stop") return step.reason === "hit";
        const result = commit >= firstBad && random() < 0.3 ? "bad" : "good";
        const run = own.length + 1;
        runs.push({ commit: name(commit), run, result, reason: "", seconds: 1, kernel: null });
      }
    };
    let [good, bad] = [0, COMMITS];
    // to learn a rate, one starts at the commit that is known to be bad
    if (said === null && !isBad(bad)) return { found: -1, runs: runs.length };
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (isBad(middle)) bad = middle;
      else good = middle;
    }
    return { found: bad, runs: runs.length };
  }

  test.each([
    ["a known rate", THIRTY],
    ["30 hits in 100 runs", { hits: 30, runs: 100 }],
    ["what the journal has learned", null],
  ] as const)("by %s, find at least 970", (what, said) => {
    const random = randomOf(64);
    let [right, runs] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const firstBad = 1 + Math.floor(random() * COMMITS);
      const { found, runs: made } = bisect(firstBad, said, random);
      if (found === firstBad) right++;
      runs += made;
    }
    console.info(`by ${what}: ${right} of 1000 right, ${runs / 1000} runs each`);
    expect(right).toBeGreaterThanOrEqual(970);
  });
});
