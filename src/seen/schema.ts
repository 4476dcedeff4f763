import * as z from "zod";
import { Kind } from "../report/schema.ts";

/** Where something was seen. */
export const Where = z.strictObject({
  type: z.enum(["mail", "commit", "log"]),
  ref: z.string().describe("a message-id without angles, a commit, or a path"),
  thread: z.string().nullable().describe("message-id of the first mail of its thread"),
  date: z.string().nullable().describe("ISO 8601, UTC"),
  subject: z.string().nullable(),
  release: z
    .string()
    .nullable()
    .describe("the first release that has the commit; of anything else, the release that was running"),
  mends: z.boolean().describe("it holds a diff, or is a commit"),
});

export const Match = z.strictObject({
  relation: z.enum(["same", "similar"]).describe("same: one id, of which nothing is missing on either side"),
  certainty: z
    .enum(["certain", "likely", "possible"])
    .describe(
      "that it is the same bug: certain where the id is the same; docs/seen.md has how often likely is wrong",
    ),
  score: z.number().describe("0 to 1; 1 where the id is the same"),
  id: z.string().nullable().describe("null: a text that speaks of these locks, and holds no report"),
  where: Where,
  shares: z.strictObject({
    classes: z.array(z.string()),
    edges: z.array(z.strictObject({ from: z.string(), to: z.string() })),
    functions: z.array(z.string()),
  }),
});

/** What `splat-triage seen -f json` writes. */
export const Seen = z.strictObject({
  schema: z.literal("splat-triage-seen/1"),
  places: z.array(
    z.strictObject({
      place: z.string(),
      type: z.enum(["store", "logs", "mbox", "maildir", "public-inbox", "commits"]),
      entries: z.int().describe("reports, and texts that speak of locks, that were found in it"),
      unread: z.int().describe("attachments and ends of mails that could not be read"),
    }),
  ),
  reports: z.array(
    z.strictObject({
      report: z.strictObject({
        id: z.string(),
        siteId: z.string(),
        kind: Kind,
        title: z.string(),
        source: z.string(),
        line: z.int(),
      }),
      matches: z.array(Match).describe("best first, same before similar"),
    }),
  ),
});

export type Where = z.infer<typeof Where>;
export type Match = z.infer<typeof Match>;
export type Seen = z.infer<typeof Seen>;
