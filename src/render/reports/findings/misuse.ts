import type { MISUSE } from "../../../analyze/rules/misuse.ts";
import type { Prose } from "./prose.ts";

export const MISUSE_PROSE = {
  "lock-freed-while-held": {
    title: "memory is freed with a held lock in it",
    explanation: ["{at} frees memory that contains {lock}, which is held."],
    questions: ["Who still holds it, and why is the object freed?"],
    fixes: ["drop the lock before the object is freed", "hold a reference for as long as the lock is held"],
  },
  "lock-not-released": {
    title: "a lock was never dropped",
    explanation: ["Still held: {locks}, taken in {takenAt}.", "The task ends with it ({exit})."],
    questions: ["Which path returns without dropping it?", "Is it handed to another task on purpose?"],
    fixes: ["drop it on every path", "tell lockdep where a lock is handed over"],
  },
  "freezing-with-lock": {
    title: "a task stops with a lock held",
    explanation: ["{at} stops (freezes, ends or executes another program) while {locks} is held."],
    questions: ["Is it meant to be held there?"],
    fixes: ["do not freeze inside the lock"],
    doubts: ["Some callers are allowed to."],
  },
  "unlock-not-held": {
    title: "a lock is dropped that is not held",
    explanation: ["{at} drops {lock}, which lockdep does not know to be held by this task."],
    questions: ["Was it dropped before, on an error path?", "Was it taken by another task?"],
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
      "What was seen: {what}.",
      "The key {key} is not registered.",
    ],
    questions: ["Is the object used before it is initialised, or after it is freed?"],
    fixes: [
      "initialise it first (mutex_init() and its like)",
      "lockdep_register_key() for keys in allocated memory",
    ],
    doubts: [
      "On some architectures lockdep did not know all static memory (s390 before v6.4 its start-up code, parisc, arm64 its modules): there even a properly initialised lock is reported.",
    ],
  },
  "spinlock-misused": {
    title: "a spinlock is in an impossible state",
    explanation: ["{at}: {what}.", "Its owner is {owner}."],
    questions: ["Was the memory freed or overwritten?", "Who holds it?"],
    fixes: ["find who took it, or what overwrote it"],
  },
  "subclass-too-large": {
    title: "a subclass is out of range",
    explanation: ["{at} asks for subclass {subclass}; there are eight, 0 to 7."],
    questions: ["Is the depth bounded?"],
    fixes: ["a class for each level instead of subclasses"],
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
      "{repeated} is held {times} times at once: a loop seems to take one lock for each object.",
    ],
    questions: [
      "Does one lock repeat in the list of held locks?",
      "Are modules loaded over and over, or lock keys registered and never unregistered?",
    ],
    fixes: [
      "process the objects in smaller batches",
      "raise CONFIG_LOCKDEP_BITS, CONFIG_LOCKDEP_CHAINS_BITS or CONFIG_LOCKDEP_STACK_TRACE_BITS, if that is the limit that was reached",
    ],
  },
  "lockdep-state-broken": {
    title: "lockdep's own checks failed",
    explanation: [
      "{check}",
      "{reason}",
      "It was noticed in {at}.",
      "Locks or interrupts were changed without lockdep being told, or memory was overwritten.",
    ],
    questions: ["Is there an earlier warning in the log?"],
    fixes: ["fix the first warning"],
  },
} as const satisfies Record<keyof typeof MISUSE, Prose>;
