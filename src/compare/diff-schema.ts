import * as z from "zod";
import { GraphDiff } from "../lock-graph/diff-schema.ts";
import { Kernel, Kind, Known, MetBefore } from "../report/schema.ts";
import { UNOBSERVED_REASONS } from "./observed.ts";

/** What `splat-triage diff -f json` writes. */

export const DiffSide = z.strictObject({
  boots: z.int(),
  kernels: z.array(Kernel),
  lockdepOffBoots: z.int().describe("in which lockdep was off at the end"),
  lockdepUnknownBoots: z.int().describe("in which nothing shows that it was ever on"),
});

const Count = z.strictObject({
  hits: z.int().describe("boots that showed it"),
  observed: z.int().describe("boots that showed it, or could have"),
});

export const EdgeName = z.strictObject({ from: z.string(), to: z.string() });

/** Boots that neither showed it nor could have. */
export const UnobservedBoots = z.strictObject({
  reason: z.enum(UNOBSERVED_REASONS),
  boots: z.int(),
  maskedBy: z
    .strictObject({ id: z.string(), title: z.string() })
    .nullable()
    .describe("the report that had turned lockdep off"),
  blindSpot: z
    .strictObject({
      id: z.string(),
      meaning: z.string(),
      since: z.string().nullable().describe("first release that cannot report it"),
      until: z.string().nullable().describe("first release that can again"),
    })
    .nullable()
    .describe("what kernels of this release cannot report"),
});

const Place = z.strictObject({ source: z.string(), line: z.int() });

export const Change = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: Kind,
  cycle: z.array(z.string()),
  status: z.enum(["new", "gone", "both", "masked"]),
  old: Count,
  new: Count,
  probability: z
    .number()
    .describe("that the rate really differs, 0.5 to 1: 0.5 where the boots tell nothing"),
  newEdges: z.array(EdgeName).describe("of its cycle, in no report of the old side"),
  goneEdges: z.array(EdgeName).describe("of its cycle, in no report of the new side"),
  changed: z
    .array(z.strictObject({ ...EdgeName.shape, old: z.array(z.string()), new: z.array(z.string()) }))
    .describe("in both: edges that other functions take"),
  closedBy: z
    .strictObject({ old: z.array(EdgeName), new: z.array(EdgeName) })
    .nullable()
    .describe("in both: the edges that closed the cycle, where they are not the same"),
  unobserved: z.strictObject({ old: z.array(UnobservedBoots), new: z.array(UnobservedBoots) }),
  firstSeen: z.strictObject({ old: Place.nullable(), new: Place.nullable() }),
  known: Known.nullable()
    .optional()
    .describe(
      "with --known: an entry that fits; null where one of its reports of the new side (of the old one, where the new has none) fits none",
    ),
  seen: MetBefore.optional().describe("with --in: where else it was met; neither side's own logs count"),
});

/** Why the two sides cannot be compared, or not in all. */
export const Caveat = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("no-boots"), side: z.enum(["old", "new"]) }),
  z.strictObject({ code: z.literal("lockdep-never-on"), side: z.enum(["old", "new"]) }),
  z.strictObject({
    code: z.literal("config"),
    option: z.string(),
    old: z.string().nullable(),
    new: z.string().nullable(),
  }),
  z.strictObject({ code: z.literal("traits"), old: z.array(z.string()), new: z.array(z.string()) }),
  z.strictObject({
    code: z.literal("coverage"),
    what: z.enum(["userspace", "end"]),
    old: z.number().describe("share of the boots"),
    new: z.number(),
  }),
  z.strictObject({
    code: z.literal("duration"),
    old: z.number().describe("median, in seconds since boot"),
    new: z.number(),
  }),
  z.strictObject({
    code: z.literal("mixed-kernels"),
    side: z.enum(["old", "new"]),
    kernels: z.array(z.string()),
  }),
]);

export const Diff = z.strictObject({
  schema: z.literal("splat-triage-diff/1"),
  old: DiffSide,
  new: DiffSide,
  comparable: z.boolean().describe("false: what one side could report the other could not"),
  caveats: z.array(Caveat),
  graph: GraphDiff.nullable().describe(
    "where both sides have copies of /proc/lockdep: edges that only one has",
  ),
  changes: z.array(Change).describe("new ones first, then gone, masked, and those in both"),
});

export type Diff = z.infer<typeof Diff>;
export type DiffSide = z.infer<typeof DiffSide>;
export type Change = z.infer<typeof Change>;
export type Caveat = z.infer<typeof Caveat>;
export type EdgeName = z.infer<typeof EdgeName>;
export type UnobservedBoots = z.infer<typeof UnobservedBoots>;
