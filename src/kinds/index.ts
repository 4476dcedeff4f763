import type { Kind, Report } from "../report/schema.ts";
import { atomicScheduling } from "./atomic-scheduling.ts";
import { chainCollision } from "./chain-collision.ts";
import { circular } from "./circular.ts";
import { contention } from "./contention.ts";
import { heldDump } from "./held-dump.ts";
import { heldExit } from "./held-exit.ts";
import { heldFreed } from "./held-freed.ts";
import { heldUser } from "./held-user.ts";
import { inconsistent } from "./inconsistent.ts";
import { internal } from "./internal.ts";
import { irqInversion } from "./irq-inversion.ts";
import { irqOrder } from "./irq-order.ts";
import type { KindDefinition, Relation } from "./kind.ts";
import { leaked } from "./leaked.ts";
import { limit } from "./limit.ts";
import { nestedLock } from "./nested-lock.ts";
import { nonStaticKey } from "./non-static-key.ts";
import { preemptible } from "./preemptible.ts";
import { rcu } from "./rcu.ts";
import { recursive } from "./recursive.ts";
import { rtmutexDeadlock } from "./rtmutex-deadlock.ts";
import { sleeping } from "./sleeping.ts";
import { spinlockDebug } from "./spinlock-debug.ts";
import { subclass } from "./subclass.ts";
import { unlockBalance } from "./unlock-balance.ts";
import { unregisteredKey } from "./unregistered-key.ts";
import { waitContext } from "./wait-context.ts";

/** Every kind, each in its file: one without a definition, or without a headline in the grammar, is a type error. */
const DEFINITIONS = {
  circular,
  recursive,
  "irq-order": irqOrder,
  "irq-inversion": irqInversion,
  inconsistent,
  "wait-context": waitContext,
  "nested-lock": nestedLock,
  "unlock-balance": unlockBalance,
  contention,
  "held-freed": heldFreed,
  "held-exit": heldExit,
  "held-user": heldUser,
  rcu,
  "non-static-key": nonStaticKey,
  "unregistered-key": unregisteredKey,
  subclass,
  limit,
  "chain-collision": chainCollision,
  internal,
  sleeping,
  "atomic-scheduling": atomicScheduling,
  leaked,
  "spinlock-debug": spinlockDebug,
  preemptible,
  "rtmutex-deadlock": rtmutexDeadlock,
  "held-dump": heldDump,
} as const satisfies Record<Kind, KindDefinition>;

export function definitionOf(kind: Kind): KindDefinition {
  return DEFINITIONS[kind];
}

/** What a report has to do with lockdep's being on. */
export function relationOf(report: Report): Relation {
  const { lockdep, lockdepOf } = definitionOf(report.kind);
  return lockdepOf?.(report) ?? lockdep;
}
