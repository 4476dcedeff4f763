import type { Rate, Tally } from "../compare/rates.ts";
import { type JournalRun, talliesOf } from "./journal.ts";

/** A hit rate, and where it comes from. */
export type KnownRate =
  | { readonly from: "given"; readonly rate: { readonly known: number } }
  | { readonly from: "counted"; readonly rate: Tally }
  | { readonly from: "learned"; readonly rate: Tally; readonly commits: number }
  | { readonly from: "nothing"; readonly rate: Tally };

/**
 * The hit rate to go by: what a user says, else what a journal tells, else nothing, and then any rate is as likely.
 *
 * @param said by the user
 * @param runs of a journal
 * @param commit under test: it says nothing about the rate before it has a hit, and then nothing is asked any more
 */
export function rateFor(said: Rate | null, runs: readonly JournalRun[], commit: string | null): KnownRate {
  if (said !== null) return "known" in said ? { from: "given", rate: said } : { from: "counted", rate: said };
  const learned = learnedRate(runs, commit);
  return learned.commits === 0 ? { from: "nothing", rate: learned.rate } : { from: "learned", ...learned };
}

/**
 * The runs of all commits with a hit, taken together.
 *
 * That each stops at its first hit does no harm: when to stop hangs on nothing but what was seen, so the likelihood,
 * and with it the posterior, is that of as many runs planned beforehand. (The mere share of hits would be too high, and
 * is not what is used.) Two things remain. A commit with the bug that showed nothing is not among them, which makes the
 * rate a little too high; it is rarer than 1 - confidence, but more frequent where a limit cut the runs short. And the
 * rate is taken to be the same at all commits with the bug.
 */
function learnedRate(
  runs: readonly JournalRun[],
  commit: string | null,
): { readonly rate: Tally; readonly commits: number } {
  const bad = [...talliesOf(runs)].filter(([tested, { hits }]) => tested !== commit && hits > 0);
  const rate = bad.reduce(
    (sum, [, tally]) => ({ hits: sum.hits + tally.hits, runs: sum.runs + tally.runs }),
    {
      hits: 0,
      runs: 0,
    },
  );
  return { rate, commits: bad.length };
}
