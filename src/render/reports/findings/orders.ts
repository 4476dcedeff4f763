import type { ORDERS } from "../../../analyze/rules/orders.ts";
import type { Prose } from "./prose.ts";

export const ORDERS_PROSE = {
  "declared-edge": {
    title: "an edge was declared, not observed",
    explanation: [
      "{by} recorded the edge from {from} to {to} by hand, to declare an order. Nothing raced there: the other edges break the declared rule, or the rule is wrong.",
    ],
    questions: ["Does the rule hold for this device and path?"],
    fixes: ["keep to the rule on the other edges", "fix or drop the declaration"],
  },
  "cpu-hotplug-order": {
    title: "CPU hotplug is held off under a lock that its callbacks take",
    explanation: [
      "{lock} is held when CPU hotplug is held off by {keeper}.",
      "{caller} asks for it.",
      "With hotplug held off, or in a callback of it, {inCallback} is taken.",
      "That callback is {callback}.",
      "A CPU that goes up or down at that moment blocks both.",
    ],
    questions: [
      "What takes cpus_read_lock() here: a static key, cpuhp_setup_state(), stop_machine(), a new workqueue?",
      "Is there a _cpuslocked variant?",
    ],
    fixes: ["cpus_read_lock() first, then {lock}", "move the call out of {lock}"],
  },
  "queue-freeze-order": {
    title: "a frozen block queue against what I/O needs",
    explanation: [
      "{queue} is frozen, or is entered, in this cycle: while it is frozen no I/O gets through, and whoever waits for I/O is stuck.",
      "The cycle runs through memory reclaim, which may need I/O ({reclaim}).",
      "One of the edges was declared when the queue was made; no reclaim happened there ({declared}).",
    ],
    questions: [
      "Is it the same queue on all edges?",
      "Does the cycle run through sockets, per-CPU memory or other subsystems?",
    ],
    fixes: [
      "allocate before the queue is frozen",
      "memalloc_noio_save() while it is frozen",
      "the order of locks that this release asks for: see elevator_lock and limits_lock",
    ],
    doubts: ["A cycle over another device's queue or a user's socket is false."],
  },
  "freeze-writers-order": {
    title: "write access to a file system and a lock are taken in opposite orders",
    explanation: [
      "sb_writers is taken under a lock that a writer takes inside it.",
      "{bridge} is the bridge: two unrelated files may meet there.",
    ],
    questions: ["Is it the same file system on both sides (compare the numbers behind sb_writers)?"],
    fixes: ["write access first"],
    doubts: ["Chains over splice and seq_file often join unrelated files."],
  },
  "journal-order": {
    title: "a journal handle and another lock are taken in opposite orders",
    explanation: [
      "A handle of the journal is held while {underHandle} is taken; under {lock} a handle or a commit is waited for.",
    ],
    questions: ["Is it waiting for room in the journal, or for a commit?"],
    fixes: ["open the handle before {lock} is taken", "do not wait for a commit under {lock}"],
  },
  "console-lock-order": {
    title: "console_lock and another lock are taken in opposite orders",
    explanation: [
      "console_lock is taken under {lock}, and {lock} under console_lock, directly or through others.",
    ],
    questions: ["Is it about registering a display, blanking or resuming?"],
    fixes: ["console_lock first", "move the console's part to a work item"],
  },
  "printk-under-lock": {
    title: "a message is printed under a lock that printing needs",
    explanation: [
      "{message} prints a message, and that takes {printing}.",
      "It holds {lock}, which printing leads to.",
      "Printing takes {port} of the console's driver, under which {driver} takes {under}.",
      "The message itself often points at the real problem: look at it first.",
    ],
    questions: ["What was printed, and why?"],
    fixes: [
      "fix the cause of the message",
      "print after the lock is dropped",
      "printk_deferred()",
      "in the console's driver, drop {port} before {under} is taken, or leave that to a work item",
    ],
  },
  "rtnl-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: ["{lock} is taken under a lock that elsewhere is taken under {lock}."],
    questions: ["Is it taken in a work that is cancelled under it?", "Does the chain only pass through it?"],
    fixes: [
      "{lock} first",
      "rtnl_trylock() and restart_syscall() in sysfs methods",
      "move (un)registration of the device out",
    ],
  },
  "cgroup-order": {
    title: "cgroup_mutex and another lock are taken in opposite orders",
    explanation: ["cgroup_mutex is taken both before and after {other}."],
    questions: ["Does the writing side break active protection?"],
    fixes: ["cpus_read_lock() first", "kernfs_break_active_protection()"],
  },
} as const satisfies Record<keyof typeof ORDERS, Prose>;
