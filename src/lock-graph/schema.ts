import * as z from "zod";
import { Damage, Frame } from "../report/schema.ts";

/** What `splat-triage graph -f json` writes. Names of classes are as printed, with `#version` and `/subclass`. */

export const Evidence = z
  .enum(["report", "dependency", "chain"])
  .describe(
    "the best there is: a report with a stack, a line of /proc/lockdep, or that both stand in a chain of /proc/lockdep_chains",
  );

export const Context = z.enum(["process", "softirq", "hardirq", "hardirq|softirq"]);

export const REASONS = [
  "reported",
  "never-in-one-boot",
  "reader-between",
  "lockdep-off",
  "blind-spot",
  "same-name",
  "gate-lock",
  "checked-by-kernel",
  "recursive-read",
  "subclass-nesting",
  "novalidate",
  "known-false-positive",
  "read-only-class",
  "trylock-possible",
  "hidden-keys",
  "single-context",
  "one-boot-each",
  "known-annotation",
] as const;

export const Reason = z.strictObject({
  code: z.enum(REASONS),
  speaks: z.enum(["for", "against", "neither"]).describe("for or against a real deadlock"),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
});

export const GraphSource = z.strictObject({
  name: z.string(),
  kernel: z.string().nullable().describe("release; null where no log tells it"),
  build: z.int().describe("sources with the same number are boots of one build, as far as can be told"),
  files: z.array(z.string()),
  dump: z.boolean().describe("false: only reports of a log"),
  classes: z.int(),
  edges: z.int(),
  chains: z.int().nullable().describe("null: no /proc/lockdep_chains"),
  keys: z.enum(["clear", "hidden"]).describe("hidden: classes are told apart by name"),
  lockdep: z.enum(["on", "off", "unknown"]).describe("at the end of the boot"),
  reports: z.array(z.string()).describe("ids"),
  damage: z.array(Damage),
});

export const CycleEdge = z.strictObject({
  from: z.string().describe("held"),
  to: z.string().describe("taken while it was held"),
  by: z.enum(["lock", "interrupt"]).describe("interrupt: it may come while `from` is held, and take `to`"),
  evidence: Evidence,
  sources: z.array(z.int()),
  over: z.array(z.string()).describe("classes held between the two, so that no kernel compared them"),
  contexts: z.array(Context),
  site: z.string().nullable().describe("function, where a report has the stack"),
});

export const GraphCycle = z.strictObject({
  classes: z.array(z.string()).describe("in dependency order, the smallest name first"),
  span: z.enum(["boot", "boots", "builds"]).describe("the narrowest that holds all edges"),
  strength: z
    .enum(["certain", "likely", "possible"])
    .describe(
      "certain: reported, or what lockdep would report had one boot shown all edges; likely: each edge is a lock held while another was waited for; possible: something speaks against",
    ),
  reported: z.array(z.string()).describe("ids of the reports of this cycle"),
  reasons: z.array(Reason),
  edges: z.array(CycleEdge),
});

export const GraphClass = z.strictObject({
  name: z.string(),
  kind: z.enum(["lock", "context"]).describe("context: nothing that can be held alone, as fs_reclaim"),
  usage: z.string().nullable().describe("characters of the first source that has them"),
  writes: z.boolean().nullable().describe("ever taken for writing; null where no source can tell"),
  reads: z.boolean().nullable(),
  waited: z.boolean().nullable().describe("ever waited for: not only by trylock, and with checks on"),
  ops: z.int().nullable().describe("acquisitions in all sources"),
  sources: z.array(z.int()),
  annotations: z.array(z.string()).describe("ids of the catalogue"),
});

export const GraphEdge = z.strictObject({
  from: z.string(),
  to: z.string(),
  evidence: Evidence,
  waits: z.boolean().describe("false: only by trylock, or with checks off"),
  sources: z.array(z.int()),
  chains: z.int().describe("how many chains of all sources show it"),
  over: z.array(z.string()),
  contexts: z.array(Context),
  reports: z.array(z.string()).describe("ids"),
  stack: z.array(Frame).describe("where `to` was taken, of the first report that has it"),
});

export const GraphDocument = z.strictObject({
  schema: z.literal("splat-triage-graph/1"),
  sources: z.array(GraphSource),
  cycles: z.array(GraphCycle).describe("what a maintainer should look at first"),
  leftOut: z.int().describe("edges of large knots through which no cycle was looked for"),
  classes: z.array(GraphClass),
  edges: z.array(GraphEdge),
});

export type Evidence = z.infer<typeof Evidence>;
export type Context = z.infer<typeof Context>;
export type Reason = z.infer<typeof Reason>;
export type ReasonCode = Reason["code"];
export type GraphSource = z.infer<typeof GraphSource>;
export type CycleEdge = z.infer<typeof CycleEdge>;
export type GraphCycle = z.infer<typeof GraphCycle>;
export type GraphClass = z.infer<typeof GraphClass>;
export type GraphEdge = z.infer<typeof GraphEdge>;
export type GraphDocument = z.infer<typeof GraphDocument>;
