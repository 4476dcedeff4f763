import * as z from "zod";
import { Kind } from "../report/schema.ts";

/** Twelve hexadecimal digits, as reports have. */
const Id = z.string().regex(/^[0-9a-f]{12}$/, "12 hexadecimal digits");
const Text = z.string("missing, or no text").min(1, "empty");

/** One entry of a file of known issues: it fits a report that has all that it names. */
export const KnownIssue = z
  .strictObject({
    id: Id.optional(),
    title: Text.optional().describe("with * for any text"),
    class: Text.optional().describe("a lock class that takes part, with * for any text"),
    kind: Kind.optional(),
    kernel: Text.optional().describe("a range of releases: <6.13, >=6.1 <6.2"),
    note: Text.describe("why it is known, for people"),
    link: Text.optional(),
    expires: z.iso.date("a date: YYYY-MM-DD").optional().describe("the last day on which it hides anything"),
  })
  .refine(
    (entry) => [entry.id, entry.title, entry.class, entry.kind].some((one) => one !== undefined),
    "names none of id, title, class and kind, so that it would hide every report",
  );

export type KnownIssue = z.infer<typeof KnownIssue>;
