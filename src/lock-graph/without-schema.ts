import * as z from "zod";
import { GraphCycle, GraphEdge } from "./schema.ts";

/** What `splat-triage graph --without A→B -f json` writes: the cycles that are left if edges are no more. */

export const GraphWithout = z.strictObject({
  schema: z.literal("splat-triage-graph-without/1"),
  without: z.array(GraphEdge).describe("the edges that are taken out"),
  gone: z.array(GraphCycle).describe("cycles that lead through one of these"),
  left: z.array(
    GraphCycle.extend({
      wasHidden: z
        .boolean()
        .describe("true: a shorter cycle through an edge that was taken out stood for it until now"),
    }),
  ),
  leftOut: z.int().describe("edges of large knots through which no cycle was looked for"),
});

export type GraphWithout = z.infer<typeof GraphWithout>;
