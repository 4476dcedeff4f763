import * as z from "zod";
import { Frame, HeldLocks, Kernel, LockClass, Task } from "./lock-schema.ts";

/** Stack dumps, interrupt events, and what lockdep prints of classes and their dependencies. */

/** One register dump inside a trace: show_regs() and its kin. */
export const Registers = z.strictObject({
  afterFrame: z.int().describe("how many frames of the trace come before it"),
  at: z.string().nullable().describe("RIP or pc: where the registers were taken"),
  inlined: z
    .array(z.string())
    .optional()
    .describe("functions inlined there, innermost first, as printed by a symboliser"),
  code: z.string().nullable(),
  values: z.record(z.string(), z.string()),
});
export type Registers = z.infer<typeof Registers>;

/** One dump_stack(): who ran where, and the trace. */
export const StackDump = z.strictObject({
  cpu: z.int().nullable(),
  uid: z.int().nullable(),
  task: Task.nullable(),
  kernel: Kernel.nullable(),
  kdump: z.boolean().describe("a crash kernel is loaded"),
  package: z
    .string()
    .nullable()
    .describe("what follows the build number: the distribution's package, a build id"),
  taints: z.string().nullable().describe("the spelled-out line: [W]=WARN"),
  hardware: z.string().nullable(),
  workqueue: z.string().nullable(),
  notes: z.array(z.string()).describe("other lines of the header (Modules linked in, Stopper, …)"),
  words: z.array(z.string()).describe("words of the stack in hexadecimal, up to v4.8"),
  frames: z.array(Frame),
  registers: z.array(Registers),
  trace: z
    .array(z.string())
    .describe("the lines below the header, as printed: registers, trace, what the architecture adds"),
  held: z.array(HeldLocks).optional().describe("s390: the locks held, listed at the end of each trace"),
});
export type StackDump = z.infer<typeof StackDump>;

/** print_irqtrace_events(): when and where interrupts were last enabled and disabled. */
export const IrqEvent = z.strictObject({ event: z.int(), at: Frame });
export type IrqEvent = z.infer<typeof IrqEvent>;
export const IrqEvents = z.strictObject({
  stamp: z.int(),
  hardirqsEnabled: IrqEvent.nullable(),
  hardirqsDisabled: IrqEvent.nullable(),
  softirqsEnabled: IrqEvent.nullable(),
  softirqsDisabled: IrqEvent.nullable(),
});
export type IrqEvents = z.infer<typeof IrqEvents>;

/** print_lock_class_header() and what follows it in a dependency block. */
export const ClassDump = z.strictObject({
  lock: LockClass,
  ops: z.int().nullable(),
  usages: z.array(z.strictObject({ state: z.string(), stack: z.array(Frame) })),
  key: Frame.nullable(),
  acquiredAt: z.array(Frame).nullable(),
});
export type ClassDump = z.infer<typeof ClassDump>;

/** The dependencies between two classes, or of one: print_shortest_lock_dependencies(). */
export const Dependencies = z.strictObject({
  between: z.enum(["safe-and-holding", "wanted-and-unsafe", "second-and-first", "safe", "unsafe"]),
  classes: z.array(ClassDump).describe("in the order printed"),
});
export type Dependencies = z.infer<typeof Dependencies>;

/** A usage state of a class, and where the class got it: print_usage_bug(), print_bad_irq_dependency(). */
export const UsageTrace = z.strictObject({
  state: z.string(),
  lock: LockClass.nullable(),
  stack: z.array(Frame),
});
export type UsageTrace = z.infer<typeof UsageTrace>;
