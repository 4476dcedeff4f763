import { describe, expect, test } from "vitest";
import type { Line, Transport } from "../../src/read/line.ts";
import { createLineDecoder } from "../../src/read/transports/index.ts";
import { isLinear } from "../support/growth.ts";

function decode(...physical: string[]): Line[] {
  const decoder = createLineDecoder();
  const lines = physical.flatMap((raw, index) => [...decoder.push(raw, index + 1)]);
  return [...lines, ...decoder.flush()].map(
    ({ bare: _bare, columns: _columns, host: _host, ...line }) => line,
  );
}

/** Kernel text that holds brackets, colons, angles and numbers of its own. */
const KERNEL_TEXTS = [
  " #0: ffff8880004bb3f0 (&x->lock){+.+.}, at: f+0x1/0x2",
  " #1: ffff888106a71428 (&q->q_usage_counter(io)#55){++++}-{0:0}, at: start+0x16c/0xac0",
  "-> #1 (lock_b){+.+.}-{4:4}:",
  " (raw_a){-...}-{2:2} -> (raw_b){....}-{2:2}",
  "[<ffffffff814e01f0>] sym+0x1/0x2",
  " [<ffffffff81d28d58>] ? check_preemption_disabled+0x1b8/0x1f0",
  "[ BUG: Invalid wait context ]",
  "[ INFO: possible circular locking dependency detected ]",
  "kernel BUG at mm/slab.c:163!",
  "[mem 0x20000000-0xfffbffff] available for PCI devices",
  "init/41 [HC0[0]:SC0[0]:HE0:SE1] is trying to acquire:",
  "... which became HARDIRQ-irq-safe at:",
  "drivers/misc/splat.c:163 suspicious rcu_dereference_check() usage!",
  "hardirqs last  enabled at (91): [<ffffffff81000000>] f+0x1/0x2",
  "kworker/u4:4/178 is trying to acquire lock:",
  "2 locks held by init/41:",
  "6.12.117 #1 Not tainted",
  "WARNING: possible recursive locking detected",
  "  lock(&rq->__lock/1);",
  "  <Interrupt>",
  " </TASK>",
  "  }",
  "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
  "pci 0000:00:01.3: [8086:7113] type 00 class 0x068000 conventional PCI endpoint",
  "Code: 0f 05 <48> 3d 00 f0 ff ff 77 58",
  "=====================================================",
  "------------[ cut here ]------------",
];

type Style = readonly [
  name: string,
  prefix: string,
  transport: Transport,
  time: number | null,
  caller: string | null,
];

const STYLES: readonly Style[] = [
  ["none", "", "plain", null, null],
  ["console with task", "[    6.309448][   T41] ", "console", 6.309448, "T41"],
  ["console with processor", "[    6.309448][    C1] ", "console", 6.309448, "C1"],
  ["console", "[    6.309448] ", "console", 6.309448, null],
  ["console, one digit", "[  127.5] ", "console", 127.5, null],
  ["blank before the bracket", "[   12.345678 ] ", "console", 12.345678, null],
  ["processor in the stamp", "[12345.678901@3] ", "console", 12345.678901, null],
  ["more than eleven days", "[1234567.000001] ", "console", 1234567.000001, null],
  ["caller apart", "[    6.309448] [   T41] ", "dmesg", 6.309448, "T41"],
  ["blanks around the caller", "[    6.309448][ T41 ] ", "console", 6.309448, "T41"],
  ["level", "<4>[    6.309448] ", "raw", 6.309448, null],
  ["level and caller", "<4>[    6.309448][ T1161] ", "raw", 6.309448, "T1161"],
  ["level behind the stamp", "[    6.309448] <4>", "raw", 6.309448, null],
  [
    "several stamps: the innermost counts",
    "[   99.000001] [    6.309448][   T41] ",
    "console",
    6.309448,
    "T41",
  ],
  ["dmesg -T", "[Sun Nov 22 12:15:14 2026] ", "dmesg-ctime", null, null],
  ["dmesg -T, German", "[So Nov 22 12:15:14 2026] ", "dmesg-ctime", null, null],
  ["dmesg -T, Russian", "[Вс ноя 22 12:15:14 2026] ", "dmesg-ctime", null, null],
  ["dmesg -T, French", "[dim. nov. 22 12:15:14 2026] ", "dmesg-ctime", null, null],
  ["dmesg -T, first of the month", "[Sun Nov  1 12:15:14 2026] ", "dmesg-ctime", null, null],
  ["dmesg -T -d", "[Sun Nov 22 12:15:14 2026 <    0.000238>] ", "dmesg-ctime", null, null],
  ["dmesg -d", "[    6.318842 <    0.000238>] ", "dmesg-delta", 6.318842, null],
  ["dmesg -e", "[  +0.000238] ", "dmesg-delta", null, null],
  ["dmesg -e with a comma", "[  +0,010730] ", "dmesg-delta", null, null],
  ["dmesg -e, minute", "[Nov22 12:15] ", "dmesg-delta", null, null],
  ["dmesg -e with caller", "[  +0.000238] [   T41] ", "dmesg-delta", null, "T41"],
  ["dmesg ISO", "2026-11-22T12:15:14,318842+00:00 ", "dmesg-iso", null, null],
  ["dmesg ISO with a point", "2026-11-22T12:15:14.318842+00:00 ", "dmesg-iso", null, null],
  ["dmesg ISO with a blank", "2026-11-22 12:15:14,318842+00:00 ", "dmesg-iso", null, null],
  ["dmesg ISO with caller", "2026-11-22T12:15:14,318842+00:00 [   T41] ", "dmesg-iso", null, "T41"],
  ["dmesg -x", "kern  :warn  : [    6.309448] ", "dmesg", 6.309448, null],
  ["dmesg -x -t", "kern  :warn  : ", "dmesg", null, null],
  ["journal short", "Nov 22 12:20:06 testbox kernel: ", "journal", null, null],
  ["journal short, first of the month", "Nov  1 12:20:06 testbox kernel: ", "journal", null, null],
  ["journal short, French", "nov. 22 12:20:06 testbox kernel: ", "journal", null, null],
  ["journal without host", "Nov 22 12:20:06 kernel: ", "journal", null, null],
  ["journal precise", "Nov 22 12:20:06.318842 testbox kernel: ", "journal", null, null],
  ["journal full", "Sun 2026-11-22 12:20:06 UTC testbox kernel: ", "journal", null, null],
  ["journal full, zone by number", "Sun 2026-11-22 12:20:06 +03 testbox kernel: ", "journal", null, null],
  ["journal ISO", "2026-11-22T12:20:06+0000 testbox kernel: ", "journal", null, null],
  ["journal ISO, zone with colon", "2026-11-22T12:20:06+00:00 testbox kernel: ", "journal", null, null],
  ["journal unix", "1795350006.318842 testbox kernel: ", "journal", null, null],
  ["journal monotonic", "[    6.318842] testbox kernel: ", "journal", 6.318842, null],
  ["journal delta", "[    6.318842 <    0.000238 >] testbox kernel: ", "journal", 6.318842, null],
  ["rsyslog", "Jun 21 18:09:06 testbox kernel: [    6.318842] ", "syslog", 6.318842, null],
  [
    "rsyslog with caller",
    "Jun 21 18:09:06 testbox kernel: [    6.318842][   T41] ",
    "syslog",
    6.318842,
    "T41",
  ],
  [
    "rsyslog ISO",
    "2026-11-22T18:09:06.318603+00:00 testbox kernel: [    6.318842] ",
    "syslog",
    6.318842,
    null,
  ],
  ["RFC 3164", "<4>Jun 21 18:09:06 testbox kernel: [    6.318842] ", "syslog", 6.318842, null],
  [
    "RFC 5424 with two elements of data and a mark of its encoding",
    '<4>1 2026-11-22T12:20:06.3Z testbox kernel - - [origin ip="10.0.0.1"][meta sequenceId="5"] \ufeff[    6.3] ',
    "syslog",
    6.3,
    null,
  ],
  ["RFC 5424", "<4>1 2026-11-22T12:20:06.3Z testbox kernel - - - ", "syslog", null, null],
  ["busybox", "Jan  1 00:00:06 (none) kern.warn kernel: [    6.318842] ", "syslog", 6.318842, null],
  ["logread", "Sun Nov 22 12:20:06 2026 kern.warn kernel: [    6.318842] ", "syslog", 6.318842, null],
  ["kernel twice", "Nov 22 12:20:06 testbox kernel: kernel: [    6.318842] ", "syslog", 6.318842, null],
  ["/dev/kmsg", "4,247,6320651,-,caller=T41;", "kmsg", 6.320651, "T41"],
  ["/dev/kmsg without caller", "6,416,1758426,-;", "kmsg", 1.758426, null],
  ["netconsole with release", "6.12.117,6,444,501151268,-,caller=C0;", "netconsole", 501.151268, "C0"],
  ["LAVA", "2026-11-22T18:09:10.000012  ", "lava", null, null],
  ["LAVA and console", "2026-11-22T18:09:10.000012  [    6.318842][   T41] ", "lava", 6.318842, "T41"],
  ["GitHub Actions", "2026-11-22T12:20:06.1234567Z ", "ci", null, null],
  ["GitHub Actions, console", "2026-11-22T12:20:06.1234567Z [    6.318842] ", "ci", 6.318842, null],
  ["GitLab", "2026-11-22T12:20:06.123456Z 00O ", "ci", null, null],
  ["GitLab, error stream, console", "2026-11-22T12:20:06.123456Z 01E [    6.3] ", "ci", 6.3, null],
  ["Kubernetes", "2026-11-22T12:20:06.123456789Z stdout F [    6.318842] ", "ci", 6.318842, null],
  ["Jenkins", "[2026-11-22T12:20:06.123Z] [    6.318842] ", "console", 6.318842, null],
  ["clock in brackets", "[12:20:06.123] [    6.318842][   T41] ", "console", 6.318842, "T41"],
  ["clock", "12:20:06 [    6.318842] ", "console", 6.318842, null],
  ["moreutils ts", "Nov 22 12:20:06 [    6.318842] ", "console", 6.318842, null],
  ["Xen", "(XEN) [2026-11-22 12:20:06.123] ", "xen", null, null],
  ["Xen guest", "(d1) [    6.318842] ", "xen", 6.318842, null],
  ["logcat threadtime", "06-21 18:09:06.123  root     0     0 W kernel  : ", "logcat", null, null],
  ["logcat threadtime, no user", "06-21 18:09:06.123     0     0 W kernel  : ", "logcat", null, null],
  ["logcat time", "06-21 18:09:06.123 W/kernel  (    0): ", "logcat", null, null],
  ["logcat brief", "W/kernel  (    0): ", "logcat", null, null],
  ["logcat epoch", "1795350006.123     0     0 W kernel  : ", "logcat", null, null],
  ["logcat monotonic", "        6.309     0     0 W kernel  : ", "logcat", null, null],
  ["logcat thread", "W(    0:    0) ", "logcat", null, null],
  ["logcat and ramoops", "06-21 18:09:06.123     0     0 W kernel  : <4>[    6.3] ", "logcat", 6.3, null],
  ["quoted", "> ", "email", null, null],
  ["quoted twice", "> > [    6.318842][   T41] ", "email", 6.318842, "T41"],
  ["quoted twice without blanks", ">> [    6.318842] ", "email", 6.318842, null],
  ["quoted five times", "> > >> > [    6.318842] ", "email", 6.318842, null],
  ["commit message", "| [    6.318842] ", "email", 6.318842, null],
  ["commit message without stamp", "| ", "email", null, null],
  ["quoted LAVA", "> 2026-11-22T18:09:10.000012  [    6.318842][   T41] ", "email", 6.318842, "T41"],
  ["quoted journal", "> > Nov 22 12:20:06 testbox kernel: ", "email", null, null],
  ["quoted /dev/kmsg", "> 4,247,6320651,-,caller=T41;", "kmsg", 6.320651, "T41"],
  ["indented block", "    [    6.318842][   T41] ", "console", 6.318842, "T41"],
  ["MediaTek", "[    6.318842]  (0)[1:init] ", "console", 6.318842, null],
  ["Samsung", "[    6.318842]  [0:      swapper/0:    1] ", "console", 6.318842, null],
  ["unknown board name", "rpi4-1 ttyS0: [    6.318842][   T41] ", "console", 6.318842, "T41"],
];

describe.each(STYLES)("%s", (name, prefix, transport, time, caller) => {
  test.each(KERNEL_TEXTS)("%s", (text) => {
    // MediaTek's field has no separator: blanks of the text and of the prefix cannot be told apart.
    const expected = name === "MediaTek" ? ` ${text}` : text;
    expect(decode(prefix + text)).toEqual([{ number: 1, text: expected, time, caller, transport }]);
  });

  test("carriage return and white space at the end", () => {
    expect(decode(`${prefix}stack backtrace:  \r`).map((line) => line.text.trim())).toEqual([
      "stack backtrace:",
    ]);
  });

  test("blank line", () => {
    expect(decode(prefix).map((line) => line.text)).toEqual([""]);
    expect(decode(prefix.trimEnd()).map((line) => line.text)).toEqual([""]);
  });
});

describe("colours", () => {
  test("around the stamp and the text", () => {
    const [line] = decode(
      "\u001b[32m[    6.318842] \u001b[0m\u001b[33mlock\u001b[0m(\u001b[1mA\u001b[m);\u001b[K",
    );
    expect(line).toMatchObject({ text: "lock(A);", time: 6.318842, transport: "dmesg" });
  });

  test("behind a console stamp", () => {
    expect(decode("[    6.318842][   T41] \u001b[1;31mBUG:\u001b[0m key")).toEqual([
      { number: 1, text: "BUG: key", time: 6.318842, caller: "T41", transport: "console" },
    ]);
  });

  test.each([
    ["window title", "\u001b]0;qemu\u0007stack backtrace:"],
    ["hyperlink", "\u001b]8;;http://x\u001b\\stack\u001b]8;;\u001b\\ backtrace:"],
    ["Buildkite time", "\u001b_bk;t=1795350006000\u0007stack backtrace:"],
    ["character set", "\u001b(Bstack backtrace:"],
    ["without an end", "\u001b]stack backtrace:"],
    ["written by cat -v", "^[[32mstack backtrace:^[[0m"],
    ["written by rsyslog", "#033[32mstack backtrace:#033[0m"],
    ["written by a shell", "\\e[32mstack backtrace:\\033[0m"],
    ["written by JSON", "\\u001b[32mstack backtrace:\\u001b[0m"],
    ["shown as a sign", "\u241b[32mstack backtrace:\u2190[0m"],
    ["without their escape", "[32mstack backtrace:[0m"],
    ["and marks of direction", "\u202a\u200bstack backtrace:\u202c"],
  ])("%s", (_name, raw) => {
    expect(decode(raw).map((line) => line.text)).toEqual(["stack backtrace:"]);
  });
});

describe("HTML", () => {
  test("entities are undone", () => {
    expect(decode("-&gt; #1 (&amp;x-&gt;lock){+.+.}:").map((line) => line.text)).toEqual([
      "-> #1 (&x->lock){+.+.}:",
    ]);
    expect(decode("[    6.3][   T41]  &lt;TASK&gt;")).toMatchObject([{ text: " <TASK>", time: 6.3 }]);
    expect(decode("&gt; &gt; &lt;4&gt;[    6.3] it&#39;s &quot;events&quot;")).toMatchObject([
      { text: 'it\'s "events"', time: 6.3, transport: "email" },
    ]);
  });

  test("the kernel's own ampersands stay", () => {
    const text = "  lock(&lt->amp); lock(&gt); &amp->x;";
    expect(decode(text).map((line) => line.text)).toEqual([text]);
  });
});

describe("escaped control characters", () => {
  test("rsyslog", () => {
    expect(
      decode("Jun 21 18:09:06 h kernel: [    6.3] #012#011and#033[0m this:#012 *** DEADLOCK ***#012"),
    ).toEqual(
      ["", "\tand this:", " *** DEADLOCK ***", ""].map((text) => ({
        number: 1,
        text,
        time: 6.3,
        caller: null,
        transport: "syslog",
      })),
    );
  });

  test("rsyslog, where only the program is left of its prefix", () => {
    const texts = decode("kernel: #012-> #1 (&x->lock){+.+.}-{3:3}:").map(({ text }) => text);
    expect(texts).toEqual(["", "-> #1 (&x->lock){+.+.}-{3:3}:"]);
  });

  test("class numbers are no escapes", () => {
    const text = " #0: ffff888000 (&x->lock#12){+.+.}, at: f (&y#112){....} #10: g";
    expect(decode(`Jun 21 18:09:06 h kernel: [    6.3] ${text}`)).toMatchObject([{ text }]);
  });

  test("/dev/kmsg", () => {
    expect(
      decode(String.raw`4,1,6320405,-;\x0aa\x09b \xc3\xa4 C:\x5cn\x0a`).map((line) => line.text),
    ).toEqual(["", "a\tb ä C:\\n", ""]);
  });

  test("journalctl", () => {
    expect(
      decode(String.raw`Nov 22 12:20:06 h kernel: \nand\tthis:\x0aend`).map((line) => line.text),
    ).toEqual(["", "and\tthis:", "end"]);
  });

  test("a console escapes nothing", () => {
    const text = String.raw`a #012 b \n c \x0a`;
    expect(decode(`[    6.3] ${text}`)).toMatchObject([{ text }]);
    expect(decode(text)).toMatchObject([{ text }]);
  });
});

describe("lines of other origin", () => {
  test.each([
    "Nov 22 12:20:06 testbox systemd[1]: Started Session 1 of User root.",
    "Nov 22 12:20:06 testbox CRON: pam_unix(cron:session): session opened",
    "2026-11-22T12:20:06+0000 testbox systemd[1]: Started Session 1.",
    "<86>Nov 22 12:20:06 testbox sshd[77]: Accepted",
    "06-21 18:09:06.123  1000  1000 I ActivityManager: Start proc",
    "```",
    "```text",
    "> ```",
    "-- Boot 0123456789abcdef0123456789abcdef --",
  ])("%s is no kernel text", (raw) => {
    expect(decode(raw)).toEqual([]);
  });

  test("another program may pass on a console", () => {
    expect(decode("Nov 22 12:20:06 lab conserver[9]: [    6.318842][   T41] stack backtrace:")).toMatchObject(
      [{ text: "stack backtrace:", time: 6.318842, caller: "T41" }],
    );
  });

  test.each([
    "ffff888000cb1868 (&d->lock){+.+.}-{4:4}, at: s_aa+0x53/0x68",
    "    IN-HARDIRQ-W at:",
    "splat ba:1/42 is trying to acquire lock:",
  ])("behind a wall clock, %s is the kernel's", (text) => {
    expect(decode(`Nov 22 12:20:07 ${text}`)).toMatchObject([{ text }]);
  });

  test("a usage in braces is no set of Loki's labels", () => {
    const text = "{IN-HARDIRQ-W} state was registered at:";
    expect(decode(`2026-11-22T12:15:14,318842+00:00 ${text}`)).toMatchObject([{ text }]);
  });

  test("in short-monotonic the host tells programs from kernel text", () => {
    const lines = decode(
      "[    6.318842] testbox kernel: splat ba[43]: segfault at 0",
      "[    6.318843] testbox systemd[1]: Started Session 1.",
      "[    6.318844] splat ba[43]: segfault at 0",
    );
    expect(lines.map((line) => line.text)).toEqual([
      "splat ba[43]: segfault at 0",
      "splat ba[43]: segfault at 0",
    ]);
  });

  test("the tables of lib/locking-selftest.c keep their bars", () => {
    const text = `${" ".repeat(33)}| spin |wlock |rlock |mutex | wsem | rsem |rtmutex`;
    expect(decode(text)).toMatchObject([{ text, transport: "plain" }]);
  });
});

describe("time", () => {
  test.each<[string, (size: number) => string]>([
    ["blanks", (size) => " ".repeat(size)],
    ["brackets", (size) => "[".repeat(size)],
    ["quotes", (size) => "> ".repeat(size)],
    ["stamps", (size) => "[    6.309448] ".repeat(size / 10)],
    ["levels", (size) => "<4>".repeat(size)],
    ["escapes", (size) => "\u001b]".repeat(size)],
    ["ampersands", (size) => `${"&".repeat(size)};`],
    ["host", (size) => `Nov 22 12:20:06 ${"x ".repeat(size)}`],
    ["letters", (size) => "a".repeat(size)],
    ["digits", (size) => "1".repeat(size)],
    ["octal", (size) => `Nov 22 12:20:06 h kernel: ${"#0".repeat(size)}`],
    ["object", (size) => `{"MESSAGE":"${"\\\\".repeat(size)}`],
    ["carriage returns", (size) => "a\r".repeat(size)],
  ])("a long line of %s is read in linear time", (_name, lineOf) => {
    const decoding = (size: number) => {
      const line = lineOf(size);
      return () => decode(line);
    };
    expect(isLinear(4_000, decoding)).toBe(true);
  });
});
