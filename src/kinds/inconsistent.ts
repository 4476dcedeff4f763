import { becomingOf } from "./irq.ts";
import type { KindBuilder } from "./kind.ts";
import { irqEventsOf, textOf } from "./parts.ts";

/** print_usage_bug(): a lock is used in a state that contradicts an earlier one. */
export const inconsistent: KindBuilder = {
  requires: [
    "kernel",
    "usage",
    "task",
    "lock",
    "site",
    "registered",
    "irqEvents",
    "scenario",
    "held",
    "backtrace",
  ],
  build(parts) {
    const usage = parts.line("Usage");
    const registered = becomingOf(parts, "Registered");
    const irqEvents = irqEventsOf(parts);
    return {
      ...(usage === null
        ? {}
        : { usage: { from: textOf(usage, "from") ?? "", to: textOf(usage, "to") ?? "" } }),
      ...(registered === null ? {} : { registered }),
      ...(irqEvents === null ? {} : { irqEvents }),
    };
  },
};
