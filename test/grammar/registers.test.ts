import { describe, expect, test } from "vitest";
import { FORMS, parseRegisters, placeIn } from "../../grammar/registers.ts";
import { tokenize } from "../../grammar/tokenize.ts";

describe("registers", () => {
  test.each([
    // x86, show_regs() of process_64.c
    ["RIP: 0033:0x4319f0", { RIP: "0033:0x4319f0" }],
    ["RIP: 0010:check_flags+0xf6/0x14f", { RIP: "0010:check_flags+0xf6/0x14f" }],
    ["RIP: 0010:fn+0x1/0x2 fs/x.c:11", { RIP: "0010:fn+0x1/0x2 fs/x.c:11" }],
    [
      "RSP: 002b:00007ffd59d130a8 EFLAGS: 00000202 ORIG_RAX: 0000000000000001",
      { RSP: "002b:00007ffd59d130a8", EFLAGS: "00000202", ORIG_RAX: "0000000000000001" },
    ],
    [
      "RAX: ffffffffffffffda RBX: 00007ffd59d130c0 RCX: 00000000004319f0",
      { RAX: "ffffffffffffffda", RBX: "00007ffd59d130c0", RCX: "00000000004319f0" },
    ],
    [
      "R10: 0000000000000000 R11: 0000000000000202 R12: 00007ffd59d14398",
      { R10: "0000000000000000", R11: "0000000000000202", R12: "00007ffd59d14398" },
    ],
    [
      "FS:  0000000000000000(0000) GS:ffff88803ec00000(0000) knlGS:0000000000000000",
      { FS: "0000000000000000(0000)", GS: "ffff88803ec00000(0000)", knlGS: "0000000000000000" },
    ],
    [
      "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033",
      { CS: "0010", DS: "0000", ES: "0000", CR0: "0000000080050033" },
    ],
    ["EIP: fn+0x1/0x2", { EIP: "fn+0x1/0x2" }],
    ["EAX: c1a2b3c4 EBX: 00000000", { EAX: "c1a2b3c4", EBX: "00000000" }],
    // arm64
    [
      "pstate: 60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)",
      { pstate: "60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)" },
    ],
    ["pc : lockdep_init_map_type+0x1d4/0x260", { pc: "lockdep_init_map_type+0x1d4/0x260" }],
    ["lr : fn+0x1/0x2 [mod]", { lr: "fn+0x1/0x2 [mod]" }],
    ["sp : ffff80008000bb00", { sp: "ffff80008000bb00" }],
    [
      "x29: ffff80008000bb00 x28: fff00000c0a40000 x27: 0000000000000000",
      { x29: "ffff80008000bb00", x28: "fff00000c0a40000", x27: "0000000000000000" },
    ],
    ["x2 : 0000000000000000 x1 : fff0 x0 : 0001", { x2: "0000000000000000", x1: "fff0", x0: "0001" }],
    // arm
    ["pc : [<c0101010>]    lr : [<c0102020>]    psr: 60000013", { pc: "[<c0101010>]", lr: "[<c0102020>]", psr: "60000013" }],
    ["r10: 00000000  r9 : c1a2b3c4  r8 : 00000001", { r10: "00000000", r9: "c1a2b3c4", r8: "00000001" }],
    // riscv
    ["epc : fn+0x1/0x2", { epc: "fn+0x1/0x2" }],
    ["ra : fn+0x1/0x2", { ra: "fn+0x1/0x2" }],
    [
      "epc : ffffffff80003a2c ra : ffffffff80003a2c sp : ff20000000013c90",
      { epc: "ffffffff80003a2c", ra: "ffffffff80003a2c", sp: "ff20000000013c90" },
    ],
    ["gp : ffffffff81 tp : ff60000001 t0 : 0000000000", { gp: "ffffffff81", tp: "ff60000001", t0: "0000000000" }],
    [
      "status: 0000000200000120 badaddr: 0000000000000000 cause: 0000000000000003",
      { status: "0000000200000120", badaddr: "0000000000000000", cause: "0000000000000003" },
    ],
    // powerpc
    ["NIP:  c00000000018c2a4 LR: c00000000018c2a0 CTR: 0000000000000000", { NIP: "c00000000018c2a4", LR: "c00000000018c2a0", CTR: "0000000000000000" }],
    [
      "GPR00: c00000000018c2a0 c000000007b2f9b0 c0000000014c1100 0000000000000016",
      { GPR00: "c00000000018c2a0 c000000007b2f9b0 c0000000014c1100 0000000000000016" },
    ],
    ["CFAR: c000000000156b1c IRQMASK: 1", { CFAR: "c000000000156b1c", IRQMASK: "1" }],
  ])("%s", (text, values) => {
    expect(parseRegisters(text)).toEqual({ values });
    expect(tokenize(` ${text}`, 1)).toMatchObject({ name: "Registers", values });
  });

  test.each([
    "usb 1-1: new device",
    "eth0: link up",
    "RAX:",
    "RAX: RBX: 0000000000000000",
    "a: b",
    "ip: command not found, sp: too",
    "x1000: 12",
    "0000: 1111",
    "",
  ])("'%s' are none", (text) => {
    expect(parseRegisters(text)).toBeNull();
  });
}); // prettier-ignore

describe("lines that are no pairs", () => {
  test.each(FORMS.map(({ example, pattern }) => [example, pattern]))("%s", (example, pattern) => {
    expect(pattern.test(example)).toBe(true);
    expect(parseRegisters(example)).not.toBeNull();
    expect(tokenize(`  ${example}`, 1)?.name).toBe("Registers");
  });

  test.each([
    "Process init is done (pid: 1)",
    "PC is at home",
    "status: link up",
    "Status: link up",
    "ERA: of disco",
    "Lo: and behold",
    "Stack : overflow",
    "12ab: cafe",
  ])("%s is prose", (text) => expect(parseRegisters(text)).toBeNull());
});

describe("where the registers were taken", () => {
  test.each([
    ["RIP: 0010:check_flags+0xf6/0x14f", "0010:check_flags+0xf6/0x14f"],
    ["Krnl PSW : 0404d00180000000 000003ffe0180cf2 (lock_pin_lock+0xe2/0x1c0)", "lock_pin_lock+0xe2/0x1c0"],
    ["epc   : ffffffff8019b2a4 lock_pin_lock+0x104/0x1c8", "lock_pin_lock+0x104/0x1c8"],
    ["ERA: 9000000000e3f1a4 lock_pin_lock+0x104/0x1c8", "lock_pin_lock+0x104/0x1c8"],
    ["TPC: <lock_pin_lock+0x104/0x1c8>", "lock_pin_lock+0x104/0x1c8"],
    ["NIP [c000000000192c04] lock_pin_lock+0xe4/0x1f0", "lock_pin_lock+0xe4/0x1f0"],
    ["PC is at lock_pin_lock+0x7f/0x120", "lock_pin_lock+0x7f/0x120"],
    ["ra : lock_pin_lock+0xde/0x1b2", null],
  ])("%s", (text, place) => expect(placeIn(parseRegisters(text)?.values ?? {})).toBe(place));
});
