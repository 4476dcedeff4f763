import { describe, expect, test } from "vitest";
import { printReport } from "../src/render/reports/kernel.ts";
import type { Report } from "../src/report/schema.ts";
import { renderMail } from "../src/render/reports/mail.ts";
import { triageBytes, triageLines } from "./support/fixtures.ts";

/**
 * Reports in the structure of each era that ../shared/catalogue/formats.md tells of. The texts are invented for
 * these tests, names and numbers included: no kernel ever printed them. Real logs are in fixtures/ and, of
 * older kernels, in syzkaller's inputs.
 */

async function readOne(text: string, prefix = "[    1.000000][    T9] "): Promise<Report> {
  const lines = text.replace(/^\n/, "").split("\n");
  const { reports } = await triageBytes(Buffer.from(lines.map((line) => `${prefix}${line}\n`).join("")));
  const [report, ...more] = reports;
  if (report === undefined || more.length > 0) throw new Error(`${reports.length} reports`);
  // the lines have a caller, so that those not understood are counted
  expect(report.lines.unparsed).toBe(0);
  return report;
}

/** Without blanks at the end, and empty lines. */
const printedLines = (text: string): string[] =>
  text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trimEnd()]));

const edgesOf = ({ edges }: Report): string[] => edges.map(({ from, to }) => `${from} → ${to}`);
const stacksOf = ({ edges }: Report): string[][] =>
  edges.map(({ stack }) => stack.map(({ symbol }) => symbol));

describe("2.6.18", () => {
  // no kernel line, no scenario, usage by the old characters, lower-case states
  const text = `
=======================================================
[ INFO: possible circular locking dependency detected ]
-------------------------------------------------------
tool/77 is trying to acquire lock:
 (&a->lock){--..}, at: [<c0401000>] take_a+0x10/0x30

but task is already holding lock:
 (&b->lock){--..}, at: [<c0402000>] take_b+0x10/0x30

which lock already depends on the new lock.


the existing dependency chain (in reverse order) is:

-> #1 (&b->lock){--..}:
       [<c0403000>] lock_acquire+0x1/0x20
       [<c0402100>] take_ab+0x11/0x30

-> #0 (&a->lock){--..}:
       [<c0403000>] lock_acquire+0x1/0x20
       [<c0401000>] take_a+0x10/0x30

other info that might help us debug this:

1 lock held by tool/77:
 #0:  (&b->lock){--..}, at: [<c0402000>] take_b+0x10/0x30

stack backtrace:
 [<c0105000>] show_trace+0x1/0x20
 [<c0401000>] take_a+0x10/0x30`;

  test("circular", async () => {
    const report = await readOne(text);
    expect(report).toMatchObject({
      kind: "circular",
      tag: "INFO",
      kernel: null,
      task: { comm: "tool", pid: 77 },
      lock: { class: "&a->lock", usage: "--..", wait: null, address: null },
      holding: { class: "&b->lock", at: { symbol: "take_b", address: "c0402000" } },
      cycle: ["&a->lock", "&b->lock"],
      held: [{ count: 1, locks: [{ class: "&b->lock" }] }],
    });
    expect(report.lock?.at).toMatchObject({ symbol: "take_a", offset: 16, size: 48, address: "c0401000" });
    expect(edgesOf(report)).toEqual(["&a->lock → &b->lock", "&b->lock → &a->lock"]);
    expect(stacksOf(report)).toEqual([
      ["lock_acquire", "take_ab"],
      ["lock_acquire", "take_a"],
    ]);
  });

  test("hard-safe -> hard-unsafe, with both blocks of dependencies", async () => {
    const report = await readOne(`
======================================================
[ INFO: hard-safe -> hard-unsafe lock order detected ]
------------------------------------------------------
tool/77 [HC0[0]:SC0[0]:HE0:SE1] is trying to acquire:
 (&b->lock){--..}, at: [<c0402000>] take_b+0x10/0x30

and this task is already holding:
 (&a->lock){+...}, at: [<c0401000>] take_a+0x10/0x30
which would create a new lock dependency:
 (&a->lock){+...} -> (&b->lock){--..}

but this new dependency connects a hard-irq-safe lock:
 (&a->lock){+...}
... which became hard-irq-safe at:
  [<c0403000>] lock_acquire+0x1/0x20
  [<c0401100>] handler+0x1/0x20

to a hard-irq-unsafe lock:
 (&b->lock){--..}
... which became hard-irq-unsafe at:
...  [<c0403000>] lock_acquire+0x1/0x20
  [<c0402000>] take_b+0x10/0x30

other info that might help us debug this:

1 lock held by tool/77:
 #0:  (&a->lock){+...}, at: [<c0401000>] take_a+0x10/0x30

the hard-irq-safe lock's dependencies:
-> (&a->lock){+...} ops: 3 {
   initial-use  at:
                       [<c0401000>] take_a+0x10/0x30
   in-hardirq-W at:
                       [<c0401100>] handler+0x1/0x20
 }
 ... key      at: [<c0501000>] __key.1+0x0/0x8

the hard-irq-unsafe lock's dependencies:
-> (&b->lock){--..} ops: 2 {
   hardirq-on-W at:
                       [<c0402000>] take_b+0x10/0x30
 }
 ... key      at: [<c0501010>] __key.2+0x0/0x8

stack backtrace:
 [<c0105000>] show_trace+0x1/0x20`);
    expect(report).toMatchObject({
      kind: "irq-order",
      task: { irq: { hardirqsEnabled: false, softirqsEnabled: true } },
      newDependency: { from: { class: "&a->lock" }, to: { class: "&b->lock" } },
      safe: { state: "hard", lock: { class: "&a->lock", usage: "+..." } },
      unsafe: { state: "hard", lock: { class: "&b->lock" } },
      cycle: ["&a->lock", "&b->lock"],
    });
    expect(report.safe?.stack.map(({ symbol }) => symbol)).toEqual(["lock_acquire", "handler"]);
    expect(report.unsafe?.stack.map(({ symbol }) => symbol)).toEqual(["lock_acquire", "take_b"]);
    const dumps = report.dependencies?.flatMap(({ classes }) => classes) ?? [];
    expect(dumps.map(({ lock, ops }) => [lock.class, ops])).toEqual([
      ["&a->lock", 3],
      ["&b->lock", 2],
    ]);
    expect(dumps[0]?.usages.map(({ state }) => state)).toEqual(["initial-use", "in-hardirq-W"]);
    expect(dumps[0]?.key).toMatchObject({ symbol: "__key.1", address: "c0501000" });
  });
});

test("2.6.28: the kernel without a taint, the first frame behind the class", async () => {
  const report = await readOne(`
=======================================================
[ INFO: possible circular locking dependency detected ]
2.6.28-rc6-00007-g9d34706 #26
-------------------------------------------------------
tool/77 is trying to acquire lock:
 (&a->lock){--..}, at: [<c0401000>] take_a+0x10/0x30

but task is already holding lock:
 (&b->lock){--..}, at: [<c0402000>] take_b+0x10/0x30

which lock already depends on the new lock.

the existing dependency chain (in reverse order) is:

-> #1 (&b->lock){--..}: [<c0403000>] lock_acquire+0x1/0x20
       [<c0402100>] take_ab+0x11/0x30

-> #0 (&a->lock){--..}: [<c0403000>] lock_acquire+0x1/0x20
       [<c0401000>] take_a+0x10/0x30

other info that might help us debug this:

1 lock held by tool/77:
 #0:  (&b->lock){--..}, at: [<c0402000>] take_b+0x10/0x30

stack backtrace:
Pid: 77, comm: tool Not tainted 2.6.28-rc6-00007-g9d34706 #26
Call Trace:
 [<c0105000>] show_trace+0x1/0x20
 [<c0403100>] print_circular_bug_tail+0x21/0x40
 [<c0403000>] lock_acquire+0x1/0x20
 [<c0401000>] ? take_a+0x10/0x30`);
  expect(report).toMatchObject({
    kernel: { release: "2.6.28-rc6-00007-g9d34706", build: "#26", taint: null },
    complete: true,
    dumps: [{ task: { comm: "tool", pid: 77 }, cpu: null }],
    backtrace: [
      { symbol: "show_trace" },
      { symbol: "print_circular_bug_tail" },
      { symbol: "lock_acquire" },
      { symbol: "take_a", uncertain: true },
    ],
  });
  expect(stacksOf(report)).toEqual([
    ["lock_acquire", "take_ab"],
    ["lock_acquire", "take_a"],
  ]);
});

test("3.10: RECLAIM_FS, six usage characters, the scenario", async () => {
  const report = await readOne(`
=================================
[ INFO: inconsistent lock state ]
3.10.1 #1 Not tainted
---------------------------------
inconsistent {RECLAIM_FS-ON-W} -> {IN-RECLAIM_FS-W} usage.
kswapd0/30 [HC0[0]:SC0[0]:HE1:SE1] takes:
 (&fs->tree){+.+.?.}, at: [<ffffffff81200000>] evict_node+0x20/0x40
{RECLAIM_FS-ON-W} state was registered at:
  [<ffffffff810a0000>] mark_held_locks+0x1/0x20
  [<ffffffff81200100>] grow_tree+0x20/0x40
irq event stamp: 12
hardirqs last  enabled at (11): [<ffffffff81600000>] _raw_spin_unlock_irq+0x1/0x20
hardirqs last disabled at (10): [<ffffffff81600100>] _raw_spin_lock_irq+0x1/0x20
softirqs last  enabled at (0): [<ffffffff81040000>] copy_process+0x1/0x20
softirqs last disabled at (0): [<          (null)>]           (null)

other info that might help us debug this:
 Possible unsafe locking scenario:

       CPU0
       ----
  lock(&fs->tree);
  <Interrupt>
    lock(&fs->tree);

 *** DEADLOCK ***

no locks held by kswapd0/30.

stack backtrace:
CPU: 1 PID: 30 Comm: kswapd0 Not tainted 3.10.1 #1
Hardware name: Invented Inc. Board/1, BIOS 1.0
 ffff88003a1b2c3d ffff88003a1b2c40 ffffffff81600200 ffff88003a1b2c90
 ffffffff81600300 0000000000000000
Call Trace:
 [<ffffffff81600400>] dump_stack+0x1/0x20
 [<ffffffff81600500>] print_usage_bug+0x1/0x20
 [<ffffffff81600600>] lock_acquire+0x1/0x20
 [<ffffffff81200000>] evict_node+0x20/0x40`);
  expect(report).toMatchObject({
    kind: "inconsistent",
    usage: { from: "RECLAIM_FS-ON-W", to: "IN-RECLAIM_FS-W" },
    task: { comm: "kswapd0", pid: 30, irq: { hardirqsEnabled: true } },
    lock: { class: "&fs->tree", usage: "+.+.?." },
    registered: { state: "RECLAIM_FS-ON-W", stack: [{ symbol: "mark_held_locks" }, { symbol: "grow_tree" }] },
    irqEvents: { stamp: 12, hardirqsEnabled: { event: 11 }, softirqsEnabled: { event: 0 } },
    held: [{ count: 0, locks: [] }],
    complete: true,
  });
  expect(report.dumps[0]?.words.length).toBe(2);
  expect(report.scenario.map(({ operation }) => operation)).toEqual(["lock", "interrupt", "lock"]);
});

test("4.4: a RECLAIM_FS-safe order, stack words, [<address>] frames, interrupt stacks glued to a frame", async () => {
  const report = await readOne(`
======================================================
[ INFO: RECLAIM_FS-safe -> RECLAIM_FS-unsafe lock order detected ]
4.4.0 #2 Tainted: G        W
------------------------------------------------------
tool/77 [HC0[0]:SC0[0]:HE1:SE1] is trying to acquire:
 (&b->lock){+.+.+.}, at: [<ffffffff81402000>] take_b+0x10/0x30

and this task is already holding:
 (&a->lock){+.+.-.}, at: [<ffffffff81401000>] take_a+0x10/0x30
which would create a new lock dependency:
 (&a->lock){+.+.-.} -> (&b->lock){+.+.+.}

but this new dependency connects a RECLAIM_FS-irq-safe lock:
 (&a->lock){+.+.-.}
... which became RECLAIM_FS-irq-safe at:
  [<ffffffff81403000>] lock_acquire+0x1/0x20

to a RECLAIM_FS-irq-unsafe lock:
 (&b->lock){+.+.+.}
... which became RECLAIM_FS-irq-unsafe at:
...  [<ffffffff81403100>] mark_held_locks+0x1/0x20

other info that might help us debug this:

 Possible interrupt unsafe locking scenario:

       CPU0                    CPU1
       ----                    ----
  lock(&b->lock);
                               local_irq_disable();
                               lock(&a->lock);
                               lock(&b->lock);
  <Interrupt>
    lock(&a->lock);

 *** DEADLOCK ***

1 lock held by tool/77:
 #0:  (&a->lock){+.+.-.}, at: [<ffffffff81401000>] take_a+0x10/0x30

stack backtrace:
CPU: 0 PID: 77 Comm: tool Tainted: G        W       4.4.0 #2
 0000000000000000 ffff8801bd87f948 ffffffff81d90469 ffffffff849ae8b8
Call Trace:
 <IRQ>  [<ffffffff81d90469>] dump_stack+0xc1/0x128
 [<ffffffff81401000>] take_a+0x10/0x30
 <EOI>  [<ffffffff81404000>] entry+0x1/0x20`);
  expect(report).toMatchObject({
    kind: "irq-order",
    headline: "RECLAIM_FS-safe -> RECLAIM_FS-unsafe lock order detected",
    kernel: { release: "4.4.0", taint: "G W" },
    safe: { state: "RECLAIM_FS" },
    unsafe: { state: "RECLAIM_FS", stack: [{ symbol: "mark_held_locks" }] },
  });
  expect(edgesOf(report)).toEqual(["&a->lock → &b->lock", "&b->lock → &a->lock"]);
  expect(report.edges[1]).toMatchObject({ by: "interrupt", closes: true });
  expect(report.backtrace.map(({ symbol, context }) => [symbol, context])).toEqual([
    ["dump_stack", "IRQ"],
    ["take_a", "IRQ"],
    ["entry", "EOI"],
  ]);
  expect(report.scenario.map(({ cpu, operation }) => [cpu, operation])).toEqual([
    [0, "lock"],
    [1, "local_irq_disable"],
    [1, "lock"],
    [1, "lock"],
    [0, "interrupt"],
    [0, "lock"],
  ]);
});

test("4.9-rc: every piece of a lock on a line of its own", async () => {
  const report = await readOne(
    `
=============================================
[ INFO: possible recursive locking detected ]
4.9.0-rc4+ #1 Not tainted
---------------------------------------------
tool/77 is trying to acquire lock:
 (
&v->mutex
){+.+.+.}
, at: 
[<ffffffff81055862>] load_v+0x22/0x70
but task is already holding lock:
 (
&v->mutex
){+.+.+.}
, at: 
[<ffffffff81055862>] load_v+0x22/0x70
other info that might help us debug this:
 Possible unsafe locking scenario:
       CPU0
       ----
  lock(
&v->mutex
);
  lock(
&v->mutex
);
 *** DEADLOCK ***
 May be due to missing lock nesting notation
1 lock held by tool/77:
 #0: 
 (
&v->mutex
){+.+.+.}
, at: 
[<ffffffff81055862>] load_v+0x22/0x70
stack backtrace:
CPU: 0 PID: 77 Comm: tool Not tainted 4.9.0-rc4+ #1
Call Trace:
 [<ffffffff81d90469>] dump_stack+0xc1/0x128
 [<ffffffff81403200>] __lock_acquire+0x12/0x400
 [<ffffffff81403000>] lock_acquire+0x1/0x20
 [<ffffffff81055862>] load_v+0x22/0x70`,
  );
  const lock = { class: "&v->mutex", usage: "+.+.+.", at: { symbol: "load_v", address: "ffffffff81055862" } };
  expect(report).toMatchObject({
    kind: "recursive",
    lock,
    holding: lock,
    held: [{ count: 1, locks: [lock] }],
    scenario: [{ class: "&v->mutex" }, { class: "&v->mutex" }],
    complete: true,
    damage: [],
  });
});

/** From v4.12 on the headline has no brackets; what a lock line holds is what the eras differ in. */
function recursive(release: string, usage: string, lockText: (site: string) => string): string {
  return `
============================================
WARNING: possible recursive locking detected
${release} #3 Not tainted
--------------------------------------------
x y/9 is trying to acquire lock:
${lockText("take_two+0x30/0x60")}

but task is already holding lock:
${lockText("take_two+0x20/0x60")}

other info that might help us debug this:
 Possible unsafe locking scenario:

       CPU0
       ----
  lock(&d->lock${usage});
  lock(&d->lock${usage});

 *** DEADLOCK ***

 May be due to missing lock nesting notation

1 lock held by x y/9:
 #0: ${lockText("take_two+0x20/0x60")}

stack backtrace:
CPU: 0 PID: 9 Comm: x y Not tainted ${release} #3
Call Trace:
 dump_stack+0x1/0x20
 __lock_acquire+0x12/0x400
 lock_acquire+0x1/0x20
 take_two+0x30/0x60`;
}

describe("lock lines", () => {
  test.each([
    [
      "4.13.0",
      " (&d->lock){+.+.+.}, at: [<ffffffff8232bf0e>] ",
      { usage: "+.+.+.", address: null, wait: null },
      "ffffffff8232bf0e",
    ],
    [
      "4.14.0",
      " (&d->lock){+.+.}, at: [<ffffffff8232bf0e>] ",
      { usage: "+.+.", address: null, wait: null },
      "ffffffff8232bf0e",
    ],
    [
      "4.15.0",
      " (&d->lock){+.+.}, at: [<000000001c8cd30e>] ",
      { usage: "+.+.", address: null, wait: null },
      "000000001c8cd30e",
    ],
    ["4.17.0", "000000003ded2b74 (&d->lock){+.+.}, at: ", { address: "000000003ded2b74", wait: null }, null],
    ["4.17.0", "(____ptrval____) (&d->lock){+.+.}, at: ", { address: "(____ptrval____)", wait: null }, null],
    ["5.4.0", "ffff8882160cc628 (&d->lock){+.+.}, at: ", { address: "ffff8882160cc628", wait: null }, null],
    ["5.7.0", "ffff8882160cc628 (&d->lock){+.+.}-{3:3}, at: ", { wait: { outer: 3, inner: 3 } }, null],
    [
      "6.12.0",
      "ffff8882160cc628 (&d->lock#2){+.+.}-{4:4}, at: ",
      { version: 2, wait: { outer: 4, inner: 4 } },
      null,
    ],
    ["6.13.0", "ffff8882160cc628 (&d->lock#55/1){+.+.}-{4:4}, at: ", { version: 55, subclass: 1 }, null],
  ])("%s: %s", async (release, text, lock, site) => {
    const suffix = /#\d+(?:\/\d)?/.exec(text)?.[0] ?? "";
    const report = await readOne(recursive(release, suffix, (at) => `${text}${at}`));
    expect(report).toMatchObject({
      kind: "recursive",
      tag: "WARNING",
      task: { comm: "x y", pid: 9 },
      lock: { class: "&d->lock", ...lock, at: { symbol: "take_two", offset: 0x30, address: site } },
      holding: { class: "&d->lock", ...lock, at: { offset: 0x20 } },
      held: [{ locks: [{ class: "&d->lock", ...lock }] }],
      scenario: [{ class: "&d->lock" }, { class: "&d->lock" }],
      complete: true,
      damage: [],
    });
  });

  test("all eras name one bug", async () => {
    const old = await readOne(
      recursive("4.13.0", "", (at) => ` (&d->lock){+.+.+.}, at: [<ffffffff8232bf0e>] ${at}`),
    );
    const young = await readOne(
      recursive("6.13.0", "", (at) => `ffff8882160cc628 (&d->lock){+.+.}-{4:4}, at: ${at}`),
    );
    expect(young.id).toBe(old.id);
    expect(young.title).toBe(old.title);
  });

  test("32-bit arm prints blanks before the symbol", async () => {
    const report = await readOne(
      recursive("4.9.0", "", (at) => ` (&d->lock){+.+.+.}, at: [<c0401000>]    ${at}`),
    );
    expect(report.lock?.at).toMatchObject({ symbol: "take_two", address: "c0401000" });
  });
});

test("4.14: a cross-release scenario with unlock()", async () => {
  const report = await readOne(`
======================================================
WARNING: possible circular locking dependency detected
4.14.0-rc2 #1 Not tainted
------------------------------------------------------
x/9 is trying to acquire lock:
 (&a->lock){+.+.}, at: [<ffffffff81402000>] take_a+0x10/0x30

but now in release context of a crosslock acquired at the following:
 ((complete)&w->done){+.+.}, at: [<ffffffff81402100>] wait_for+0x10/0x30

which lock already depends on the new lock.


the existing dependency chain (in reverse order) is:

-> #1 ((complete)&w->done){+.+.}:
       wait_for+0x10/0x30

-> #0 (&a->lock){+.+.}:
       take_a+0x10/0x30

other info that might help us debug this:

 Possible unsafe locking scenario by crosslock:

       CPU0                    CPU1
       ----                    ----
  lock(&a->lock);
  lock((complete)&w->done);
                               lock(&a->lock);
                               unlock((complete)&w->done);

 *** DEADLOCK ***
`);
  expect(report.holding).toMatchObject({ class: "(complete)&w->done", at: { symbol: "wait_for" } });
  expect(edgesOf(report)).toEqual(["&a->lock → (complete)&w->done", "(complete)&w->done → &a->lock"]);
  // the sort of names: "&" stands before "("
  expect(report.cycle).toEqual(["&a->lock", "(complete)&w->done"]);
  expect(report.scenario.map(({ cpu, operation }) => [cpu, operation])).toEqual([
    [0, "lock"],
    [0, "lock"],
    [1, "lock"],
    [1, "unlock"],
  ]);
});

describe("6.4 and later", () => {
  test("rlock(), sync() and the comparison function", async () => {
    const report = await readOne(
      recursive("6.12.117", "", (at) => `ffff8882160cc628 (&d->lock){++++}-{0:0}, at: ${at}`)
        .replace("\n\nother info", "\nand the lock comparison function returns 0:\n\nother info")
        .replace("  lock(&d->lock);", "  rlock(&d->lock);")
        .replace("  lock(&d->lock);", "  sync(&d->lock);"),
    );
    expect(report.comparison).toBe(0);
    expect(report.scenario.map(({ operation }) => operation)).toEqual(["rlock", "sync"]);
  });

  test("symbolised: a held lock stands once for each inlined frame and counts once", async () => {
    const text = recursive(
      "6.13.0-rc1-syzkaller",
      "",
      (at) => `ffffffff8e53c398 (&d->lock){+.+.}-{4:4}, at: ${at} fs/x.c:11`,
    )
      // of inlined functions without offset, the innermost first
      .replace(
        /^(.*, at: )take_two.*$/gm,
        "$1spin_lock include/linux/spinlock.h:45 [inline]\n$1take_it fs/x.c:7 [inline]\n$&",
      )
      .replace("\n take_two+0x30/0x60", "\n inlined_fn fs/x.c:9 [inline]\n take_two+0x30/0x60 fs/x.c:11");
    const report = await readOne(text);
    expect(report.held).toMatchObject([
      { count: 1, locks: [{ at: { symbol: "take_two", file: "fs/x.c", line: 11 } }] },
    ]);
    expect(report.held[0]?.locks.length).toBe(1);
    for (const lock of [report.lock, report.holding, report.held[0]?.locks[0]])
      expect(lock?.inlined?.map(({ symbol }) => symbol)).toEqual(["spin_lock", "take_it"]);
    expect(printedLines(printReport(report))).toEqual(printedLines(text));
    expect(report.backtrace.map(({ symbol, inline }) => [symbol, inline])).toEqual([
      ["dump_stack", false],
      ["__lock_acquire", false],
      ["lock_acquire", false],
      ["inlined_fn", true],
      ["take_two", false],
    ]);
    expect(report.complete).toBe(true);
  });

  test("symbolised: registers keep the functions that are inlined where they were taken", async () => {
    const lines = [
      "RIP: 0010:native_save_fl arch/x86/include/asm/irqflags.h:29 [inline]",
      "RIP: 0010:acpi_safe_halt drivers/acpi/processor_idle.c:112 [inline]",
      "RIP: 0010:acpi_idle_do_entry+0x1c9/0x240 drivers/acpi/processor_idle.c:554",
    ];
    const text = `${recursive("6.13.0", "", (at) => `ffffffff8e53c398 (&d->lock){+.+.}-{4:4}, at: ${at}`)}
${lines.join("\n")}
Code: 89 de e8 4a 53 00 f8 <9c> 5b 81
RSP: 0018:ffffffff8ba07d38 EFLAGS: 00000293
 acpi_idle_enter+0x369/0x510 drivers/acpi/processor_idle.c:691`;
    const report = await readOne(text);
    const [first, second, place] = lines.map((line) => line.slice("RIP: ".length));
    expect(report.dumps[0]?.registers).toMatchObject([
      { afterFrame: 4, at: place, inlined: [first, second], values: { RIP: place } },
    ]);
    expect(printedLines(printReport(report))).toEqual(printedLines(text));
    // a bug report has no registers
    const mail = renderMail(await triageLines(text.split("\n")));
    expect(mail).toContain("acpi_idle_enter");
    expect(mail).not.toContain("RIP");
  });

  test("symbolised on 32-bit ARM: a line is that of the caller, as the offset is", async () => {
    const before = `
INFO: trying to register non-static key.
The code is fine but needs lockdep annotation, or maybe
you didn't initialize this object before use?
turning off the locking correctness validator.
CPU: 0 PID: 9 Comm: x Not tainted 6.12.0 #1
Hardware name: ARM-Versatile Express`;
    // innermost first, each with the line that it calls the one before from
    const calls = [
      ["unwind_backtrace", ""],
      ["show_stack", "arch/arm/kernel/traps.c:258"],
      ["dump_stack_lvl", "lib/dump_stack.c:107"],
      ["register_lock_class", "kernel/locking/lockdep.c:980"],
      ["__lock_acquire", "kernel/locking/lockdep.c:4934"],
      ["lock_acquire", "kernel/locking/lockdep.c:5668"],
      ["take_it", "fs/x.c:11"],
      ["worker", "fs/x.c:22"],
    ] as const;
    const written = (text: (name: string, caller: string, place: string) => string): string =>
      calls.slice(1).reduce((log, [caller, place], i) => {
        return `${log}\n${text(calls[i]?.[0] ?? "", caller, place)}`;
      }, before);
    const plain = await readOne(written((name, caller) => ` ${name} from ${caller}+0x3/0x40`));
    expect(plain).toMatchObject({ title: "INFO: trying to register non-static key in take_it", damage: [] });
    for (const symbolised of [
      written((name, caller, place) => ` ${name} from ${caller}+0x3/0x40 ${place}`),
      written((name, caller, place) => `[<c01>] (${name}) from [<c02>] (${caller}+0x3/0x40 ${place})`),
      written((name, caller, place) => `${name} from ${caller} (${place}) `),
      written((name, caller, place) => `(${name}) from ${caller} (${place}) `),
    ]) {
      const report = await readOne(symbolised);
      expect(report).toMatchObject({ id: plain.id, title: plain.title, complete: true, damage: [] });
      expect(
        report.backtrace.map(({ symbol, file, line }) => [symbol, file === null ? "" : `${file}:${line}`]),
      ).toEqual(calls);
    }
  });

  test("scripts/decode_stacktrace.sh: lines instead of offsets, blanks gone", async () => {
    const plain = recursive("6.13.0", "", (at) => `ffffffff8e53c398 (&d->lock){+.+.}-{4:4}, at: ${at}`);
    const decoded = plain
      .split("\n")
      .map((line) =>
        line.includes("+0x")
          ? line.trim().replace(/(\w+)\+0x\S+$/, "$1 (lib/inlined.h:3 fs/x.c:11 (discriminator 2)) ")
          : line,
      )
      .join("\n");
    const report = await readOne(decoded);
    expect(report).toMatchObject({
      lock: { class: "&d->lock", at: { symbol: "take_two", file: "fs/x.c", line: 11 } },
      backtrace: [
        { symbol: "dump_stack" },
        { symbol: "__lock_acquire" },
        { symbol: "lock_acquire" },
        { symbol: "take_two", line: 11 },
      ],
      complete: true,
      damage: [],
    });
    const { id, title } = await readOne(plain);
    expect(report).toMatchObject({ id, title });
  });
});

test("5.7: an invalid wait context keeps its brackets", async () => {
  const report = await readOne(`
=============================
[ BUG: Invalid wait context ]
5.9.0 #1 Not tainted
-----------------------------
swapper/0/0 is trying to lock:
ffff888101020304 (&q->lock){....}-{3:3}, at: f+0x1/0x20
other info that might help us debug this:
context-{2:2}
no locks held by swapper/0/0.
stack backtrace:
CPU: 0 PID: 0 Comm: swapper/0 Not tainted 5.9.0 #1
Call Trace:
 <IRQ>
 dump_stack+0x1/0x20
 __lock_acquire+0x12/0x400
 lock_acquire+0x1/0x20
 f+0x1/0x20
 </IRQ>
 <TASK>
 do_idle+0x1/0x20
 </TASK>`);
  expect(report).toMatchObject({
    kind: "wait-context",
    tag: "BUG",
    task: { comm: "swapper/0", pid: 0 },
    context: { outer: 2, inner: 2 },
    lock: { class: "&q->lock", wait: { outer: 3, inner: 3 } },
    complete: true,
  });
  expect(report.backtrace.map(({ symbol, context }) => [symbol, context])).toEqual([
    ["dump_stack", "IRQ"],
    ["__lock_acquire", "IRQ"],
    ["lock_acquire", "IRQ"],
    ["f", "IRQ"],
    ["do_idle", "TASK"],
  ]);
});

describe("before v4.12, in brackets", () => {
  test("bad unlock balance", async () => {
    expect(
      await readOne(`
=====================================
[ BUG: bad unlock balance detected! ]
4.9.65 #1 Not tainted
-------------------------------------
x/9 is trying to release lock (&d->lock) at:
[<ffffffff81402000>] take_two+0x10/0x30
but there are no more locks to release!

other info that might help us debug this:
no locks held by x/9.

stack backtrace:
CPU: 0 PID: 9 Comm: x Not tainted 4.9.65 #1
Call Trace:
 [<ffffffff81d90469>] dump_stack+0xc1/0x128
 [<ffffffff81403000>] print_unlock_imbalance_bug+0x11/0x40
 [<ffffffff81402800>] lock_release+0x1ab/0x370
 [<ffffffff81402000>] take_two+0x10/0x30`),
    ).toMatchObject({
      kind: "unlock-balance",
      tag: "BUG",
      lock: { class: "&d->lock", usage: null, at: { symbol: "take_two", address: "ffffffff81402000" } },
      complete: true,
    });
  });

  test("lock held at task exit time", async () => {
    expect(
      await readOne(`
=====================================
[ BUG: lock held at task exit time! ]
-------------------------------------
x/9 is exiting with locks still held!
1 lock held by x/9:
 #0:  (&d->lock){--..}, at: [<c0402000>] take_two+0x10/0x30

stack backtrace:
Pid: 9, comm: x Not tainted 2.6.30 #1
Call Trace:
 [<c0105000>] show_trace+0x1/0x20
 [<c0403200>] debug_check_no_locks_held+0x11/0x40
 [<c0123400>] do_exit+0x5a1/0x6c0`),
    ).toMatchObject({
      kind: "held-exit",
      task: { comm: "x", pid: 9 },
      held: [{ locks: [{ class: "&d->lock" }] }],
      complete: true,
    });
  });

  test("suspicious RCU usage, with locks not known", async () => {
    expect(
      await readOne(`
===============================
[ INFO: suspicious RCU usage. ]
3.10.37+ #1 Not tainted
-------------------------------
fs/x.c:11 suspicious rcu_dereference_check() usage!

other info that might help us debug this:


rcu_scheduler_active = 1, debug_locks = 0
INFO: lockdep is turned off.

stack backtrace:
CPU: 0 PID: 9 Comm: x Not tainted 3.10.37+ #1
Call Trace:
 [<ffffffff81d90469>] dump_stack+0xc1/0x128
 [<ffffffff81402000>] take_two+0x10/0x30`),
    ).toMatchObject({
      kind: "rcu",
      rcu: { file: "fs/x.c", line: 11, message: "suspicious rcu_dereference_check() usage", debugLocks: 0 },
      lockdepOff: true,
      complete: true,
    });
  });
});

describe("a warning of lockdep's whose place a symboliser wrote out", () => {
  const places = [
    ["hlock_class kernel/locking/lockdep.c:238 [inline]"],
    ["__lock_acquire+0x39e/0x2cf0 kernel/locking/lockdep.c:5187"],
  ];
  const tail = `Modules linked in:
CPU: 1 UID: 0 PID: 77 Comm: tool Not tainted 6.16.0 #1 PREEMPT(full)
RIP: 0010:__lock_acquire+0x39e/0x2cf0 kernel/locking/lockdep.c:5187
Call Trace:
 <TASK>
 lock_acquire+0x1/0x20 kernel/locking/lockdep.c:5871
 take_a+0x10/0x30 drivers/a.c:12
 </TASK>`;

  test.each([
    ["up to 6.12", (place: string) => `WARNING: CPU: 1 PID: 77 at kernel/locking/lockdep.c:238 ${place}`],
    ["in 7.2", (place: string) => `WARNING: kernel/locking/lockdep.c:238 at ${place}, CPU#1: tool/77`],
  ])("%s: one report, of the function that was not inlined", async (_, form) => {
    const head = [
      "------------[ cut here ]------------",
      "DEBUG_LOCKS_WARN_ON(1)",
      ...places.flat().map(form),
    ];
    const report = await readOne([...head, tail].join("\n"));
    expect(report).toMatchObject({
      kind: "internal",
      complete: true,
      lines: { unparsed: 0 },
      warning: { message: "DEBUG_LOCKS_WARN_ON(1)", line: 238, at: { symbol: "__lock_acquire", line: 5187 } },
    });
  });
});

test("5.10: an rtmutex deadlock, its owners on lines of their own, the stack of the task that reports", async () => {
  const text = `
============================================
WARNING: circular locking deadlock detected!
Not tainted
--------------------------------------------
splat ba:1/43 is deadlocking current task splat ab:0/42


1) splat ab:0/42 is trying to acquire this lock:
 [00000000c21b9d3e] {rt_b}
.. ->owner: 00000000a3c1b5d7
.. held by:
      splat ba:1:   43 [00000000a3c1b5d6, 120]


2) splat ba:1/43 is blocked on this lock:
 [000000004f1a6b2c] {rt_a}
.. ->owner: 00000000e1b2c3d5
.. held by:
      splat ab:0:   42 [00000000e1b2c3d4, 120]

INFO: lockdep is turned off.
INFO: lockdep is turned off.

splat ba:1/43's [blocked] stackdump:

Call Trace:
 __schedule+0x2a1/0x6d0
 schedule+0x46/0xb0
 __rt_mutex_slowlock+0x43/0x130
 rt_mutex_slowlock+0xaf/0x1f0
 take_rt_ba+0x30/0x3e
 kthread+0x114/0x130
 ret_from_fork+0x22/0x30

splat ab:0/42's [current] stackdump:

CPU: 0 PID: 42 Comm: splat ab:0 Not tainted 5.10.223 #1
Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2 04/01/2014
Call Trace:
 dump_stack+0x8b/0xb0
 debug_rt_mutex_print_deadlock+0x1a1/0x1d0
 rt_mutex_slowlock+0x11c/0x1f0
 take_rt_ab+0x30/0x3e
 kthread+0x114/0x130
 ret_from_fork+0x22/0x30
INFO: lockdep is turned off.
[ turning off deadlock detection.Please report this trace. ]`;
  const report = await readOne(text);
  expect(report).toMatchObject({
    kind: "rtmutex-deadlock",
    complete: true,
    task: { comm: "splat ab:0", pid: 42 },
    lockdepOff: true,
    rtmutex: {
      blocked: { comm: "splat ba:1", pid: 43 },
      locks: [
        { name: "rt_b", owner: { comm: "splat ba:1", pid: 43 } },
        { name: "rt_a", owner: { comm: "splat ab:0", pid: 42 } },
      ],
    },
  });
  // the first stack is the blocked task's
  expect(report.backtrace.map(({ symbol }) => symbol)).toContain("take_rt_ab");
  expect(report.title).toBe("WARNING: circular locking deadlock detected!");
  expect(printedLines(printReport(report))).toEqual(printedLines(text));
});
