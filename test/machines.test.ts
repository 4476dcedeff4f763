import { describe, expect, test } from "vitest";
import { printReport } from "../src/render/reports/kernel.ts";
import type { Report } from "../src/report/schema.ts";
import { logLines, triageLines } from "./support/fixtures.ts";

/**
 * Stack dumps that no log shows, in the words of show_stack() and show_regs() of their machines in 7.3; names and
 * numbers are invented. Real ones of each machine, though of most without registers, are in fixtures/.
 */
const TRACES: readonly (readonly [machine: string, dump: string])[] = [
  [
    "arm, through an interrupt",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Hardware name: Generic DT based system
Call trace:
 unwind_backtrace from show_stack+0xb/0xc
 show_stack from dump_stack_lvl+0x2d/0x96
 dump_stack_lvl from print_circular_bug+0x129/0x164
 print_circular_bug from __lock_acquire+0xcb1/0x1e3c
 __lock_acquire from lock_acquire+0xf1/0x2c8
 lock_acquire from __irq_svc+0x50/0x78
Exception stack(0xe0915f10 to 0xe0915f58)
5f00:                                     00000000 00000000 00000000 00000000
5f20: 00000000 00000000 00000000 00000000 00000000 00000000 00000000 e0915f60
5f40: c0101234 c0101238 60000013 ffffffff
 __irq_svc from take_ba+0x30/0x34
 take_ba from ret_from_fork+0x11/0x24`,
  ],
  [
    "arm64",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Hardware name: linux,dummy-virt (DT)
Call trace:
 show_stack+0x20/0x38 (C)
 dump_stack_lvl+0x8c/0xd0
 dump_stack+0x18/0x28
 print_circular_bug+0x1e0/0x260
 lock_acquire+0x114/0x2f0
 take_ba+0x34/0x70 (P)
 ret_from_fork+0x10/0x20`,
  ],
  [
    "loongarch",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Hardware name: QEMU QEMU Virtual Machine, BIOS unknown 2/2/2022
Stack : 0000000000000000 0000000000000000 9000000000e3f1a4 90000001009d8000
        90000001009dbb80 90000001009dbb88 0000000000000000 0000000000000000
        ...
Call Trace:
[<9000000000223d58>] show_stack+0x60/0x180
[<9000000000e3f1a0>] dump_stack_lvl+0x68/0xa0
[<90000000002f1a2c>] print_circular_bug+0x1f4/0x2a8
[<90000000002f4d10>] lock_acquire+0x128/0x340
[<90000000002a8b6c>] take_ba+0x34/0x70`,
  ],
  [
    "mips",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Hardware name: mti,malta
Stack : 0000000000000000 0000000000000000 0000000000000008 dc3a8a2b7b9c2500
        9800000001567b60 0000000000000000 9800000001567b68 ffffffff80a2c4a8
        0000000000000001 9800000001567a08 0000000000000000 0000000000000000
        ...
Call Trace:
[<ffffffff8010a1d8>] show_stack+0x50/0x178
[<ffffffff8081d2b0>] dump_stack_lvl+0xa8/0xf8
[<ffffffff801a2c34>] print_circular_bug+0x1dc/0x268
[<ffffffff801a5f78>] lock_acquire+0x138/0x3c8
[<ffffffff8018b6a4>] __mutex_lock+0x2ac/0x900
[<ffffffff8055d0cc>] take_ba+0x34/0x70
[<ffffffff80104b0c>] ret_from_kernel_thread+0x14/0x1c`,
  ],
  [
    "arm up to 6.x, without a heading",
    `CPU: 1 PID: 38 Comm: splat ba:1 Not tainted 6.1.4 #1
Hardware name: Generic DT based system
 unwind_backtrace from show_stack+0x10/0x14
 show_stack from dump_stack_lvl+0x58/0x70
 dump_stack_lvl from print_circular_bug+0x129/0x164
 print_circular_bug from lock_acquire+0xf1/0x2c8
 lock_acquire from take_ba+0x30/0x34
 take_ba from ret_from_fork+0x14/0x2c`,
  ],
  [
    "powerpc",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Hardware name: IBM pSeries (emulated by qemu) POWER9 (architected) 0x4e1202 0xf000005 of:SLOF,HEAD pSeries
Call Trace:
[c000000003a3f9a0] [c000000000e5f4a8] dump_stack_lvl+0xa8/0x100 (unreliable)
[c000000003a3f9d0] [c0000000001928c4] print_circular_bug+0x304/0x3e0
[c000000003a3fa70] [c000000000193fd0] __lock_acquire+0x1d70/0x2d40
[c000000003a3fb10] [c0000000001951a0] lock_acquire+0x110/0x3e0
[c000000003a3fbb0] [c00000000074c0ac] take_ba+0x4c/0x90
[c000000003a3fe10] [c00000000000d1a4] system_call_vectored_common+0x124/0x2ec
---- interrupt: 3000 at 0x7fff9a4b1c84
NIP:  00007fff9a4b1c84 LR: 00007fff9a4b1c84 CTR: 0000000000000000
REGS: c000000003a3fe80 TRAP: 3000   Not tainted  (7.3.4)
MSR:  800000000280f033 <SF,VEC,VSX,EE,PR,FP,ME,IR,DR,RI,LE>  CR: 44002408  XER: 00000000
IRQMASK: 0
GPR00: 0000000000000004 00007fffc8b7f3d0 00007fff9a5b7d00 0000000000000003
GPR04: 00000001200404e0 0000000000000005 0000000000000077 0000000000000000
NIP [00007fff9a4b1c84] 0x7fff9a4b1c84
LR [00007fff9a4b1c84] 0x7fff9a4b1c84
---- interrupt: 3000`,
  ],
  [
    "powerpc up to 5.10, through an interrupt",
    `CPU: 1 PID: 38 Comm: splat ba:1 Not tainted 5.4.2 #1
Call Trace:
[c000000003a3f9a0] [c000000000e5f4a8] dump_stack+0xa8/0x100 (unreliable)
[c000000003a3f9d0] [c0000000001928c4] print_circular_bug+0x304/0x3e0
[c000000003a3fb10] [c0000000001951a0] lock_acquire+0x110/0x3e0
[c000000003a3fbb0] [c00000000074c0ac] take_ba+0x4c/0x90
[c000000003a3fc10] [c0000000000091dc] program_check_common+0x26c/0x270
--- interrupt: 700 at job_thread+0x1b0/0x1d0
    LR = job_thread+0x20/0x1d0
[c000000003a3fe10] [c00000000000d1a4] ret_from_kernel_thread+0x124/0x2ec`,
  ],
  [
    "arc",
    `CPU: 1 PID: 38 Comm: splat ba:1 Not tainted 5.17.0 #2

Stack Trace:
  arc_unwind_core+0xe8/0x118
  dump_stack_lvl+0x48/0x68
  print_circular_bug+0x225/0x237
  lock_acquire+0x131/0x23c
  take_ba+0x24/0x3e
  ret_from_fork+0x18/0x1c`,
  ],
  [
    "sparc",
    `CPU: 1 UID: 0 PID: 38 Comm: splat ba:1 Not tainted 7.3.4 #1 PREEMPT
Call Trace:
[000000000049a1e8] print_circular_bug+0x268/0x300
[000000000049b2dc] __lock_acquire+0xdfc/0x1c40
[000000000049d1e4] lock_acquire+0xc4/0x2e0
[0000000000751d30] take_ba+0x30/0x80
[0000000000405fa4] ret_from_fork+0x1c/0x2c`,
  ],
];

const WARNINGS: readonly (readonly [machine: string, dump: string])[] = [
  [
    "loongarch",
    `CPU: 0 UID: 0 PID: 38 Comm: init Not tainted 7.3.4 #1 PREEMPT
Hardware name: mti,malta
pc 9000000000e3f1a4 ra 9000000000e3f1a4 tp 90000001009d8000 sp 90000001009dbb80
a0 0000000000000016 a1 0000000000000000 a2 0000000000000000 a3 0000000000000000
t8 0000000000000000 u0 0000000000000000 s9 0000000000000000 s0 0000000000000000
   ra: 9000000000e3f1a4 lock_pin_lock+0x104/0x1c8
  ERA: 9000000000e3f1a4 lock_pin_lock+0x104/0x1c8
 CRMD: 000000b0 (PLV0 -IE -DA +PG DACF=CC DACM=CC -WE)
 PRMD: 00000000 (PPLV0 -PIE -PWE)
 EUEN: 00000000 (-FPE -SXE -ASXE -BTE)
 ECFG: 00071c1d (LIE=0,2-4,10-12 VS=7)
ESTAT: 000c0000 [BRK] (IS= ECode=12 EsubCode=0)
 PRID: 0014c010 (Loongson-64bit, Loongson-3A5000)
Modules linked in:
Process init (pid: 38, threadinfo=000000004e2e1b2b, task=00000000d9a3f1c8)
Stack : 0000000000000000 0000000000000000 0000000000000008 dc3a8a2b7b9c2500
        9800000001567b60 0000000000000000 9800000001567b68 ffffffff80a2c4a8
        ...
Call Trace:
[<ffffffff8019b2a4>] lock_pin_lock+0x104/0x1c8
[<ffffffff8055e0cc>] s_pin+0x2c/0x40
Code: 0c042b4a  24a5c5e8  000c000d <1000ffe4> 00000000`,
  ],
  [
    "mips",
    `CPU: 0 UID: 0 PID: 38 Comm: init Not tainted 7.3.4 #1 PREEMPT
Hardware name: mti,malta
$ 0   : 0000000000000000 0000000000000001 0000000000000016 0000000000000000
$ 4   : ffffffff80a2c4a8 9800000001567a08 0000000000000000 0000000000000000
$24   : 0000000000000000 ffffffff8018b6a4
$28   : 9800000001564000 9800000001567ce0 0000000000000000 ffffffff8019b2a4
Hi    : 0000000000000000
Lo    : 0000000000000000
epc   : ffffffff8019b2a4 lock_pin_lock+0x104/0x1c8
ra    : ffffffff8019b2a4 lock_pin_lock+0x104/0x1c8
Status: 14001ce2	KX SX UX KERNEL EXL
Cause : 10800024 (ExcCode 09)
PrId  : 00019300 (MIPS 24Kc)
Modules linked in:
Process init (pid: 38, threadinfo=000000004e2e1b2b, task=00000000d9a3f1c8, tls=0000000000000000)
*HwTLS: 0000000077e0e490
Stack : 0000000000000000 0000000000000000 0000000000000008 dc3a8a2b7b9c2500
        9800000001567b60 0000000000000000 9800000001567b68 ffffffff80a2c4a8
        ...
Call Trace:
[<ffffffff8019b2a4>] lock_pin_lock+0x104/0x1c8
[<ffffffff8055e0cc>] s_pin+0x2c/0x40
Code: 0c042b4a  24a5c5e8  000c000d <1000ffe4> 00000000`,
  ],
  [
    "powerpc",
    `CPU: 0 UID: 0 PID: 38 Comm: init Not tainted 7.3.4 #1 PREEMPT
Hardware name: mti,malta
NIP:  c000000000192c04 LR: c000000000192c00 CTR: c0000000001a2340
REGS: c000000003a3f8a0 TRAP: 0700   Not tainted  (7.3.4)
MSR:  8000000000021033 <SF,ME,IR,DR,RI,LE>  CR: 28000222  XER: 00000000
CFAR: c00000000011f3a8 IRQMASK: 1
GPR00: c000000000192c00 c000000003a3fb40 c000000001368100 0000000000000016
NIP [c000000000192c04] lock_pin_lock+0xe4/0x1f0
LR [c000000000192c00] lock_pin_lock+0xe0/0x1f0
Call Trace:
[c000000003a3fb40] [c000000000192c00] lock_pin_lock+0xe0/0x1f0 (unreliable)
[c000000003a3fba0] [c00000000074e0ac] s_pin+0x2c/0x40
Code: 60000000 e93e0010 <0fe00000> 4bffffc4`,
  ],
  [
    "powerpc up to 6.1, its code in lines of their own",
    `CPU: 0 PID: 38 Comm: init Not tainted 6.1.4 #1
NIP:  c000000000192c04 LR: c000000000192c00 CTR: c0000000001a2340
REGS: c000000003a3f8a0 TRAP: 0700   Not tainted  (6.1.4)
MSR:  8000000000021033 <SF,ME,IR,DR,RI,LE>  CR: 28000222  XER: 00000000
CFAR: c00000000011f3a8 IRQMASK: 1
GPR00: c000000000192c00 c000000003a3fb40 c000000001368100 0000000000000016
NIP [c000000000192c04] lock_pin_lock+0xe4/0x1f0
LR [c000000000192c00] lock_pin_lock+0xe0/0x1f0
Call Trace:
[c000000003a3fb40] [c000000000192c00] lock_pin_lock+0xe0/0x1f0 (unreliable)
[c000000003a3fba0] [c00000000074e0ac] s_pin+0x2c/0x40
Instruction dump:
419e0034 3d220004 39291730 XXXXXXXX 2f890000 409e0020 3c82ffc6 3c62ffc5
3884be70 386329c0 4bf6ea71 60000000 <0fe00000> 3c62ffc6 3863be90 4801273d`,
  ],
  [
    "sparc",
    `CPU: 0 UID: 0 PID: 38 Comm: init Not tainted 7.3.4 #1 PREEMPT
Hardware name: mti,malta
TSTATE: 0000004411001605 TPC: 00000000004a5b9c TNPC: 00000000004a5ba0 Y: 00000000    Not tainted
TPC: <lock_pin_lock+0x104/0x1c8>
g0: 0000000000000000 g1: 0000000000000001 g2: 0000000000000000 g3: 0000000000000000
o4: 0000000000000000 o5: 0000000000000000 sp: fff000000441b1a1 ret_pc: 00000000004a5b94
RPC: <lock_pin_lock+0xfc/0x1c8>
l0: 0000000000000000 l1: 0000000000000000 l2: 0000000000000000 l3: 0000000000000000
i4: 0000000000000000 i5: 0000000000000000 i6: fff000000441b251 i7: 0000000000751d30
I7: <s_pin+0x30/0x40>
Call Trace:
[0000000000751d30] s_pin+0x30/0x40
[0000000000405fa4] ret_from_fork+0x1c/0x2c`,
  ],
];

/** A report of which all lines have a caller, so that those not understood are counted. */
async function readOne(lines: readonly string[]): Promise<Report> {
  const { reports } = await triageLines(lines.map((line) => `[    5.948268][   T38] ${line}`));
  const [report, ...more] = reports;
  if (report === undefined || more.length > 0) throw new Error(`${reports.length} reports`);
  expect(report).toMatchObject({ complete: true, damage: [], lines: { unparsed: 0 } });
  return report;
}

function withoutBlanks(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "");
}

/** The report of a fixture from its box to the title of its stack dump. */
const CIRCULAR = logLines("circular/abba-7-3")
  .map((line) => line.replace(/^\[[^\]]*\]\[[^\]]*\] ?/, ""))
  .filter((_, i, all) => i >= all.findIndex((line) => line.startsWith("=====")))
  .filter((_, i, all) => i <= all.indexOf("stack backtrace:"));

/** The same, as that machine recorded the stack of its link #0: with the functions that its dump names. */
function circularOf(dump: string): string[] {
  const frames = dump
    .split("\n")
    .filter((line) => !/^(?:[A-Z\d]+|e?pc|ra) *:|^(?:NIP|LR) \[|^--- |^ +LR = /.test(line));
  const places = frames.join("\n").match(/[A-Za-z_]\w*\+0x[0-9a-f]+\/0x[0-9a-f]+/g) ?? [];
  const named = [...new Set(places)];
  const recorded = named.slice(named.findIndex((place) => /^(?:_*lock_acquire|take_ba)\+/.test(place)));
  const link = CIRCULAR.findIndex((line) => line.startsWith("-> #0 "));
  const end = CIRCULAR.indexOf("", link);
  return [
    ...CIRCULAR.slice(0, link + 1),
    ...recorded.map((place) => `       ${place}`),
    ...CIRCULAR.slice(end),
  ];
}

const WARNING = [
  "------------[ cut here ]------------",
  "pinning an unheld lock",
  "WARNING: kernel/locking/lockdep.c:5689 at lock_pin_lock+0x104/0x1c8, CPU#0: init/38",
];
const WARNING_END = [
  "irq event stamp: 155",
  "hardirqs last  enabled at (155): [<ffffffff80101234>] f+0x1/0x2",
  "hardirqs last disabled at (154): [<ffffffff80101234>] f+0x1/0x2",
  "softirqs last  enabled at (0): [<ffffffff80101234>] f+0x1/0x2",
  "softirqs last disabled at (0): [<0000000000000000>] 0x0",
  "---[ end trace 0000000000000000 ]---",
];

describe("a circular report of", () => {
  test.each(TRACES)("%s is the one of x86, and comes back line by line", async (_, dump) => {
    const lines = [...circularOf(dump), ...dump.split("\n")];
    const report = await readOne(lines);
    expect(report).toMatchObject({ id: "6bb8ce7d879a", title: "possible deadlock in take_ba" });
    expect(report.backtrace.map(({ symbol }) => symbol)).toContain("take_ba");
    expect(withoutBlanks(printReport(report).split("\n"))).toEqual(withoutBlanks(lines));
  });
});

describe("a warning of", () => {
  test.each(WARNINGS)("%s is the one of x86, and comes back line by line", async (_, dump) => {
    const lines = [...WARNING, ...dump.split("\n"), ...WARNING_END];
    const report = await readOne(lines);
    expect(report).toMatchObject({ id: "05722cd55125", title: "WARNING: locking bug in lock_pin_lock" });
    expect(report.dumps[0]?.registers[0]?.at).toMatch(/^lock_pin_lock\+0x/);
    expect(withoutBlanks(printReport(report).split("\n"))).toEqual(withoutBlanks(lines));
  });

  test("powerpc up to 6.1 has its code in one, over as many lines as there are", async () => {
    const [, dump = ""] = WARNINGS.find(([machine]) => machine.startsWith("powerpc up to")) ?? [];
    const report = await readOne([...WARNING, ...dump.split("\n"), ...WARNING_END]);
    expect(report.dumps[0]?.registers.at(-1)?.code).toMatch(
      /^419e0034 (?:[0-9a-fX]{8} ){11}<0fe00000>(?: [0-9a-f]{8}){3}$/,
    );
  });
});
