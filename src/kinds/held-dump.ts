import type { KindBuilder } from "./kind.ts";

/** debug_show_all_locks(): hung tasks, sysrq-d, RCU stalls. It names no culprit. */
export const heldDump: KindBuilder = {
  requires: ["held"],
  countsOnly: true,
  build: () => ({ task: null }),
};
