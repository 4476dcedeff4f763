import * as z from "zod";
import {
  credibleInterval,
  meanRate,
  meanRunsToHit,
  type Rate,
  rounded,
  runsNeeded,
  type Tally,
} from "../compare/rates.ts";
import { Search } from "./journal.ts";

/** How many runs a bisection takes, before it is begun. */

const Share = z.number().min(0).max(1);

export const Plan = z.strictObject({
  schema: z.literal("splat-triage-plan/1"),
  find: Search.describe(
    "where the fix is looked for, a commit without a hit is new, fixed, and one with a hit old",
  ),
  rate: z
    .strictObject({
      known: Share.nullable().describe("as given; null: learned from the runs"),
      hits: z.int().nullable(),
      runs: z.int().nullable(),
      mean: Share.describe("the chance that the next run of a kernel with the bug shows it"),
      interval: z
        .strictObject({ low: Share, high: Share, mass: Share })
        .nullable()
        .describe("the rate lies between these with that probability; null where it is given"),
    })
    .describe("how often a run of a kernel with the bug shows it"),
  confidence: Share,
  runs: z.int().describe("without a hit, until one commit may be called good with that confidence"),
  runsIfExact: z
    .int()
    .nullable()
    .describe(
      "what they would be if the rate were exactly hits / runs; null without hits, or where it is given",
    ),
  bisection: z
    .strictObject({
      commits: z.int(),
      steps: z.int().describe("commits to test: the logarithm of base 2, rounded up"),
      confidence: Share.describe("of each step, so that all of them are right with the confidence asked for"),
      runs: z.int().describe("of a step, without a hit"),
      mostRuns: z.int().describe("where no step shows the bug"),
      expectedRuns: z.number().describe("where half of the steps are bad and end at their first hit"),
    })
    .nullable(),
});

export type Plan = z.infer<typeof Plan>;

/** How sure it is that the rate lies in the interval that is told. */
const MASS = 0.9;

export interface PlanOptions {
  /** The chance that a whole bisection is right, or where no commits are given, that one commit is. */
  readonly confidence: number;
  /** From which the first bad one is to be found. */
  readonly commits?: number | undefined;
  readonly find?: Search | undefined;
}

/**
 * The runs that a commit needs before it may be called good, and those of a whole bisection.
 *
 * A step that is right with probability c^(1 / steps) makes a bisection that is right with probability c: only a kernel
 * with the bug can be misjudged, in each step on its own. Where the rate is learned the steps share it, which makes it
 * likelier that all of them are right.
 *
 * @throws RangeError if it takes more runs than anybody makes
 */
export function planOf(rate: Rate, { confidence, commits, find = "bug" }: PlanOptions): Plan {
  const known = "known" in rate ? rate.known : null;
  const tally = "known" in rate ? null : rate;
  const exact = tally !== null && tally.hits > 0 ? { known: tally.hits / tally.runs } : null;
  return {
    schema: "splat-triage-plan/1",
    find,
    rate: {
      known,
      hits: tally?.hits ?? null,
      runs: tally?.runs ?? null,
      mean: rounded(meanRate(rate)),
      interval: tally === null ? null : intervalOf(tally),
    },
    confidence,
    runs: runsNeeded(rate, confidence),
    runsIfExact: exact === null ? null : runsNeeded(exact, confidence),
    bisection: commits === undefined ? null : bisectionOf(rate, confidence, commits),
  };
}

function intervalOf(tally: Tally): NonNullable<Plan["rate"]["interval"]> {
  const { low, high } = credibleInterval(tally, MASS);
  return { low: rounded(low), high: rounded(high), mass: MASS };
}

function bisectionOf(rate: Rate, confidence: number, commits: number): NonNullable<Plan["bisection"]> {
  const steps = stepsOf(commits);
  const each = stepConfidence(confidence, steps);
  const runs = steps === 0 ? 0 : runsNeeded(rate, each);
  return {
    commits,
    steps,
    confidence: rounded(each),
    runs,
    mostRuns: steps * runs,
    expectedRuns: rounded((steps * (runs + meanRunsToHit(runs, rate))) / 2),
  };
}

/** Commits to test until one of so many is left. */
function stepsOf(commits: number): number {
  let steps = 0;
  while (2 ** steps < commits) steps++;
  return steps;
}

/** How sure each of so many steps must be, for all of them to be right. */
function stepConfidence(confidence: number, steps: number): number {
  return steps === 0 ? confidence : Math.exp(Math.log(confidence) / steps);
}
