import type { Report } from "../report/schema.ts";
import { BY_KIND } from "./by-kind.ts";

/**
 * Whether a report can come only while lockdep is on. Once that has turned itself off, the rest goes on as before, so
 * that its absence means something in every boot.
 */
export function needsLockdep({ kind, leaked, warning }: Report): boolean {
  // process_one_work() sees the preemption count without lockdep, held locks only with it
  if (kind === "leaked") return Number.parseInt(leaked?.preempt ?? "0", 16) === 0;
  // rt_mutex_handle_deadlock() since v5.14 is a WARN()
  if (kind === "rtmutex-deadlock") return warning === undefined;
  return BY_KIND[kind].needsLockdep;
}
