import * as z from "zod";
import { Touch } from "../report/code-schema.ts";
import { Search } from "./journal.ts";

/** What `bisect suspects -f json` writes. */

const Probability = z.number().min(0).max(1);
const Sha = z.string().regex(/^[0-9a-f]{40,64}$/);

/** What is wrong with the tests, or was left out. The words for each are in src/render/bisect/suspects-prose.ts. */
export const Note = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("damaged-journal"), lines: z.array(z.int()) }),
  z.strictObject({ code: z.literal("no-tests") }),
  z.strictObject({ code: z.literal("contradictory") }),
  z.strictObject({ code: z.literal("good-is-no-ancestor") }),
  z.strictObject({ code: z.literal("hit-on-good"), commits: z.array(z.string()) }),
  z.strictObject({ code: z.literal("other-search"), journal: Search, asked: Search }),
  z.strictObject({ code: z.literal("outside"), commits: z.array(z.string()) }),
  z.strictObject({ code: z.literal("not-in-repository"), commits: z.array(z.string()) }),
  z.strictObject({ code: z.literal("untestable"), commits: z.array(z.string()) }),
  z.strictObject({ code: z.literal("no-report") }),
  z.strictObject({
    code: z.literal("not-all-looked-at"),
    looked: z.int().describe("commits whose change was read"),
    reason: z.enum(["likeliest-only", "time", "size", "failed"]),
  }),
]);

export const SuspectCommit = z.strictObject({
  commit: Sha,
  subject: z.string(),
  probability: Probability.describe("that it was the first bad one, or the one that fixed it"),
  credible: z.boolean().describe("it belongs to the credible set"),
  hits: z.int(),
  runs: z.int().describe("usable ones"),
  unusable: z.int(),
  touches: z.array(Touch).nullable().describe("null: not looked at"),
});

export const Suspects = z.strictObject({
  schema: z.literal("splat-triage-suspects/1"),
  find: Search.describe("the commit that brought the report, or the one that fixed it"),
  range: z
    .strictObject({ good: Sha, bad: Sha, commits: z.int() })
    .describe("where the fix is looked for, good is the old end, which has the bug, and bad the new one"),
  rate: z.strictObject({
    known: Probability.nullable().describe("as given; null: learned from the tests"),
    mean: Probability.nullable().describe("the chance that the next run of a kernel with the bug shows it"),
  }),
  tests: z
    .strictObject({ commits: z.int(), hits: z.int(), runs: z.int() })
    .describe("those that count: usable ones of commits of the range"),
  next: z
    .strictObject({
      commit: Sha,
      subject: z.string(),
      by: z
        .enum(["midpoint", "information"])
        .describe(
          "midpoint: it halves what git bisect has left; information: one more run of it tells most of which commit it was",
        ),
      bits: z.number().describe("what one run is expected to tell"),
    })
    .nullable()
    .describe("the commit to test next; null where no run tells anything"),
  credible: z
    .strictObject({ mass: Probability, commits: z.int() })
    .describe("the smallest set that holds the first bad commit with that probability"),
  notes: z.array(Note),
  commits: z.array(SuspectCommit).describe("of the range, the likeliest first, the older first of equals"),
});

export type Note = z.infer<typeof Note>;
export type SuspectCommit = z.infer<typeof SuspectCommit>;
export type Suspects = z.infer<typeof Suspects>;
