import type { KindBuilder } from "./kind.ts";
import { classOnly, numberOf } from "./parts.ts";

/** print_deadlock_bug(): a class is taken while the same class is held. */
export const recursive: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "holding", "scenario", "held", "backtrace"],
  build(parts, { lock, holding, backtrace }) {
    const name = lock?.class ?? holding?.class;
    const comparison = parts.line("Comparison");
    const value = comparison === null ? null : numberOf(comparison, "value");
    return {
      cycle: name === undefined ? [] : [name],
      edges:
        lock === null || holding === null
          ? []
          : [
              {
                from: holding.class,
                to: lock.class,
                closes: true,
                acquired: classOnly(lock),
                stack: backtrace,
              },
            ],
      ...(value === null ? {} : { comparison: value }),
    };
  },
};
