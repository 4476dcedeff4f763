import type { ORDERS } from "../../../analyze/rules/orders.ts";
import type { Prose } from "./prose.ts";

export const ORDERS_PROSE = {
  "declared-edge": {
    title: "an edge was declared, not observed",
    explanation: [
      "{by} recorded the edge from {from} to {to} on purpose, to declare an order. Nothing raced there: either the other edges break the declared order, or the declaration is wrong.",
    ],
    questions: ["Does the declared order hold for this device and path?"],
    fixes: ["keep to the declared order on the other edges", "fix or drop the declaration"],
  },
  "cpu-hotplug-order": {
    title: "CPU hotplug is blocked under a lock that its callbacks take",
    explanation: [
      "{keeper} blocks CPU hotplug while {lock} is held.",
      "It is called by {caller}.",
      "{inCallback} is taken with hotplug blocked, or in one of its callbacks.",
      "The callback is {callback}.",
      "If a CPU goes up or down at that moment, neither makes progress.",
    ],
    questions: [
      "What takes cpus_read_lock() here: a static key, cpuhp_setup_state(), stop_machine(), a new workqueue?",
      "Is there a _cpuslocked variant?",
    ],
    fixes: ["cpus_read_lock() first, then {lock}", "move the call out of {lock}"],
  },
  "queue-freeze-order": {
    title: "a frozen block queue versus what I/O needs",
    explanation: [
      "{queue} is frozen or entered in this cycle: while it is frozen no I/O gets through, and whoever waits for I/O is stuck.",
      "The cycle runs through memory reclaim, which may need I/O ({reclaim}).",
      "One of the edges was declared when the queue was allocated; no reclaim happened there ({declared}).",
    ],
    questions: [
      "Is it the same queue on all edges?",
      "Does the cycle run through sockets, per-CPU memory or other subsystems?",
    ],
    fixes: [
      "allocate before the queue is frozen",
      "memalloc_noio_save() while it is frozen",
      "the lock order of this release: see elevator_lock and limits_lock",
    ],
    doubts: ["A cycle through another device's queue or a user's socket is a false positive."],
  },
  "freeze-writers-order": {
    title: "write access to a file system and another lock are taken in opposite orders",
    explanation: [
      "sb_writers is taken under a lock that a writer takes inside it.",
      "{bridge} joins the two: the files on either side may be unrelated.",
    ],
    questions: ["Is it the same file system on both sides (compare the numbers after sb_writers)?"],
    fixes: ["get write access first"],
    doubts: ["Chains through splice and seq_file often join unrelated files."],
  },
  "journal-order": {
    title: "a journal handle and another lock are taken in opposite orders",
    explanation: [
      "{underHandle} is taken while a journal handle is open; and {lock} is held while waiting for a handle or a commit.",
    ],
    questions: ["Does it wait for room in the journal, or for a commit?"],
    fixes: ["open the handle before {lock} is taken", "do not wait for a commit under {lock}"],
  },
  "console-lock-order": {
    title: "console_lock and another lock are taken in opposite orders",
    explanation: [
      "console_lock is taken under {lock}, and {lock} under console_lock, directly or through other locks.",
    ],
    questions: ["Is a display being registered, blanked or resumed?"],
    fixes: ["console_lock first", "move the console part to a work item"],
  },
  "printk-under-lock": {
    title: "a message is printed under a lock that printing needs",
    explanation: [
      "{message} prints a message, and that takes {printing}.",
      "It does so under {lock}, which printing leads to.",
      "Printing takes {port} of the console driver, under which {driver} takes {under}.",
      "The message often points at the real problem: look at it first.",
    ],
    questions: ["What was printed, and why?"],
    fixes: [
      "fix the cause of the message",
      "print after the lock is dropped",
      "printk_deferred()",
      "in the console driver, drop {port} before {under} is taken, or leave that to a work item",
    ],
  },
  "rtnl-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: ["{lock} is taken under a lock that is elsewhere taken under {lock}."],
    questions: [
      "Is it taken by a work item that is cancelled under it?",
      "Does the chain only pass through it?",
    ],
    fixes: [
      "{lock} first",
      "rtnl_trylock() and restart_syscall() in sysfs methods",
      "move (un)registration of the device out of the lock",
    ],
  },
  "cgroup-order": {
    title: "cgroup_mutex and another lock are taken in opposite orders",
    explanation: ["cgroup_mutex is taken both before and after {other}."],
    questions: ["Does the side that writes to a file break active protection?"],
    fixes: ["cpus_read_lock() first", "kernfs_break_active_protection()"],
  },
} as const satisfies Record<keyof typeof ORDERS, Prose>;
