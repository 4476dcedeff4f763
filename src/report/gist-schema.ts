import * as z from "zod";
import { Kind } from "./schema.ts";

/** A part of a damaged report without which its id is not that of the bug. */
export const Lack = z.enum(["cycle", "link", "functions", "lock", "usage", "held", "message", "limit"]);

/** What of a report tells which bug it is: enough to find it again, and to compare it with others. */
export const Gist = z.strictObject({
  id: z.string(),
  siteId: z.string(),
  kind: Kind,
  title: z.string(),
  classes: z
    .array(z.string())
    .describe("of the cycle, or the locks that the headline names; under the names of today's kernels"),
  edges: z.array(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      by: z.literal("interrupt").optional(),
      taker: z.string().nullable().describe("the function that takes `to`; null where the log names none"),
    }),
  ),
  held: z.array(z.string()).describe("other lock classes that were held"),
  functions: z.array(z.string()).describe("of its stacks, the telling ones, each once"),
  marks: z.array(z.string()).describe("what else it names: the line that checks, RCU's message, the task"),
  release: z.string().nullable(),
  complete: z.boolean(),
  lacks: z.array(Lack).describe("what its id rests on, and the log does not hold"),
});

export type Lack = z.infer<typeof Lack>;
export type Gist = z.infer<typeof Gist>;
