import type { KindBuilder } from "./kind.ts";
import { namedLock, taskOf, textOf, type Parts } from "./parts.ts";
import type { Lock } from "../report/schema.ts";

/** `x/1 is trying to release lock (name) at:` and print_ip_sym(). */
function releasedLock(parts: Parts): Lock | null {
  const section = parts.all("acting").find(({ lead }) => lead.name === "Releases");
  const name = section === undefined ? null : textOf(section.lead, "lock");
  return name === null ? null : namedLock(name, section?.locks.at(-1)?.frame ?? null);
}

/** print_unlock_imbalance_bug() and print_lock_contention_bug(): a lock that this task does not hold. */
export const unlockBalance: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "held", "backtrace"],
  build(parts) {
    const section = parts.all("acting").find(({ lead }) => lead.name === "Releases");
    return {
      lock: releasedLock(parts),
      ...(section === undefined ? {} : { task: taskOf(section.lead) }),
    };
  },
};
