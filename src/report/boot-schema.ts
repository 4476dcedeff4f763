import * as z from "zod";
import { Kernel } from "./lock-schema.ts";
import { BECAUSE } from "./names.ts";

/** Sources and their boots: what they hold, and what they prove. */

/** The headers of a mail that has a log, or part of one. */
export const Mail = z.strictObject({
  messageId: z.string().nullable().describe("without angles"),
  inReplyTo: z.string().nullable(),
  references: z.array(z.string()).describe("earlier mails of its thread, oldest first"),
  from: z.string().nullable().describe("sender: NAME <MAIL>"),
  date: z.string().nullable().describe("ISO 8601, UTC"),
  subject: z.string().nullable(),
  hasDiff: z.boolean().describe("whether it has a patch of its own"),
});
export type Mail = z.infer<typeof Mail>;

export const Lockdep = z.strictObject({
  state: z.enum(["on", "off", "unknown"]).describe("at the end of the log"),
  offAt: z
    .strictObject({
      line: z.int(),
      reason: z.enum(["report", "limit", "message"]),
      report: z.int().nullable().describe("index into reports"),
    })
    .nullable(),
});
export type Lockdep = z.infer<typeof Lockdep>;

const outcome = {
  result: z
    .enum(["reported", "clean", "unknown"])
    .describe("clean: no report, and any could have been shown from beginning to end"),
  because: z
    .enum(BECAUSE)
    .nullable()
    .describe(
      "why unknown. unread: lines like those of a report that belong to none, or a part of a mail that was not decoded; " +
        "cut: in the middle of a line or an archive; dropped: the log says that messages were lost; hosts-mixed: lines of " +
        "two machines may be mixed up; lockdep-not-on: nothing shows that it was on and proved locking",
    ),
};

/**
 * A line with the words of a headline, or of another line that only reports have, that belongs to no report; or a part of
 * a mail that was not decoded.
 */
export const UnreadLine = z.strictObject({
  line: z.int().describe("1-based line of the source"),
  text: z
    .string()
    .describe("its beginning, without the transport; for an attachment, its name and the reason"),
});
export type UnreadLine = z.infer<typeof UnreadLine>;

/** One boot of a machine, as far as a log holds it. */
export const Boot = z.strictObject({
  lines: z.strictObject({ first: z.int(), last: z.int() }).describe("1-based, inclusive"),
  host: z.string().optional().describe("the machine, if the log has lines of several"),
  reportsAt: z
    .array(z.int())
    .optional()
    .describe("first lines of its reports, if boots of several machines overlap"),
  mixed: z.literal(true).optional().describe("lines of another machine may be mixed in"),
  mail: Mail.optional().describe("in a mailbox, the mail with the boot's lines"),
  kernel: Kernel.nullable().describe("from the boot's first line; null if the log begins later"),
  times: z
    .strictObject({ first: z.number().nullable(), last: z.number().nullable() })
    .describe("seconds since boot, of the first and last line with a time that was read"),
  userspace: z.int().nullable().describe("the line that says init is started"),
  end: z
    .strictObject({ line: z.int(), how: z.enum(["power-off", "reboot", "halt", "kexec", "panic"]) })
    .nullable(),
  cut: z.boolean().describe("the log ends in the middle of a line, or could not be read to its end"),
  dropped: z.int().describe("lost messages, according to the log"),
  unread: z.int().describe("lines that only reports have but that belong to none"),
  traits: z
    .array(z.string())
    .describe("how kernel and lockdep were built, according to the log: PREEMPT_RT, …"),
  lockdep: Lockdep,
  ...outcome,
});
export type Boot = z.infer<typeof Boot>;

export const Source = z.strictObject({
  name: z.string().describe("'-' for standard input"),
  bytes: z.int(),
  lines: z.int(),
  transport: z.string(),
  kernels: z.array(Kernel),
  boots: z.array(Boot).describe("in the order of the log; none if nothing in it is from a kernel"),
  lockdep: Lockdep.describe("of the last boot"),
  ...outcome,
  unread: z.array(UnreadLine).describe("the first 64"),
  moreUnread: z.int().describe("how many more there are"),
});
export type Source = z.infer<typeof Source>;

/** A source as each line of ndjson spells it out: without what may be long. */
export const BriefSource = Source.omit({ boots: true, unread: true, moreUnread: true });
export type BriefSource = z.infer<typeof BriefSource>;

/** The line of a boot: `-f ndjson --boots`. */
export const BootLine = z.strictObject({
  schema: z.literal("splat-triage-boot/1"),
  source: BriefSource,
  boot: Boot,
  reports: z.array(z.string()).describe("ids of its reports, in their order"),
});
export type BootLine = z.infer<typeof BootLine>;
