import * as z from "zod";

/** What a kernel tree adds to a report: the lines round the places that tell. */

export const Blame = z.strictObject({
  sha: z.string().describe("in full"),
  subject: z.string(),
  date: z.string().describe("of the author, YYYY-MM-DD"),
  release: z.string().nullable().describe("the first with it, by the tree's tags; null where none has it"),
});

export const CodeExcerpt = z.strictObject({
  edge: z
    .int()
    .nullable()
    .describe("index of the edge whose lock is taken there; null: where it was reported"),
  symbol: z.string(),
  file: z.string().describe("in the tree"),
  line: z.int().describe("that is meant"),
  by: z
    .enum(["debug-info", "only-call"])
    .describe(
      "debug-info: the frame's own line; only-call: the one line of the function that makes this call",
    ),
  first: z.int().describe("line number of the first of `lines`"),
  lines: z.array(z.string()),
  blame: Blame.optional().describe("with --blame: who last changed the line, of the edge to look at"),
});

export type Blame = z.infer<typeof Blame>;
export type CodeExcerpt = z.infer<typeof CodeExcerpt>;
