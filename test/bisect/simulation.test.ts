import { describe, expect, test } from "vitest";
import { simulate } from "./simulation.ts";

const GAME = { rounds: 1000, commits: 64, hitRate: 0.3, confidence: 0.99, seed: 1 };

describe("1,000 bisections of 64 commits for a bug that shows in 30 % of the runs", () => {
  test("with each good commit as sure as the whole should be, fewer are right", () => {
    const { right, runs } = simulate("git bisect, each good commit with the confidence", GAME);
    // six steps, half of them bad and each missed with 0.7^13: ((1 + 1 - 0.7^13) / 2)^6 = 0.9713, give or take three
    // deviations of sqrt(1000 * 0.9713 * 0.0287) = 5.3
    const theory = 1000 * ((2 - 0.7 ** 13) / 2) ** 6;
    expect(Math.abs(right - theory)).toBeLessThan(16);
    // of a step 13 runs, or until the first hit: (1 - 0.7^13) / 0.3
    expect(runs).toBeCloseTo(3 * (13 + (1 - 0.7 ** 13) / 0.3), -1);
  });

  test("with the confidence split over the steps, as plan says, at least 970 are right", () => {
    const { right, runs } = simulate("git bisect, the confidence split over the steps", GAME);
    expect(right).toBeGreaterThanOrEqual(970);
    expect(runs).toBeLessThan(70);
  });

  test("with the commit that suspects says until one has 99 %, at least 970 are right, in fewer runs", () => {
    const { right, runs } = simulate("suspects, the rate given", GAME);
    expect(right).toBeGreaterThanOrEqual(970);
    expect(runs).toBeLessThan(45);
  });

  test("and also where the rate is learned from ten runs of the bad build", () => {
    const { right } = simulate("suspects, the rate learned", { ...GAME, rounds: 300 });
    expect(right).toBeGreaterThanOrEqual(0.97 * 300);
  });
});
