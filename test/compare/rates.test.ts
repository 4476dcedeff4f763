import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chanceOfMissing,
  credibleInterval,
  logChanceOfMissing,
  meanRate,
  meanRunsToHit,
  MOST_RUNS,
  probabilityOfDifference,
  runsNeeded,
  type Tally,
} from "../../src/compare/rates.ts";

/** A fraction of whole numbers, for what must be exact. */
type Fraction = readonly [bigint, bigint];

function factorial(n: number): bigint {
  let product = 1n;
  for (let i = 2n; i <= BigInt(n); i++) product *= i;
  return product;
}

/** B(a, b) of whole numbers: (a - 1)! (b - 1)! / (a + b - 1)! */
function beta(a: number, b: number): Fraction {
  return [factorial(a - 1) * factorial(b - 1), factorial(a + b - 1)];
}

function over([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * d, b * c];
}

function numberOf([a, b]: Fraction): number {
  return Number((a * 10n ** 18n) / b) / 1e18;
}

/**
 * P(x > y) in another way than the program's: of x ~ Beta(a, b) the density is a polynomial, and y's distribution one
 * of powers of y, integrated term by term: the sum over j >= c of C(c + d - 1, j) B(a + j, b + c + d - 1 - j) / B(a, b).
 */
function exactHigher(higher: Tally, lower: Tally): number {
  const [a, b] = [1 + higher.hits, 1 + higher.runs - higher.hits];
  const [c, d] = [1 + lower.hits, 1 + lower.runs - lower.hits];
  const n = c + d - 1;
  let sum = 0;
  for (let j = c; j <= n; j++) {
    const choices: Fraction = [factorial(n), factorial(j) * factorial(n - j)];
    const [p, q] = over(beta(a + j, b + n - j), beta(a, b));
    sum += numberOf([choices[0] * p, choices[1] * q]);
  }
  return sum;
}

const tallies = (most: number): fc.Arbitrary<Tally> =>
  fc
    .integer({ min: 0, max: most })
    .chain((runs) => fc.integer({ min: 0, max: runs }).map((hits) => ({ hits, runs })));

describe("the probability of a difference", () => {
  test.each([
    // P(Beta(3, 1) > Beta(1, 4)): 1 - 3 B(3, 5), 3 * 2! 4! / 7! = 1 / 35
    [0, 3, 2, 2, 34 / 35],
    // P(Beta(2, 1) > Beta(1, 2)): 5 of 6
    [0, 1, 1, 1, 5 / 6],
    // P(Beta(2, 1) > Beta(2, 2)): the integral of 2x (3x^2 - 2x^3), 3/2 - 4/5
    [1, 2, 1, 1, 0.7],
  ])("%i of %i against %i of %i", (oldHits, oldRuns, newHits, newRuns, expected) => {
    const [a, b] = [
      { hits: oldHits, runs: oldRuns },
      { hits: newHits, runs: newRuns },
    ];
    expect(probabilityOfDifference(a, b)).toBeCloseTo(expected, 12);
    expect(probabilityOfDifference(b, a)).toBe(probabilityOfDifference(a, b));
  });

  test.each([
    ["nothing was observed on one side", { hits: 0, runs: 0 }, { hits: 9, runs: 9 }],
    ["nothing was observed at all", { hits: 0, runs: 0 }, { hits: 0, runs: 0 }],
    ["both show it always, one more often observed", { hits: 1, runs: 1 }, { hits: 50, runs: 50 }],
    ["a single hit in a single run is more than 90 of 100", { hits: 1, runs: 1 }, { hits: 90, runs: 100 }],
  ])("is that of a coin where %s", (_what, a, b) => {
    expect(probabilityOfDifference(a, b)).toBe(0.5);
  });

  test("is what exact arithmetic gives, from 0.5 to 1", () => {
    fc.assert(
      fc.property(tallies(40), tallies(40), (a, b) => {
        const lead = b.hits * a.runs - a.hits * b.runs;
        if (a.runs === 0 || b.runs === 0 || lead === 0) return;
        const expected = Math.max(0.5, lead > 0 ? exactHigher(b, a) : exactHigher(a, b));
        expect(probabilityOfDifference(a, b)).toBeCloseTo(expected, 11);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("holds for thousands of boots", () => {
    expect(probabilityOfDifference({ hits: 0, runs: 9000 }, { hits: 9000, runs: 9000 })).toBeCloseTo(1, 9);
    const small = probabilityOfDifference({ hits: 3000, runs: 10_000 }, { hits: 3030, runs: 10_000 });
    // two rates of 0.3 differ by 0.003 with a deviation of sqrt(2 * 0.21 / 10000) = 0.00648: the normal law gives 0.678
    expect(small).toBeCloseTo(0.678, 2);
    const [hits, runs] = [499_999, 1_000_000];
    expect(probabilityOfDifference({ hits, runs }, { hits: hits + 1, runs })).toBeCloseTo(0.5, 2);
  });
});

describe("the chance of missing", () => {
  test("of a known rate is a power", () => {
    expect(chanceOfMissing(13, { known: 0.3 })).toBeCloseTo(0.7 ** 13, 14);
    expect(chanceOfMissing(0, { known: 1 })).toBe(1);
    expect(chanceOfMissing(1, { known: 1 })).toBe(0);
    expect(logChanceOfMissing(1_000_000, { known: 0.5 })).toBeCloseTo(-1_000_000 * Math.LN2, 6);
  });

  test("of a rate of which nothing is known is 1 in n + 1", () => {
    for (const runs of [0, 1, 2, 99])
      expect(chanceOfMissing(runs, { hits: 0, runs: 0 })).toBeCloseTo(1 / (runs + 1), 14);
  });

  test("of a learned rate is what exact arithmetic gives: B(a, b + n) / B(a, b)", () => {
    fc.assert(
      fc.property(tallies(60), fc.integer({ min: 0, max: 120 }), (tally, runs) => {
        const [a, b] = [1 + tally.hits, 1 + tally.runs - tally.hits];
        const [p, q] = over(beta(a, b + runs), beta(a, b));
        const exact = Number((p * 10n ** 60n) / q) / 1e60;
        expect(Math.abs(chanceOfMissing(runs, tally) - exact)).toBeLessThanOrEqual(1e-12 * exact + 1e-59);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("takes the next run's chance for the mean rate", () => {
    expect(meanRate({ hits: 3, runs: 10 })).toBe(4 / 12);
    expect(chanceOfMissing(1, { hits: 3, runs: 10 })).toBeCloseTo(8 / 12, 14);
    expect(meanRate({ known: 0.2 })).toBe(0.2);
  });
});

describe("the runs needed", () => {
  test.each([
    // 0.7^12 = 0.01384, 0.7^13 = 0.00969
    [{ known: 0.3 }, 0.99, 13],
    // 0.8^20 = 0.01153, 0.8^21 = 0.00922
    [{ known: 0.2 }, 0.99, 21],
    [{ known: 1 }, 0.999, 1],
    // exactly enough, although 1 - 0.9 and 0.1 are two numbers
    [{ known: 0.9 }, 0.9, 1],
    [{ known: 0.5 }, 0.5, 1],
    // 1 / (n + 1) <= 0.01
    [{ hits: 0, runs: 0 }, 0.99, 99],
    // (1 + 1000) / (1001 + n) <= 0.01
    [{ hits: 0, runs: 1000 }, 0.99, 99_099],
    // one hit in one run: 2 / ((n + 1)(n + 2)) <= 0.05 first at n = 5: 2 / 42
    [{ hits: 1, runs: 1 }, 0.95, 5],
  ])("%o with confidence %d: %i", (rate, confidence, runs) => {
    expect(runsNeeded(rate, confidence)).toBe(runs);
  });

  test("are the fewest: one less is not enough, and a learned rate takes more than its mean", () => {
    fc.assert(
      fc.property(tallies(200), fc.double({ min: 0.5, max: 0.999, noNaN: true }), (tally, confidence) => {
        const runs = runsNeeded(tally, confidence);
        expect(chanceOfMissing(runs, tally)).toBeLessThanOrEqual((1 - confidence) * (1 + 1e-9));
        expect(chanceOfMissing(runs - 1, tally)).toBeGreaterThan((1 - confidence) * (1 - 1e-9));
        expect(runs).toBeGreaterThanOrEqual(runsNeeded({ known: meanRate(tally) }, confidence));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("are refused where there is no end to them", () => {
    expect(() => runsNeeded({ known: 0 }, 0.99)).toThrow(
      "not a hit rate: 0; it must be above 0 and at most 1",
    );
    expect(() => runsNeeded({ known: 1e-9 }, 0.99)).toThrow(`more than ${MOST_RUNS} runs`);
    expect(() => runsNeeded({ known: Number.NaN }, 0.99)).toThrow("not a hit rate");
    for (const confidence of [0, 1, Number.NaN, -1])
      expect(() => runsNeeded({ known: 0.5 }, confidence)).toThrow("not a confidence");
    expect(() => runsNeeded({ hits: 2, runs: 1 }, 0.9)).toThrow("not a tally: 2 hits in 1 runs");
  });

  test("end at the first hit: how many are made on the average", () => {
    // 1 + 0.5 + 0.25
    expect(meanRunsToHit(3, { known: 0.5 })).toBeCloseTo(1.75, 14);
    // of an unknown rate 1 + 1/2 + 1/3
    expect(meanRunsToHit(3, { hits: 0, runs: 0 })).toBeCloseTo(11 / 6, 14);
    // B(2, 1 + i) / B(2, 1): 1 + 1/3 + 1/6
    expect(meanRunsToHit(3, { hits: 1, runs: 1 })).toBeCloseTo(1.5, 14);
  });
});

describe("the interval of a rate", () => {
  test.each([
    [{ hits: 0, runs: 0 }, 0.9, 0.05, 0.95],
    // Beta(1, 4): 1 - (1 - x)^4
    [{ hits: 0, runs: 3 }, 0.9, 1 - 0.95 ** 0.25, 1 - 0.05 ** 0.25],
    // Beta(3, 1): x^3
    [{ hits: 2, runs: 2 }, 0.8, Math.cbrt(0.1), Math.cbrt(0.9)],
    // Beta(1, 1000001)
    [{ hits: 0, runs: 1_000_000 }, 0.9, -Math.log(0.95) / 1e6, -Math.log(0.05) / 1e6],
  ])("%o, %d", (tally, mass, low, high) => {
    const interval = credibleInterval(tally, mass);
    expect(interval.low).toBeCloseTo(low, 8);
    expect(interval.high).toBeCloseTo(high, 8);
  });

  test("is mirrored where hits and misses change places, and as wide as the normal law says", () => {
    const { low, high } = credibleInterval({ hits: 300, runs: 1000 }, 0.9);
    const mirrored = credibleInterval({ hits: 700, runs: 1000 }, 0.9);
    expect([1 - mirrored.high, 1 - mirrored.low]).toEqual([
      expect.closeTo(low, 10),
      expect.closeTo(high, 10),
    ]);
    expect(high - low).toBeCloseTo(2 * 1.645 * Math.sqrt(0.21 / 1000), 3);
  });
});
