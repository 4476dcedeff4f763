import type { KindBuilder } from "./kind.ts";
import { numberOf, textOf } from "./parts.ts";

/** print_lockdep_off(): one of lockdep's tables is full. */
export const limit: KindBuilder = {
  requires: ["limit", "backtrace"],
  build(parts) {
    const depth = parts.line("DepthAndMax");
    return {
      limit: {
        name: textOf(parts.headline, "limit") ?? "",
        depth: depth === null ? null : numberOf(depth, "depth"),
        max: depth === null ? null : numberOf(depth, "max"),
        lockStat: parts.line("AttachLockStat") !== null,
      },
    };
  },
};
