import * as z from "zod";

/** Places in the code, lock classes, locks, tasks, and the edges between locks. */

const Place = z.strictObject({
  symbol: z.string(),
  offset: z.int().nullable(),
  size: z.int().nullable(),
});

/** A place in the code: `take_ba+0x24/0x3e [mod] file.c:12 [inline]`, as %pS and symbolisers print it. */
export const Frame = z.strictObject({
  symbol: z.string().describe("function name; the bare address if the kernel found no symbol"),
  demangled: z.string().optional().describe("a C++ or Rust name, demangled"),
  offset: z.int().nullable().describe("bytes from the start of the function"),
  size: z
    .int()
    .nullable()
    .describe("bytes of the function; negative where the kernel miscalculated it, as for data of a module"),
  module: z.string().nullable(),
  buildId: z.string().optional().describe("of the module, if printed: CONFIG_STACKTRACE_BUILD_ID"),
  file: z.string().nullable().describe("only in symbolised logs"),
  line: z.int().nullable(),
  inline: z.boolean(),
  uncertain: z.boolean().describe("marked '? ': found on the stack, not by the unwinder"),
  address: z.string().nullable().describe("[<address>], if printed"),
  context: z.string().nullable().describe("IRQ, TASK, NMI, … if the trace says so"),
  caller: Place.optional().describe("32-bit arm: `fn from caller+0x1/0x2`"),
});
export type Frame = z.infer<typeof Frame>;

/** The wait types of a lock, `-{outer:inner}`: print_lock_name(), since v5.7. */
export const WaitTypes = z.strictObject({
  outer: z.int().describe("context in which the lock may be taken"),
  inner: z.int().describe("context that the lock creates"),
});
export type WaitTypes = z.infer<typeof WaitTypes>;

/** A lock class as print_lock_name() writes it: ` (name#version/subclass){usage}-{outer:inner}`. */
export const LockClass = z.strictObject({
  class: z.string().describe("name without #version and /subclass"),
  version: z.int().describe("N of #N; 1 if none is printed"),
  subclass: z.int().describe("M of /M; 0 if none is printed"),
  usage: z.string().nullable().describe("the usage characters, as printed"),
  wait: WaitTypes.nullable(),
});
export type LockClass = z.infer<typeof LockClass>;

/** A held or wanted lock as print_lock() writes it: a class with its instance and acquisition site. */
export const Lock = z.strictObject({
  ...LockClass.shape,
  address: z.string().nullable().describe("instance, as printed"),
  at: Frame.nullable().describe("where it was acquired"),
  inlined: z
    .array(Frame)
    .optional()
    .describe("functions inlined there, innermost first, as printed by a symboliser"),
});
export type Lock = z.infer<typeof Lock>;

/** `[HC0[0]:SC0[0]:HE1:SE1]`: print_usage_bug() and its kin. */
export const IrqState = z.strictObject({
  hardirqContext: z.boolean(),
  hardirqCount: z.int(),
  softirqContext: z.boolean(),
  softirqCount: z.int(),
  hardirqsEnabled: z.boolean(),
  softirqsEnabled: z.boolean(),
});
export type IrqState = z.infer<typeof IrqState>;

/** A task, `comm/pid`. */
export const Task = z.strictObject({
  comm: z.string(),
  pid: z.int(),
  irq: IrqState.nullable().describe("[HC0[0]:SC0[0]:HE1:SE1]"),
});
export type Task = z.infer<typeof Task>;

/** The kernel that printed it: print_kernel_ident(). */
export const Kernel = z.strictObject({
  release: z.string(),
  build: z.string().nullable(),
  taint: z.string().nullable().describe("null when not tainted"),
});
export type Kernel = z.infer<typeof Kernel>;

/** A dependency: `to` was acquired while `from` was held. print_circular_bug_entry() prints the chain. */
export const Edge = z.strictObject({
  from: z.string(),
  to: z.string(),
  closes: z.boolean().describe("the edge that closes the cycle"),
  by: z.literal("interrupt").optional().describe("an interrupt, not a held lock, makes this edge"),
  acquired: LockClass.nullable().describe("the class taken, with all that is printed of it"),
  stack: z.array(Frame).describe("where `to` was taken while `from` was held"),
});
export type Edge = z.infer<typeof Edge>;

/** What lockdep_print_held_locks() prints for one task. */
export const HeldLocks = z.strictObject({
  task: Task,
  count: z.int().describe("as counted by the kernel; up to v7.2, the locks of a running task are not listed"),
  cpu: z
    .strictObject({ state: z.enum(["on", "last"]), number: z.int() })
    .optional()
    .describe("since v7.3: the task's CPU; state as printed, 'last' for a running task"),
  locks: z.array(Lock.nullable()).describe("null: <RELEASED> while the list was printed"),
});
export type HeldLocks = z.infer<typeof HeldLocks>;

/** A line of `Possible unsafe locking scenario:`, as print_circular_lock_scenario() and its kin draw it. */
export const ScenarioStep = z.strictObject({
  cpu: z.int().nullable().describe("null if the drawing lost its columns"),
  operation: z.enum(["lock", "rlock", "sync", "unlock", "local_irq_disable", "interrupt"]),
  class: z.string().nullable(),
  version: z.int().nullable(),
  subclass: z.int().nullable(),
});
export type ScenarioStep = z.infer<typeof ScenarioStep>;
