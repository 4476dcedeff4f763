import * as z from "zod";
import { CycleOrder, Annotated, Finding, LookAt, Suspect } from "./analysis-schema.ts";
import { Source } from "./boot-schema.ts";
import { CodeExcerpt, TouchingCommit } from "./code-schema.ts";
import { details } from "./details-schema.ts";
import { StackDump } from "./dump-schema.ts";
import { Edge, Frame, HeldLocks, Kernel, Lock, ScenarioStep, Task } from "./lock-schema.ts";
import { KINDS } from "./names.ts";

/**
 * The single source of the report types: what `splat-triage -f json` writes and what the library returns. Names use
 * lockdep's words; every text is as the kernel printed it unless said otherwise.
 */
export * from "./boot-schema.ts";
export * from "./dump-schema.ts";
export * from "./lock-schema.ts";

export const Kind = z.enum(KINDS);
export type Kind = z.infer<typeof Kind>;

export const DamageCode = z.enum([
  "truncated",
  "missing",
  "foreign-lines",
  "dropped-messages",
  "doubled-lines",
  "repeated",
  "unparsed",
  "interleaved",
  "too-long",
  "control-sequences",
]);
export type DamageCode = z.infer<typeof DamageCode>;

/** What is wrong with the text of a report, and where. */
export const Damage = z.strictObject({
  code: DamageCode,
  line: z.int().describe("1-based line of the source"),
  what: z.string().optional().describe("the missing part, the number of lines, or the original line"),
});
export type Damage = z.infer<typeof Damage>;

/** The entry of --known that matches a report. */
export const Known = z.strictObject({
  entry: z.int().describe("index into the file's list"),
  note: z.string(),
  link: z.string().optional(),
});
export type Known = z.infer<typeof Known>;

/** Earlier sightings of a bug, certain or likely, as `seen` finds them. */
export const MetBefore = z.strictObject({
  mails: z.int(),
  commits: z.int(),
  logs: z.int(),
  first: z
    .strictObject({
      type: z.enum(["mail", "commit", "log"]),
      ref: z.string().describe("a message-id without angles, a commit, or a path"),
      date: z.string().describe("ISO 8601, UTC"),
    })
    .nullable()
    .describe("the earliest that has a date"),
  mends: z
    .array(
      z.strictObject({
        type: z.enum(["mail", "commit"]),
        ref: z.string().describe("a message-id without angles, or a commit"),
        subject: z.string().nullable(),
        release: z.string().nullable().describe("the first release that has the commit"),
        certainty: z.enum(["certain", "likely"]).describe("of the match with this bug"),
      }),
    )
    .describe("mails with a patch, and commits, the best match first"),
});
export type MetBefore = z.infer<typeof MetBefore>;

/** One report: a splat, parsed. */
export const Report = z.strictObject({
  id: z.string().describe("hex; the same bug has the same id in every boot and build"),
  siteId: z.string().describe("hex; the same bug with its locks taken by the same functions"),
  kind: Kind,
  headline: z.string(),
  tag: z.enum(["WARNING", "BUG", "INFO"]).nullable().describe("the word printed before the headline"),
  title: z.string().describe("the title syzbot would give"),
  source: z.int().describe("index into sources"),
  lines: z.strictObject({ first: z.int(), last: z.int(), unparsed: z.int() }).describe("1-based, inclusive"),
  time: z.number().nullable().describe("seconds since boot"),
  caller: z.string().nullable().describe("T43 or C1; null if the log has none, or the report has several"),
  kernel: Kernel.nullable(),
  task: Task.nullable(),
  lock: Lock.nullable().describe("the lock that the report is about"),
  holding: Lock.nullable().describe("the lock already held that the headline names"),
  cycle: z.array(z.string()).describe("classes in dependency order, smallest name first"),
  edges: z.array(Edge),
  held: z.array(HeldLocks),
  scenario: z.array(ScenarioStep),
  backtrace: z.array(Frame).describe("frames of the first stack dump that names its task, else of the first"),
  dumps: z.array(StackDump).describe("every stack dump with its header and registers"),
  ...details,
  complete: z.boolean(),
  damage: z.array(Damage),
  annotations: z.array(Annotated).describe("known annotations that take part"),
  findings: z.array(Finding).describe("conclusions of rules, the most important first"),
  suspects: z.array(Suspect).describe("answers to --suspect"),
  lookAt: LookAt.nullable().describe("the edge to look at first; null if there are no edges"),
  order: CycleOrder.optional().describe("with explain --graph: an order of the cycle's locks"),
  code: z.array(CodeExcerpt).optional().describe("with --linux: the lines around the places that matter"),
  touching: z
    .array(TouchingCommit)
    .optional()
    .describe("with --range: commits that have to do with the report's locks, in the order of the range"),
  seen: MetBefore.optional().describe("with --in"),
  known: Known.nullable()
    .optional()
    .describe("with --known: the first entry that matches; null if none does"),
});
export type Report = z.infer<typeof Report>;

/** A report before it is known which bug it is. */
export type Untitled = Omit<Report, "id" | "siteId" | "title">;

export const Summary = z.strictObject({
  reports: z.int(),
  unique: z.int(),
  damaged: z.int(),
  byKind: z.partialRecord(Kind, z.int()),
  known: z.int().optional().describe("with --known: reports that match an entry"),
});
export type Summary = z.infer<typeof Summary>;

/** The document that `-f json` writes. */
export const Document = z.strictObject({
  schema: z.literal("splat-triage/1"),
  summary: Summary,
  sources: z.array(Source),
  reports: z.array(Report),
});
export type Document = z.infer<typeof Document>;
