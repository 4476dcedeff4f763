import { LOCK_FUNCTIONS } from "../../symbols/role-table.ts";
import { roleIn } from "../../symbols/roles.ts";
import { hit } from "../scene.ts";
import type { Rule } from "./rule.ts";

/** The functions that free memory. */
const FREEING = /^_*(?:k|kv|v|slab_|kmem_cache_|do_slab_)?free(?:_\w{1,40})?$/;

/** What is done to one lock, its class, or lockdep itself. */
export const MISUSE = {
  "lock-freed-while-held": {
    priority: 90,
    kinds: ["held-freed"],
    find: ({ report, backtrace }) =>
      hit("certain", {
        lock: report.lock?.class ?? null,
        at: backtrace.functions.find((name) => !LOCK_FUNCTIONS.test(name) && !FREEING.test(name)) ?? null,
      }),
  },

  "lock-not-released": {
    priority: 90,
    kinds: ["held-exit", "held-user"],
    find(scene) {
      const { report, backtrace } = scene;
      if (report.kind === "held-exit" && roleIn(backtrace, "exit") === null) return null;
      const locks = report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? []));
      const [first] = report.held.flatMap((held) => held.locks);
      return hit("certain", { locks, takenAt: first?.at?.symbol ?? null, exit: report.kind === "held-exit" });
    },
  },

  "freezing-with-lock": {
    priority: 60,
    kinds: ["held-exit"],
    unless: ["lock-not-released"],
    find: ({ report, backtrace }) =>
      hit("possible", {
        locks: report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? [])),
        at: backtrace.at,
      }),
  },

  "unlock-not-held": {
    priority: 90,
    kinds: ["unlock-balance"],
    find: ({ report, backtrace }) =>
      // might_fault() takes and drops the lock itself: that it is not held is a matter of lockdep's own state
      hit(backtrace.roles[0]?.by === "__might_fault" ? "possible" : "likely", {
        lock: report.lock?.class ?? null,
        at: backtrace.at,
      }),
  },

  "outer-lock-not-held": {
    priority: 90,
    kinds: ["nested-lock"],
    find: ({ report, backtrace }) =>
      hit("certain", { lock: report.lock?.class ?? null, outer: report.nest ?? null, at: backtrace.at }),
  },

  "uninitialised-lock": {
    priority: 70,
    kinds: ["non-static-key", "unregistered-key", "spinlock-debug"],
    find({ report, backtrace }) {
      const what = report.spinlock?.what ?? null;
      if (report.kind === "spinlock-debug" && what !== "bad magic") return null;
      return hit("likely", { at: backtrace.at, what, key: report.key ?? null });
    },
  },

  "spinlock-misused": {
    priority: 65,
    kinds: ["spinlock-debug"],
    unless: ["uninitialised-lock"],
    find: ({ report, backtrace }) =>
      hit("likely", {
        what: report.spinlock?.what ?? null,
        owner: report.spinlock?.owner?.comm ?? null,
        at: backtrace.at,
      }),
  },

  "subclass-too-large": {
    priority: 70,
    kinds: ["subclass"],
    find: ({ report, backtrace }) =>
      hit("certain", { subclass: report.invalidSubclass ?? null, at: backtrace.at }),
  },

  "rtmutex-cycle": { priority: 90, kinds: ["rtmutex-deadlock"], find: () => hit("certain") },

  "lockdep-limit": {
    priority: 95,
    kinds: ["limit"],
    find({ report }) {
      const counts = new Map<string, number>();
      for (const { locks } of report.held)
        for (const lock of locks)
          if (lock !== null) counts.set(lock.class, (counts.get(lock.class) ?? 0) + 1);
      const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
      return hit("certain", {
        limit: report.limit?.name ?? null,
        max: report.limit?.max ?? null,
        repeated: most !== undefined && most[1] > 2 ? most[0] : null,
        times: most?.[1] ?? 0,
      });
    },
  },

  "lockdep-state-broken": {
    priority: 60,
    kinds: ["internal", "chain-collision", "contention"],
    find: ({ report, backtrace }) =>
      hit("possible", {
        check: report.warning?.message ?? null,
        reason: report.warning?.reason ?? null,
        at: backtrace.at,
      }),
  },
} as const satisfies Record<string, Rule>;
