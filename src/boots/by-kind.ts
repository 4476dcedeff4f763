import type { Kind } from "../report/schema.ts";

/** What a report has to do with lockdep's being on. */
interface Relation {
  /** Whether the function that prints it calls debug_locks_off(). */
  readonly turnsOff: boolean | "limit";
  /** Whether it comes only while lockdep is on: debug_locks is asked first. */
  readonly needsLockdep: boolean;
}

/** Most reports are lockdep's last word. */
const LAST_WORD: Relation = { turnsOff: true, needsLockdep: true };
const LEAVES_ON: Relation = { turnsOff: false, needsLockdep: true };
/** Kernels without lockdep print it, too. */
const APART: Relation = { turnsOff: false, needsLockdep: false };

export const BY_KIND: Record<Kind, Relation> = {
  circular: LAST_WORD,
  recursive: LAST_WORD,
  "irq-order": LAST_WORD,
  "irq-inversion": LAST_WORD,
  inconsistent: LAST_WORD,
  "wait-context": LAST_WORD,
  "nested-lock": LAST_WORD,
  "unlock-balance": LAST_WORD,
  contention: LAST_WORD,
  "held-freed": LAST_WORD,
  "held-exit": LAST_WORD,
  "held-user": LAST_WORD,
  // debug_lockdep_rcu_enabled()
  rcu: LEAVES_ON,
  "non-static-key": LAST_WORD,
  "unregistered-key": LAST_WORD,
  subclass: LAST_WORD,
  limit: { turnsOff: "limit", needsLockdep: true },
  "chain-collision": LAST_WORD,
  // DEBUG_LOCKS_WARN_ON()
  internal: LAST_WORD,
  // __might_resched()
  sleeping: APART,
  // __schedule_bug()
  "atomic-scheduling": APART,
  leaked: APART,
  // spin_bug() and rwlock_bug() begin with debug_locks_off()
  "spinlock-debug": LAST_WORD,
  // check_preemption_disabled()
  preemptible: APART,
  "rtmutex-deadlock": LAST_WORD,
  // debug_show_all_locks() says only that lockdep is off
  "held-dump": LEAVES_ON,
};
