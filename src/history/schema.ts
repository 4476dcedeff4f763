import * as z from "zod";
import { Gist } from "../report/gist-schema.ts";
import { Boot, Kind } from "../report/schema.ts";

/** One report as a store keeps it. */
export const StoredReport = z.strictObject({
  ...Gist.shape,
  line: z.int().describe("1-based line of the log on which it begins"),
  time: z.number().nullable().describe("seconds since boot"),
  needsLockdep: z.boolean().describe("it cannot be reported once lockdep is off"),
});

/** One boot as a store keeps it: a line of ndjson. */
export const BootRow = z.strictObject({
  schema: z.literal("splat-triage-history-boot/1"),
  identity: z
    .int()
    .describe("the definition of its ids (docs/identity.md): others cannot be compared with them"),
  log: z.string().describe("SHA-256 of the log's bytes, unpacked: 32 hexadecimal digits of it"),
  path: z.string().describe("where the log was; - for standard input"),
  index: z.int().describe("which boot of its log, from 0"),
  build: z.string(),
  job: z.string().nullable(),
  time: z.iso.datetime().describe("when the boot was: --time, else when the log was last changed"),
  boot: Boot,
  reports: z.array(StoredReport),
});

const Place = z.strictObject({
  time: z.string(),
  build: z.string(),
  path: z.string(),
  line: z.int(),
});

const Tally = z.strictObject({
  hits: z.int().describe("boots that showed it"),
  observed: z.int().describe("boots that showed it, or could have"),
});

export const HistoryBug = z.strictObject({
  id: z.string(),
  kind: Kind,
  title: z.string(),
  alsoAs: z.array(z.string()).describe("other titles that its reports have"),
  classes: z.array(z.string()),
  status: z
    .enum(["new", "gone", "both", "masked"])
    .nullable()
    .describe("with --since: masked where the other builds could not have shown it"),
  first: Place,
  last: Place,
  ...Tally.shape,
  builds: z.array(z.strictObject({ build: z.string(), ...Tally.shape })).describe("in the order of builds"),
  jobs: z.array(z.strictObject({ job: z.string().nullable(), hits: z.int() })),
});

/** What `splat-triage history list -f json` writes. */
export const History = z.strictObject({
  schema: z.literal("splat-triage-history/1"),
  since: z.string().nullable().describe("the build with which the newer ones begin"),
  boots: z.int(),
  builds: z
    .array(
      z.strictObject({
        build: z.string(),
        kernels: z.array(z.string()).describe("releases"),
        first: z.string().describe("time of its first boot"),
        last: z.string(),
        boots: z.int(),
        clean: z.int(),
        reported: z.int(),
        unknown: z.int().describe("boots that show nothing and prove nothing"),
      }),
    )
    .describe("in the order of their first boots"),
  jobs: z.array(z.strictObject({ job: z.string().nullable(), boots: z.int() })),
  bugs: z.array(HistoryBug).describe("seen last first"),
});

/** What `splat-triage history query -f json` writes; with `-f ndjson` each row is a line. */
export const Answer = z.strictObject({
  schema: z.literal("splat-triage-history-query/1"),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string().describe("as DuckDB calls it") })),
  rows: z
    .array(z.record(z.string(), z.unknown()))
    .describe("by the names of columns; times are UTC, numbers that JSON would not keep are text"),
});

export type StoredReport = z.infer<typeof StoredReport>;
export type BootRow = z.infer<typeof BootRow>;
export type Answer = z.infer<typeof Answer>;
export type History = z.infer<typeof History>;
export type HistoryBug = z.infer<typeof HistoryBug>;
