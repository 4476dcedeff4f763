import type { GENERAL } from "../../../analyze/rules/general.ts";
import type { Prose } from "./prose.ts";

export const GENERAL_PROSE = {
  "lock-order-inversion": {
    title: "locks taken in opposite orders",
    explanation: ["{locks} are taken in both orders.", "They are taken in {functions}."],
    questions: [
      "Can the paths run at the same time, on the same objects?",
      "Which order is the documented one?",
    ],
    fixes: ["one order everywhere", "drop the first lock before the second is taken"],
  },
  "gate-on-every-edge": {
    title: "one lock is held on every edge: only one of these paths can run",
    explanation: [
      "All edges were recorded under {gate}, as {frames} shows: no two of these paths run at the same time.",
    ],
    questions: ["Can one of these paths also run without it?"],
    fixes: [],
    silences: [
      "a class of its own for one of the locks, or one order everywhere: lockdep does not know about such gates",
    ],
  },
  "device-lock-unseen": {
    title: "a device lock is held, whose order lockdep does not check",
    explanation: [
      "{lock} is held, taken in {at}. Lockdep does not check the order of device locks: it may take part in a deadlock that is not shown.",
    ],
    questions: ["Does the other task hold a device lock, too?"],
    fixes: ["a lock class key of its own for the bus or device"],
  },
  "earlier-problem": {
    title: "the kernel had warned before",
    explanation: [
      "The kernel is tainted ({taint}): a warning, an oops or a stuck CPU came first. This report may be a consequence.",
    ],
    questions: ["What is in the log before this report?"],
    fixes: ["fix the first problem first"],
  },
  "trylock-in-cycle": {
    title: "a lock of the cycle is taken with a trylock",
    explanation: [
      "{class} is taken with a trylock, or without lockdep checking its order: the task does not wait for it there.",
    ],
    questions: ["Does the edge start at a lock that was taken with a trylock and is then held?"],
    fixes: ["none, unless the other edges form a cycle of their own"],
  },
} as const satisfies Record<keyof typeof GENERAL, Prose>;
