import type { CONTEXTS } from "../../../analyze/rules/contexts.ts";
import type { Prose } from "./prose.ts";

export const CONTEXTS_PROSE = {
  "irq-safe-lock-irqs-on": {
    title: "a lock is taken in an interrupt, and elsewhere with interrupts enabled",
    explanation: [
      "{lock} is taken in {interrupt} context (by {inInterrupt}) and elsewhere with those interrupts enabled (by {withInterrupts}).",
      "If the interrupt comes at that moment on the same CPU, it spins on the lock that the interrupted code holds.",
    ],
    questions: ["Which of the two sites is wrong?", "Which is new?"],
    fixes: [
      "spin_lock_irqsave() or spin_lock_bh() where interrupts are enabled",
      "move the interrupt's part to a work item",
    ],
  },
  "irq-lock-inversion": {
    title: "an irq-safe lock is ordered before an irq-unsafe one",
    explanation: [
      "{safe} is taken in {interrupt} context; {unsafe} is held with those interrupts enabled; and {unsafe} is taken under {safe}, directly or through other locks.",
      "One CPU holds {unsafe} and is interrupted, the interrupt waits for {safe}, and the CPU that holds {safe} waits for {unsafe}.",
    ],
    questions: ["Which of the sites is new?", "Is one side only a reader (then it may not be a deadlock)?"],
    fixes: [
      "disable interrupts wherever {unsafe} is taken",
      "do not take {unsafe} under {safe}",
      "do not take {safe} in interrupts",
    ],
  },
  "raw-over-spinlock": {
    title: "a spinlock_t is taken where only raw spinlocks are allowed",
    explanation: [
      "{lock} is taken by {at}; on PREEMPT_RT it may sleep.",
      "It is taken under {outer}.",
      "It is taken in a hard interrupt ({hardirq}).",
    ],
    questions: ["Does this code ever run on PREEMPT_RT?", "Is the outer lock raw on purpose?"],
    fixes: ["raw_spinlock_t, if the section is short", "move it out of the raw section"],
    doubts: ["Without PREEMPT_RT it cannot deadlock."],
  },
  "sleeping-lock-in-atomic": {
    title: "a sleeping lock is taken in atomic context",
    explanation: ["{at} takes {lock}, which may sleep.", "It holds {outer}, under which nothing may sleep."],
    questions: ["Which section is it inside: a spinlock, RCU, an interrupt?"],
    fixes: ["take {lock} first", "move the sleeping part to a work item"],
  },
  "sleep-in-rcu": {
    title: "sleeping in an RCU read-side critical section",
    explanation: [
      "{at} may sleep, or waits for RCU, inside an RCU read-side critical section.",
      "The section is {reader}, entered in {since}.",
      "It runs in an RCU callback ({callback}).",
    ],
    questions: ["Can the section end earlier?"],
    fixes: ["leave the section first", "SRCU", "GFP_ATOMIC", "queue_rcu_work() instead of call_rcu()"],
  },
  "sleep-in-atomic": {
    title: "a function that may sleep is called in atomic context",
    explanation: [
      "{at} may sleep, where sleeping is not allowed.",
      "Interrupts are disabled ({interruptsOff}).",
      "Preemption is disabled ({preemptionOff}).",
      "It is between non_block_start() and non_block_end() ({notToBlock}).",
      "Preemption was disabled in {since}.",
      "{spinlock} is held, a spinlock_t on PREEMPT_RT: code under it may be preempted, but must not sleep voluntarily.",
      "Held: {locks}.",
    ],
    questions: ["What disabled preemption or interrupts?"],
    fixes: ["GFP_ATOMIC or a variant that does not sleep", "move it out of the section"],
  },
  "rcu-not-watching": {
    title: "RCU is used on a CPU that it is not watching",
    explanation: [
      "{at} uses RCU on a CPU that RCU is not watching: {where}.",
      "rcu_read_lock() does not help there: RCU does not wait for readers on such a CPU.",
      "The CPU is on its way up or down ({offline}).",
    ],
    questions: [
      "Is it tracing, printing or a notifier that runs too early or too late on this CPU?",
      "Which is the last call before RCU stops watching, or the first one after?",
    ],
    fixes: [
      "move it to where RCU watches: before the CPU reports dead or idle, or after rcutree_report_cpu_starting()",
      "ct_irq_enter() around it (RCU_NONIDLE() before v6.3), or raw_ or arch_ variants that are not traced",
    ],
  },
  "rcu-without-lock": {
    title: "RCU data is read without protection",
    explanation: ["{at}: {message}", "Neither rcu_read_lock() nor the lock that protects the data is held."],
    questions: [
      "Which lock is meant to protect it?",
      "Is the condition given to rcu_dereference_check() right?",
    ],
    fixes: ["rcu_read_lock() around it", "rcu_dereference_protected() with the lock that is held"],
  },
  "work-left-atomic": {
    title: "a work function did not restore the state it was called in",
    explanation: [
      "{worker} returned with preemption off, in an RCU section, or with a lock held.",
      "Still held: {locks}.",
    ],
    questions: ["Which path out of it misses an unlock or an enable?"],
    fixes: ["undo it on every path"],
  },
  "per-cpu-preemptible": {
    title: "per-CPU data is used with preemption enabled",
    explanation: ["{at} uses {operation}() with preemption enabled."],
    questions: ["Does it matter which CPU's data it is?"],
    fixes: [
      "get_cpu(), a local_lock, or this_cpu_*() instead of __this_cpu_*()",
      "a raw_ variant, if any CPU will do",
    ],
  },
} as const satisfies Record<keyof typeof CONTEXTS, Prose>;
