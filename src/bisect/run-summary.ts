import * as z from "zod";
import { JournalRun } from "./journal.ts";
import type { KnownRate } from "./learned-rate.ts";
import { type Progress, RESULT_BY_REASON, type StopReason } from "./sequence.ts";

/** What `bisect run -f json` writes of one commit. */
export const RunSummary = z.strictObject({
  schema: z.literal("splat-triage-run/1"),
  target: z.string().describe("as given with --target; of a log, the id and title of its report"),
  identity: z.int().describe("version of the definition of ids"),
  commit: z.string().nullable().describe("null: neither git nor --commit tells, and there is no journal"),
  result: z.enum(["bad", "good", "unknown"]),
  reason: z.enum(["hit", "sure", "max-runs", "max-unusable", "masked", "untestable"]),
  confidence: z.number(),
  rate: z
    .strictObject({
      from: z.enum(["given", "counted", "learned", "nothing"]),
      known: z.number().nullable().describe("given with --hit-rate"),
      hits: z.int().nullable().describe("counted and given with --hits, or learned from the journal"),
      runs: z.int().nullable(),
      commits: z.int().nullable().describe("of the journal, with a hit"),
    })
    .describe("how often a run of a kernel with the bug shows it"),
  needed: z.int().describe("usable runs without a hit that are enough"),
  usable: z.int(),
  unusable: z.int(),
  chanceOfMissing: z.number().describe("that a kernel with the bug would have shown it in none of the runs"),
  runs: z
    .array(JournalRun.omit({ commit: true }))
    .describe("of this commit, earlier ones in the journal too"),
});

export type RunSummary = z.infer<typeof RunSummary>;

/** What was asked of a commit. */
export type Tested = Pick<RunSummary, "target" | "identity" | "commit" | "confidence">;

/** @param runs of this commit */
export function summaryOf(
  tested: Tested,
  reason: StopReason,
  { needed, usable, unusable, chanceOfMissing }: Progress,
  known: KnownRate,
  runs: readonly JournalRun[],
): RunSummary {
  const tally = "known" in known.rate ? null : known.rate;
  return {
    schema: "splat-triage-run/1",
    ...tested,
    result: RESULT_BY_REASON[reason],
    reason,
    rate: {
      from: known.from,
      known: "known" in known.rate ? known.rate.known : null,
      hits: tally?.hits ?? null,
      runs: tally?.runs ?? null,
      commits: known.from === "learned" ? known.commits : null,
    },
    needed,
    usable,
    unusable,
    chanceOfMissing,
    runs: runs.map(({ commit: _commit, ...run }) => run),
  };
}
