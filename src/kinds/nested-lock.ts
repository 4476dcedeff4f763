import type { KindBuilder } from "./kind.ts";

/** print_lock_nested_lock_not_held(): mutex_lock_nest_lock() without the outer lock. */
export const nestedLock: KindBuilder = {
  requires: ["kernel", "task", "lock", "site", "nest", "held", "backtrace"],
  build(parts) {
    const [name] = parts.lines("Text");
    return name === undefined ? {} : { nest: name.text };
  },
};
