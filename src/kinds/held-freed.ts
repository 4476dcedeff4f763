import type { KindBuilder } from "./kind.ts";
import { textOf } from "./parts.ts";

/** print_freed_lock_bug(): memory is freed that holds a held lock. */
export const heldFreed: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "freed", "held", "backtrace"],
  build(parts) {
    const lead = parts.all("acting").find((section) => section.lead.name === "Frees")?.lead;
    if (lead === undefined) return {};
    return { freed: { from: textOf(lead, "from") ?? "", to: textOf(lead, "to") ?? "" } };
  },
};
