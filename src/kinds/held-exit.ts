import type { KindBuilder } from "./kind.ts";
import { taskOf } from "./parts.ts";

/** print_held_locks_bug(): the headline itself names the task. */
export const heldExit: KindBuilder = {
  requires: ["kernel", "task", "held", "backtrace"],
  build(parts, { task }) {
    return { task: taskOf(parts.headline) ?? task };
  },
};
