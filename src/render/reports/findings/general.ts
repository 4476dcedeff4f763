import type { GENERAL } from "../../../analyze/rules/general.ts";
import type { Prose } from "./prose.ts";

export const GENERAL_PROSE = {
  "lock-order-inversion": {
    title: "locks taken in opposite orders",
    explanation: ["{locks} are taken in one order and in the other.", "The places are {functions}."],
    questions: [
      "Can the paths run at the same time, on the same objects?",
      "Which order is the documented one?",
    ],
    fixes: ["one order everywhere", "drop the first lock before the second is taken"],
  },
  "gate-on-every-edge": {
    title: "one lock is held on every edge: only one of these tasks can run",
    explanation: [
      "All edges were taken under {gate}, as {frames} shows: no two of them run at the same time.",
    ],
    questions: ["Can one of these paths also run without it?"],
    fixes: [],
    silences: [
      "a class of its own for one of the locks, or one order everywhere: lockdep does not see gates",
    ],
  },
  "device-lock-unseen": {
    title: "a device's lock is held, which lockdep does not order",
    explanation: [
      "{lock} is held, taken in {at}. Lockdep does not check its order: it may take part in a deadlock that is not shown.",
    ],
    questions: ["Does the other task hold a device's lock, too?"],
    fixes: ["a key of its own for the bus"],
  },
  "earlier-problem": {
    title: "the kernel had warned before",
    explanation: [
      "The kernel is tainted ({taint}): a warning, an oops or a stuck CPU came first. This report may follow from it.",
    ],
    questions: ["What does the log say before?"],
    fixes: ["look at the first problem first"],
  },
  "trylock-in-cycle": {
    title: "a lock of the cycle is taken by a trylock",
    explanation: ["{class} is taken by a trylock, or makes no order: the task does not wait for it there."],
    questions: ["Does the edge start at a lock that was trylocked and is then held?"],
    fixes: ["none, unless the other edges alone make a cycle"],
  },
} as const satisfies Record<keyof typeof GENERAL, Prose>;
