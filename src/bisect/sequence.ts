import { chanceOfMissing, type Rate, runsNeeded } from "../compare/rates.ts";
import type { JournalRun } from "./journal.ts";

/** When to stop testing a commit. */
export interface Limits {
  /** How sure a good commit must be: the chance of having missed the report is at most 1 - confidence. */
  readonly confidence: number;
  /** Runs of the commit in all, unusable ones too; null: as many as it takes. */
  readonly maxRuns: number | null;
  /** Unusable runs in a row. */
  readonly maxUnusable: number;
  /** Of these such that one and the same other report masks: it comes each time, and more runs show it again. */
  readonly maxMasked: number;
}

/** What the runs of a commit say so far. */
export interface Progress {
  /** Usable runs without a hit that are enough. */
  readonly needed: number;
  readonly usable: number;
  readonly unusable: number;
  /** That all usable runs of a kernel with the bug would miss it: 1 before the first of them, 0 after a hit. */
  readonly chanceOfMissing: number;
}

/** Why a commit is tested no further, and whether it has the bug. */
export const RESULT_BY_REASON = {
  hit: "bad",
  sure: "good",
  "max-runs": "unknown",
  "max-unusable": "unknown",
  masked: "unknown",
  /** The command itself says so. */
  untestable: "unknown",
} as const;

export type StopReason = keyof typeof RESULT_BY_REASON;

export type Step = Progress &
  ({ readonly next: "run" } | { readonly next: "stop"; readonly reason: StopReason });

/** The part of a run that decides. */
type Result = Pick<JournalRun, "result" | "maskedBy">;

/**
 * What to do after some runs of a commit. One hit is enough; without one it takes as many usable runs as the rate
 * asks for.
 *
 * @param runs of the commit, in their order
 * @param fresh how many of them, at the end, were made since the command was started: unusable ones from before do not
 *   keep a commit from being tried again
 */
export function nextStep(runs: readonly Result[], fresh: number, rate: Rate, limits: Limits): Step {
  const done = runs.length;
  const usable = runs.filter(({ result }) => result !== "unusable").length;
  const isHit = runs.some(({ result }) => result === "bad");
  const needed = runsNeeded(rate, limits.confidence);
  const missed = isHit ? 0 : chanceOfMissing(usable, rate);
  const so = { needed, usable, unusable: done - usable, chanceOfMissing: missed };
  if (isHit) return { ...so, next: "stop", reason: "hit" };
  if (usable >= needed) return { ...so, next: "stop", reason: "sure" };
  if (limits.maxRuns !== null && done >= limits.maxRuns) return { ...so, next: "stop", reason: "max-runs" };
  const now = runs.slice(done - fresh);
  if (maskedAtEnd(now) >= limits.maxMasked) return { ...so, next: "stop", reason: "masked" };
  if (unusableAtEnd(now) >= limits.maxUnusable) return { ...so, next: "stop", reason: "max-unusable" };
  return { ...so, next: "run" };
}

function maskedAtEnd(runs: readonly Result[]): number {
  const mask = runs.at(-1)?.maskedBy;
  return mask === undefined ? 0 : runs.length - 1 - runs.findLastIndex(({ maskedBy }) => maskedBy !== mask);
}

function unusableAtEnd(runs: readonly Result[]): number {
  return runs.length - 1 - runs.findLastIndex(({ result }) => result !== "unusable");
}
