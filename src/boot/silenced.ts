import type { Kind, Report } from "../report/schema.ts";

/**
 * What is not reported any more once lockdep has turned itself off: all that asks debug_locks first. The rest goes on
 * as before, so that its absence means something in every boot.
 */
const NEEDS_LOCKDEP: Record<Kind, boolean> = {
  circular: true,
  recursive: true,
  "irq-order": true,
  "irq-inversion": true,
  inconsistent: true,
  "wait-context": true,
  "nested-lock": true,
  "unlock-balance": true,
  contention: true,
  "held-freed": true,
  "held-exit": true,
  "held-user": true,
  // debug_lockdep_rcu_enabled()
  rcu: true,
  "non-static-key": true,
  "unregistered-key": true,
  subclass: true,
  limit: true,
  "chain-collision": true,
  // DEBUG_LOCKS_WARN_ON()
  internal: true,
  // __might_resched()
  sleeping: false,
  // __schedule_bug()
  "atomic-scheduling": false,
  leaked: false,
  // spin_bug() and rwlock_bug() begin with debug_locks_off()
  "spinlock-debug": true,
  // check_preemption_disabled()
  preemptible: false,
  "rtmutex-deadlock": true,
  // debug_show_all_locks() says only that lockdep is off
  "held-dump": true,
};

/** Whether a report can come only while lockdep is on. */
export function needsLockdep({ kind, leaked, warning }: Report): boolean {
  // process_one_work() sees the preemption count without lockdep, held locks only with it
  if (kind === "leaked") return Number.parseInt(leaked?.preempt ?? "0", 16) === 0;
  // rt_mutex_handle_deadlock() since v5.14 is a WARN()
  if (kind === "rtmutex-deadlock") return warning === undefined;
  return NEEDS_LOCKDEP[kind];
}
