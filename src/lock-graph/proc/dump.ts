import type { Damage } from "../../report/schema.ts";
import type { Chains } from "./chains.ts";

/** What the three files of /proc hold, as far as a kernel printed it and a copy kept it. */

/** A class as a line of a dump names it. */
export interface ClassRef {
  /** Address of its key, as printed; null if the kernel hides addresses behind one word for all. */
  readonly key: string | null;
  /** With `#version` and `/subclass`, as printed. */
  readonly name: string;
}

/** A class of /proc/lockdep. */
export interface DumpClass extends ClassRef {
  /** Acquisitions; only with CONFIG_DEBUG_LOCKDEP. */
  readonly ops: number | null;
  /** Classes that were taken under it, and the class itself. */
  readonly forward: number | null;
  /** Classes under which it was taken, and the class itself. */
  readonly backward: number | null;
  /** The characters of get_usage_chars(); null without CONFIG_PROVE_LOCKING. */
  readonly usage: string | null;
  /** Classes taken right under it: the dependencies of distance 1. */
  readonly after: readonly ClassRef[];
}

/** Interrupt contexts of chains, as bits. */
export const PROCESS = 0;
export const SOFTIRQ = 1;
export const HARDIRQ = 2;

/** /proc/lockdep_stats: numbers by the words before them, `lock-classes`, `debug_locks`, … */
export type LockdepStats = ReadonlyMap<string, number>;

export interface Dump {
  /** null: no /proc/lockdep was read. */
  readonly classes: readonly DumpClass[] | null;
  /** null: no /proc/lockdep_chains was read. */
  readonly chains: Chains | null;
  readonly chainClasses: readonly ClassRef[];
  /** null: no /proc/lockdep_stats was read. */
  readonly stats: LockdepStats | null;
  /** Lines are those of the file that has them; `what` tells which. */
  readonly damage: readonly Damage[];
}

export type DumpFile = "lockdep" | "lockdep_chains" | "lockdep_stats";
