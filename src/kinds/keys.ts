import type { KindBuilder } from "./kind.ts";
import { numberOf, textOf } from "./parts.ts";
import { warningOf } from "./warning.ts";

/** assign_lock_key(): an object whose key is neither static nor registered. */
export const nonStaticKey: KindBuilder = { requires: ["backtrace"], build: () => ({}) };

/** lockdep_init_map_type(): the message, then DEBUG_LOCKS_WARN_ON(1). */
export const unregisteredKey: KindBuilder = {
  requires: ["key", "backtrace"],
  build(parts) {
    const key = textOf(parts.headline, "key");
    return { ...(key === null ? {} : { key }), ...warningOf(parts) };
  },
};

/** look_up_lock_class(): a subclass of MAX_LOCKDEP_SUBCLASSES or more. */
export const subclass: KindBuilder = {
  requires: ["invalidSubclass", "backtrace"],
  build(parts) {
    return { invalidSubclass: numberOf(parts.headline, "subclass") ?? 0 };
  },
};
