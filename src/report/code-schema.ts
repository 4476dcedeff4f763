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

/** What a commit has to do with the report. */
export const Touch = z.discriminatedUnion("code", [
  z.strictObject({
    code: z.literal("catalogue").describe("the catalogue names the commit for an annotation of the cycle"),
    annotation: z.string(),
    role: z.enum(["introduces", "extends", "primes", "renames", "removes", "fixes"]),
    by: z.enum(["sha", "subject"]).describe("how the commit was recognised"),
  }),
  z.strictObject({
    code: z
      .literal("function")
      .describe("it changes lines in, or right below, functions that take the locks"),
    functions: z.array(z.string()),
  }),
  z.strictObject({
    code: z.literal("call").describe("lines that it adds or removes name such functions"),
    functions: z.array(z.string()),
  }),
  z.strictObject({
    code: z.literal("file").describe("it changes files that the report names"),
    files: z.array(z.string()),
  }),
]);

export const TouchingCommit = z.strictObject({
  sha: z.string().describe("in full"),
  subject: z.string(),
  touches: z.array(Touch),
});

export type Touch = z.infer<typeof Touch>;
export type TouchingCommit = z.infer<typeof TouchingCommit>;
export type Blame = z.infer<typeof Blame>;
export type CodeExcerpt = z.infer<typeof CodeExcerpt>;
