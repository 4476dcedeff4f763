import * as z from "zod";

/**
 * The catalogue of known lock classes: what a name in a report stands for, and where it comes from.
 * The data files satisfy these types; a test checks what types cannot say. Nothing is checked at run time.
 */

/** A kernel release. */
const Release = z.string().regex(/^v\d+\.\d+(?:\.\d+)?$/);

/** Of a commit that linux-next had and mainline never. */
const NEVER_RELEASED = z.literal("linux-next");

/** The first twelve digits of a commit. */
const Sha = z.string().regex(/^[0-9a-f]{12}$/);

/** Matches from the first to the last character, and in linear time. */
const Pattern = z
  .instanceof(RegExp)
  .refine(({ source }) => source.startsWith("^") && source.endsWith("$"), "must be anchored at both ends");

/** Matches a function's name, anywhere in it. */
const FramePattern = z.instanceof(RegExp);

const CONTEXTS = [
  "may-sleep",
  "no-sleep",
  "irqs-off",
  "softirqs-off",
  "preemption-off",
  "softirq",
  "raw",
  "leaf",
  "reclaim",
  "page-fault",
  "user-copy",
  "mmu-notifier",
  "io",
  "freeze",
  "transaction",
  "cpu-hotplug",
  "memory-hotplug",
  "scheduler",
  "printk",
  "probe",
  "sysfs",
  "rcu-reader",
  "grace-period",
  "waits",
  "spins",
  "stacked",
  "not-checked",
] as const;

const SUBSYSTEMS = [
  "mm",
  "locking",
  "workqueue",
  "time",
  "sched",
  "irq",
  "rcu",
  "cpu-hotplug",
  "printk",
  "tty",
  "vfs",
  "driver-core",
  "filesystems",
  "block",
  "net",
  "gpu",
  "tracing",
  "kvm",
  "cgroup",
  "arch",
] as const;

/**
 * What a commit added to the graph of locks. A commit without it is taken to add all classes of an entry
 * that it introduces, and otherwise edges that nobody has written down.
 */
export const Effect = z.strictObject({
  annotations: z.array(z.string()).optional().describe("classes of these entries exist since"),
  edges: z
    .array(
      z.strictObject({
        from: z.string().optional().describe("id of an entry; absent: any class"),
        to: z.string().describe("id of an entry"),
        frames: FramePattern.optional().describe("a function of the stack that took `to`"),
        without: FramePattern.optional().describe("a function that must not be in it"),
      }),
    )
    .optional(),
  records: z
    .array(
      z.strictObject({
        to: z.string().describe("id of an entry: edges to it are recorded where they were not before"),
        in: z.array(z.string()).describe("the functions it changed, of which one records such an edge"),
        within: z
          .array(z.enum(["NOFS", "NOIO", "NORECLAIM"]))
          .describe("only of allocations within such a scope, which were left out before"),
        mendedIn: Sha.optional().describe("the commit that has the change without the mistake"),
      }),
    )
    .optional()
    .describe("edges to old classes that are recorded more often since"),
});

/** A commit that an entry names; occurs once, in commits.ts. */
export const KnownCommit = z.strictObject({
  subject: z.string().min(1),
  release: z.union([Release, NEVER_RELEASED]).describe("first release with it"),
  verified: z.boolean().describe("hash and subject were seen together in a public source"),
  adds: Effect.optional(),
});

export const Annotation = z.strictObject({
  id: z.string().regex(/^\w+$/),
  subsystem: z.enum(SUBSYSTEMS),
  kind: z
    .enum(["pseudo-lock", "lock", "lock-family", "wait-event", "usage-state", "override"])
    .describe("what the name stands for: a context, a real lock, a wait, a state of other locks"),
  meaning: z.string().min(1),

  names: z.array(z.string()).optional().describe("class names that are this and nothing else"),
  patterns: z.array(Pattern).optional().describe("the same for names with a free part"),
  shared: z.array(z.string()).optional().describe("names that unrelated locks bear too: frames decide"),
  shapes: z.array(Pattern).optional().describe("names that only look like it: never more than possible"),
  usages: z.array(Pattern).optional().describe("for usage states: the text in braces"),
  frames: z.array(FramePattern).optional().describe("functions that take it, or run while it is held"),
  onlyWith: z.enum(["frames", "comparison"]).optional().describe("applies only where the report shows this"),

  acquiredBy: z.array(z.string()).describe("functions"),
  decidedBy: z
    .array(z.string())
    .optional()
    .describe("functions that say whether it is recorded, and that compilers put into those that take it"),
  contexts: z.array(z.enum(CONTEXTS)),
  gfp: z
    .strictObject({
      recordedFor: z.string(),
      goneWith: z.array(z.string()).describe("masks and scopes that make the edge disappear"),
      silencedBy: z
        .array(z.string())
        .optional()
        .describe("masks that hide it from lockdep and change nothing else"),
      notGoneWith: z.array(z.string()).optional().describe("those that look as if they did"),
    })
    .optional(),
  aliases: z
    .array(z.strictObject({ name: z.string(), from: Release.nullable(), to: Release.nullable() }))
    .optional()
    .describe("names over the releases"),
  commits: z
    .array(
      z.strictObject({ sha: Sha, role: z.enum(["introduces", "extends", "primes", "renames", "removes"]) }),
    )
    .optional(),
  fixedBy: z.array(Sha).optional().describe("commits that fixed a report with this class"),
  fixes: z.array(z.string()).optional().describe("what usually mends it"),
  falsePositives: z.array(z.string()).optional().describe("when a report with it means nothing"),
  related: z.array(z.string()).optional().describe("ids of other entries"),
  evidence: z
    .array(z.string().regex(/^[\w/-]+\.[chS]$/))
    .min(1)
    .describe("files of the kernel's sources that define it; npm run evidence holds them against trees"),
});

/** A scope in which allocations are kept out of a part of reclaim, scopes.ts. */
export const AllocationScope = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** null: the code uses masks of its own, so an allocation may be missed. */
  sets: z.enum(["NOFS", "NOIO", "NORECLAIM"]).nullable(),
  what: z.string().describe("in a few words, behind `within`"),
  frames: z.instanceof(RegExp).describe("a function that runs within it"),
  held: z.string().optional().describe("id of an entry that is held throughout"),
  evidence: z.string().describe("file and function of the kernel's source that set it"),
});

export type KnownCommit = z.infer<typeof KnownCommit>;
export type Effect = z.infer<typeof Effect>;
export type AllocationScope = z.infer<typeof AllocationScope>;
export type Annotation = z.infer<typeof Annotation>;
export type CommitRole = NonNullable<Annotation["commits"]>[number]["role"];
export type Subsystem = Annotation["subsystem"];
