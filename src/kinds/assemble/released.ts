import type { Details, Requirement } from "../kind.ts";
import { namedLock, type Parts, taskOf, textOf, withInlined } from "./parts.ts";

/** What print_unlock_imbalance_bug() and print_lock_contention_bug() have in common: a lock that this task does not hold. */

export const RELEASED_REQUIRES: readonly Requirement[] = [
  "kernel",
  "task",
  "lock",
  "site",
  "held",
  "backtrace",
];

/** `x/1 is trying to release lock (name) at:` and print_ip_sym(). */
export function releasedOf(parts: Parts): Details {
  const section = parts.all("acting").find(({ lead }) => lead?.name === "Releases");
  if (!section?.lead) return { lock: null };
  const name = textOf(section.lead, "lock");
  const places = section.locks.map(({ frame }) => frame);
  const before = places.slice(0, -1).filter((frame) => frame?.inline);
  return {
    lock: name === null ? null : withInlined(namedLock(name, places.at(-1) ?? null), before),
    task: taskOf(section.lead),
  };
}
