/**
 * How often something shows, and what that tells. A rate that was observed is never taken for the rate itself: before
 * the first run every rate from 0 to 1 is equally likely (a Beta(1, 1) prior), after `hits` of `runs` it is
 * Beta(1 + hits, 1 + runs - hits). Runs are independent of each other. All sums below are exact but for rounding: the
 * counts are whole numbers, and so no special function is needed.
 */

/** How often something showed, over the boots or runs that could have shown it. */
export interface Tally {
  readonly hits: number;
  readonly runs: number;
}

/** A rate that is given, above 0 and at most 1, or what was seen of one that is not. */
export type Rate = { readonly known: number } | Tally;

/** No bug is worth more runs. */
export const MOST_RUNS = 10_000_000;

/** Chances that differ by less are equal: 1 - 0.9 is not 0.1 in binary. */
const ROUNDING = 1e-12;

function shapeOf({ hits, runs }: Tally): readonly [hit: number, miss: number] {
  if (!Number.isSafeInteger(hits) || !Number.isSafeInteger(runs) || hits < 0 || hits > runs)
    throw new RangeError(`not a tally: ${hits} hits in ${runs} runs`);
  return [1 + hits, 1 + runs - hits];
}

/**
 * The probability that the side on which something showed more often really has the higher rate.
 *
 * @returns from 0.5, if the runs tell nothing: none on one side, the same share of hits on both, or so few that the
 *   higher share is more likely chance; up to 1. Which side is which does not matter.
 */
export function probabilityOfDifference(a: Tally, b: Tally): number {
  const shapes = [shapeOf(a), shapeOf(b)] as const;
  const lead = b.hits * a.runs - a.hits * b.runs;
  if (a.runs === 0 || b.runs === 0 || lead === 0) return 0.5;
  const [lower, higher] = lead > 0 ? shapes : ([shapes[1], shapes[0]] as const);
  return Math.min(1, Math.max(0.5, probabilityOfHigher(higher, lower)));
}

/**
 * P(x > y) of x ~ Beta(a, b) and y ~ Beta(c, d): the sum over i < a of B(c + i, b + d) / ((b + i) B(1 + i, b) B(c, d)).
 * Each term comes from the one before, in logarithms, for the first may be too small for a number.
 */
function probabilityOfHigher([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number {
  let term = logProduct(d, c + d, b);
  let sum = 0;
  for (let i = 0; i < a; i++) {
    sum += Math.exp(term);
    term += Math.log(((c + i) / (c + i + b + d)) * ((b + i) / (1 + i)));
  }
  return sum;
}

/** The logarithm of the product of (above + i) / (below + i) for i < count. */
function logProduct(above: number, below: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.log1p((above - below) / (below + i));
  return sum;
}

/**
 * The chance that so many runs of a kernel with the bug all miss it, as a logarithm.
 *
 * Of a rate of which only a tally is known, the mean of (1 - rate)^runs over what the rate may be,
 * B(a, b + runs) / B(a, b): more than the power of the mean, for the rate may be a low one.
 */
export function logChanceOfMissing(runs: number, rate: Rate): number {
  if (!Number.isSafeInteger(runs) || runs < 0) throw new RangeError(`not a number of runs: ${runs}`);
  if ("known" in rate) return runs === 0 ? 0 : runs * Math.log1p(-checked(rate.known));
  const [a, b] = shapeOf(rate);
  // two forms of the same, of which one is shorter
  return runs < a ? logProduct(b, a + b, runs) : logProduct(b, b + runs, a);
}

/** The same as a number, which is 0 where it is too small for one. */
export function chanceOfMissing(runs: number, rate: Rate): number {
  return Math.exp(logChanceOfMissing(runs, rate));
}

function checked(rate: number): number {
  if (!(rate > 0 && rate <= 1))
    throw new RangeError(`not a hit rate: ${rate}; it must be above 0 and at most 1`);
  return rate;
}

/**
 * The fewest runs, all without a hit, after which the chance that the bug was missed is at most 1 - confidence.
 *
 * @param confidence above 0 and below 1
 * @throws RangeError if it takes more than {@link MOST_RUNS}
 */
export function runsNeeded(rate: Rate, confidence: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`not a confidence: ${confidence}; it must be above 0 and below 1`);
  const most = Math.log1p(-confidence) + ROUNDING;
  const isEnough = (runs: number): boolean => logChanceOfMissing(runs, rate) <= most;
  if (!isEnough(MOST_RUNS)) throw new RangeError(`it takes more than ${MOST_RUNS} runs`);
  let [few, enough] = [0, 1];
  while (!isEnough(enough)) [few, enough] = [enough, Math.min(MOST_RUNS, enough * 2)];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/** How many runs of a kernel with the bug are made on the average, where the first hit ends them. */
export function meanRunsToHit(most: number, rate: Rate): number {
  if ("known" in rate) return -Math.expm1(logChanceOfMissing(most, rate)) / checked(rate.known);
  const [a, b] = shapeOf(rate);
  let [missed, sum] = [1, 0];
  for (let i = 0; i < most; i++) {
    sum += missed;
    missed *= (b + i) / (a + b + i);
  }
  return sum;
}

/** The rate itself, or the mean of what it may be: the chance that the next run of a kernel with the bug shows it. */
export function meanRate(rate: Rate): number {
  if ("known" in rate) return checked(rate.known);
  const [a, b] = shapeOf(rate);
  return a / (a + b);
}

/**
 * Between which rates the true one lies.
 *
 * @param mass how sure, such as 0.9: then one in twenty is left out at either end
 */
export function credibleInterval(
  tally: Tally,
  mass: number,
): { readonly low: number; readonly high: number } {
  const [a, b] = shapeOf(tally);
  const logBeta = logProduct(1, b + 1, a - 1) - Math.log(b);
  const quantile = (share: number): number => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (shareBelow(middle, a, b, logBeta) < share) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return { low: quantile((1 - mass) / 2), high: quantile((1 + mass) / 2) };
}

/**
 * How much of Beta(a, b) lies below x: a binomial tail, summed from its largest term on until the rest is nothing.
 *
 * @param logBeta the logarithm of B(a, b)
 */
function shareBelow(x: number, a: number, b: number, logBeta: number): number {
  const count = a + b - 1;
  const odds = x / (1 - x);
  let sum = 0;
  if (x * count < a) {
    let term = Math.exp(a * Math.log(x) + (b - 1) * Math.log1p(-x) - Math.log(a) - logBeta);
    for (let j = a; term > sum * Number.EPSILON; j++) {
      sum += term;
      term *= ((count - j) / (j + 1)) * odds;
    }
    return sum;
  }
  let term = Math.exp((a - 1) * Math.log(x) + b * Math.log1p(-x) - Math.log(b) - logBeta);
  for (let j = a - 1; term > sum * Number.EPSILON; j--) {
    sum += term;
    term *= j / (count - j + 1) / odds;
  }
  return 1 - sum;
}

/** Digits that are told: more depend on the machine that did the sum. */
const DIGITS = 9;

/** A figure as it is written into a document. */
export function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
