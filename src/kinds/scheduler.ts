import type { Details, KindBuilder } from "./kind.ts";
import { framesOf, irqEventsOf, numberOf, type Parts, taskOf, textOf } from "./parts.ts";

/** Where preemption was switched off, and the interrupt trace: print_preempt_disable_ip(). */
function contextOf(parts: Parts): Details {
  const off = parts.first("preemption");
  const irqEvents = irqEventsOf(parts);
  return {
    ...(off === null ? {} : { preemptionDisabledAt: framesOf([off.lead, ...off.frames]) }),
    ...(irqEvents === null ? {} : { irqEvents }),
  };
}

/** __might_resched() in kernel/sched/core.c. */
export const sleeping: KindBuilder = {
  requires: ["task", "sleeping", "backtrace"],
  build(parts) {
    const atomic = parts.line("InAtomic");
    const count = parts.line("PreemptCount");
    const rcu = parts.line("RcuDepth");
    return {
      ...contextOf(parts),
      task: atomic === null ? null : taskOf(atomic),
      sleeping: {
        file: textOf(parts.headline, "file") ?? "",
        line: numberOf(parts.headline, "line") ?? 0,
        inAtomic: atomic === null ? null : numberOf(atomic, "atomic"),
        irqsDisabled: atomic === null ? null : numberOf(atomic, "irqs"),
        nonBlock: atomic === null ? null : numberOf(atomic, "nonblock"),
        preemptCount: count === null ? null : textOf(count, "count"),
        preemptExpected: count === null ? null : textOf(count, "expected"),
        rcuDepth: rcu === null ? null : numberOf(rcu, "depth"),
        rcuExpected: rcu === null ? null : numberOf(rcu, "expected"),
        stackOverrun: parts.line("StackOverrun") !== null,
      },
    };
  },
};

/** __schedule_bug() in kernel/sched/core.c. */
export const atomicScheduling: KindBuilder = {
  requires: ["task", "preemptCount", "backtrace"],
  build(parts) {
    const count = textOf(parts.headline, "count");
    return {
      ...contextOf(parts),
      task: taskOf(parts.headline),
      ...(count === null ? {} : { preemptCount: count }),
    };
  },
};

/** check_preemption_disabled() in lib/smp_processor_id.c. */
export const preemptible: KindBuilder = {
  requires: ["task", "preemptible", "backtrace"],
  build(parts) {
    const caller = parts.line("CallerIs");
    const count = textOf(parts.headline, "count");
    return {
      task: taskOf(parts.headline),
      ...(count === null ? {} : { preemptCount: count }),
      preemptible: {
        operation: textOf(parts.headline, "operation") ?? "",
        caller: framesOf(caller === null ? [] : [caller])[0] ?? null,
      },
    };
  },
};
