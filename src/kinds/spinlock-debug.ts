import { printedName } from "../../grammar/class-name.ts";
import { parseFrame } from "../../grammar/frame.ts";
import { taskName } from "../render/words/locks.ts";
import { fn, name, plain, quiet, words } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import type { Lock, Untitled } from "../report/schema.ts";
import { BUG } from "./bug/banner.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { frameOf, namedLock, numberOf, taskOf, textOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { allDumps, headlineText } from "./print/boxes.ts";
import { frameText } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { heldLines, taskText } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";

const ADDRESS = /^(?:(?:0x)?[0-9a-f]{8,16}|\(\w+\))$/;

const WORDINGS =
  /^(?:lockup(?: suspected)?|already unlocked|(?:cpu )?recursion|bad magic|wrong owner|wrong CPU|trylock failure on UP)$/;

/** spin_bug() and rwlock_bug() in kernel/locking/spinlock_debug.c: the lock is an object, not a class. */
export const spinlockDebug: KindDefinition = {
  requires: ["task", "lock", "spinlock", "backtrace"],
  throughout: [/^\.?(?:spin_(?:dump|bug)|rwlock_bug|do_raw_\w+|_raw_\w+|__spin_lock_debug)/],
  isWorded: ({ spinlock }) => WORDINGS.test(spinlock?.what ?? ""),
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

  banner: BUG,
  title({ report, headline }) {
    const problem = problemOf(report);
    if (problem === null) return headline;
    return `BUG: ${problem} in ${tracedFunction(report, ["spin_", "_lock", "_unlock"])}`;
  },
  bug: lockAndSite,
  lacks: (report) => (WORDINGS.test(report.spinlock?.what ?? "") ? functionLacks(report) : ["message"]),

  // both begin with debug_locks_off()
  lockdep: LAST_WORD,

  /** spin_dump(), rwlock_bug(): the latter names the lock in its first line. */
  print: (report) => [
    headlineText(report),
    ...given(report.spinlock, ({ object, magic, owner, ownerCpu }) =>
      given(magic, (value) => [
        ` lock: ${object === null ? given(report.lock, (lock) => [objectText(lock)]).join("") : frameText(object)}, ` +
          `.magic: ${value}, .owner: ${owner === null ? "<none>/-1" : taskText(owner)}, ` +
          `.owner_cpu: ${ownerCpu ?? -1}`,
      ]),
    ),
    ...heldLines(report),
    ...allDumps(report),
  ],
  facts({ spinlock }) {
    if (spinlock === undefined) return [];
    const { owner, ownerCpu, cpu, magic } = spinlock;
    const last = ownerCpu === null || ownerCpu < 0 ? [] : [plain(`, on CPU ${ownerCpu}`)];
    const who = owner === null ? quiet("none") : name(taskName(owner));
    return [
      ...(magic === null ? [] : oneFact("owner", who, ...last, plain(", magic "), name(magic))),
      ...(cpu === null ? [] : oneFact("cpu", plain(String(cpu)))),
    ];
  },
  story(report) {
    const { spinlock } = report;
    const object = spinlock?.object;
    const owner = spinlock?.owner;
    return [
      say`The ${spinlock?.type ?? "spinlock"} debugging code found: ${words(spinlock?.what ?? report.headline)}${
        object ? say`, on ${fn(object.symbol)}` : []
      }.`,
      owner
        ? say`Its owner is ${name(taskName(owner))}${
            spinlock.ownerCpu !== null && spinlock.ownerCpu >= 0 ? `, on CPU ${spinlock.ownerCpu}` : ""
          }.`
        : // rwlock_bug() prints neither
          typeof spinlock?.magic === "string"
          ? say`Nobody owns it; its magic is ${name(spinlock.magic)}.`
          : null,
    ];
  },
  consequence: () => "The lock no longer protects anything, or a CPU spins on it forever.",
};

function lockedObject(printed: string): Lock {
  const lock = namedLock(printed, null);
  return ADDRESS.test(printed) ? { ...lock, address: printed } : lock;
}

/** A lock as `%pS`: the variable, or the address of one that is in allocated memory. */
function objectText(lock: Lock): string {
  return lock.address ?? printedName(lock);
}

const PROBLEMS =
  /(?:spinlock|rwlock) (?:lockup suspected|already unlocked|(?:cpu )?recursion|bad magic|wrong owner|wrong CPU|trylock failure on UP)/;

function problemOf({ spinlock, headline }: Untitled): string | null {
  const text = spinlock === undefined ? headline : `${spinlock.type} ${spinlock.what}`;
  return PROBLEMS.exec(text)?.[0] ?? null;
}
