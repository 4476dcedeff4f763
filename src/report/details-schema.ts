import * as z from "zod";
import { Dependencies, IrqEvents, UsageTrace } from "./dump-schema.ts";
import { Frame, Lock, LockClass, Task, WaitTypes } from "./lock-schema.ts";

/** Fields of a report that only some kinds print. */
export const details = {
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
    .describe(
      "irq-inversion: the lock at the other end, and whether it is taken before or after the one that changed",
    ),
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
        .describe("the task that hit it, if the line ends with that: since v7.2"),
      below: z.literal(true).optional().describe("the message is below the place: up to v4.15, and on arm"),
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
      module: z.string().optional().describe("the function's module, with its build id if printed"),
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
      object: Frame.nullable().describe("the lock as symbol and offset, if static"),
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
          owned: z.array(z.string()).optional().describe("the lines about its owner, as printed"),
        }),
      ),
    })
    .optional(),
};
