import * as z from "zod";
import { CycleOrder, Annotated, Finding, LookAt, Suspect } from "./analysis-schema.ts";
import { CodeExcerpt, TouchingCommit } from "./code-schema.ts";
import { BECAUSE, KINDS } from "./names.ts";

/**
 * The one source of the report types: what `splat-triage -f json` writes and what the library returns.
 * Names follow the field's words; every text is as the kernel printed it unless said otherwise.
 */

export const Kind = z.enum(KINDS);

const Place = z.strictObject({
  symbol: z.string(),
  offset: z.int().nullable(),
  size: z.int().nullable(),
});

/** A place in the code: `take_ba+0x24/0x3e [mod] file.c:12 [inline]`, printed by `%pS` and its symbolisers. */
export const Frame = z.strictObject({
  symbol: z.string().describe("function name; the bare address where the kernel found no symbol"),
  demangled: z.string().optional().describe("a C++ or Rust name as its author wrote it"),
  offset: z.int().nullable().describe("bytes from the start of the function"),
  size: z
    .int()
    .nullable()
    .describe("bytes of the function; below zero where the kernel was wrong, as of a module's data"),
  module: z.string().nullable(),
  buildId: z.string().optional().describe("the module's, where printed: CONFIG_STACKTRACE_BUILD_ID"),
  file: z.string().nullable().describe("only in symbolised logs"),
  line: z.int().nullable(),
  inline: z.boolean(),
  uncertain: z.boolean().describe("marked '? ': found on the stack, not by the unwinder"),
  address: z.string().nullable().describe("[<address>] where one is printed"),
  context: z.string().nullable().describe("IRQ, TASK, NMI, … where the trace says so"),
  caller: Place.optional().describe("arm, 32 bit: `fn from caller+0x1/0x2`"),
});

export const WaitTypes = z.strictObject({
  outer: z.int().describe("context in which the lock may be taken"),
  inner: z.int().describe("context that the lock creates"),
});

/** A lock class as print_lock_name() writes it: ` (name#version/subclass){usage}-{outer:inner}`. */
export const LockClass = z.strictObject({
  class: z.string().describe("name without #version and /subclass"),
  version: z.int().describe("N of #N, 1 where none is printed"),
  subclass: z.int().describe("M of /M, 0 where none is printed"),
  usage: z.string().nullable().describe("the usage characters, as printed"),
  wait: WaitTypes.nullable(),
});

/** A held or wanted lock as print_lock() writes it: a class with its instance and acquisition site. */
export const Lock = z.strictObject({
  ...LockClass.shape,
  address: z.string().nullable().describe("instance, as printed"),
  at: Frame.nullable().describe("where it was acquired"),
  inlined: z
    .array(Frame)
    .optional()
    .describe("what a symboliser printed before that place: functions inlined there, innermost first"),
});

export const IrqState = z.strictObject({
  hardirqContext: z.boolean(),
  hardirqCount: z.int(),
  softirqContext: z.boolean(),
  softirqCount: z.int(),
  hardirqsEnabled: z.boolean(),
  softirqsEnabled: z.boolean(),
});

export const Task = z.strictObject({
  comm: z.string(),
  pid: z.int(),
  irq: IrqState.nullable().describe("[HC0[0]:SC0[0]:HE1:SE1]"),
});

export const Kernel = z.strictObject({
  release: z.string(),
  build: z.string().nullable(),
  taint: z.string().nullable().describe("null when not tainted"),
});

export const Edge = z.strictObject({
  from: z.string(),
  to: z.string(),
  closes: z.boolean().describe("the edge that closes the cycle"),
  by: z.literal("interrupt").optional().describe("an interrupt, not a held lock, makes this edge"),
  acquired: LockClass.nullable().describe("the class taken, with all that is printed of it"),
  stack: z.array(Frame).describe("where `to` was taken while `from` was held"),
});

export const HeldLocks = z.strictObject({
  task: Task,
  count: z.int().describe("how many the kernel counted; up to v7.2 a running task's are not listed"),
  cpu: z
    .strictObject({ state: z.enum(["on", "last"]), number: z.int() })
    .optional()
    .describe("since v7.3: the task's CPU; state as printed, which is 'last' for a task that runs"),
  locks: z.array(Lock.nullable()).describe("null: <RELEASED> while it was being printed"),
});

export const ScenarioStep = z.strictObject({
  cpu: z.int().nullable().describe("null where the picture has lost its columns"),
  operation: z.enum(["lock", "rlock", "sync", "unlock", "local_irq_disable", "interrupt"]),
  class: z.string().nullable(),
  version: z.int().nullable(),
  subclass: z.int().nullable(),
});

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

export const Damage = z.strictObject({
  code: DamageCode,
  line: z.int().describe("1-based line of the source"),
  what: z.string().optional().describe("the part that is missing, how many lines, or the line as it was"),
});

/** One register dump inside a trace: show_regs() and its kin. */
export const Registers = z.strictObject({
  afterFrame: z.int().describe("how many frames of the trace stand before it"),
  at: z.string().nullable().describe("RIP or pc: where the registers were taken"),
  inlined: z
    .array(z.string())
    .optional()
    .describe("what a symboliser printed before that place: functions inlined there, innermost first"),
  code: z.string().nullable(),
  values: z.record(z.string(), z.string()),
});

/** One dump_stack(): who ran where, and the trace. */
export const StackDump = z.strictObject({
  cpu: z.int().nullable(),
  uid: z.int().nullable(),
  task: Task.nullable(),
  kernel: Kernel.nullable(),
  kdump: z.boolean().describe("a crash kernel is loaded"),
  package: z.string().nullable().describe("what follows the build: the distribution's package, a build id"),
  taints: z.string().nullable().describe("the spelled-out line: [W]=WARN"),
  hardware: z.string().nullable(),
  workqueue: z.string().nullable(),
  notes: z.array(z.string()).describe("other lines of the header (Modules linked in, Stopper, …)"),
  words: z.array(z.string()).describe("words of the stack in hexadecimal, up to v4.8"),
  frames: z.array(Frame),
  registers: z.array(Registers),
  trace: z
    .array(z.string())
    .describe("the lines below the header as printed: registers, trace, what the machine adds to them"),
  held: z.array(HeldLocks).optional().describe("s390: the locks held, listed at the end of each trace"),
});

/** print_irqtrace_events(): when and where interrupts were last switched. */
export const IrqEvent = z.strictObject({ event: z.int(), at: Frame });
export const IrqEvents = z.strictObject({
  stamp: z.int(),
  hardirqsEnabled: IrqEvent.nullable(),
  hardirqsDisabled: IrqEvent.nullable(),
  softirqsEnabled: IrqEvent.nullable(),
  softirqsDisabled: IrqEvent.nullable(),
});

/** print_lock_class_header() and what follows it in a dependency block. */
export const ClassDump = z.strictObject({
  lock: LockClass,
  ops: z.int().nullable(),
  usages: z.array(z.strictObject({ state: z.string(), stack: z.array(Frame) })),
  key: Frame.nullable(),
  acquiredAt: z.array(Frame).nullable(),
});

export const Dependencies = z.strictObject({
  between: z.enum(["safe-and-holding", "wanted-and-unsafe", "second-and-first", "safe", "unsafe"]),
  classes: z.array(ClassDump).describe("in the order printed"),
});

export const UsageTrace = z.strictObject({
  state: z.string(),
  lock: LockClass.nullable(),
  stack: z.array(Frame),
});

/** What only some kinds print. */
const details = {
  lockdepOff: z.literal(true).optional().describe("`INFO: lockdep is turned off.` in place of held locks"),
  comparison: z.int().optional().describe("recursive: what the lock comparison function returned"),
  chainExists: z.array(LockClass).optional().describe("`Chain exists of:`"),
  usage: z
    .strictObject({ from: z.string(), to: z.string() })
    .optional()
    .describe("inconsistent: {from} -> {to}"),
  registered: UsageTrace.optional().describe("inconsistent: where the earlier state was registered"),
  irqEvents: IrqEvents.optional(),
  newDependency: z.strictObject({ from: LockClass, to: LockClass }).optional().describe("irq-order"),
  safe: UsageTrace.optional().describe("irq-order: the irq-safe lock and where it became so"),
  unsafe: UsageTrace.optional().describe("irq-order: the irq-unsafe lock and where it became so"),
  other: z
    .strictObject({ lock: LockClass.nullable(), state: z.string(), taken: z.enum(["before", "after"]) })
    .optional()
    .describe("irq-inversion: the lock at the other end; taken before or after the changed one"),
  dependencies: z.array(Dependencies).optional().describe("irq-order and irq-inversion"),
  context: WaitTypes.optional().describe("wait-context: context-{o:i} of the running code"),
  nest: z.string().nullable().optional().describe("nested-lock: the outer lock that is not held"),
  freed: z.strictObject({ from: z.string(), to: z.string() }).optional().describe("held-freed: memory range"),
  rcu: z
    .strictObject({
      file: z.string(),
      line: z.int(),
      message: z.string(),
      schedulerActive: z.int().nullable(),
      debugLocks: z.int().nullable(),
      notes: z.array(z.string()),
    })
    .optional(),
  key: z.string().optional().describe("unregistered-key: address of the key"),
  invalidSubclass: z.int().optional(),
  limit: z
    .strictObject({
      name: z.string(),
      depth: z.int().nullable(),
      max: z.int().nullable(),
      lockStat: z.boolean().describe("asks for /proc/lock_stat"),
    })
    .optional(),
  collision: z
    .strictObject({
      held: z.array(z.strictObject({ id: z.int(), chainKey: z.string(), lock: Lock.nullable() })),
      irqContext: z.int().nullable(),
      cached: z.array(z.strictObject({ id: z.int(), chainKey: z.string(), lock: LockClass.nullable() })),
    })
    .optional(),
  warning: z
    .strictObject({
      message: z.string().nullable(),
      condition: z.string().optional().describe("CONFIG_DEBUG_BUGVERBOSE_DETAILED"),
      file: z.string().nullable(),
      line: z.int().nullable(),
      at: Frame.nullable(),
      runner: z
        .strictObject({ cpu: z.int(), task: Task })
        .optional()
        .describe("who ran into it, where the line ends with that: in 7.2 and later"),
      below: z
        .literal(true)
        .optional()
        .describe("the message stands below the place: up to v4.15, and on arm"),
      endTrace: z.string().optional().describe("the number in `[ end trace … ]`; none after panic_on_warn"),
      reason: z.string().nullable().describe("possible reason: unannotated irqs-on."),
    })
    .optional(),
  sleeping: z
    .strictObject({
      file: z.string(),
      line: z.int(),
      inAtomic: z.int().nullable(),
      irqsDisabled: z.int().nullable(),
      nonBlock: z.int().nullable(),
      preemptCount: z.string().nullable(),
      preemptExpected: z.string().nullable(),
      rcuDepth: z.int().nullable(),
      rcuExpected: z.int().nullable(),
      stackOverrun: z.boolean(),
    })
    .optional(),
  preemptCount: z.string().optional().describe("atomic-scheduling and preemptible: hexadecimal"),
  preemptionDisabledAt: z.array(Frame).optional(),
  leaked: z
    .strictObject({
      function: z.string().nullable(),
      module: z.string().optional().describe("the function's, and its build id where printed"),
      preempt: z.string().nullable(),
      lock: z.strictObject({ before: z.int(), after: z.int() }).nullable(),
      rcu: z.strictObject({ before: z.int(), after: z.int() }).nullable(),
    })
    .optional(),
  spinlock: z
    .strictObject({
      what: z.string().describe("bad magic, recursion, lockup suspected, …"),
      type: z.enum(["spinlock", "rwlock"]),
      cpu: z.int().nullable(),
      object: Frame.nullable().describe("the lock as symbol and offset, where it is static"),
      magic: z.string().nullable(),
      owner: Task.nullable(),
      ownerCpu: z.int().nullable(),
    })
    .optional(),
  preemptible: z.strictObject({ operation: z.string(), caller: Frame.nullable() }).optional(),
  rtmutex: z
    .strictObject({
      current: Task.nullable(),
      blocked: Task.nullable(),
      locks: z.array(
        z.strictObject({
          number: z.int(),
          task: Task,
          address: z.string().nullable(),
          name: z.string().nullable(),
          owner: Task.nullable(),
          owned: z.array(z.string()).optional().describe("the lines of its owner, as printed"),
        }),
      ),
    })
    .optional(),
};

/** The entry of --known that fits a report. */
export const Known = z.strictObject({
  entry: z.int().describe("index into the file's list"),
  note: z.string(),
  link: z.string().optional(),
});

/** Where a report was met before: what `seen` finds of the same bug, certainly or likely. */
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
    .describe("the earliest of those that have a date"),
  mends: z
    .array(
      z.strictObject({
        type: z.enum(["mail", "commit"]),
        ref: z.string().describe("a message-id without angles, or a commit"),
        subject: z.string().nullable(),
        release: z.string().nullable().describe("the first release that has the commit"),
        certainty: z.enum(["certain", "likely"]).describe("that it is about this bug"),
      }),
    )
    .describe("mails with a patch, and commits, the best match first"),
});

/** A mail that holds a log, or a part of one, by its headers. */
export const Mail = z.strictObject({
  messageId: z.string().nullable().describe("without angles"),
  inReplyTo: z.string().nullable(),
  references: z.array(z.string()).describe("the mails before it in its thread, the first one first"),
  from: z.string().nullable().describe("its sender: NAME <MAIL>"),
  date: z.string().nullable().describe("ISO 8601, UTC"),
  subject: z.string().nullable(),
  hasDiff: z.boolean().describe("it holds a patch of its own"),
});

export const Report = z.strictObject({
  id: z.string().describe("hex; the same bug has the same id in every boot and build"),
  siteId: z.string().describe("hex; the same bug, and its locks taken by the same functions"),
  kind: Kind,
  headline: z.string(),
  tag: z.enum(["WARNING", "BUG", "INFO"]).nullable().describe("the word printed before the headline"),
  title: z.string().describe("the title syzbot would give"),
  source: z.int().describe("index into sources"),
  lines: z.strictObject({ first: z.int(), last: z.int(), unparsed: z.int() }).describe("1-based, inclusive"),
  time: z.number().nullable().describe("seconds since boot"),
  caller: z
    .string()
    .nullable()
    .describe("T43 or C1; null where the log has none, or the report has more than one"),
  kernel: Kernel.nullable(),
  task: Task.nullable(),
  lock: Lock.nullable().describe("the lock that the report is about"),
  holding: Lock.nullable().describe("the lock already held that the headline names"),
  cycle: z.array(z.string()).describe("classes in dependency order, smallest name first"),
  edges: z.array(Edge),
  held: z.array(HeldLocks),
  scenario: z.array(ScenarioStep),
  backtrace: z
    .array(Frame)
    .describe("frames of the first stack dump that says of which task it is, or of the first"),
  dumps: z.array(StackDump).describe("every stack dump with its header and registers"),
  ...details,
  complete: z.boolean(),
  damage: z.array(Damage),
  annotations: z.array(Annotated).describe("known annotations that take part"),
  findings: z.array(Finding).describe("what rules conclude, the weightiest first"),
  suspects: z.array(Suspect).describe("answers to --suspect"),
  lookAt: LookAt.nullable().describe("the edge to look at first; null where there are no edges"),
  order: CycleOrder.optional().describe("with explain --graph: an order of the cycle's locks"),
  code: z.array(CodeExcerpt).optional().describe("with --linux: the lines round the places that tell"),
  touching: z
    .array(TouchingCommit)
    .optional()
    .describe("with --range: commits that have to do with the report's locks, in the range's order"),
  seen: MetBefore.optional().describe("with --in"),
  known: Known.nullable()
    .optional()
    .describe("with --known: the first entry that fits; null where none does"),
});

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

const outcome = {
  result: z
    .enum(["reported", "clean", "unknown"])
    .describe("clean: none was reported, and any could have been, from the beginning to the end"),
  because: z
    .enum(BECAUSE)
    .nullable()
    .describe(
      "why unknown. unread: there are lines like a headline's that are part of no report, or what of a mail was not " +
        "decoded; cut: in the middle of a " +
        "line, or of an archive; dropped: the log says that messages were lost; hosts-mixed: lines of two machines " +
        "were taken for one's; lockdep-not-on: nothing shows that it was on and proved locking",
    ),
};

/**
 * A line that holds the words of a headline, or of another line that only reports have, and is part of no report; or
 * what of a mail was not decoded.
 */
export const UnreadLine = z.strictObject({
  line: z.int().describe("1-based line of the source"),
  text: z
    .string()
    .describe("its beginning, without what the transport put around it; of an attachment, its name and why"),
});

/** One boot of a machine, as far as a log holds it. */
export const Boot = z.strictObject({
  lines: z.strictObject({ first: z.int(), last: z.int() }).describe("1-based, inclusive"),
  host: z.string().optional().describe("the machine, where the log holds lines of several"),
  reportsAt: z
    .array(z.int())
    .optional()
    .describe("first lines of its reports, where boots of several machines overlap"),
  mixed: z.literal(true).optional().describe("lines of another machine were taken for its own"),
  mail: Mail.optional().describe("in a mailbox, the mail in which the boot's lines stand"),
  kernel: Kernel.nullable().describe("of the boot's first line; null where the log begins later"),
  times: z
    .strictObject({ first: z.number().nullable(), last: z.number().nullable() })
    .describe("seconds since boot, of the first and last line that were looked at"),
  userspace: z.int().nullable().describe("the line that says that init is started"),
  end: z
    .strictObject({ line: z.int(), how: z.enum(["power-off", "reboot", "halt", "kexec", "panic"]) })
    .nullable(),
  cut: z.boolean().describe("the log ends in the middle of a line, or cannot be read to its end"),
  dropped: z.int().describe("messages that were lost on their way, as the log says"),
  unread: z.int().describe("lines that only reports have, and that are part of none"),
  traits: z.array(z.string()).describe("how kernel and lockdep were built, as the log tells: PREEMPT_RT, …"),
  lockdep: Lockdep,
  ...outcome,
});

export const Source = z.strictObject({
  name: z.string().describe("'-' for standard input"),
  bytes: z.int(),
  lines: z.int(),
  transport: z.string(),
  kernels: z.array(Kernel),
  boots: z.array(Boot).describe("in the order of the log; none where nothing in it is a kernel's"),
  lockdep: Lockdep.describe("of the last boot"),
  ...outcome,
  unread: z.array(UnreadLine).describe("the first of them"),
  moreUnread: z.int().describe("how many more there are"),
});

/** A source as each line of ndjson spells it out: without what may be long. */
export const BriefSource = Source.omit({ boots: true, unread: true, moreUnread: true });

/** The line of a boot: `-f ndjson --boots`. */
export const BootLine = z.strictObject({
  schema: z.literal("splat-triage-boot/1"),
  source: BriefSource,
  boot: Boot,
  reports: z.array(z.string()).describe("ids of its reports, in their order"),
});

export const Summary = z.strictObject({
  reports: z.int(),
  unique: z.int(),
  damaged: z.int(),
  byKind: z.partialRecord(Kind, z.int()),
  known: z.int().optional().describe("with --known: reports that an entry fits"),
});

/** The document that `-f json` writes. */
export const Document = z.strictObject({
  schema: z.literal("splat-triage/1"),
  summary: Summary,
  sources: z.array(Source),
  reports: z.array(Report),
});

export type Kind = z.infer<typeof Kind>;
export type Frame = z.infer<typeof Frame>;
export type WaitTypes = z.infer<typeof WaitTypes>;
export type LockClass = z.infer<typeof LockClass>;
export type Lock = z.infer<typeof Lock>;
export type IrqState = z.infer<typeof IrqState>;
export type Mail = z.infer<typeof Mail>;
export type Task = z.infer<typeof Task>;
export type Kernel = z.infer<typeof Kernel>;
export type Edge = z.infer<typeof Edge>;
export type HeldLocks = z.infer<typeof HeldLocks>;
export type ScenarioStep = z.infer<typeof ScenarioStep>;
export type DamageCode = z.infer<typeof DamageCode>;
export type Damage = z.infer<typeof Damage>;
export type Registers = z.infer<typeof Registers>;
export type StackDump = z.infer<typeof StackDump>;
export type IrqEvent = z.infer<typeof IrqEvent>;
export type IrqEvents = z.infer<typeof IrqEvents>;
export type ClassDump = z.infer<typeof ClassDump>;
export type Dependencies = z.infer<typeof Dependencies>;
export type UsageTrace = z.infer<typeof UsageTrace>;
export type MetBefore = z.infer<typeof MetBefore>;
export type Known = z.infer<typeof Known>;
export type Report = z.infer<typeof Report>;

/** A report before it is known which bug it is. */
export type Untitled = Omit<Report, "id" | "siteId" | "title">;
export type Lockdep = z.infer<typeof Lockdep>;
export type UnreadLine = z.infer<typeof UnreadLine>;
export type Boot = z.infer<typeof Boot>;
export type Source = z.infer<typeof Source>;
export type BriefSource = z.infer<typeof BriefSource>;
export type BootLine = z.infer<typeof BootLine>;
export type Summary = z.infer<typeof Summary>;
export type Document = z.infer<typeof Document>;
