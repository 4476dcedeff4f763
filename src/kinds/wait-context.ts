import type { KindBuilder } from "./kind.ts";
import { numberOf } from "./parts.ts";

/** print_lock_invalid_wait_context(): a lock that may sleep is taken where nothing may. */
export const waitContext: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "context", "held", "backtrace"],
  build(parts) {
    const context = parts.line("Context");
    if (context === null) return {};
    return { context: { outer: numberOf(context, "outer") ?? 0, inner: numberOf(context, "inner") ?? 0 } };
  },
};
