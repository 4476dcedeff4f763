import { describe, expect, test } from "vitest";
import { kernelFlags } from "../../src/boots/kernel.ts";
import type { Boot } from "../../src/report/schema.ts";
import { renderTable } from "../../src/render/reports/table.ts";
import { logLines, triageBytes, triageLines } from "../support/fixtures.ts";

async function bootsOf(lines: readonly string[]): Promise<Boot[]> {
  return (await triageLines(lines)).sources.flatMap(({ boots }) => boots);
}

const lineOf = (lines: readonly string[], text: string): number =>
  lines.findIndex((line) => line.includes(text)) + 1;

const CLEAN = logLines("clean/kernfs");
const ABBA = logLines("circular/abba");
const ARM64 = logLines("circular/abba-arm64");

describe("the boot of a log", () => {
  test("from its first line to the power-off, with init and what lockdep was built for", async () => {
    expect(await bootsOf(CLEAN)).toEqual([
      {
        lines: { first: 1, last: CLEAN.length },
        kernel: { release: "6.12.117", build: "#4", taint: null },
        times: { first: 0, last: 5.21136 },
        userspace: lineOf(CLEAN, "Run /init as init process"),
        end: { line: CLEAN.length, how: "power-off" },
        cut: false,
        dropped: 0,
        traits: [
          "MAX_LOCKDEP_CHAINS=65536",
          "MAX_LOCKDEP_ENTRIES=32768",
          "MAX_LOCKDEP_KEYS=8192",
          "MAX_LOCKDEP_SUBCLASSES=8",
          "MAX_LOCK_DEPTH=48",
          "PROVE_LOCKING=y",
          "SMP",
        ],
        unread: 0,
        lockdep: { state: "on", offAt: null },
        result: "clean",
        because: null,
      },
    ]);
  });

  test("is one although a line stands before the one that names the kernel", async () => {
    expect(lineOf(ARM64, "Linux version")).toBe(2);
    expect(await bootsOf(ARM64)).toMatchObject([
      { lines: { first: 1, last: ARM64.length }, kernel: { release: "6.12.117" }, lockdep: { state: "off" } },
    ]);
  });

  describe("begins with what firmware and boot loader print, however much", () => {
    const RISCV = logLines("circular/oops-riscv64");
    const firmware = RISCV.slice(0, lineOf(RISCV, "Linux version") - 1);

    test("and the boot proves what it proves without that", async () => {
      expect(firmware.length).toBeGreaterThan(40);
      const { sources } = await triageLines([...firmware, ...CLEAN]);
      expect(sources).toMatchObject([{ result: "clean", because: null }]);
      expect(sources[0]?.boots).toMatchObject([
        { lines: { first: 1, last: firmware.length + CLEAN.length }, kernel: { release: "6.12.117" } },
      ]);
    });

    test("and with what the kernel itself says before it names itself, as powerpc of its memory", async () => {
      const mapped = Array.from(
        { length: 20 },
        (_, i) =>
          `[    0.000000][    T0] radix-mmu: Mapped 0x${i}0000000-0x${i + 1}0000000 with 1.00 GiB pages`,
      );
      expect(await bootsOf([...firmware, ...mapped, ...CLEAN])).toMatchObject([{ result: "clean" }]);
      const later = mapped.map((line) => line.replace("0.000000", "9.000000"));
      expect(await bootsOf([...firmware, ...later, ...CLEAN])).toMatchObject([{ kernel: null }, {}]);
    });

    test("but not with a kernel's later lines, a report's or the end of a boot", async () => {
      for (const before of [
        ["[    9.000000] usb 1-1: new device"],
        ["** 12 printk messages dropped **"],
        ["Kernel panic - not syncing: Fatal exception"],
        ABBA.slice(lineOf(ABBA, "=====") - 1, -20).map((line) => line.replace(/^\[.*?\]\[.*?\] ?/, "")),
      ])
        expect(await bootsOf([...firmware, ...before, ...CLEAN])).toMatchObject([
          { kernel: null },
          { lines: { first: firmware.length + before.length + 1 }, result: "clean" },
        ]);
    });

    test("nor where the kernel's own lines have no stamp, so that they could be an earlier one's", async () => {
      const bare = CLEAN.map((line) => line.replace(/^\[.*?\]\[.*?\] ?/, ""));
      expect(await bootsOf([...firmware, ...bare])).toMatchObject([{ kernel: null }, { result: "clean" }]);
    });
  });

  test("that is cut in the middle of a line has no end and says so", async () => {
    const whole = Buffer.from(CLEAN.join("\n"), "latin1");
    const { sources } = await triageBytes(whole.subarray(0, whole.length - 140));
    expect(sources[0]?.boots).toMatchObject([{ end: null, cut: true }]);
    const byLine = await bootsOf(CLEAN.slice(0, lineOf(CLEAN, "Run /init") - 1));
    expect(byLine).toMatchObject([{ end: null, cut: false, userspace: null }]);
  });

  test("is not there where nothing is a kernel's", async () => {
    expect(await bootsOf(["make: *** [Makefile:12: all] Error 1", "no space left"])).toEqual([]);
    expect(await bootsOf([])).toEqual([]);
  });
});

describe("several boots in one log", () => {
  test("each with its lines, its state of lockdep and its report", async () => {
    const { sources } = await triageLines([...ABBA, ...CLEAN, ...ABBA]);
    const [abba, clean] = [ABBA.length, CLEAN.length];
    expect(sources[0]?.boots).toMatchObject([
      { lines: { first: 1, last: abba }, lockdep: { state: "off", offAt: { report: 0 } } },
      { lines: { first: abba + 1, last: abba + clean }, lockdep: { state: "on" } },
      {
        lines: { first: abba + clean + 1, last: abba + clean + abba },
        lockdep: { state: "off", offAt: { report: 1 } },
      },
    ]);
    expect(sources[0]?.lockdep).toEqual(sources[0]?.boots[2]?.lockdep);
  });

  test("a report that a reboot cuts off turned lockdep off in its own boot only", async () => {
    const cut = ABBA.slice(0, lineOf(ABBA, "is trying to acquire lock") + 8);
    const rest = CLEAN.filter((line) => !line.includes("Lock dependency validator"));
    expect(await bootsOf([...cut, ...rest])).toMatchObject([
      { lockdep: { state: "off", offAt: { reason: "report", report: 0 } } },
      { lockdep: { state: "unknown", offAt: null } },
    ]);
  });

  test("thousands of them keep memory flat", async () => {
    const banner = "[    0.000000][    T0] Linux version 6.1.0 (a@b) (gcc) #1 SMP Mon";
    const boots = await bootsOf(Array.from({ length: 10_000 }, () => banner));
    expect(boots.length).toBe(4096);
  });
});

test("a table says of a log with several boots that lockdep's state is that of the last", async () => {
  const text = renderTable(await triageLines([...ABBA, ...CLEAN]), { width: 200, color: false });
  expect(text).toMatch(/, 2 boots; of the last one:\n {2}lockdep stayed on to the end of the log\n$/);
});

test("messages that were lost on their way are counted", async () => {
  const lost = ["** 123 printk messages dropped **", "[    5.000000][    T9] Missed 7 kernel messages"];
  expect(await bootsOf([...CLEAN.slice(0, 100), ...lost, ...CLEAN.slice(100)])).toMatchObject([
    { dropped: 130 },
  ]);
});

test("a lockdep that does not prove locking says so by what it leaves out", async () => {
  const without = CLEAN.filter((line) => !line.includes("memory used for stack traces"));
  const [boot] = await bootsOf(without);
  expect(boot?.traits).toContain("PROVE_LOCKING=n");
  // kernels of old do not tell
  const [old] = await bootsOf(without.map((line) => line.replace("version 6.12.117", "version 4.19.1")));
  expect(old?.traits.filter((trait) => trait.startsWith("PROVE"))).toEqual([]);
});

describe("how a boot ended", () => {
  // kernel/reboot.c, kernel/panic.c; before v3.11 without "reboot: "
  test.each([
    ["reboot: Power down", "power-off"],
    ["Power down.", "power-off"],
    ["reboot: Restarting system", "reboot"],
    ["reboot: Restarting system with command 'a b'", "reboot"],
    ["reboot: System halted", "halt"],
    ["kexec_core: Starting new kernel", "kexec"],
    ["Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", "panic"],
  ])("%s", async (text, how) => {
    const lines = [...CLEAN.slice(0, -3), `[    6.000000][    T1] ${text}`];
    expect(await bootsOf(lines)).toMatchObject([{ end: { line: lines.length, how } }]);
  });
});

describe("an oops turns lockdep off without saying so", () => {
  // die() and its like on x86 (old, new), arm64, arm; oops_enter() calls debug_locks_off()
  test.each([
    "Oops: 0002 [#1] PREEMPT SMP KASAN PTI",
    "Oops: general protection fault, probably for non-canonical address 0xdffffc0000000000: 0000 [#1] SMP",
    "general protection fault: 0000 [#1] SMP",
    "invalid opcode: 0000 [#1] SMP NOPTI",
    "Internal error: Oops: 0000000096000004 [#1] SMP",
    "Oops: 0004 ilc:2 [#1] SMP", // s390
    "Oops [#1]", // riscv
    "Oops[#1]:", // mips, loongarch
    "swapper(1): Oops [#1]", // sparc64
    "Kernel panic - not syncing: hung_task: blocked tasks",
  ])("%s", async (text) => {
    const far = Array.from({ length: 200 }, () => "[    6.000000][    T9] x");
    const [boot] = await bootsOf([...CLEAN, ...far, `[    6.000000][    T9] ${text}`, ...far]);
    expect(boot?.lockdep).toEqual({
      state: "off",
      offAt: { line: CLEAN.length + far.length + 1, reason: "message", report: null },
    });
  });

  test("but a line with a number in brackets is none", async () => {
    const lines = [...CLEAN, "[    6.000000][    T9] usb 1-1: device [#1] found: ok"];
    expect(await bootsOf(lines)).toMatchObject([{ lockdep: { state: "on" } }]);
  });
});

test("how a kernel was configured to run, as its first line has it", () => {
  expect(kernelFlags("Linux version 6.12.117 (a@b) (gcc 12) #1 SMP PREEMPT_RT Mon Nov 16 12:00:00")).toEqual([
    "SMP",
    "PREEMPT_RT",
  ]);
  expect(kernelFlags("Linux version 6.1.0 (a@b) (gcc) #7 Mon Nov 16")).toEqual([]);
});
