import { rounded, type Tally } from "../compare/rates.ts";
import type { CommitGraph } from "./commit-graph.ts";
import {
  byProbability,
  credibleSet,
  nextTest,
  type NextTest,
  type Posterior,
  posteriorOf,
  type Sought,
  THE_BUG,
} from "./posterior.ts";
import type { Note, Suspects } from "./suspects-schema.ts";
import type { Touch } from "../report/code-schema.ts";

/** What a commit showed in all its runs. */
export interface Test extends Tally {
  readonly unusable: number;
}

/** The tests of a range's commits, by number. */
export type Tests = ReadonlyMap<number, Test>;

/** What the tests say of the commits of a range. */
export interface Judgement {
  readonly known: number | null;
  readonly posterior: Posterior;
  readonly next: NextTest | null;
  /** The likeliest first. */
  readonly credible: readonly number[];
  /** Commits that were tried and never usable, which are not proposed again. */
  readonly untestable: readonly number[];
}

/** The credible set holds the first bad commit with this probability. */
const MASS = 0.95;

/** @param known the hit rate, where it is given */
export function judge(
  graph: CommitGraph,
  tests: Tests,
  known: number | null,
  sought: Sought = THE_BUG,
): Judgement {
  const posterior = posteriorOf(graph, tests, known, sought);
  const untestable = [...tests]
    .filter(([, { runs, unusable }]) => runs === 0 && unusable > 0)
    .map(([at]) => at);
  return {
    known,
    posterior,
    next: nextTest(graph, posterior, known, new Set(untestable)),
    credible: credibleSet(posterior, MASS),
    untestable,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/**
 * The document of a judgement.
 *
 * @param touches of a commit, by number; null if nobody looked
 */
export function suspectsDocument(
  graph: CommitGraph,
  range: { readonly good: string; readonly bad: string },
  tests: Tests,
  { known, posterior, next, credible, untestable }: Judgement,
  notes: readonly Note[],
  touches: (commit: number) => Touch[] | null,
): Suspects {
  const { probabilities, rates } = posterior;
  const of = (commit: number): { sha: string; subject: string } =>
    graph.commits[commit] ?? { sha: "", subject: "" };
  const inSet = new Set(credible);
  const counted = [...tests.values()].filter(({ runs }) => runs > 0);
  const isExplained = credible.length > 0;
  const mean = sum(Array.from(probabilities, (probability, i) => probability * (rates[i] ?? 0)));
  return {
    schema: "splat-triage-suspects/1",
    find: posterior.search,
    range: { good: range.good, bad: range.bad, commits: graph.size },
    rate: { known, mean: isExplained ? rounded(mean) : null },
    tests: {
      commits: counted.length,
      hits: sum(counted.map(({ hits }) => hits)),
      runs: sum(counted.map(({ runs }) => runs)),
    },
    next:
      next === null
        ? null
        : {
            commit: of(next.commit).sha,
            subject: of(next.commit).subject,
            by: next.by,
            bits: rounded(next.bits),
          },
    credible: { mass: MASS, commits: credible.length },
    notes: [
      ...(tests.size === 0 ? [{ code: "no-tests" as const }] : []),
      ...(isExplained ? [] : [{ code: "contradictory" as const }]),
      ...(untestable.length > 0
        ? [{ code: "untestable" as const, commits: untestable.map((commit) => of(commit).sha) }]
        : []),
      ...notes,
    ],
    commits: byProbability(probabilities).map((commit) => ({
      commit: of(commit).sha,
      subject: of(commit).subject,
      probability: rounded(probabilities[commit] ?? 0),
      credible: inSet.has(commit),
      hits: tests.get(commit)?.hits ?? 0,
      runs: tests.get(commit)?.runs ?? 0,
      unusable: tests.get(commit)?.unusable ?? 0,
      touches: touches(commit),
    })),
  };
}
