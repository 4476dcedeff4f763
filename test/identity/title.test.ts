import { describe, expect, test } from "vitest";
import type {
  Edge,
  Frame,
  HeldLocks,
  Lock,
  Registers,
  Report,
  StackDump,
  Task,
} from "../../src/report/schema.ts";
import { titleOf } from "../../src/identity/title.ts";
import { frameOf as frame, reportOf as anyReport } from "../support/reports.ts";

type Titled = Parameters<typeof titleOf>[0];

function reportOf(partial: Partial<Titled> & Pick<Titled, "kind" | "headline">): Titled {
  const kernel = { release: "6.12.117", build: "#1", taint: null };
  return anyReport({ tag: null, kernel, task: taskOf("init", 41), ...partial });
}

const old: Report["kernel"] = { release: "4.9.68-gfb66dc2", build: "#107", taint: null };

function taskOf(comm: string, pid: number): Task {
  return { comm, pid, irq: null };
}

function inlined(symbol: string, file: string, line: number): Frame {
  return frame(symbol, { offset: null, size: null, file, line, inline: true });
}

function stackOf(...symbols: string[]): Frame[] {
  return symbols.map((symbol) => frame(symbol));
}

function lockAt(at: string | Frame | null): Lock {
  return {
    class: "lock_a",
    version: 1,
    subclass: 0,
    usage: "+.+.",
    wait: { outer: 4, inner: 4 },
    address: "ffffffff81d2b588",
    at: typeof at === "string" ? frame(at) : at,
  };
}

function heldBy(...at: (string | Frame)[]): HeldLocks {
  return { task: taskOf("init", 41), count: at.length, locks: at.map((site) => lockAt(site)) };
}

function edge(from: string, to: string, closes: boolean, ...symbols: string[]): Edge {
  return { from, to, closes, acquired: null, stack: stackOf(...symbols) };
}

function dumpOf(frames: Frame[], ...registers: Registers[]): StackDump {
  return {
    cpu: 0,
    uid: null,
    task: null,
    kernel: null,
    taints: null,
    hardware: null,
    workqueue: null,
    notes: [],
    words: [],
    kdump: false,
    package: null,
    frames,
    registers,
    trace: [],
  };
}

function registersAt(afterFrame: number, at: string | null): Registers {
  return { afterFrame, at, code: null, values: {} };
}

function warningAt(symbol: string, file = "kernel/locking/lockdep.c"): NonNullable<Report["warning"]> {
  return { message: null, file, line: 167, at: frame(symbol), reason: null };
}

describe("possible deadlock", () => {
  const circular = {
    kind: "circular",
    headline: "possible circular locking dependency detected",
  } as const;

  test("names the function that takes the lock", () => {
    const report = reportOf({ ...circular, lock: lockAt("take_ba"), holding: lockAt("take_b") });
    expect(titleOf(report)).toBe("possible deadlock in take_ba");
  });

  test("goes on to the lock held when the taking function is a primitive", () => {
    const report = reportOf({ ...circular, lock: lockAt("__flush_work"), holding: lockAt("vcs_write") });
    expect(titleOf(report)).toBe("possible deadlock in vcs_write");
  });

  test("goes on to the stacks of the chain, as printed: the last link first", () => {
    const report = reportOf({
      ...circular,
      lock: lockAt("flush_workqueue"),
      holding: lockAt("process_one_work"),
      edges: [
        edge("c", "a", true, "__lock_acquire", "closing"),
        edge("a", "b", false, "lock_acquire", "earlier"),
        edge("b", "c", false, "lock_acquire", "mutex_lock_nested", "later"),
      ],
    });
    expect(titleOf(report)).toBe("possible deadlock in later");
  });

  test("reads the chain backwards when the closing link is lost", () => {
    const report = reportOf({
      ...circular,
      lock: lockAt("down_read"),
      edges: [edge("a", "b", false, "first"), edge("b", "c", false, "second")],
    });
    expect(titleOf(report)).toBe("possible deadlock in second");
  });

  test("is corrupted when nothing but primitives is left", () => {
    const report = reportOf({ ...circular, lock: lockAt("down_read"), holding: lockAt("up_write") });
    expect(titleOf(report)).toBe("possible deadlock in corrupted");
  });

  test("keeps the headline of a report that breaks off behind it", () => {
    expect(titleOf(reportOf({ ...circular, task: null }))).toBe(
      "WARNING: possible circular locking dependency detected",
    );
  });

  test("skips nothing in the form of old kernels", () => {
    const report = reportOf({ ...circular, kernel: old, lock: lockAt("flush_workqueue") });
    expect(titleOf(report)).toBe("possible deadlock in flush_workqueue");
    expect(titleOf({ ...report, kernel: null }, "INFO")).toBe("possible deadlock in flush_workqueue");
    expect(titleOf({ ...report, kernel: null, headline: `[ INFO: ${report.headline} ]` })).toBe(
      "possible deadlock in flush_workqueue",
    );
    expect(titleOf({ ...report, kernel: null })).toBe("possible deadlock in corrupted");
  });

  test.each(["recursive", "irq-inversion"] as const)("%s takes the place of the lock as it is", (kind) => {
    const headline = "possible recursive locking detected";
    const report = reportOf({ kind, headline, lock: lockAt("mutex_lock_nested.constprop.0") });
    expect(titleOf(report)).toBe("possible deadlock in mutex_lock_nested");
    expect(titleOf({ ...report, lock: lockAt("__x64_sys_splice") })).toBe(
      "possible deadlock in __x64_sys_splice",
    );
    expect(titleOf({ ...report, lock: null, holding: lockAt("outer") })).toBe("possible deadlock in outer");
    expect(titleOf({ ...report, lock: null })).toBe("WARNING: possible recursive locking detected");
  });

  test("an inlined place stands for the function it was inlined into", () => {
    const place = inlined("spin_lock", "include/linux/spinlock.h", 351);
    const report = reportOf({
      kind: "recursive",
      headline: "possible recursive locking detected",
      lock: lockAt(place),
      backtrace: [frame("dump_stack"), place, inlined("lock_it", "fs/x.c", 9), frame("release_it.cold")],
    });
    expect(titleOf(report)).toBe("possible deadlock in release_it");
    expect(titleOf({ ...report, backtrace: [] })).toBe("WARNING: possible recursive locking detected");
  });

  describe("irq-order", () => {
    const order = {
      kind: "irq-order",
      headline: "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
    } as const;

    test("names where the lock became safe, else where the other became unsafe", () => {
      const report = reportOf({
        ...order,
        lock: lockAt("wrong"),
        safe: { state: "HARDIRQ", lock: null, stack: stackOf("lock_acquire", "_raw_spin_lock", "in_irq") },
        unsafe: { state: "HARDIRQ", lock: null, stack: stackOf("lock_acquire", "in_task") },
      });
      expect(titleOf(report)).toBe("possible deadlock in in_irq");
      expect(
        titleOf({ ...report, safe: { state: "HARDIRQ", lock: null, stack: stackOf("lock_acquire") } }),
      ).toBe("possible deadlock in in_task");
    });

    test("goes on to the dependencies", () => {
      const lock = { class: "a", version: 1, subclass: 0, usage: null, wait: null };
      const report = reportOf({
        ...order,
        dependencies: [
          {
            between: "safe-and-holding",
            classes: [
              {
                lock,
                ops: 1,
                usages: [{ state: "IN-HARDIRQ-W", stack: stackOf("lock_acquire") }],
                key: frame("key"),
                acquiredAt: stackOf("acquirer"),
              },
              { lock, ops: null, usages: [], key: null, acquiredAt: null },
            ],
          },
        ],
      });
      expect(titleOf(report)).toBe("possible deadlock in acquirer");
      expect(titleOf(reportOf(order))).toBe("possible deadlock in corrupted");
    });

    test("of old kernels is known for softirqs only", () => {
      const report = reportOf({ ...order, kernel: old, lock: lockAt("tun_device_event") });
      expect(titleOf(report)).toBe("INFO: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected ]");
      const headline = "SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected";
      expect(titleOf({ ...report, headline })).toBe("possible deadlock in tun_device_event");
    });
  });
});

describe("inconsistent", () => {
  const report = reportOf({
    kind: "inconsistent",
    headline: "inconsistent lock state",
    lock: lockAt("vprintk_emit"),
    backtrace: stackOf("dump_stack", "print_usage_bug.part.0", "mark_lock_irq", "vprintk_emit", "bad_mode"),
  });

  test("names the first function of the trace that is not skipped", () => {
    expect(titleOf(report)).toBe("inconsistent lock state in bad_mode");
  });

  test("names the place of the lock in old kernels", () => {
    expect(titleOf({ ...report, kernel: old })).toBe("inconsistent lock state in vprintk_emit");
  });

  test("keeps the headline without a place", () => {
    expect(titleOf({ ...report, lock: lockAt(null) })).toBe("WARNING: inconsistent lock state");
  });

  test("is corrupted without a trace", () => {
    expect(titleOf({ ...report, backtrace: [] })).toBe("inconsistent lock state in corrupted");
  });
});

describe("traces", () => {
  const sleeping = {
    kind: "sleeping",
    headline: "sleeping function called from invalid context",
  } as const;
  const title = (...backtrace: Frame[]): string => titleOf(reportOf({ ...sleeping, backtrace }));
  const prefix = "BUG: sleeping function called from invalid context in ";

  test("cuts suffixes", () => {
    expect(title(frame("__might_resched"), frame("helper.isra.0.cold"))).toBe(`${prefix}helper`);
  });

  test("passes over inlined, uncertain and unnamed frames", () => {
    expect(
      title(
        inlined("spin_inlined", "fs/x.c", 7),
        frame("left_over", { uncertain: true }),
        frame("0xffffffffa0001234", { offset: null, size: null }),
        frame("real"),
      ),
    ).toBe(`${prefix}real`);
  });

  test("accepts frames whose offset a symboliser took away", () => {
    expect(title(frame("real", { offset: null, size: null, file: "fs/x.c", line: 7 }))).toBe(`${prefix}real`);
  });

  test.each([
    ["__x64_sys_futex", "sys_futex"],
    ["__arm64_sys_rt_sigreturn", "sys_rt_sigreturn"],
    ["__se_sys_ioctl", "ioctl"],
    ["__do_sys_ioctl", "ioctl"],
    ["SyS_splice", "splice"],
    ["compat_SyS_ioctl", "ioctl"],
    ["____sys_sendmsg", "sendmsg"],
    ["__ia32_compat_sys_ioctl", "compat_sys_ioctl"],
    ["ksys_write", "write"],
    ["system_call", "system_call"],
  ])("cuts one system call prefix of %s", (symbol, name) => {
    expect(title(frame(symbol))).toBe(prefix + name);
  });

  test.each([
    ["_Z8fakeNameiii", "fakeName"],
    ["_ZL4testv", "test"],
    ["_ZN4rust5queue4push17h0123456789abcdefE", "rust::queue::push"],
    ["_ZN3fooI3barE", "_ZN3fooI3barE"],
    ["_Z9short", "_Z9short"],
    ["_ZN9short", "_ZN9short"],
    ["_Zoops", "_Zoops"],
  ])("reads %s as %s", (symbol, name) => {
    expect(title(frame(symbol))).toBe(prefix + name);
  });

  test("trusts nothing behind the fault injector", () => {
    expect(title(frame("dump_stack"), frame("should_fail.cold.4"), frame("caller"))).toBe(
      `${prefix}corrupted`,
    );
    expect(title(frame("caller"), frame("should_failslab"))).toBe(`${prefix}caller`);
  });

  test("makes addresses and long numbers neutral", () => {
    expect(title(frame("bpf_prog_6deef7357e7b4530"))).toBe(`${prefix}bpf_prog_ADDR`);
    expect(title(frame("cfg80211_wext"))).toBe(`${prefix}cfg80211_wext`);
    expect(title(frame("test12345678x"))).toBe(`${prefix}testNUMx`);
  });

  test("takes the first dump with frames when there is no backtrace", () => {
    const dumps = [dumpOf([]), dumpOf(stackOf("dump_stack", "second_dump"))];
    expect(titleOf(reportOf({ ...sleeping, dumps }))).toBe(`${prefix}second_dump`);
  });

  test("is cut at 120 characters", () => {
    expect(title(frame("x".repeat(200)))).toHaveLength(120);
  });
});

describe("kinds with a trace", () => {
  test("rcu skips what manages memory for RCU", () => {
    const report = reportOf({
      kind: "rcu",
      headline: "suspicious RCU usage",
      rcu: { file: "net/x.c", line: 9, message: "", schedulerActive: 2, debugLocks: 1, notes: [] },
      backtrace: stackOf("dump_stack", "lockdep_rcu_suspicious", "deactivate_slab", "rds_tcp_conn_alloc"),
    });
    expect(titleOf(report)).toBe("WARNING: suspicious RCU usage in rds_tcp_conn_alloc");
    expect(titleOf({ ...report, kernel: old })).toBe("INFO: suspicious RCU usage in rds_tcp_conn_alloc");
    expect(titleOf(reportOf({ kind: "rcu", headline: "suspicious RCU usage" }))).toBe(
      "WARNING: suspicious RCU usage",
    );
  });

  test("wait-context carries the title of a WARN", () => {
    const report = reportOf({
      kind: "wait-context",
      headline: "Invalid wait context",
      lock: lockAt("elsewhere"),
      backtrace: stackOf("dump_stack_lvl", "__lock_acquire", "lock_sock_nested", "deactivate_slab"),
    });
    expect(titleOf(report)).toBe("WARNING: locking bug in deactivate_slab");
  });

  test("non-static-key skips everything with a lock", () => {
    const report = reportOf({
      kind: "non-static-key",
      headline: "trying to register non-static key.",
      backtrace: stackOf("dump_stack", "register_lock_class", "lock_it", "handle_IRQ", "tun_flow_cleanup"),
    });
    expect(titleOf(report)).toBe("INFO: trying to register non-static key in tun_flow_cleanup");
  });

  test("atomic-scheduling skips the scheduler's entry", () => {
    const report = reportOf({
      kind: "atomic-scheduling",
      headline: "scheduling while atomic",
      backtrace: stackOf("dump_stack", "__schedule_bug", "schedule_timeout", "do_nanosleep"),
    });
    expect(titleOf(report)).toBe("BUG: scheduling while atomic in do_nanosleep");
  });

  test("spinlock-debug", () => {
    const untyped = reportOf({
      kind: "spinlock-debug",
      headline: "spinlock bad magic on CPU#0, init/41",
      backtrace: stackOf("dump_stack", "spin_dump", "do_raw_write_lock", "take_lock", "tipc_mon_reinit_self"),
    });
    const spinlock = { cpu: 0, magic: null, object: null, owner: null, ownerCpu: null };
    expect(titleOf({ ...untyped, spinlock: { ...spinlock, type: "rwlock", what: "bad magic" } })).toBe(
      "BUG: rwlock bad magic in tipc_mon_reinit_self",
    );
    expect(titleOf({ ...untyped, spinlock: { ...spinlock, type: "spinlock", what: "cpu recursion" } })).toBe(
      "BUG: spinlock cpu recursion in tipc_mon_reinit_self",
    );
    expect(titleOf(untyped)).toBe("BUG: spinlock bad magic in tipc_mon_reinit_self");
    expect(titleOf({ ...untyped, headline: "spinlock lockup on CPU#3, init/41, c0de12345678" })).toBe(
      "BUG: spinlock lockup on CPU, init/NUM, ADDR",
    );
  });

  test("preemptible", () => {
    const untyped = reportOf({
      kind: "preemptible",
      headline: "using __this_cpu_read() in preemptible [00000000] code: init/41",
      backtrace: stackOf(
        "dump_stack",
        "check_preemption_disabled",
        "debug_smp_processor_id",
        "__this_cpu_preempt_check",
        "ipcomp_init_state",
      ),
    });
    const title = "BUG: using __this_cpu_read() in preemptible code in ipcomp_init_state";
    const preemptible = { operation: "__this_cpu_read", caller: frame("elsewhere") };
    expect(titleOf({ ...untyped, preemptible })).toBe(title);
    expect(titleOf({ ...untyped, preemptible: { operation: "__this_cpu_read()", caller: null } })).toBe(
      title,
    );
    expect(titleOf(untyped)).toBe(title);
    expect(titleOf({ ...untyped, headline: "using nothing" })).toBe("BUG: using nothing");
  });
});

describe("held locks", () => {
  test("unlock-balance names the place of the unlock, else the trace", () => {
    const report = reportOf({
      kind: "unlock-balance",
      headline: "bad unlock balance detected!",
      lock: lockAt("ipmr_mfc_seq_stop"),
      backtrace: stackOf("dump_stack", "print_unlock_imbalance_bug", "seq_read"),
    });
    expect(titleOf(report)).toBe("WARNING: bad unlock balance in ipmr_mfc_seq_stop");
    expect(titleOf({ ...report, lock: lockAt("mutex_unlock") })).toBe(
      "WARNING: bad unlock balance in seq_read",
    );
    expect(titleOf(report, "BUG")).toBe("BUG: bad unlock balance in ipmr_mfc_seq_stop");
    expect(titleOf({ ...report, lock: null })).toBe("WARNING: bad unlock balance in corrupted");
    const held = [heldBy("unread", frame("holder", { address: "ffffffff81055862" }))];
    expect(titleOf({ ...report, lock: null, held })).toBe("WARNING: bad unlock balance in holder");
  });

  test("held-freed", () => {
    const report = reportOf({ kind: "held-freed", headline: "held lock freed!", lock: lockAt("lock_sock") });
    expect(titleOf(report)).toBe("WARNING: held lock freed in lock_sock");
    expect(titleOf({ ...report, kernel: old })).toBe("BUG: held lock freed in lock_sock");
    expect(titleOf({ ...report, lock: null })).toBe("WARNING: held lock freed!");
  });

  test("held-exit", () => {
    const report = reportOf({
      kind: "held-exit",
      headline: "syz-executor286/6054 still has locks held!",
      held: [heldBy("pipe_lock", "second")],
    });
    expect(titleOf(report)).toBe("WARNING: still has locks held in pipe_lock");
    expect(titleOf(report, "BUG")).toBe("BUG: still has locks held in pipe_lock");
    const withAddress = { ...report, held: [heldBy(frame("pipe_lock", { address: "00000000a3b01fa0" }))] };
    expect(titleOf(withAddress, "BUG")).toBe("BUG: still has locks held in pipe_lock");
    expect(titleOf(withAddress)).toBe("WARNING: syz-executor still has locks held!");
    expect(titleOf({ ...withAddress, headline: "still has locks held!" })).toBe(
      "WARNING: init/NUM still has locks held!",
    );
    expect(titleOf({ ...report, headline: "lock held at task exit time!", held: [], kernel: old })).toBe(
      "BUG: lock held at task exit time! ]",
    );
  });

  test("held-user", () => {
    const report = reportOf({
      kind: "held-user",
      headline: "lock held when returning to user space!",
      held: [{ ...heldBy("fuse_lock_inode"), locks: [null, lockAt("fuse_lock_inode")] }],
    });
    expect(titleOf(report)).toBe("WARNING: lock held when returning to user space in fuse_lock_inode");
    expect(titleOf({ ...report, held: [] })).toBe("WARNING: lock held when returning to user space!");
  });
});

describe("warnings", () => {
  const internal = { kind: "internal", headline: "DEBUG_LOCKS_WARN_ON(1)" } as const;

  test("names where the registers were taken", () => {
    const frames = stackOf("below");
    const dumps = [dumpOf(frames, registersAt(0, "0010:lock_pin_lock+0xbb/0xff"))];
    const report = reportOf({ ...internal, warning: warningAt("lock_pin_lock"), dumps, backtrace: frames });
    expect(titleOf(report)).toBe("WARNING: locking bug in lock_pin_lock");
  });

  test("goes on below the registers inside a trace", () => {
    const frames = stackOf(
      "dump_stack",
      "frontend",
      "invalid_op",
      "mark_lock",
      "lock_sock_nested",
      "teardown",
    );
    const at = "0010:[<ffffffff81234567>]  [<ffffffff81234567>] look_up_lock_class.part.0+0xe0/0xf5";
    const dumps = [dumpOf([]), dumpOf(frames, registersAt(3, at), registersAt(6, "0033:0x440329"))];
    const report = reportOf({ ...internal, warning: warningAt("hlock_class"), dumps, backtrace: frames });
    expect(titleOf(report)).toBe("WARNING: locking bug in teardown");
  });

  test("falls back to the whole trace", () => {
    const frames = stackOf("dump_stack", "upper", "lower");
    const dumps = [dumpOf(frames, registersAt(0, null), registersAt(3, "0033:0x440329"))];
    const report = reportOf({ ...internal, warning: warningAt("hlock_class"), dumps, backtrace: frames });
    expect(titleOf(report)).toBe("WARNING: locking bug in upper");
  });

  test("is a locking bug only in a function about locks, in lockdep.c", () => {
    const frames = stackOf("check_flags", "lock_is_held_type");
    const dumps = [dumpOf(frames, registersAt(0, "check_flags+0xf6/0x14f"))];
    const report = reportOf({ ...internal, warning: warningAt("check_flags"), dumps, backtrace: frames });
    expect(titleOf(report)).toBe("WARNING in check_flags");
    expect(titleOf({ ...report, warning: warningAt("hlock_class", "kernel/locking/rwsem.c") })).toBe(
      "WARNING in check_flags",
    );
    expect(titleOf(reportOf(internal))).toBe("WARNING in corrupted");
  });

  test("nested-lock", () => {
    const report = reportOf({
      kind: "nested-lock",
      headline: "Nested lock was not taken",
      backtrace: stackOf("dump_stack_lvl", "__lock_acquire", "_mutex_lock_nest_lock", "s_nest"),
    });
    expect(titleOf(report)).toBe("WARNING: nested lock was not taken in _mutex_lock_nest_lock");
    expect(titleOf({ ...report, kernel: old })).toBe("BUG: Nested lock was not taken ]");
  });
});

describe("leaked", () => {
  const leaked = { preempt: "0x00000001", lock: null, rcu: null };
  const task = taskOf("kworker/0:1", 12);

  test("names the last function in the old wording", () => {
    const report = reportOf({ kind: "leaked", headline: "workqueue leaked lock or atomic", task });
    const line = "BUG: workqueue leaked lock or atomic: kworker/NUM:NUM/ADDR/NUM";
    expect(titleOf({ ...report, leaked: { ...leaked, function: "vmstat_update" } })).toBe(
      "BUG: workqueue leaked lock or atomic in vmstat_update",
    );
    expect(titleOf({ ...report, leaked: { ...leaked, function: "update.isra.0" } })).toBe(line);
    expect(titleOf(report)).toBe(line);
  });

  test("keeps the line of the new wording", () => {
    const report = reportOf({
      kind: "leaked",
      headline: "workqueue leaked atomic, lock or RCU",
      task,
      leaked: { ...leaked, function: "leak" },
    });
    const title = "BUG: workqueue leaked atomic, lock or RCU: kworker/NUM:NUM[NUM]";
    expect(titleOf(report)).toBe(title);
    expect(titleOf({ ...report, headline: `BUG: ${report.headline}: kworker/0:1[12]` })).toBe(title);
    expect(titleOf({ ...report, task: null })).toBe("BUG: workqueue leaked atomic, lock or RCU");
  });
});

describe("lines that syzbot takes as they are", () => {
  test.each([
    ["limit", "BUG: MAX_LOCK_DEPTH too low!", "BUG: MAX_LOCK_DEPTH too low!"],
    ["limit", "MAX_LOCKDEP_KEYS too low!", "BUG: MAX_LOCKDEP_KEYS too low!"],
    ["subclass", "looking up invalid subclass: 9", "BUG: looking up invalid subclass: NUM"],
    [
      "unregistered-key",
      "key ffff8880005bdfd0 has not been registered!",
      "BUG: key ADDR has not been registered!",
    ],
    ["unregistered-key", "key ffff8880005bdfd0 not in .data!", "BUG: key ADDR not in .data!"],
    ["chain-collision", "chain_key collision", "WARNING: chain_key collision"],
    ["contention", "bad contention detected!", "WARNING: bad contention detected!"],
    [
      "rtmutex-deadlock",
      "[ BUG: circular locking deadlock detected! ]",
      "BUG: circular locking deadlock detected! ]",
    ],
    ["held-dump", "Showing all locks held in the system:", "Showing all locks held in the system:"],
  ] as const)("%s: %s", (kind, headline, title) => {
    expect(titleOf(reportOf({ kind, headline }))).toBe(title);
  });

  test("old kernels put brackets around it", () => {
    const report = reportOf({ kind: "contention", headline: "bad contention detected!" });
    expect(titleOf({ ...report, kernel: { release: "2.6.32-rc6", build: null, taint: null } })).toBe(
      "BUG: bad contention detected! ]",
    );
    expect(titleOf({ ...report, kernel: { release: "4.12.0-rc1", build: null, taint: null } })).toBe(
      "WARNING: bad contention detected!",
    );
    expect(titleOf({ ...report, kernel: { release: "next", build: null, taint: null } })).toBe(
      "WARNING: bad contention detected!",
    );
  });

  test("numbers, addresses and places are made neutral", () => {
    const headline =
      "MAX_X too low!\tat ip6_fragment+0x1052/0x2d80  net/ip6.c:12:3 10.0.0.1 CPU#4 syz-executor.3/99 1 2 3";
    expect(titleOf(reportOf({ kind: "limit", headline }))).toBe(
      "BUG: MAX_X too low! at ip6_fragment net/ip6.c:LINE IP CPU syz-executor NUM NUM NUM",
    );
  });
});
