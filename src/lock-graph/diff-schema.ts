import * as z from "zod";
import { Frame } from "../report/schema.ts";
import { Evidence, GraphCycle, GraphSource } from "./schema.ts";

/** What `splat-triage graph --against OLD -f json` writes: what only one of two graphs has. */

export const EdgeWeight = z
  .enum(["cycle", "annotated", "known-classes", "new-class"])
  .describe(
    "in a cycle that nothing speaks against; between classes that the catalogue knows; between classes that both graphs have; with a class that only one has",
  );

export const EdgeChange = z.strictObject({
  only: z.enum(["old", "new"]),
  weight: EdgeWeight,
  from: z.string(),
  to: z.string(),
  evidence: Evidence,
  sources: z.array(z.int()).describe("of the graph that has it"),
  stack: z.array(Frame),
});

export const GraphDiff = z.strictObject({
  schema: z.literal("splat-triage-graph-diff/1"),
  old: z.strictObject({ sources: z.array(GraphSource) }),
  new: z.strictObject({ sources: z.array(GraphSource) }),
  cycles: z.array(z.strictObject({ only: z.enum(["old", "new"]), cycle: GraphCycle })),
  edges: z.array(EdgeChange).describe("what matters most first"),
  classes: z.array(
    z.strictObject({ only: z.enum(["old", "new"]), name: z.string(), annotations: z.array(z.string()) }),
  ),
});

export type EdgeChange = z.infer<typeof EdgeChange>;
export type GraphDiff = z.infer<typeof GraphDiff>;
