import { describe, expect, test } from "vitest";
import { bootKernel } from "../../src/boots/kernel.ts";
import { LockdepState } from "../../src/boots/lockdep-state.ts";
import { definitionOf } from "../../src/kinds/index.ts";
import { KINDS } from "../../src/report/names.ts";
import type { Document, Kind, Report } from "../../src/report/schema.ts";
import { logLines, triageBytes, triageLines } from "../support/fixtures.ts";

/** What of a report tells lockdep's state. */
type Telling = Partial<Pick<Report, "warning" | "rcu" | "held">>;

function reportOf(kind: Kind, first: number, more: Telling = {}): Report {
  return { kind, lines: { first, last: first + 9, unparsed: 0 }, held: [], ...more } as unknown as Report;
}

function stateAfter(...reports: readonly Report[]): unknown {
  const state = new LockdepState();
  for (const report of reports) state.report(report);
  return state.summary(reports);
}

function stateAfterIsOn(report: Report): boolean {
  const state = new LockdepState();
  state.report(report);
  return state.summary([report]).state === "on";
}

const ON = { state: "on", offAt: null };
const off = (reason: string, report: number | null = 0, line = 5): unknown => ({
  state: "off",
  offAt: { line, reason, report },
});

function warning(message: string | null): Telling {
  return { warning: { message, file: "kernel/locking/lockdep.c", line: 1, at: null, reason: null } };
}

type Row = readonly [kind: Kind, by: string, more?: Telling];

/** Read in lockdep.c of 6.1 and 6.12, and of its neighbours: where debug_locks_off() is called. */
const TURNS_OFF: readonly Row[] = [
  ["circular", "print_circular_bug(): debug_locks_off_graph_unlock()"],
  ["recursive", "print_deadlock_bug(): debug_locks_off_graph_unlock()"],
  ["irq-order", "print_bad_irq_dependency(): debug_locks_off_graph_unlock()"],
  ["irq-inversion", "print_irq_inversion_bug(): debug_locks_off_graph_unlock()"],
  ["inconsistent", "print_usage_bug(): debug_locks_off()"],
  ["wait-context", "print_lock_invalid_wait_context(): debug_locks_off()"],
  ["nested-lock", "print_lock_nested_lock_not_held(): debug_locks_off()"],
  ["unlock-balance", "print_unlock_imbalance_bug(): debug_locks_off()"],
  ["contention", "print_lock_contention_bug(): debug_locks_off()"],
  ["held-freed", "print_freed_lock_bug(): debug_locks_off()"],
  ["held-exit", "print_held_locks_bug(): debug_locks_off()"],
  ["held-user", "lockdep_sys_exit(): debug_locks_off()"],
  ["non-static-key", "assign_lock_key(): debug_locks_off()"],
  ["unregistered-key", "lockdep_init_map_type(): DEBUG_LOCKS_WARN_ON(1)", warning("DEBUG_LOCKS_WARN_ON(1)")],
  ["subclass", "look_up_lock_class(): debug_locks_off()"],
  ["chain-collision", "check_no_collision(): DEBUG_LOCKS_WARN_ON() before print_collision()"],
  ["internal", "DEBUG_LOCKS_WARN_ON(): debug_locks_off()", warning("DEBUG_LOCKS_WARN_ON(current->hardirqs_enabled)")],
  ["internal", "DEBUG_RWSEMS_WARN_ON() of rwsem.c: debug_locks_off()", warning("DEBUG_RWSEMS_WARN_ON(sem->magic != sem)")],
  ["internal", "check_chain_key(): debug_locks_off() and a plain WARN()", warning("hm#1, depth: 1 [2], 0 != 1")],
  ["internal", "print_bfs_bug(): debug_locks_off_graph_unlock() and a plain WARN()", warning("lockdep bfs error:-1")],
  ["spinlock-debug", "spin_bug(), rwlock_bug(): debug_locks_off()"],
  ["rtmutex-deadlock", "debug_rt_mutex_print_deadlock() up to v5.13: rt_trace_off, debug_locks_off()"],
]; // prettier-ignore

const LEAVES_ON: readonly Row[] = [
  ["rcu", "lockdep_rcu_suspicious()", { rcu: rcu(1) }],
  ["internal", "a plain WARN() of lock_pin_lock()", warning("pinning an unheld lock")],
  ["internal", "a plain WARN_ON_ONCE() of lockdep_unregister_key()", warning(null)],
  ["sleeping", "__might_resched(): add_taint(TAINT_WARN, LOCKDEP_STILL_OK)"],
  ["atomic-scheduling", "__schedule_bug(): add_taint(TAINT_WARN, LOCKDEP_STILL_OK)"],
  ["leaked", "process_one_work()"],
  ["preemptible", "check_preemption_disabled()"],
  ["held-dump", "debug_show_all_locks(), which prints one line instead when lockdep is off"],
  [
    "rtmutex-deadlock",
    "rt_mutex_handle_deadlock() since v5.14: WARN()",
    warning("rtmutex deadlock detected"),
  ],
];

function named(row: Row): [string, Row] {
  return [`${row[0]}: ${row[1]}`, row];
}

function rcu(debugLocks: number | null): NonNullable<Report["rcu"]> {
  return { file: "a.c", line: 1, message: "x", schedulerActive: 2, debugLocks, notes: [] };
}

describe("a report turns lockdep off", () => {
  test.each(TURNS_OFF.map(named))("%s", (_name, [kind, , more]) => {
    expect(stateAfter(reportOf(kind, 5, more))).toEqual(off("report"));
  });

  test("limit: print_lockdep_off() follows debug_locks_off() everywhere", () => {
    expect(stateAfter(reportOf("limit", 5))).toEqual(off("limit"));
  });
});

describe("a report leaves lockdep as it was", () => {
  test.each(LEAVES_ON.map(named))("%s", (_name, [kind, , more]) => {
    // lockdep must have been on to know the locks that are held
    const held = [{ task: { comm: "sh", pid: 9, irq: null }, count: 0, locks: [] }];
    expect(stateAfter(reportOf(kind, 5, { ...more, held }))).toEqual(ON);
    expect(stateAfter(reportOf("circular", 1), reportOf(kind, 50, more))).toEqual(off("report", 0, 1));
  });
});

test("what kernels without lockdep print, too, does not show that it was on", () => {
  const tells = LEAVES_ON.filter(([kind, , more]) => stateAfterIsOn(reportOf(kind, 5, more)));
  expect(new Set(tells.map(([kind]) => kind))).toEqual(new Set(["rcu", "internal", "held-dump"]));
});

test("the scheduler and workqueues tell of what they see without lockdep, too; only lockdep knows the rest", () => {
  // what does not ask debug_locks: __might_resched(), __schedule_bug(), process_one_work(), check_preemption_disabled()
  const apart = KINDS.filter((kind) => !definitionOf(kind).lockdep.needsLockdep);
  expect(apart).toEqual(["sleeping", "atomic-scheduling", "leaked", "preemptible"]);
});

test("every kind is in one of the lists", () => {
  const listed = new Set([...TURNS_OFF, ...LEAVES_ON].map(([kind]) => kind)).add("limit");
  expect(KINDS.filter((kind) => !listed.has(kind))).toEqual([]);
});

test("rcu: debug_locks = 0 says that lockdep is off", () => {
  expect(stateAfter(reportOf("rcu", 5, { rcu: rcu(0) }))).toEqual(off("message", null));
  expect(stateAfter(reportOf("rcu", 5, { rcu: rcu(null) }))).toEqual(ON);
});

describe("the first event counts, in the order of the log", () => {
  test("and not that of the reports' ends", () => {
    const late = reportOf("circular", 50);
    const early = reportOf("recursive", 20);
    const state = new LockdepState();
    state.report(late);
    state.report(early);
    expect(state.summary([early, late])).toEqual(off("report", 0, 20));
  });

  test("a later one is one too many", () => {
    expect(stateAfter(reportOf("circular", 5), reportOf("limit", 30))).toEqual(off("report"));
  });
});

function afterLines(...lines: readonly string[]): unknown {
  const state = new LockdepState();
  for (const [i, line] of lines.entries()) state.line(line, i + 1);
  return state.summary([]);
}

describe("lines", () => {
  const BANNER = "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar";

  test("none: unknown", () => {
    expect(afterLines()).toEqual({ state: "unknown", offAt: null });
    expect(afterLines("Linux version 6.12.1", "lockdep is on")).toEqual({ state: "unknown", offAt: null });
  });

  test("lockdep_init()'s banner: on", () => expect(afterLines("a", BANNER)).toEqual(ON));

  test("debug_show_held_locks(), debug_show_all_locks(): off", () => {
    expect(afterLines(BANNER, "INFO: lockdep is turned off.", "INFO: lockdep is turned off.")).toEqual(
      off("message", null, 2),
    );
  });

  test("add_taint(LOCKDEP_NOW_UNRELIABLE): off", () => {
    expect(afterLines(BANNER, "Disabling lock debugging due to kernel taint")).toEqual(
      off("message", null, 2),
    );
  });

  test("print_lockdep_off() whose headline was lost: off", () => {
    expect(afterLines(BANNER, "turning off the locking correctness validator.")).toEqual(
      off("message", null, 2),
    );
  });

  test("the end of the locking self-test: on, as before", () => {
    expect(afterLines(BANNER, "INFO: lockdep is turned off.", "Good, all 394 testcases passed! |")).toEqual(
      ON,
    );
  });

  test("what turned it off before the banner: off", () => {
    expect(afterLines("INFO: lockdep is turned off.", BANNER)).toEqual(off("message", null, 1));
  });

  test("a million times the same costs no memory", () => {
    const state = new LockdepState();
    for (let i = 1; i <= 1_000_000; i++) state.line("INFO: lockdep is turned off.", i);
    expect(state.summary([])).toEqual(off("message", null, 1));
  });
});

test("the kernel that a boot's first line names", () => {
  expect(
    bootKernel(
      "Linux version 6.12.117 (me@host) (gcc (Debian 12) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC Mon",
    ),
  ).toEqual({ release: "6.12.117", build: "#1", taint: null });
  expect(bootKernel("Linux version 5.10.0-8-amd64 (debian) (gcc-10) #1~deb Debian")).toMatchObject({
    build: "#1~deb",
  });
  expect(bootKernel("Linux version 6.1.0")).toBeNull();
  expect(bootKernel("see Linux version 6.1.0 (x)")).toBeNull();
});

function lockdepOf({ sources }: Document): unknown {
  return sources[0]?.lockdep;
}

describe("a log", () => {
  const ABBA = logLines("circular/abba");
  const CLEAN = logLines("clean/kernfs");
  const HEAD = ABBA.findIndex((line) => line.includes("=====")) + 1;

  test("with the banner and no report: on", async () => {
    expect(lockdepOf(await triageLines(CLEAN))).toEqual(ON);
  });

  test("without banner and report: unknown", async () => {
    const silent = CLEAN.filter((line) => !line.includes("Lock dependency validator"));
    expect(lockdepOf(await triageLines(silent))).toEqual({ state: "unknown", offAt: null });
    expect(lockdepOf(await triageBytes(Buffer.from("hello")))).toEqual({ state: "unknown", offAt: null });
  });

  test("with a report: off since its first line", async () => {
    expect(lockdepOf(await triageLines(ABBA))).toEqual(off("report", 0, HEAD));
  });

  test("with a plain WARN() of lockdep.c: on", async () => {
    expect(lockdepOf(await triageLines(logLines("internal/pin")))).toEqual(ON);
  });

  test("with a limit: off, and says so", async () => {
    const document = await triageLines(logLines("limit/maxkeys"));
    expect(lockdepOf(document)).toMatchObject({ state: "off", offAt: { reason: "limit", report: 0 } });
  });

  test("with suspicious RCU usage and a cycle after it: off since the cycle", async () => {
    const document = await triageLines(logLines("rcu/twice"));
    const first = document.reports[2]?.lines.first;
    expect(lockdepOf(document)).toEqual(off("report", 2, first));
  });

  test("in which a taint turned it off far from anything else", async () => {
    const far = Array.from({ length: 200 }, () => "[    9.100000][    T1] x");
    const taint = "[    9.100000][    T1] Disabling lock debugging due to kernel taint";
    expect(lockdepOf(await triageLines([...CLEAN, ...far, taint, ...far]))).toEqual(
      off("message", null, CLEAN.length + 201),
    );
  });

  test("of a fuzzer, long after: `INFO: lockdep is turned off.` in a report about sleeping", async () => {
    const text = [
      "BUG: sleeping function called from invalid context at mm/slab.h:1",
      "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 9, name: sh",
      "INFO: lockdep is turned off.",
      "CPU: 0 PID: 9 Comm: sh Not tainted 6.1.0 #1",
      "Call Trace:",
      " <TASK>",
      " fn+0x1/0x2",
      " </TASK>",
    ];
    expect(lockdepOf(await triageLines(text))).toEqual(off("message", null, 3));
  });

  test("with several boots: the state is the last boot's", async () => {
    // by the banner of the kernel, which resets what was known
    const again = await triageLines([...ABBA, ...CLEAN]);
    expect(lockdepOf(again)).toEqual(ON);
    expect(again.reports.length).toBe(1);
    expect((await triageLines([...ABBA, ...ABBA])).sources[0]?.kernels.length).toBe(1);
    const turned = await triageLines([...CLEAN, ...ABBA]);
    expect(lockdepOf(turned)).toEqual(off("report", 0, CLEAN.length + HEAD));
  });

  test("with several boots whose first lines were lost: time runs backwards", async () => {
    const tail = CLEAN.slice(CLEAN.findIndex((line) => line.includes("Lock dependency")) + 1);
    expect(tail.some((line) => line.includes("Linux version"))).toBe(false);
    // of the second boot nothing says whether lockdep was on; of the first all is known
    expect(lockdepOf(await triageLines([...ABBA, "[    0.000000][    T0] INFO: x", ...tail]))).toEqual({
      state: "unknown",
      offAt: null,
    });
    // one stray stamp is no boot
    expect(
      lockdepOf(
        await triageLines([...ABBA, "[ 9999.000000][    T0] INFO: x", ABBA.at(-1) ?? "", ABBA.at(-1) ?? ""]),
      ),
    ).toMatchObject({ state: "off" });
    // clocks of two processors differ by less
    const end = Number(/\d+\.\d+/.exec(ABBA.at(-1) ?? "")?.[0]);
    const stamp = (end - 0.9).toFixed(6).padStart(12);
    expect(lockdepOf(await triageLines([...ABBA, `[${stamp}][    T0] INFO: x`]))).toMatchObject({
      state: "off",
    });
  });

  test("with two kernels names both, and each report's is its boot's", async () => {
    const older = logLines("circular/fsreclaim-6-1");
    const { reports, sources } = await triageLines([...older, ...ABBA]);
    expect(sources[0]?.kernels.map(({ release }) => release)).toEqual(
      reports.map(({ kernel }) => kernel?.release),
    );
    expect(new Set(reports.map(({ kernel }) => kernel?.release)).size).toBe(2);
  });

  test("with a report that a reboot cut off: it ends with its boot", async () => {
    const cut = ABBA.slice(0, HEAD + 20);
    const { reports } = await triageLines([...cut, ...ABBA]);
    expect(reports.map(({ complete }) => complete)).toEqual([false, true]);
    expect(reports[0]?.lines.last).toBeLessThanOrEqual(cut.length);
  });
});
