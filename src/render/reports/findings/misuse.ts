import type { MISUSE } from "../../../analyze/rules/misuse.ts";
import type { Prose } from "./prose.ts";

export const MISUSE_PROSE = {
  "lock-freed-while-held": {
    title: "memory is freed that contains a held lock",
    explanation: ["{at} frees memory that contains {lock}, which is held."],
    questions: ["Who still holds it, and why is the object freed?"],
    fixes: ["drop the lock before the object is freed", "hold a reference for as long as the lock is held"],
  },
  "lock-not-released": {
    title: "a lock was not dropped",
    explanation: ["Still held: {locks}, taken in {takenAt}.", "The task exits with it held ({exit})."],
    questions: ["Which path returns without dropping it?", "Is it handed to another task on purpose?"],
    fixes: ["drop it on every path", "tell lockdep that the lock is handed over"],
  },
  "freezing-with-lock": {
    title: "a task freezes, exits or execs with a lock held",
    explanation: ["{at} freezes, exits or execs while {locks} is held."],
    questions: ["Is it meant to be held there?"],
    fixes: ["do not freeze under the lock"],
    doubts: ["Some callers are allowed to do this."],
  },
  "unlock-not-held": {
    title: "a lock is dropped that is not held",
    explanation: ["{at} drops {lock}, which lockdep does not know to be held by this task."],
    questions: ["Was it already dropped, on an error path?", "Was it taken by another task?"],
    fixes: ["drop it once, in the task that took it"],
  },
  "outer-lock-not-held": {
    title: "the outer lock of a nesting is not held",
    explanation: [
      "{at} takes {lock} as nested under {outer} (mutex_lock_nest_lock() and its like), but {outer} is not held.",
    ],
    questions: ["Was the ticket or the outer lock dropped, or never taken?"],
    fixes: ["take {outer} first"],
  },
  "uninitialised-lock": {
    title: "a lock was never initialised",
    explanation: [
      "{at} uses a lock that was not initialised, or whose memory was freed or overwritten.",
      "The kernel saw: {what}.",
      "The key {key} is not registered.",
    ],
    questions: ["Is the object used before it is initialised, or after it is freed?"],
    fixes: [
      "initialise it first (mutex_init() and its like)",
      "lockdep_register_key() for keys in allocated memory",
    ],
    doubts: [
      "On some architectures lockdep did not know all static memory (boot code on s390 before v6.4, parisc, modules on arm64): there even a properly initialised lock is reported.",
    ],
  },
  "spinlock-misused": {
    title: "a spinlock is in an impossible state",
    explanation: ["{at}: {what}.", "Its owner is {owner}."],
    questions: ["Was the memory freed or overwritten?", "Who holds it?"],
    fixes: ["find out who took it, or what overwrote it"],
  },
  "subclass-too-large": {
    title: "a subclass is out of range",
    explanation: ["{at} uses subclass {subclass}; there are eight, 0 to 7."],
    questions: ["Is the depth bounded?"],
    fixes: ["a class per level instead of subclasses"],
  },
  "rtmutex-cycle": {
    title: "tasks wait for each other in a cycle",
    explanation: ["This is not a mere possibility: these tasks are waiting for each other now."],
    questions: ["Which order do they take the locks in?"],
    fixes: ["one order everywhere"],
  },
  "lockdep-limit": {
    title: "lockdep ran out of room",
    explanation: [
      "{limit} was reached: lockdep has stopped checking. No deadlock was found.",
      "{repeated} is held {times} times at once: a loop seems to take one lock per object.",
    ],
    questions: [
      "Does one lock repeat in the list of held locks?",
      "Are modules loaded over and over, or lock keys registered but never unregistered?",
    ],
    fixes: [
      "process the objects in smaller batches",
      "raise CONFIG_LOCKDEP_BITS, CONFIG_LOCKDEP_CHAINS_BITS or CONFIG_LOCKDEP_STACK_TRACE_BITS, if that is the limit",
    ],
  },
  "lockdep-state-broken": {
    title: "lockdep's own checks failed",
    explanation: [
      "{check}",
      "{reason}",
      "It was noticed in {at}.",
      "Lock or interrupt state changed behind lockdep's back, or memory was overwritten.",
    ],
    questions: ["Is there an earlier warning in the log?"],
    fixes: ["fix the first warning"],
  },
} as const satisfies Record<keyof typeof MISUSE, Prose>;
