import type { Lock, Report } from "../../report/schema.ts";
import { functionName, plainSymbol } from "../../symbols/functions.ts";
import { LOCK_FUNCTIONS } from "../../symbols/role-table.ts";
import { roleIn, rolesOfStack } from "../../symbols/roles.ts";
import { hit, type Scene, taintOf, waitStatesOf } from "../scene.ts";
import type { Rule } from "./rule.ts";

const IRQ_STATE =
  /^(?:IN-)?(?:HARD|SOFT)IRQ(?:-ON)?-[WR]$|^(?:in|on)-(?:hard|soft)irq-[WR]$|^(?:hard|soft)irq-on-[WR]$/i;

/** Functions that take a lock which may sleep on every kernel. */
const SLEEPING_LOCK =
  /^_*(?:mutex_lock|ww_mutex_lock|rt_mutex|down_(?:read|write|interruptible)|percpu_down|lock_sock)/;

/** HARDIRQ-safe against HARDIRQ-unsafe, or the softirq form. */
function interruptOf(scene: Scene): string {
  const text = [scene.report.headline, ...waitStatesOf(scene)].join(" ");
  if (text.includes("NMI")) return "nmi";
  return /SOFTIRQ|softirq/.test(text) && !/HARDIRQ|hardirq/.test(text) ? "softirq" : "hardirq";
}

const RCU_READERS = ["rcu_read_lock", "rcu_read_lock_bh", "rcu_read_lock_sched", "rcu_callback"] as const;

/** On PREEMPT_RT a spinlock sleeps, and holds off RCU in place of preemption. */
const RT_SPINLOCK = /^_{0,2}rt_(?:spin|read|write)_/;

function isOfRt({ at }: Lock): boolean {
  return at !== null && RT_SPINLOCK.test(plainSymbol(at.symbol));
}

/** The section of RCU that somebody entered, and not a spinlock of PREEMPT_RT for its own sake. */
function rcuReaderOf(scene: Scene): Lock | null {
  const held = scene.report.held.flatMap(({ locks }) => locks).filter((lock) => lock !== null);
  return held.find((lock) => scene.is(lock.class, ...RCU_READERS) && !isOfRt(lock)) ?? null;
}

/** The innermost spinlock of PREEMPT_RT that is held: it entered a section of RCU right behind itself. */
function spinlockOfRt(scene: Scene): Lock | null {
  for (const { locks } of scene.report.held) {
    const section = locks.findLastIndex(
      (lock) => lock !== null && isOfRt(lock) && scene.is(lock.class, ...RCU_READERS),
    );
    if (section > 0) return locks[section - 1] ?? null;
  }
  return null;
}

/** Whether __might_resched() counted more sections of RCU than the caller may be in; null: it printed none. */
function rcuCounted({ sleeping }: Report): boolean | null {
  const depth = sleeping?.rcuDepth ?? null;
  return depth === null ? null : depth > (sleeping?.rcuExpected ?? 0);
}

/** Not what disables preemption for others. */
function isCode(name: string): boolean {
  return name !== "preempt_count_add" && !LOCK_FUNCTIONS.test(name);
}

function isAtomic({ sleeping }: Report): boolean {
  return sleeping?.inAtomic === 1 || sleeping?.irqsDisabled === 1;
}

/** Interrupts are off, or a lock is held that spins (LD_WAIT_SPIN): RCU is not all that forbids to sleep. */
function spins({ sleeping, held }: Report): boolean {
  const locks = held.flatMap((one) => one.locks);
  return sleeping?.irqsDisabled === 1 || locks.some((lock) => lock?.wait?.outer === 2);
}

/** What an interrupt, RCU or a spinlock forbids. */
export const CONTEXTS = {
  "irq-safe-lock-irqs-on": {
    priority: 86,
    kinds: ["inconsistent"],
    unless: ["alloc-under-reclaim-state"],
    find(scene) {
      const { usage, registered, lock } = scene.report;
      if (usage === undefined) return null;
      const known = [usage.from, usage.to].every((state) => IRQ_STATE.test(state));
      const now = scene.backtrace.at;
      const before = registered === undefined ? null : rolesOfStack(registered.stack).at;
      const inIrq = /^IN-|^in-/.test(usage.to);
      return hit(known ? "certain" : interruptOf(scene) === "nmi" ? "likely" : "possible", {
        lock: lock?.class ?? null,
        interrupt: interruptOf(scene),
        inInterrupt: inIrq ? now : before,
        withInterrupts: inIrq ? before : now,
        from: usage.from,
        to: usage.to,
      });
    },
  },

  "irq-lock-inversion": {
    priority: 80,
    kinds: ["irq-order", "irq-inversion"],
    unless: ["alloc-under-reclaim-state"],
    find(scene) {
      const { edges, report } = scene;
      const back = edges.find(({ edge }) => edge.by === "interrupt");
      return hit(
        "certain",
        {
          safe: back?.edge.to ?? report.safe?.lock?.class ?? null,
          unsafe: back?.edge.from ?? report.unsafe?.lock?.class ?? report.other?.lock?.class ?? null,
          interrupt: interruptOf(scene),
        },
        ...edges,
      );
    },
  },

  "raw-over-spinlock": {
    priority: 84,
    kinds: ["wait-context"],
    unless: ["sleeping-lock-in-atomic"],
    find(scene) {
      const { report, backtrace } = scene;
      // an interrupt that goes on into softirq is one no more
      const hard =
        report.task?.irq?.hardirqContext ??
        (roleIn(backtrace, "hardirq") !== null && roleIn(backtrace, "softirq") === null);
      const outer = report.held
        .flatMap(({ locks }) => locks)
        .filter((lock) => lock !== null)
        .find(
          (lock) =>
            lock.wait !== null && lock.wait.inner > 0 && lock.wait.inner < (report.lock?.wait?.outer ?? 0),
        );
      return hit(hard || outer !== undefined ? "certain" : "likely", {
        lock: report.lock?.class ?? null,
        outer: outer?.class ?? null,
        hardirq: hard,
        at: backtrace.at,
      });
    },
  },

  "sleeping-lock-in-atomic": {
    priority: 84,
    kinds: ["wait-context"],
    find({ report, backtrace }) {
      if (!backtrace.functions.slice(0, 12).some((name) => SLEEPING_LOCK.test(name))) return null;
      const outer = report.held
        .flatMap(({ locks }) => locks)
        .find(
          (lock) => lock?.wait && lock.wait.inner > 0 && lock.wait.inner < (report.lock?.wait?.outer ?? 0),
        );
      return hit("certain", {
        lock: report.lock?.class ?? null,
        outer: outer?.class ?? null,
        at: backtrace.at,
      });
    },
  },

  "sleep-in-rcu": {
    priority: 78,
    kinds: ["wait-context", "rcu", "sleeping"],
    find(scene) {
      const { report } = scene;
      const reader = rcuReaderOf(scene);
      const said = /Illegal (?:context switch|synchronize)|in RCU read-side critical section/i.test(
        report.rcu?.message ?? "",
      );
      const callback = roleIn(scene.backtrace, "rcu-callback") !== null;
      const counted = rcuCounted(report);
      if (counted === false && !callback) return null;
      if (!said && counted !== true && (scene.kind === "rcu" || (reader === null && !callback))) return null;
      // counted on PREEMPT_RT for a spinlock, too
      if (counted === true && reader === null && spinlockOfRt(scene) !== null) return null;
      const isOnly = counted === true ? !isAtomic(report) : reader !== null && !spins(report);
      return hit(isOnly && (said || scene.kind === "sleeping") ? "certain" : "likely", {
        reader: reader?.class ?? null,
        callback,
        at: scene.backtrace.at,
        since: reader?.at?.symbol ?? null,
      });
    },
  },

  "sleep-in-atomic": {
    priority: 70,
    kinds: ["sleeping", "atomic-scheduling"],
    unless: ["sleep-in-rcu"],
    find(scene) {
      const { sleeping, held, preemptionDisabledAt } = scene.report;
      return hit(taintOf(scene).length > 0 ? "possible" : "certain", {
        at: scene.backtrace.at,
        interruptsOff: sleeping?.irqsDisabled === 1,
        preemptionOff: scene.kind === "atomic-scheduling" || sleeping?.inAtomic === 1,
        notToBlock: (sleeping?.nonBlock ?? 0) > 0,
        spinlock: rcuCounted(scene.report) === true ? (spinlockOfRt(scene)?.class ?? null) : null,
        since: (preemptionDisabledAt ?? []).flatMap((one) => functionName(one) ?? []).find(isCode) ?? null,
        locks: held.flatMap(({ locks }) => locks.flatMap((lock) => lock?.class ?? [])),
      });
    },
  },

  // lockdep_rcu_suspicious() prints it where rcu_is_watching() or rcu_lockdep_current_cpu_online() says no
  "rcu-not-watching": {
    priority: 82,
    kinds: ["rcu"],
    find({ report, backtrace }) {
      const where = (report.rcu?.notes ?? []).flatMap(
        (note) =>
          /RCU used illegally from (offline CPU|idle CPU|extended quiescent state)/.exec(note)?.[1] ?? [],
      )[0];
      return where === undefined
        ? null
        : hit("certain", {
            where,
            message: report.rcu?.message ?? null,
            at: backtrace.at,
            offline: where === "offline CPU",
          });
    },
  },

  "rcu-without-lock": {
    priority: 60,
    kinds: ["rcu"],
    unless: ["sleep-in-rcu", "rcu-not-watching"],
    find({ report, backtrace }) {
      return hit("likely", { message: report.rcu?.message ?? null, at: backtrace.at });
    },
  },

  "work-left-atomic": {
    priority: 90,
    kinds: ["leaked"],
    find: ({ report }) =>
      hit("certain", {
        worker: report.leaked?.function ?? null,
        locks: report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? [])),
      }),
  },

  "per-cpu-preemptible": {
    priority: 70,
    kinds: ["preemptible"],
    find: ({ report, backtrace }) =>
      hit("likely", {
        operation: report.preemptible?.operation ?? null,
        at: report.preemptible?.caller?.symbol ?? backtrace.at,
      }),
  },
} as const satisfies Record<string, Rule>;
