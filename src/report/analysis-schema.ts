import * as z from "zod";

/** What the analyzer adds to a report: known annotations, findings, and answers to --suspect. */

export const Certainty = z.enum(["certain", "likely", "possible"]);

export const AnnotationCommit = z.strictObject({
  sha: z.string().describe("first 12 digits"),
  subject: z.string(),
  release: z.string().describe("first release with it"),
  role: z.enum(["introduces", "extends", "primes", "renames", "removes"]),
});

/** A lock class that the catalogue knows. */
export const Annotated = z.strictObject({
  id: z.string().describe("entry of the catalogue"),
  class: z.string(),
  where: z
    .enum(["cycle", "held"])
    .describe("cycle: the report is about this class; held: it is only held beside"),
  certainty: Certainty.describe("possible: the name only looks like it"),
  commits: z.array(AnnotationCommit),
});

/** What a rule concludes: a code and its arguments; the prose is in the renderer. */
export const Finding = z.strictObject({
  code: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
  edges: z.array(z.int()).describe("indices of the edges it rests on"),
  certainty: Certainty,
});

/** Whether an annotation, a patch or a lock class takes part in the report. */
export const Suspect = z.strictObject({
  asked: z.string(),
  annotation: z.string().nullable().describe("entry of the catalogue that was meant"),
  class: z.string().nullable().describe("class of the report that was meant"),
  takesPart: z
    .enum(["cycle", "held", "stack", "no"])
    .describe("in the cycle, only among held locks, only in a stack, or not at all"),
  edges: z.array(z.int()).describe("indices of the edges in which it takes part"),
  commit: z
    .strictObject({
      sha: z.string(),
      subject: z.string(),
      release: z.string(),
    })
    .optional()
    .describe("of a commit that the catalogue knows"),
  because: z.strictObject({ code: z.string(), args: Finding.shape.args }),
  revert: z
    .enum(["helps", "unlikely", "cannot-tell"])
    .nullable()
    .describe(
      "what reverting the commit or patch should do to this report; null where something else was asked for",
    ),
});

const EDGE_REASONS = [
  "against-order",
  "breaks",
  "port-lock",
  "off-path",
  "set-up",
  "module",
  "closes",
  "only",
] as const;

const RankedEdge = z.strictObject({
  edge: z.int().describe("index of the edge"),
  from: z.string(),
  to: z.string(),
  reason: z
    .enum(EDGE_REASONS)
    .describe(
      "against-order: the kernel documents the other order; breaks: a fix of a finding breaks it; port-lock: done under a lock that printing takes; off-path: all other locks of the cycle are taken on one path, and this one on another; set-up: on a path of mounting, which is easier to change; module: the only one in a module; closes: the newest; only: no other edge is likelier",
    ),
  reasons: z.array(z.enum(EDGE_REASONS)).describe("all of them, the weightiest first"),
  order: z.string().nullable().describe("where the order is documented that it is against"),
});

/** The edge of the cycle most likely wrong, and whose code that is. */
export const LookAt = RankedEdge.extend({
  functions: z
    .array(z.string())
    .describe("the telling functions of its stack, innermost first, then who took the lock that is held"),
  files: z.array(z.string()).describe("where these are defined: in symbolised logs, or with --linux"),
  maintainers: z
    .array(
      z.strictObject({
        section: z.string(),
        status: z.string().nullable(),
        people: z.array(z.string()),
        lists: z.array(z.string()),
      }),
    )
    .describe("with --linux: sections of MAINTAINERS for these files, the most specific first"),
  next: RankedEdge.extend({ functions: z.array(z.string()) })
    .nullable()
    .describe("the next likely edge"),
});

/** An order of the locks of a cycle, by a lock graph. */
export const CycleOrder = z.strictObject({
  order: z
    .array(z.string())
    .describe("the classes of the cycle as the graph names them, the outermost first"),
  breaks: z
    .array(z.strictObject({ from: z.string(), to: z.string() }))
    .describe("edges of the graph that are against it, as few as can be where exact"),
  kept: z.int().describe("edges of the graph that it keeps"),
  boots: z.int().describe("of the graph"),
  exact: z.boolean().describe("false: a knot is too large to try all orders, and fewer edges may do"),
});

export type CycleOrder = z.infer<typeof CycleOrder>;
export type Certainty = z.infer<typeof Certainty>;
export type AnnotationCommit = z.infer<typeof AnnotationCommit>;
export type Annotated = z.infer<typeof Annotated>;
export type Finding = z.infer<typeof Finding>;
export type Suspect = z.infer<typeof Suspect>;
export type LookAt = z.infer<typeof LookAt>;
export type FindingArgs = Finding["args"];
