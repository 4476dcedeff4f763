import { describe, expect, test } from "vitest";
import { identityOf } from "../../src/identity/identity.ts";
import { lacksOf } from "../../src/identity/lacks.ts";
import { plainSymbol } from "../../src/symbols/functions.ts";
import type { Report } from "../../src/report/schema.ts";
import { logLines, triageLines } from "../support/fixtures.ts";

async function reportsOf(lines: readonly string[]): Promise<Report[]> {
  return (await triageLines(lines)).reports;
}

async function onlyReport(lines: readonly string[]): Promise<Report> {
  const [report, ...more] = await reportsOf(lines);
  if (report === undefined || more.length > 0) throw new Error(`${more.length + 1} reports`);
  return report;
}

/** The log with a text changed wherever it stands, which must be somewhere. */
function changed(lines: readonly string[], from: RegExp, to: string): string[] {
  const other = lines.map((line) => line.replace(from, to));
  if (other.every((line, i) => line === lines[i])) throw new Error(`nowhere: ${from.source}`);
  return other;
}

describe("one bug has one id", () => {
  // the same scenario on two machines, in two kernels, in two boots and builds
  test.each([
    ["circular/abba", "circular/abba-arm64"],
    ["circular/fsreclaim", "circular/fsreclaim-6-1"],
    ["held-freed/heldfreed", "held-freed/heldfreed-arm64"],
    ["irq-inversion/inversion", "irq-inversion/inversion-arm64"],
    ["irq-order/hardsafe3", "irq-order/hardsafe3-arm64"],
    ["rcu/rcu", "rcu/rcu-arm64"],
    ["unregistered-key/unregkey", "unregistered-key/unregkey-arm64"],
    ["wait-context/waitctx", "wait-context/waitctx-arm64"],
  ])("%s and %s", async (left, right) => {
    expect((await onlyReport(logLines(left))).id).toBe((await onlyReport(logLines(right))).id);
  });

  test("the cycle of circular/abba after two other reports, too", async () => {
    const [, , third] = await reportsOf(logLines("rcu/twice"));
    expect(third?.id).toBe((await onlyReport(logLines("circular/abba"))).id);
  });

  const ABBCCA = logLines("circular/abbcca");
  const SUFFIXED = logLines("irq-order/hardsafe3");

  test.each([
    ["other addresses", /ffff(?:ffff|8880)/g, "ffffabcd"],
    ["another version of a class", /\(lock_b\)/g, "(lock_b#7)"],
    ["another time and caller", /^\[.{12}\]\[.{6}\]/, "[ 9999.000000][ T9999]"],
    ["another task", /init\/40/, "kworker/u16:3/77"],
    ["another kernel, tainted", /6\.12\.117 #1 Not tainted/, "6.13.0-rc1 #3 Tainted: G        W"],
    ["other offsets", /\+0x[0-9a-f]+\/0x[0-9a-f]+/g, "+0x1/0x2"],
    ["other usage and wait types", /\{\+\.\+\.\}-\{4:4\}/g, "{+.?.}-{3:3}"],
    ["a compiler's suffixes", /(take_[abc]{2})\+/g, "$1.constprop.0.isra.0+"],
    ["other functions on the way", /full_proxy_write/g, "proxy_write"],
  ])("%s", async (_name, from, to) => {
    expect((await onlyReport(changed(ABBCCA, from, to))).id).toBe((await onlyReport(ABBCCA)).id);
  });

  test("a compiler's suffix on the function of the title", async () => {
    for (const path of ["recursive/aa", "inconsistent/hardirq", "unlock-balance/badunlock", "rcu/rcu"]) {
      const lines = logLines(path);
      const { id } = await onlyReport(lines);
      for (const suffix of [".isra.0", ".constprop.0", ".part.12", ".cold", ".llvm.9876"]) {
        // the suffix comes to all functions of the trace but those of the entry
        const other = changed(lines, /\b((?:s|take|splat)_\w+?)(?:\.\w+\.\d+)?\+0x/g, `$1${suffix}+0x`);
        expect((await onlyReport(other)).id).toBe(id);
      }
    }
  });

  test("the order in which an inconsistent lock came to its two states", async () => {
    const lines = logLines("inconsistent/hardirq");
    const other = changed(
      lines,
      /inconsistent \{IN-HARDIRQ-W\} -> \{HARDIRQ-ON-W\} usage/,
      "inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage",
    );
    expect((await onlyReport(other)).id).toBe((await onlyReport(lines)).id);
  });

  test.each(["irq-order/hardsafe", "irq-inversion/inversion"])(
    "%s: whether the interrupt only reads is no other bug",
    async (path) => {
      const lines = logLines(path);
      const reads = lines.map((line) =>
        line
          .replace(/\b(HARDIRQ)(?=-irq-|-(?:un)?safe lock)/g, "$1-READ")
          .replace(/HARDIRQ-READ-READ/g, "HARDIRQ-READ"),
      );
      expect(reads).not.toEqual(lines);
      const report = await onlyReport(reads);
      expect(report.safe?.state ?? report.other?.state).toBe("HARDIRQ-READ");
      expect(report.id).toBe((await onlyReport(lines)).id);
    },
  );

  test("an irq-safe lock before an irq-unsafe one, whether the lock or the interrupt came last", async () => {
    const order = await onlyReport(logLines("irq-order/hardsafe"));
    const inversion = await onlyReport(logLines("irq-inversion/inversion"));
    expect([order.cycle, inversion.cycle]).toEqual([
      ["raw_a", "raw_b"],
      ["raw_a", "raw_b"],
    ]);
    expect(inversion.id).toBe(order.id);
  });

  test.each([
    ["&mm->mmap_sem", "&mm->mmap_lock"],
    ["&(&zone->lock)->rlock", "&zone->lock"],
    ["&(&(&m->i_pages)->xa_lock)->rlock", "&(&m->i_pages)->xa_lock"],
    ["cpu_hotplug_lock.rw_sem", "cpu_hotplug_lock"],
    ['(wq_completion)"events"', "(wq_completion)events"],
    ['"%s""netns"', "(wq_completion)netns"],
    ["(wq_completion)wg-kex-wireguard1", "(wq_completion)wg-kex-wireguard0"],
    ["(&barr->work)", "(work_completion)(&barr->work)"],
    ["&bdev->bd_mutex", "&disk->open_mutex"],
  ])("a class that was called %s and is called %s", async (old, today) => {
    const [before, after] = [old, today].map((name) => changed(ABBCCA, /\(lock_b\)/g, `(${name})`));
    const report = await onlyReport(before ?? []);
    expect(report.cycle).toContain(old);
    expect(report.id).toBe((await onlyReport(after ?? [])).id);
  });

  test("what was [ INFO: … ] and [ BUG: … ] became WARNING: … in v4.12", async () => {
    for (const path of ["unlock-balance/badunlock", "held-freed/heldfreed", "recursive/aa"]) {
      const lines = logLines(path);
      const old = changed(lines, /WARNING: ([a-z ]+(?:detected|freed)!?)$/, "[ BUG: $1 ]");
      expect((await onlyReport(old)).id).toBe((await onlyReport(lines)).id);
    }
  });

  test("a spinlock that only its address names", async () => {
    const lines = logLines("spinlock-debug/spin-bad-magic");
    const other = changed(lines, /0xffff8880006ead80/g, "0xffff888012345678");
    expect((await onlyReport(other)).id).toBe((await onlyReport(lines)).id);
  });

  test("a report whose tail was lost", async () => {
    for (const lines of [ABBCCA, SUFFIXED]) {
      const trace = lines.findIndex((line) => line.endsWith("stack backtrace:"));
      const { id, complete } = await onlyReport(lines.slice(0, trace));
      expect(complete).toBe(false);
      expect(id).toBe((await onlyReport(lines)).id);
    }
  });
});

/**
 * The report of circular/abbcca as it looks when another of its three edges closes the cycle: the classes
 * change their places in the text, lock_a → lock_b → lock_c → lock_a stays as it is.
 */
function turned(by: number): string[] {
  const names = ["a", "b", "c"];
  const next = (name: string): string => names[(names.indexOf(name) + by) % 3] ?? "";
  return logLines("circular/abbcca").map((line) =>
    line
      .replace(/lock_([abc])\b/g, (_all, name: string) => `lock_${next(name)}`)
      .replace(/take_([abc])([abc])/g, (_all, x: string, y: string) => `take_${next(x)}${next(y)}`),
  );
}

test("whichever edge closes the cycle, id, cycle and edges are the same", async () => {
  const reports = await Promise.all([0, 1, 2].map(async (by) => onlyReport(turned(by))));
  // the stack under #k is where class k was taken while class k-1 was held, that under #0 closes the cycle
  expect(reports.map(({ edges }) => edges.find(({ closes }) => closes)?.from)).toEqual([
    "lock_c",
    "lock_a",
    "lock_b",
  ]);
  for (const { id, cycle, edges } of reports) {
    expect(id).toBe(reports[0]?.id);
    expect(cycle).toEqual(["lock_a", "lock_b", "lock_c"]);
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "lock_a → lock_b",
      "lock_b → lock_c",
      "lock_c → lock_a",
    ]);
    for (const { from, to, stack } of edges)
      expect(stack.map(({ symbol }) => symbol)).toContain(`take_${from.slice(-1)}${to.slice(-1)}`);
  }
});

describe("two bugs have two ids", () => {
  test("all reports of all fixtures that are not the same scenario", async () => {
    const paths = [
      "circular/abba", "circular/abbcca", "circular/cpuhp", "circular/rlock", "circular/rwsem", "circular/srcu",
      "circular/fsreclaim", "circular/workqueue", "irq-order/hardsafe", "irq-order/hardsafe3", "irq-order/softsafe",
      "inconsistent/hardirq", "inconsistent/softirq",
      "recursive/aa", "recursive/aanested", "recursive/ww", "wait-context/waitctx", "wait-context/waitctx-irq",
      "unlock-balance/badunlock", "unlock-balance/badunlock2", "rcu/rcu", "rcu/rculist", "limit/maxdepth",
      "limit/maxkeys", "held-exit/exitlocks", "held-user/userret", "held-freed/heldfreed",
    ]; // prettier-ignore
    const ids = await Promise.all(paths.map(async (path) => (await onlyReport(logLines(path))).id));
    expect(new Set(ids).size).toBe(paths.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });

  test("the same classes in the other direction", async () => {
    const swapped = logLines("circular/abbcca").map((line) =>
      line.replace(/lock_([bc])\b/g, (_all, name: string) => (name === "b" ? "lock_c" : "lock_b")),
    );
    const [left, right] = [await onlyReport(swapped), await onlyReport(turned(0))];
    expect(left.cycle).toEqual(["lock_a", "lock_c", "lock_b"]);
    expect(left.id).not.toBe(right.id);
  });

  test("different kinds with the same classes", async () => {
    const report = await onlyReport(logLines("circular/abbcca"));
    const kinds = ["circular", "irq-order", "recursive", "wait-context", "held-exit"] as const;
    const ids = kinds.map((kind) => identityOf({ ...report, kind }, report.title).id);
    expect(new Set(ids).size).toBe(kinds.length);
  });

  test("another subclass is another class", async () => {
    const lines = logLines("circular/abbcca");
    const nested = changed(lines, /\(lock_b\)/g, "(lock_b/1)");
    expect((await onlyReport(nested)).id).not.toBe((await onlyReport(lines)).id);
  });

  test("a chain that lost a link is no shorter cycle", async () => {
    const lines = logLines("circular/abbcca");
    const link = lines.findIndex((line) => line.includes("-> #1 ("));
    const end = lines.findIndex((line) => line.includes("-> #0 ("));
    const report = await onlyReport([...lines.slice(0, link), ...lines.slice(end)]);
    expect(report.complete).toBe(false);
    const short = changed(lines, /lock_b/g, "lock_c");
    const ids = [lines, short].map(async (log) => (await onlyReport(log)).id);
    expect(await Promise.all(ids)).not.toContain(report.id);
  });

  test("hard and soft interrupts", async () => {
    const lines = logLines("irq-order/hardsafe");
    const soft = changed(lines, /HARDIRQ/g, "SOFTIRQ");
    expect((await onlyReport(soft)).id).not.toBe((await onlyReport(lines)).id);
  });
});

const common = (lines: readonly string[]): string[] =>
  changed(changed(lines, /\(lock_a\)/g, "(&priv->lock)"), /\(lock_b\)/g, "(&p->mutex)");

describe("two locks with names that any code gives its locks", () => {
  const COMMON = common(logLines("circular/abba"));

  test("are one bug if the same functions take them", async () => {
    const { id, cycle } = await onlyReport(common(logLines("circular/abba-arm64")));
    expect(cycle).toEqual(["&p->mutex", "&priv->lock"]);
    expect((await onlyReport(COMMON)).id).toBe(id);
  });

  test("are another if others do", async () => {
    const other = changed(COMMON, /\btake_/g, "grab_");
    expect((await onlyReport(other)).id).not.toBe((await onlyReport(COMMON)).id);
    const named = logLines("circular/abba");
    expect((await onlyReport(changed(named, /\btake_/g, "grab_"))).id).toBe((await onlyReport(named)).id);
  });
});

test("a lock that the kernel could not name is another where other functions take it", async () => {
  const nameless = changed(logLines("circular/abba"), /\(lock_a\)/g, "((null))");
  const { id, cycle } = await onlyReport(nameless);
  expect(cycle).toEqual(["(null)", "lock_b"]);
  expect((await onlyReport(changed(nameless, /\btake_/g, "grab_"))).id).not.toBe(id);
});

const sites = async (lines: readonly string[]): Promise<string> => (await onlyReport(lines)).siteId;

/** One per kind, as 6.12 prints it; the stack is all that differs. */
const REPORT_OF: Readonly<Record<string, (stack: readonly string[]) => string[]>> = {
  sleeping: (stack) => [
    "BUG: sleeping function called from invalid context at mm/slab.h:568",
    "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 41, name: init",
    "CPU: 0 UID: 0 PID: 41 Comm: init Not tainted 6.12.1 #1",
    ...traceOf(["dump_stack_lvl", "__might_resched", ...stack]),
  ],
  internal: ([at = "", ...stack]) => [
    "------------[ cut here ]------------",
    "DEBUG_LOCKS_WARN_ON(!current->hardirqs_enabled)",
    `WARNING: CPU: 0 PID: 41 at kernel/locking/lockdep.c:4424 ${at}+0x1/0x2`,
    "CPU: 0 UID: 0 PID: 41 Comm: init Not tainted 6.12.1 #1",
    `RIP: 0010:${at}+0x1/0x2`,
    ...traceOf(stack),
    "---[ end trace 0000000000000000 ]---",
  ],
  rcu: (stack) => [
    "=============================",
    "WARNING: suspicious RCU usage",
    "6.12.1 #1 Not tainted",
    "-----------------------------",
    "include/trace/events/lock.h:24 suspicious rcu_dereference_check() usage!",
    "",
    "other info that might help us debug this:",
    "",
    "RCU used illegally from extended quiescent state!",
    "rcu_scheduler_active = 2, debug_locks = 1",
    "no locks held by swapper/0/0.",
    "",
    "stack backtrace:",
    "CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted 6.12.1 #1",
    ...traceOf(["dump_stack_lvl", "lockdep_rcu_suspicious", ...stack]),
  ],
  recursive: (stack) => [
    "============================================",
    "WARNING: possible recursive locking detected",
    "6.12.1 #1 Not tainted",
    "--------------------------------------------",
    "init/41 is trying to acquire lock:",
    `ffff888000cb1868 (&genpd->mlock){+.+.}-{4:4}, at: ${stack[0] ?? ""}+0x1/0x2`,
    "",
    "but task is already holding lock:",
    `ffff888000cb2868 (&genpd->mlock){+.+.}-{4:4}, at: ${stack[0] ?? ""}+0x1/0x2`,
    "",
    "stack backtrace:",
    "CPU: 0 UID: 0 PID: 41 Comm: init Not tainted 6.12.1 #1",
    ...traceOf(["dump_stack_lvl", "print_deadlock_bug", "lock_acquire", "__mutex_lock", ...stack]),
  ],
};

function traceOf(stack: readonly string[]): string[] {
  return ["Call Trace:", " <TASK>", ...stack.map((name) => ` ${name}+0x1/0x2`), " </TASK>"];
}

async function reportIn(kind: string, stack: string): Promise<Report> {
  return onlyReport(REPORT_OF[kind]?.(stack.split(" ")) ?? []);
}

describe("a function that works for any caller is no bug's place", () => {
  test.each([
    ["sleeping", "alloc_cpumask_var_node its_select_cpu", "alloc_cpumask_var_node start_secondary"],
    ["sleeping", "kernfs_remove_by_name_ns sysfs_remove_group btrfs_ioctl", "kernfs_remove_by_name_ns device_remove_file stub_disconnect"],
    ["sleeping", "mempool_alloc_noprof crypt_convert", "mempool_alloc_noprof bio_alloc_bioset"],
    ["internal", "check_flags lock_acquire kvmppc_run_core", "check_flags lock_is_held_type ct_kernel_enter"],
    ["recursive", "genpd_lock_mtx genpd_runtime_suspend", "genpd_lock_mtx dev_pm_genpd_set_performance_state"],
    ["rcu", "foo_rcu_free rcu_do_batch rcu_core handle_softirqs", "bar_rcu_free rcu_do_batch rcu_core handle_softirqs"],
    ["rcu", "try_to_wake_up up vprintk_emit _printk __warn report_bug handle_bug cpuidle_enter_state", "try_to_wake_up up vprintk_emit _printk show_stack dump_stack lockdep_rcu_suspicious switch_mm"],
  ])("%s: %s, and %s", async (kind, left, right) => {
    const [one, other] = [await reportIn(kind, left), await reportIn(kind, right)];
    expect(one.title).toBe(other.title);
    expect(one.id).not.toBe(other.id);
  });

  test.each([
    ["sleeping", "alloc_cpumask_var_node its_select_cpu", "alloc_cpumask_var_node alloc_cpumask_var its_select_cpu"],
    ["rcu", "console_trylock vprintk_emit _printk my_idle", "try_to_wake_up up console_unlock vprintk_emit _printk my_idle"],
    ["rcu", "rcu_dereference_thing my_idle", "my_idle do_idle"],
  ])("%s: %s is one with %s", async (kind, left, right) => {
    expect((await reportIn(kind, left)).id).toBe((await reportIn(kind, right)).id);
  });

  test("where the stack does not show the caller, the id is said to lack it", async () => {
    expect(lacksOf(await reportIn("sleeping", "alloc_cpumask_var_node"))).toEqual(["functions"]);
    expect(lacksOf(await reportIn("sleeping", "alloc_cpumask_var_node its_select_cpu"))).toEqual([]);
  });
}); // prettier-ignore

describe("the id of the sites", () => {
  test("tells apart who takes the locks of one cycle", async () => {
    const [kmalloc, shrinker] = await Promise.all(
      ["circular/fsreclaim", "circular/shrinker"].map(async (path) => onlyReport(logLines(path))),
    );
    expect(shrinker?.id).toBe(kmalloc?.id);
    expect(shrinker?.siteId).not.toBe(kmalloc?.siteId);
  });

  test("is one for two builds, and for every edge that may close", async () => {
    expect(await sites(logLines("circular/abba-arm64"))).toBe(await sites(logLines("circular/abba")));
    expect(new Set(await Promise.all([0, 1, 2].map(async (by) => sites(turned(by))))).size).toBe(1);
  });
});

const sleeping = (place: string): string[] => [
  `BUG: sleeping function called from invalid context at ${place}`,
  "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 55, name: worker",
];
const preemptible = (caller: string): string[] => [
  "BUG: using smp_processor_id() in preemptible [00000000] code: sh/12",
  `caller is ${caller}+0x10/0x20 [mod]`,
];
const guesses = (who: string): string[] => [
  "BUG: scheduling while atomic: sh/12/0x00000002",
  "Pid: 12, comm: sh Not tainted 2.6.38 #4",
  "Call Trace:",
  ...["__schedule_bug", "schedule", `${who}_ioctl`, "sys_ioctl"].map((name) => ` ? ${name}+0x1/0x20`),
];
const stackless = async (lines: readonly string[]): Promise<string> => (await onlyReport(lines)).id;

describe("a report without a stack", () => {
  test("is told by the place of a sleeping call, and by the caller of a preemptible one", async () => {
    expect(await stackless(sleeping("mm/slab.h:1"))).toBe(await stackless(sleeping("mm/slab.h:1")));
    expect(await stackless(sleeping("mm/slab.h:1"))).not.toBe(await stackless(sleeping("mm/slab.h:2")));
    expect(await stackless(preemptible("fn_a"))).toBe(await stackless(preemptible("fn_a")));
    expect(await stackless(preemptible("fn_a"))).not.toBe(await stackless(preemptible("fn_b")));
  });

  test("that says nothing of where it was is like no other", async () => {
    const bare = ["BUG: scheduling while atomic: sh/12/0x00000002"];
    expect(await stackless(bare)).not.toBe(await stackless(["", ...bare]));
  });

  test("that knows its stack by guesses alone is not the one with other guesses", async () => {
    const report = await onlyReport(guesses("alpha"));
    expect(report.title).toBe("BUG: scheduling while atomic in corrupted");
    expect(report.id).toBe((await onlyReport(guesses("alpha"))).id);
    expect(report.id).not.toBe((await onlyReport(guesses("beta"))).id);
  });

  test.each([
    "unwind_backtrace",
    "arc_unwind_core",
    "microblaze_unwind",
    "dump_backtrace",
    "walk_stackframe",
  ])("or one with %s on its top is never told by that", async (dumper) => {
    const log = (guilty: string): string[] => [
      ...sleeping("kernel/locking/mutex.c:280"),
      "CPU: 0 PID: 55 Comm: worker Not tainted 5.8.0 #1",
      "Call Trace:",
      ...[dumper, "show_stack", "dump_stack", "___might_sleep", guilty].map((name) => ` ${name}+0x1/0x20`),
    ];
    const [one, other] = [await onlyReport(log("foo_remove")), await onlyReport(log("bar_probe"))];
    expect(one.title).toBe("BUG: sleeping function called from invalid context in foo_remove");
    expect(one.id).not.toBe(other.id);
  });

  test("has the function that the last line of ARM's stack names as a caller", async () => {
    const report = await onlyReport([
      ...sleeping("mm/slub.c:930"),
      "[<c0014990>] (unwind_backtrace+0x0/0xf4) from [<c0047a04>] (__might_sleep+0x130/0x178)",
      "[<c0047a04>] (__might_sleep+0x130/0x178) from [<bf000a40>] (my_irq+0x20/0x80 [mod_a])",
    ]);
    expect(report.backtrace.map(({ symbol }) => symbol)).toEqual([
      "unwind_backtrace",
      "__might_sleep",
      "my_irq",
    ]);
    expect(report.title).toBe("BUG: sleeping function called from invalid context in my_irq");
  });
});

describe("functions without what compilers append", () => {
  test.each([
    ["take_ba", "take_ba"],
    ["take_ba.isra.0", "take_ba"],
    ["take_ba.constprop.0.isra.12", "take_ba"],
    ["take_ba.part.3.cold", "take_ba"],
    ["take_ba.llvm.1234567890", "take_ba"],
    ["take_ba.cold.7", "take_ba"],
    // no suffix of a compiler's
    ["__key.12", "__key.12"],
    ["cold", "cold"],
    ["isra.0", "isra.0"],
    ["possible deadlock in take_ba.isra.0", "possible deadlock in take_ba"],
  ])("%s: %s", (symbol, plain) => expect(plainSymbol(symbol)).toBe(plain));
});
