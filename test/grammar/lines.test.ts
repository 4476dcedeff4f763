import { describe, expect, test } from "vitest";
import { BODY, BY_HAND, HEADLINES, type LineRow } from "../../grammar/lines.ts";
import { isHeadline, kindOf, tokenize } from "../../grammar/tokenize.ts";
import { isLinear } from "../support/growth.ts";

const ROWS: readonly LineRow[] = [...HEADLINES, ...BODY];

/**
 * What the groups of each row with groups must hold, read from the examples by eye. Headlines whose only group
 * is the text of the headline are not listed.
 */
const PARTS: Record<string, Record<string, string | undefined>> = {
  HeldExit: { comm: "splat-exit", pid: "41" },
  UnregisteredKey: { key: "ffff8880005bdfd0" },
  Subclass: { subclass: "9" },
  Limit: { limit: "MAX_LOCK_DEPTH" },
  Sleeping: { file: "kernel/rcu/tree.c", line: "4027" },
  AtomicScheduling: { comm: "init", pid: "41", count: "0x00000002" },
  Leaked: { worker: "kworker/0:0", workerPid: "7", comm: undefined },
  SpinlockDebug: { type: "spinlock", what: " bad magic", cpu: "1", comm: "swapper/1", pid: "0" },
  Preemptible: { operation: "smp_processor_id", count: "00000000", comm: "syz-executor", pid: "9012" },
  RtmutexDeadlock: { headline: "circular locking deadlock detected!", warning: undefined },
  LockdepWarning: { file: "kernel/locking/lockdep.c", line: "5719", at: "check_flags+0xf6/0x14f" },
  Kernel: { release: "6.12.117", build: "#1", taint: "Not tainted" },
  Taint: { taint: "Not tainted" },
  Acts: { comm: "splat ba:1", pid: "42", act: "is trying to acquire lock", hc: undefined },
  Releases: { comm: "init", pid: "41", act: "release", lock: "spin_a" },
  Frees: { comm: "init", pid: "42", from: "ffff888000c2f400", to: "ffff888000c2f5ff" },
  Leaves: { comm: "init", pid: "41" },
  Comparison: { value: "0" },
  ChainLink: { index: "1", lock: "(lock_b){+.+.}-{4:4}", at: undefined },
  ScenarioLock: { operation: "lock", lock: "lock_b" },
  ConnectsSafe: { state: "HARDIRQ" },
  ToUnsafe: { state: "HARDIRQ" },
  Became: { state: "HARDIRQ" },
  DependenciesOfSafe: { state: "HARDIRQ" },
  DependenciesOfWanted: { state: undefined },
  AndUnsafe: { state: "HARDIRQ" },
  ClassHead: { lock: "(raw_a){-...}-{2:2}", ops: "2" },
  UsageAt: { state: "IN-HARDIRQ-W" },
  Key: { at: "[<ffffffff81d2b2f8>] raw_a+0x18/0x40" },
  TookUnsafe: { state: "HARDIRQ" },
  TakenBySafe: { state: "SOFTIRQ" },
  Usage: { from: "IN-HARDIRQ-W", to: "HARDIRQ-ON-W" },
  Registered: { state: "IN-HARDIRQ-W" },
  IrqStamp: { stamp: "91" },
  IrqEvent: {
    type: "hardirqs",
    switch: "enabled",
    event: "91",
    at: "[<ffffffff814e01f0>] _raw_spin_unlock_irq+0x26/0x31",
  },
  Context: { outer: "5", inner: "5" },
  HeldCount: { count: "1", comm: "splat ba:1", pid: "42" },
  HeldOnCpu: { count: "1", comm: "splat ba:1", pid: "42", state: "last", cpu: "0" },
  NoneHeld: { comm: "swapper/1", pid: "0" },
  HeldLock: { index: "0", lock: "ffffffff81d2b4e8 (lock_b){+.+.}-{4:4}, at: take_ba+0x16/0x3e" },
  RcuState: { active: "2", debug: "1" },
  DepthAndMax: { depth: "48", max: "48" },
  CollisionTask: { comm: "swapper/0", pid: "1" },
  CollisionHeld: { context: undefined },
  CollisionDepth: { depth: "3", context: "0" },
  CollisionLock: { id: "12", key: "00000000deadbeef", lock: "(lock_a){+.+.}-{4:4}" },
  InAtomic: { atomic: "1", irqs: "0", nonblock: "0", pid: "41", comm: "init" },
  PreemptCount: { count: "1", expected: "0" },
  RcuDepth: { depth: "1", expected: "0" },
  PreemptionOff: { at: undefined },
  LeakedCounts: { preempt: "0x00000000", lock0: "0", lock1: "1", rcu0: "0", rcu1: "0", function: "leak_fn" },
  LeakedBy: { function: "leak_fn" },
  SpinlockState: {
    lock: "runqueues+0x0/0x980",
    magic: "dead4ead",
    comm: "<none>",
    pid: "-1",
    cpu: "-1",
  },
  CallerIs: { at: "radix_tree_node_alloc+0x1e/0x60" },
  RtmutexBlocks: { comm: "tester", pid: "12", comm2: "tester", pid2: "13" },
  RtmutexWants: { number: "1", comm: "tester", pid: "13" },
  RtmutexLock: { address: "ffff88003a1b2c3d", name: "&lock->mutex" },
  RtmutexOwner: { comm: "tester", pid: "12" },
  RtmutexTask: { comm: "tester", pid: "12" },
  Stackdump: { comm: "tester", pid: "12", which: "blocked" },
  OtherWarning: { file: "kernel/locking/ww_mutex.h", line: "190", at: "__ww_mutex_lock+0x21a/0x94d" },
  PossibleReason: { reason: "unannotated irqs-on." },
  EndTrace: { id: "0000000000000000" },
  Cpu: { cpu: "1", uid: "0", pid: "42", comm: "splat ba:1", release: "6.12.117", build: "#1" },
  Taints: { taints: "[W]=WARN" },
  Hardware: { hardware: "linux,dummy-virt (DT)" },
  Workqueue: { workqueue: "events leak_fn" },
  TraceOpen: { context: "TASK" },
  TraceClose: { context: "TASK" },
  TraceGlued: { context: "IRQ", at: "[<ffffffff81d90469>] dump_stack+0xc1/0x128" },
  Code: { code: "40 00 48 c7 c2 <0f> 0b" },
  Dropped: { count: "123" },
  RcuMessage: {
    file: "drivers/misc/splat.c",
    line: "163",
    message: "suspicious rcu_dereference_check() usage",
  },
};

describe("every row's example", () => {
  test.each(ROWS.map(({ name, example }) => [name, example]))("%s is told as that row", (name, example) => {
    expect(tokenize(example, 7)).toMatchObject({ name, text: example, indent: 0, number: 7 });
    // outer blanks are the console's and the scenario's
    expect(tokenize(`   ${example}  `, 7)).toMatchObject({ name, text: example, indent: 3 });
  });

  test.each(BY_HAND.filter(({ name }) => name !== "Text").map(({ name, example }) => [name, example]))(
    "%s, read by hand, is told as such",
    (name, example) => expect(tokenize(example, 1)?.name).toBe(name),
  );

  test.each(Object.entries(PARTS))("%s has its parts", (name, parts) => {
    const row = ROWS.find((r) => r.name === name);
    expect(tokenize(row?.example ?? "", 1)?.groups).toMatchObject(parts);
  });

  test("no row with parts is left out above", () => {
    const withParts = ROWS.filter(({ pattern }) =>
      [...pattern.source.matchAll(/\(\?<(\w+)>/g)].some(([, group]) => group !== "headline"),
    ).map(({ name }) => name);
    expect(withParts.filter((name) => !(name in PARTS))).toEqual([]);
  });
});

describe("forms that differ from the example", () => {
  test.each([
    // print_bad_irq_dependency(), print_usage_bug(): the interrupt state behind the task
    [
      "init/41 [HC1[1]:SC0[2]:HE0:SE1] takes:",
      "Acts",
      { hc: "1", hcount: "1", sc: "0", scount: "2", he: "0", se: "1" },
    ],
    // the comm of an idle task and of a kworker hold a slash; the pid stands behind the last one
    ["swapper/2/0 is trying to acquire lock:", "Acts", { comm: "swapper/2", pid: "0" }],
    ["kworker/u16:3/77 just changed the state of lock:", "Acts", { comm: "kworker/u16:3", pid: "77" }],
    ["x/1 is trying to contend lock (&rq->__lock) at:", "Releases", { act: "contend", lock: "&rq->__lock" }],
    ["2 locks held by (agetty)/612:", "HeldCount", { count: "2", comm: "(agetty)", pid: "612" }],
    // since v7.3 the count stands behind the task, and the CPU behind that
    [
      "locks held by a: 1, on/7: 0, on CPU#12",
      "HeldOnCpu",
      { comm: "a: 1, on", pid: "7", count: "0", cpu: "12" },
    ],
    // no list follows for a task that runs elsewhere
    ["1 lock held by cc1/3.", "HeldCount", { comm: "cc1", pid: "3" }],
    ["6.1.0-13-amd64 #1 Tainted: G        W  O", "Kernel", { taint: "Tainted: G        W  O" }],
    ["6.13.0-rc4-syzkaller-00012-g9b2ffa6148b1 #0 Not tainted", "Kernel", { build: "#0" }],
    ["2.6.28-rc6-00007-g9d34706 #26", "Kernel", { release: "2.6.28-rc6-00007-g9d34706", taint: undefined }],
    // __warn() of 7.2 names who ran into it; up to v4.16 it printed the address before "at"
    [
      "WARNING: kernel/locking/lockdep.c:238 at hlock_class+0x1/0x2, CPU#1: a b/12",
      "LockdepWarning",
      {
        file: "kernel/locking/lockdep.c",
        line: "238",
        at: "hlock_class+0x1/0x2",
        cpu: "1",
        comm: "a b",
        pid: "12",
      },
    ],
    // CONFIG_DEBUG_BUGVERBOSE_DETAILED prints the condition, and a kernel without CONFIG_DEBUG_BUGVERBOSE no file
    [
      "WARNING: [a[0] > 1] kernel/locking/lockdep.c:238 at f+0x1/0x2, CPU#1: a/12",
      "LockdepWarning",
      { condition: "a[0] > 1", line: "238" },
    ],
    [
      "WARNING: at f+0x1/0x2 [mod], CPU#1: a/12",
      "OtherWarning",
      { file: undefined, at: "f+0x1/0x2 [mod]", cpu: "1" },
    ],
    ["WARNING: CPU: 1 PID: 2 at f+0x1/0x2", "OtherWarning", { file: undefined, at: "f+0x1/0x2" }],
    ["WARNING: at kernel/lockdep.c:2704 check_flags+0x1/0x2()", "LockdepWarning", { line: "2704" }],
    ["-> owner/repo#1 (b){+.+.}:", "ChainLink", { index: "1" }],
    ["-> #1 (&b->lock){--..}: [<c0403000>] f+0x1/0x2", "ChainLink", { at: "[<c0403000>] f+0x1/0x2" }],
    ["-> #12 (a){+.+.}-{0:0}:", "ChainLink", { index: "12" }],
    ["IN-RECLAIM_FS-R at:", "UsageAt", { state: "IN-RECLAIM_FS-R" }],
    ["initial-use  at:", "UsageAt", { state: "initial-use" }],
    ["hardirq-on-W at:", "UsageAt", { state: "hardirq-on-W" }],
    ["INITIAL READ USE at:", "UsageAt", { state: "INITIAL READ USE" }],
    ["softirqs last disabled at (0): [<0000000000000000>] 0x0", "IrqEvent", { type: "softirqs", event: "0" }],
    ["sync(&b->srcu);", "ScenarioLock", { operation: "sync", lock: "&b->srcu" }],
    ["lock((work_completion)(&x->work));", "ScenarioLock", { lock: "(work_completion)(&x->work)" }],
    [
      "Pid: 1, comm: swapper Not tainted (2.6.32-rc6 #1)",
      "Cpu",
      { pid: "1", comm: "swapper", old: "2.6.32-rc6 #1" },
    ],
    [
      "CPU: 0 PID: 9 Comm: a Kdump: loaded Tainted: G        W          6.1.0 #1 Debian 6.1.0-1",
      "Cpu",
      { comm: "a", kdump: " Kdump: loaded", release: "6.1.0", package: "Debian 6.1.0-1" },
    ],
    ["--------------[ cut here ]--------------", "CutHere", {}],
    ["** 1 printk message dropped **", "Dropped", { count: "1" }],
  ])("%s", (text, name, groups) => {
    const token = tokenize(text, 1);
    expect(token?.name).toBe(name);
    expect(token?.groups).toMatchObject(groups);
  });

  // decorations of every era (formats.md, section 1)
  test.each([
    ["[ INFO: possible circular locking dependency detected ]", "circular"],
    ["[ INFO: hard-safe -> hard-unsafe lock order detected ]", "irq-order"],
    ["WARNING: SOFTIRQ-READ-safe -> SOFTIRQ-READ-unsafe lock order detected", "irq-order"],
    ["[ INFO: RECLAIM_FS-safe -> RECLAIM_FS-unsafe lock order detected ]", "irq-order"],
    ["[ BUG: bad unlock balance detected! ]", "unlock-balance"],
    ["[ BUG: held lock freed! ]", "held-freed"],
    ["[ BUG: sh/12 still has locks held! ]", "held-exit"],
    ["[ BUG: lock held at task exit time! ]", "held-exit"],
    ["[ BUG: lock held when returning to user space! ]", "held-user"],
    ["[ INFO: suspicious RCU usage. ]", "rcu"],
    ["[ INFO: suspicious rcu_dereference_check() usage. ]", "rcu"],
    ["BUG: key c0de0000 not in .data!", "unregistered-key"],
    ["BUG: MAX_STACK_TRACE_ENTRIES too low!", "limit"],
    ["BUG: rwlock wrong CPU on CPU#0, sh/12, ffff88003a1b2c3d", "spinlock-debug"],
    ["BUG: spinlock lockup suspected on CPU#0, sh/12", "spinlock-debug"],
    ["BUG: using __this_cpu_add() in preemptible [00000000] code: sh/12", "preemptible"],
    ["BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000000/15", "leaked"],
    ["rtmutex deadlock detected", "rtmutex-deadlock"],
    ["DEBUG_RWSEMS_WARN_ON(sem->magic != sem): count = 0x0, magic = 0x0", "internal"],
  ])("%s opens a report", (text, kind) => {
    const token = tokenize(text, 1);
    expect(token === null ? null : kindOf(token)).toBe(kind);
    expect(isHeadline(`  ${text}`)).toBe(true);
  });

  test.each([
    "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
    "WARNING: CPU: 0 PID: 1 at kernel/sched/core.c:12 f+0x1/0x2",
    "INFO: task hung_task:12 blocked for more than 120 seconds.",
    "Showing all locks held in the system",
    "see: possible circular locking dependency detected",
    "INFO: lockdep is turned off.",
  ])("%s opens none", (text) => expect(isHeadline(text)).toBe(false));
});

test("names are unique", () => {
  const names = [...ROWS, ...BY_HAND].map(({ name }) => name);
  expect(names.length).toBe(new Set(names).size);
});

test("the order of tries is that of the table: no example fits an earlier row unless that row says so", () => {
  for (const [i, { name, example }] of ROWS.entries()) {
    const earlier = ROWS.slice(0, i).filter(({ pattern }) => pattern.test(example));
    expect(earlier.map((row) => `${row.name} before ${name}`)).toEqual([]);
  }
});

test("every pattern is anchored at both ends", () => {
  const open = ROWS.filter(
    ({ pattern }) =>
      pattern.flags !== "" ||
      topLevelAlternatives(pattern.source).some((part) => !part.startsWith("^") || !part.endsWith("$")),
  );
  expect(open.map(({ name }) => name)).toEqual([]);
});

function topLevelAlternatives(source: string): string[] {
  const found = [""];
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === "\\") found[found.length - 1] += char + source.charAt(++i);
    else if (char === "[") {
      const end = source.indexOf("]", i + 2);
      found[found.length - 1] += source.slice(i, end + 1);
      i = end;
    } else if (char === "|" && depth === 0) found.push("");
    else {
      if (char === "(") depth++;
      if (char === ")") depth--;
      found[found.length - 1] += char;
    }
  }
  return found;
}

describe("no line is slow", () => {
  const LENGTH = 20_000;
  const PIECES = [
    "/", "/1", " --> ", " ", "1", "a", "A", "a/1 ", "1.1", "Tainted: ", "(", ")", "#1 ", ": ", "-", "0x0", "[a]", "{", "}: ",
    " at:", ", CPU#1: ", ") ", ":1 ", "00000000 ", "?", ".", "_",
  ]; // prettier-ignore
  /** Makes the end fail, where an end can. */
  const ENDS = ["", " \u0001", "\u2028x"];
  /** What takes less of the processor than this, in microseconds, is not worth a second look. */
  const BOUND = 20_000;

  /** The text with the piece repeated before each of its words. */
  function* swollen(example: string, piece: string): Generator<string> {
    const repeated = piece.repeat(LENGTH / piece.length);
    const cuts = new Set([0, ...[...example.matchAll(/\b/g)].map(({ index }) => index), example.length]);
    for (const cut of cuts) yield example.slice(0, cut) + repeated + example.slice(cut);
  }

  /** Whether a line takes long, and ten times as long a one far more than ten times as long. */
  function isSlow(line: string, read: (line: string) => unknown): boolean {
    const before = process.cpuUsage();
    read(line);
    const { user, system } = process.cpuUsage(before);
    if (user + system <= BOUND) return false;
    const tenth = (size: number) => {
      const part = line.slice(0, size);
      return () => read(part);
    };
    return !isLinear(Math.floor(line.length / 10), tenth);
  }

  test.each(ROWS.map((row) => [row.name, row] as const))("%s", (_name, { pattern, example }) => {
    const slow: string[] = [];
    for (const piece of PIECES)
      for (const text of swollen(example, piece))
        for (const end of ENDS) {
          // tokenize() takes blanks off both ends
          const line = (text + end).trim();
          if (isSlow(line, (one) => pattern.test(one)))
            slow.push(`${JSON.stringify(piece)} ${JSON.stringify(end)}`);
        }
    expect(slow).toEqual([]);
  });

  test("what is read by hand", () => {
    const slow: string[] = [];
    for (const { example } of BY_HAND)
      for (const piece of [
        ...PIECES,
        "[inline] ",
        "(A) ",
        "(x) from ",
        "){..}",
        "} -> (a){..",
        ", at: ",
        "RAX: 0 ",
        "[<",
      ])
        for (const text of swollen(example, piece)) {
          // longer ones are not looked at at all
          if (isSlow(text.slice(0, 16_000), (one) => tokenize(one, 1))) slow.push(JSON.stringify(piece));
        }
    expect(slow).toEqual([]);
  });
});
