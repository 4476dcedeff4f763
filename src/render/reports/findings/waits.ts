import type { WAITS } from "../../../analyze/rules/waits.ts";
import type { Prose } from "./prose.ts";

export const WAITS_PROSE = {
  "flush-under-lock": {
    title: "waiting for work under a lock that the work takes",
    explanation: [
      "{caller} waits for {work} while it holds {lock}.",
      "The work ({worker}) takes {lock}, directly or through the rest of the cycle: if it is already running, both wait forever.",
      "Other work shares this queue ({shared}), so the two may never wait for each other.",
    ],
    questions: [
      "Is it this work item that takes the lock, or another one on the same queue?",
      "Can it be cancelled without waiting?",
    ],
    fixes: [
      "wait before {lock} is taken or after it is dropped",
      "cancel_work_sync() on that one work item instead of flushing the whole queue",
      "have the work use a trylock and requeue itself",
      "a workqueue of its own for that work",
    ],
  },
  "work-left-lock": {
    title: "a work item returned with a lock held",
    explanation: [
      "A worker still held {lock} when it started the next work item of {queue}: an earlier one did not drop it.",
    ],
    questions: ["Which work item took {lock} last (see the stack of the other edge)?"],
    fixes: ["drop {lock} on every path out of the work function"],
  },
  "work-waits-for-itself": {
    title: "a work item waits for work of its own class",
    explanation: [
      "A work item waits for {work}, which is of its own class.",
      "The work function is {worker}.",
    ],
    questions: ["Is it one object, or a parent and its child initialised in the same place?"],
    fixes: [
      "do not flush the queue that the work item runs on",
      "a queue or a class of its own for the inner work item",
    ],
    doubts: ["If they are two objects, nothing waits for itself."],
  },
  "timer-sync-under-lock": {
    title: "waiting for a timer under a lock that interrupts take",
    explanation: [
      "{caller} deletes a timer and waits for its callback.",
      "It does so while it holds {lock}.",
      "The callback {callback}, or an interrupt on top of it, needs that lock.",
    ],
    questions: ["Does the callback take the lock, or only some interrupt?", "Is the timer TIMER_IRQSAFE?"],
    fixes: [
      "delete it after the lock is dropped",
      "timer_delete() without waiting, and a flag",
      "a work item instead of the timer",
    ],
  },
  "srcu-sync-under-lock": {
    title: "waiting for SRCU readers under a lock that a reader takes",
    explanation: [
      "{caller} waits for the readers of {srcu} while it holds {lock}.",
      "A reader ({reader}) takes a lock that leads to {lock}: it never leaves its read section, and the wait never ends.",
    ],
    questions: [
      "Can a reader really block on {lock}?",
      "Is there one srcu_struct for all objects, or one per object?",
    ],
    fixes: [
      "call_srcu() instead of waiting",
      "wait after {lock} is dropped",
      "a separate lock for the readers",
    ],
  },
  "rcu-sync-under-lock": {
    title: "waiting for a grace period under a lock that RCU needs",
    explanation: ["{caller} waits for RCU while it holds {lock}."],
    questions: ["Does something that the grace period needs, a callback or CPU hotplug, take {lock}?"],
    fixes: ["wait outside {lock}"],
  },
  "crossrelease-chain": {
    title: "the chain runs through a completion",
    explanation: [
      "{completion} is in the chain because this kernel checked completions like locks (crossrelease). Most such reports were false positives, and the check was removed again.",
    ],
    questions: ["Does the other side really complete it?"],
    fixes: ["none until the rest of the chain has been checked"],
  },
  "btrfs-wait": {
    title: "btrfs waits for something that needs its lock",
    explanation: ["It waits for {event} under a lock that is needed to complete it."],
    questions: ["Who has to complete the event, and what does that task wait for?"],
    fixes: ["drop the lock before waiting"],
    doubts: ["All mounted btrfs file systems share the class."],
  },
} as const satisfies Record<keyof typeof WAITS, Prose>;
