import { logChanceOfMissing, type Rate, type Tally } from "../compare/rates.ts";
import type { CommitGraph } from "./commit-graph.ts";
import type { Search } from "./journal.ts";

/**
 * Which commit of a range was the first bad one, given tests that miss the bug now and then.
 *
 * The hypothesis "c was the first bad one" says of every commit whether it has the bug: c has it, and all that descend
 * from c. A kernel without the bug never shows it. One with it shows it at an unknown rate, the same for all, of which
 * every value was equally likely before: K hits and M misses on commits with the bug have the probability
 * B(1 + K, 1 + M). Before the tests every commit of the range is as likely as any other.
 *
 * Where the commit that fixed the bug is looked for, it is the other way round: c has it no more, nor what descends from
 * c, and all others have it.
 */
export interface Posterior {
  /** Of each commit, by number; all 0 where no single commit explains the tests. */
  readonly probabilities: Float64Array;
  readonly search: Search;
  /** If the commit was the first bad one: the chance that the next run of a commit with the bug shows it. */
  readonly rates: Float64Array;
  /** Commits that explain the tests with a bug that shows in every run: those that git bisect has left. */
  readonly plain: readonly number[];
}

/** What is looked for, and what tests of commits outside of the range say of the rate: of older ones that have the bug. */
export interface Sought {
  readonly search: Search;
  readonly before: Tally;
}

export const THE_BUG: Sought = { search: "bug", before: { hits: 0, runs: 0 } };

/**
 * @param tallies by number of commit
 * @param known the rate, where it is given
 */
export function posteriorOf(
  graph: CommitGraph,
  tallies: ReadonlyMap<number, Tally>,
  known: number | null,
  { search, before }: Sought = THE_BUG,
): Posterior {
  const hits = new Float64Array(graph.size);
  const misses = new Float64Array(graph.size);
  let allHits = before.hits;
  let allMisses = before.runs - before.hits;
  for (const [commit, tally] of tallies) {
    allHits += tally.hits;
    allMisses += tally.runs - tally.hits;
    graph.eachAncestor(commit, (ancestor) => {
      hits[ancestor] = (hits[ancestor] ?? 0) + tally.hits;
      misses[ancestor] = (misses[ancestor] ?? 0) + tally.runs - tally.hits;
    });
  }
  const rate: Rate = known === null ? { hits: allHits, runs: allHits } : { known };
  const chances = new Map<number, number>();
  const logs = new Float64Array(graph.size).fill(-Infinity);
  const rates = new Float64Array(graph.size);
  const plain: number[] = [];
  let best = -Infinity;
  for (let i = 0; i < graph.size; i++) {
    const missed = search === "bug" ? (misses[i] ?? 0) : allMisses - (misses[i] ?? 0);
    rates[i] = known ?? (1 + allHits) / (2 + allHits + missed);
    // a hit on a commit that would not have the bug
    if (hits[i] !== (search === "bug" ? allHits : 0)) continue;
    if (missed === 0) plain.push(i);
    const chance = chances.get(missed) ?? logChanceOfMissing(missed, rate);
    chances.set(missed, chance);
    logs[i] = chance;
    best = Math.max(best, chance);
  }
  if (best === -Infinity) return { search, probabilities: new Float64Array(graph.size), rates, plain };
  const weights = logs.map((log) => Math.exp(log - best));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return { search, probabilities: weights.map((weight) => weight / all), rates, plain };
}

/** The commit to test next, and why that one. */
export interface NextTest {
  readonly commit: number;
  /**
   * midpoint: the tests so far fit a bug that always shows, so this one halves what is left, as git bisect does;
   * information: one more run of it is expected to tell most.
   */
  readonly by: "midpoint" | "information";
  /** How much one run of it is expected to tell of which commit it was. */
  readonly bits: number;
}

/** Gains that differ by less are equal. */
const ROUNDING = 1e-9;

/**
 * Which commit to run next.
 *
 * @param known the rate, where it is given
 * @param untestable commits that are not proposed
 * @returns null if no run would tell anything
 */
export function nextTest(
  graph: CommitGraph,
  posterior: Posterior,
  known: number | null,
  untestable: ReadonlySet<number>,
): NextTest | null {
  const bits = expectedBits(graph, posterior);
  const { plain } = posterior;
  const half = known === null || known === 1 ? middles(graph, plain) : null;
  const midpoint = half === null ? null : largest(half, untestable);
  if (midpoint !== null) return { commit: midpoint, by: "midpoint", bits: bits[midpoint] ?? 0 };
  const commit = largest(bits, untestable);
  return commit === null ? null : { commit, by: "information", bits: bits[commit] ?? 0 };
}

/** The oldest of the commits with the largest value above zero. */
function largest(values: Float64Array, untestable: ReadonlySet<number>): number | null {
  let best: number | null = null;
  let most = ROUNDING;
  for (const [i, value] of values.entries()) {
    if (value <= most * (1 + ROUNDING) || untestable.has(i)) continue;
    most = value;
    best = i;
  }
  return best;
}

/** As git bisect counts: how many of the commits left a test would rule out at the least. */
function middles(graph: CommitGraph, left: readonly number[]): Float64Array {
  const weights = new Float64Array(graph.size);
  for (const commit of left) weights[commit] = 1;
  const middle = new Float64Array(graph.size);
  const sums = graph.sumsOverAncestors(weights);
  for (const commit of left) {
    const older = sums[commit] ?? 0;
    middle[commit] = Math.min(older, left.length - older);
  }
  return middle;
}

/**
 * What one more run of each commit is expected to tell of which was the first bad one: the mutual information of the
 * two, H(result) - the mean over c of H(result if c was the first bad one). The second is 0 for every c after which the
 * commit would not have the bug.
 */
function expectedBits(graph: CommitGraph, { search, probabilities, rates }: Posterior): Float64Array {
  /** Over the commits after which each one would have the bug. */
  const sums = (weights: Float64Array): Float64Array => {
    const older = graph.sumsOverAncestors(weights);
    if (search === "bug") return older;
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    return older.map((sum) => Math.max(0, all - sum));
  };
  const shown = sums(probabilities.map((p, i) => p * (rates[i] ?? 0)));
  const unsure = sums(probabilities.map((p, i) => p * entropy(rates[i] ?? 0)));
  return shown.map((chance, i) => Math.max(0, entropy(chance) - (unsure[i] ?? 0)));
}

function entropy(chance: number): number {
  if (chance <= 0 || chance >= 1) return 0;
  return -(chance * Math.log2(chance) + (1 - chance) * Math.log2(1 - chance));
}

/** The smallest set of commits that holds the first bad one with that probability, the likeliest first. */
export function credibleSet({ probabilities }: Posterior, mass: number): number[] {
  const set: number[] = [];
  let sum = 0;
  for (const commit of byProbability(probabilities)) {
    const probability = probabilities[commit] ?? 0;
    if (probability === 0 || sum >= mass - ROUNDING) break;
    set.push(commit);
    sum += probability;
  }
  return set;
}

/** All commits, the likeliest first, the older first of equals. */
export function byProbability(probabilities: Float64Array): number[] {
  return Array.from(probabilities.keys()).toSorted(
    (a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b,
  );
}
