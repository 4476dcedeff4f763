import type { KindBuilder } from "./kind.ts";
import { warningOf } from "./warning.ts";

/**
 * A WARN() of lockdep.c, or DEBUG_LOCKS_WARN_ON() and DEBUG_RWSEMS_WARN_ON() of any locking code: these, too,
 * turn lockdep off.
 */
export const internal: KindBuilder = {
  requires: ["warning", "backtrace"],
  build(parts) {
    const details = warningOf(parts);
    const headline = details.warning?.message ?? "WARNING in lockdep";
    return { ...details, headline };
  },
};
