import { parseFrame } from "../../grammar/frame.ts";
import type { Lock } from "../report/schema.ts";
import type { KindBuilder } from "./kind.ts";
import { namedLock, numberOf, type Parts, taskOf, textOf } from "./parts.ts";

const HEXADECIMAL = /^(?:0x)?[0-9a-f]{8,16}$/;

/** spin_bug() and rwlock_bug() in kernel/locking/spinlock_debug.c: the lock is an object, not a class. */
export const spinlockDebug: KindBuilder = {
  requires: ["task", "lock", "spinlock", "backtrace"],
  build(parts) {
    const { headline } = parts;
    const state = parts.line("SpinlockState");
    return {
      task: taskOf(headline),
      lock: lockedObject(parts),
      spinlock: {
        what: (textOf(headline, "what") ?? "").trim(),
        type: textOf(headline, "type") === "rwlock" ? "rwlock" : "spinlock",
        cpu: numberOf(headline, "cpu"),
        magic: state === null ? null : textOf(state, "magic"),
        owner: state === null || numberOf(state, "pid") === -1 ? null : taskOf(state),
        ownerCpu: state === null ? null : numberOf(state, "cpu"),
      },
    };
  },
};

function lockedObject(parts: Parts): Lock | null {
  const state = parts.line("SpinlockState");
  const text = (state === null ? null : textOf(state, "lock")) ?? textOf(parts.headline, "address");
  if (text === null) return null;
  // a static lock is printed as its symbol, one in allocated memory as an address
  if (HEXADECIMAL.test(text)) return { ...namedLock(text, null), address: text };
  const place = parseFrame(text);
  return namedLock(place?.symbol ?? text, place);
}
