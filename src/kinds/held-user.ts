import type { KindBuilder } from "./kind.ts";
import { taskOf } from "./parts.ts";

/** lockdep_sys_exit(): no stack, the task is on its way out. */
export const heldUser: KindBuilder = {
  requires: ["kernel", "task", "held"],
  build(parts) {
    const leaves = parts.line("Leaves");
    return leaves === null ? {} : { task: taskOf(leaves) };
  },
};
