import * as z from "zod";
import { GraphEdge } from "./schema.ts";

/** What `splat-triage graph --order [CLASS…] -f json` writes: an order of lock classes, and what it breaks. */

export const GraphOrder = z.strictObject({
  schema: z.literal("splat-triage-graph-order/1"),
  order: z.array(z.string()).describe("of the classes asked for, the outermost first"),
  around: z
    .array(z.string())
    .describe(
      "the same order with all classes that stand in a knot with these: cycles run through them, too",
    ),
  kept: z.int().describe("edges of the whole graph that such an order keeps"),
  breaks: z
    .array(GraphEdge.pick({ from: true, to: true, evidence: true, sources: true, stack: true }))
    .describe("edges against it: as few as any order breaks, where exact"),
  exact: z.boolean().describe("false: a knot is too large to try all orders, and fewer edges may do"),
  trylocks: z.int().describe("edges taken only by trylock: no order has to keep them"),
});

export type GraphOrder = z.infer<typeof GraphOrder>;
