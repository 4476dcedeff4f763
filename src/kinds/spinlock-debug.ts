import { parseFrame } from "../../grammar/frame.ts";
import type { Lock } from "../report/schema.ts";
import type { KindBuilder } from "./kind.ts";
import { frameOf, namedLock, numberOf, taskOf, textOf } from "./parts.ts";

const ADDRESS = /^(?:(?:0x)?[0-9a-f]{8,16}|\(\w+\))$/;

/** spin_bug() and rwlock_bug() in kernel/locking/spinlock_debug.c: the lock is an object, not a class. */
export const spinlockDebug: KindBuilder = {
  requires: ["task", "lock", "spinlock", "backtrace"],
  build(parts) {
    const { headline } = parts;
    const state = parts.line("SpinlockState");
    const text = (state === null ? null : textOf(state, "lock")) ?? textOf(headline, "address");
    // a static lock is printed as its symbol, one in allocated memory as an address
    const place = text === null || ADDRESS.test(text) ? null : parseFrame(text);
    return {
      task: taskOf(headline),
      lock: text === null ? null : lockedObject(place?.symbol ?? text),
      spinlock: {
        what: (textOf(headline, "what") ?? "").trim(),
        type: textOf(headline, "type") === "rwlock" ? "rwlock" : "spinlock",
        cpu: numberOf(headline, "cpu"),
        object: place === null ? null : frameOf(place),
        magic: state === null ? null : textOf(state, "magic"),
        owner: state === null || numberOf(state, "pid") === -1 ? null : taskOf(state),
        ownerCpu: state === null ? null : numberOf(state, "cpu"),
      },
    };
  },
};

function lockedObject(name: string): Lock {
  const lock = namedLock(name, null);
  return ADDRESS.test(name) ? { ...lock, address: name } : lock;
}
