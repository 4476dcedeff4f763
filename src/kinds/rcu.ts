import type { KindBuilder } from "./kind.ts";
import { numberOf, textOf } from "./parts.ts";

/** lockdep_rcu_suspicious(). */
export const rcu: KindBuilder = {
  requires: ["kernel", "rcu", "held", "backtrace"],
  build(parts) {
    const message = parts.line("RcuMessage");
    const state = parts.line("RcuState");
    if (message === null) return {};
    return {
      rcu: {
        file: textOf(message, "file") ?? "",
        line: numberOf(message, "line") ?? 0,
        message: textOf(message, "message") ?? "",
        schedulerActive: state === null ? null : numberOf(state, "active"),
        debugLocks: state === null ? null : numberOf(state, "debug"),
        notes: parts.lines("RcuNote").map((line) => line.text),
      },
    };
  },
};
