import type { KindBuilder } from "./kind.ts";
import { taskOf } from "./parts.ts";

/** print_held_locks_bug(): the headline itself names the task; up to v3.8 a line below it does. */
export const heldExit: KindBuilder = {
  requires: ["kernel", "task", "held", "backtrace"],
  build(parts, { task }) {
    const leaves = parts.line("Leaves");
    return { task: taskOf(leaves ?? parts.headline) ?? task };
  },
};
