import { CommitGraph } from "../../src/bisect/commit-graph.ts";
import { planOf } from "../../src/bisect/plan.ts";
import { judge, type Test } from "../../src/bisect/suspects.ts";
import { randomOf } from "../support/random.ts";
import { history, line } from "./histories.ts";

/** Bisections of a bug that shows in some of the runs only, over commits one after another. */

interface Game {
  readonly commits: number;
  readonly hitRate: number;
  readonly confidence: number;
  /** Runs a commit: does this one show the bug? */
  readonly run: (commit: number) => boolean;
}

/** The commit that a bisection ends at. */
type Strategy = (game: Game) => number;

/** As git bisect goes: each step halves what is left, and a commit is good after so many runs without a hit. */
function halving(game: Game, runs: number): number {
  let [first, last] = [0, game.commits - 1];
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    let isBad = false;
    for (let i = 0; i < runs && !isBad; i++) isBad = game.run(middle);
    if (isBad) last = middle;
    else first = middle + 1;
  }
  return last;
}

/** As `bisect suspects` says, one run after another, until a commit is likely enough. */
function suspecting(game: Game, known: number | null, tests: Map<number, Test>): number {
  const graph = new CommitGraph(history(line(game.commits)));
  for (;;) {
    const { posterior, next } = judge(graph, tests, known);
    const best = posterior.probabilities.findIndex((probability) => probability >= game.confidence);
    if (best >= 0 || next === null) return best;
    const { hits, runs } = tests.get(next.commit) ?? { hits: 0, runs: 0 };
    const isHit = game.run(next.commit);
    tests.set(next.commit, { hits: hits + (isHit ? 1 : 0), runs: runs + 1, unusable: 0 });
  }
}

/** Runs of the bad build before the bisection, where the rate is not given. */
const RUNS_BEFORE = 10;

export const STRATEGIES = {
  "git bisect, each good commit with the confidence": (game) =>
    halving(game, planOf({ known: game.hitRate }, { confidence: game.confidence }).runs),
  "git bisect, the confidence split over the steps": (game) => {
    const { bisection } = planOf({ known: game.hitRate }, game);
    return halving(game, bisection?.runs ?? 0);
  },
  "suspects, the rate given": (game) => suspecting(game, game.hitRate, new Map()),
  "suspects, the rate learned": (game) => {
    const last = game.commits - 1;
    let hits = 0;
    for (let i = 0; i < RUNS_BEFORE; i++) if (game.run(last)) hits++;
    return suspecting(game, null, new Map([[last, { hits, runs: RUNS_BEFORE, unusable: 0 }]]));
  },
} as const satisfies Record<string, Strategy>;

export interface Outcome {
  /** Bisections that ended at the first bad commit. */
  readonly right: number;
  /** Runs of a bisection, on the average. */
  readonly runs: number;
}

/** Plays bisections whose first bad commit is drawn at random. */
export function simulate(
  strategy: keyof typeof STRATEGIES,
  {
    rounds,
    commits,
    hitRate,
    confidence,
    seed,
  }: Omit<Game, "run"> & { readonly rounds: number; readonly seed: number },
): Outcome {
  const random = randomOf(seed);
  let [right, runs] = [0, 0];
  for (let i = 0; i < rounds; i++) {
    const first = Math.floor(random() * commits);
    const run = (commit: number): boolean => {
      runs++;
      return commit >= first && random() < hitRate;
    };
    if (STRATEGIES[strategy]({ commits, hitRate, confidence, run }) === first) right++;
  }
  return { right, runs: runs / rounds };
}
