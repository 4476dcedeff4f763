import { describe, expect, test } from "vitest";
import { HEADLINES } from "../../grammar/lines.ts";
import type { Source } from "../../src/report/schema.ts";
import { fixtures, logLines, triageLines } from "../support/fixtures.ts";

const CLEAN = logLines("clean/kernfs");
/** Far from both ends of the log, and from everything that is looked at anyway. */
const MIDDLE = 100;

const noise = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) => `[    4.0${String(i).padStart(5, "0")}][    T1] usb 1-1: hello ${i}`,
  );

async function sourceOf(lines: readonly string[]): Promise<Source> {
  const { sources } = await triageLines(lines);
  const [source] = sources;
  if (source === undefined) throw new Error("no source");
  return source;
}

/** What is said of a clean boot in which these lines stand. */
async function clean(...lines: readonly string[]): Promise<Source> {
  return sourceOf([...CLEAN.slice(0, MIDDLE), ...lines, ...CLEAN.slice(MIDDLE)]);
}

function numbersOf({ unread }: Source): number[] {
  return unread.map(({ line }) => line);
}

const stamped = (text: string): string => `[    5.000001][   T42] ${text}`;

/** What becomes of lines on their way, so that the grammar knows them no more. */
const MANGLED: readonly (readonly [string, (text: string) => string])[] = [
  ["small letters", (text) => text.toLowerCase()],
  ["capital letters", (text) => text.toUpperCase()],
  ["two blanks each", (text) => text.replaceAll(" ", "  ")],
  ["a tag of HTML around it", (text) => `<b>${text}</b><br>`],
  ["a line break of HTML", (text) => `${text}<br/>`],
  ["blanks as entities", (text) => text.replace(/: /, ": &nbsp;")],
  ["arrows as entities", (text) => text.replaceAll(">", "&gt;")],
  ["^M as text", (text) => `${text}^M`],
  ["an escape that lost its ESC", (text) => `[1;33m${text}[0m`],
  ["an unknown name before it", (text) => `someprog[12]: ${text}`],
  ["quoting by bars", (text) => `|${text}|`],
  ["the next line glued to it", (text) => `${text} 6.12.117 #1 Not tainted`],
  ["broken off near its end", (text) => text.slice(0, -3)],
  ["a frame behind it, without the line break", (text) => `${text}[    5.000002][   T42]  f+0x1/0x2`],
];

describe("a headline that something went over is told", () => {
  const tagged = HEADLINES.filter(({ example }) => /^(?:\[ )?(?:WARNING|BUG|INFO): /.test(example));
  test.each(MANGLED)("%s", async (how, mangle) => {
    // `bug: ` and `info: ` of one line alone are not looked for
    const sought = how === "small letters" ? tagged.filter(({ example }) => example.startsWith("W")) : tagged;
    for (const { name, example } of sought) {
      const text = mangle(example);
      const { result, because, unread, boots } = await clean(stamped(text));
      const said = boots.map((boot) => [boot.unread, boot.because]);
      // what is read all the same need not be told
      const wanted = result === "reported" ? said : [[1, "unread"]];
      expect([name, text, said]).toEqual([name, text, wanted]);
      expect([name, because, unread.length]).toEqual(
        result === "reported" ? [name, null, unread.length] : [name, "unread", 1],
      );
    }
  });

  test.each([
    ["no tag", (text: string) => text.replace(/^(?:\[ )?[A-Z]+: /, "")],
    ["another tag", (text: string) => text.replace(/^(?:\[ )?[A-Z]+: /, "WARN: ")],
    ["no blank behind its tag", (text: string) => text.replace(": ", ":")],
  ])("of locks, with %s", async (_, mangle) => {
    for (const text of [
      "WARNING: possible circular locking dependency detected",
      "WARNING: possible recursive locking detected",
      "WARNING: possible irq lock inversion dependency detected",
      "WARNING: inconsistent lock state",
      "WARNING: bad unlock balance detected!",
      "WARNING: suspicious RCU usage",
      "WARNING: lock held when returning to user space!",
      "WARNING: held lock freed!",
      "WARNING: Nested lock was not taken",
    ])
      expect([text, (await clean(stamped(mangle(text)))).because]).toEqual([text, "unread"]);
  });

  test("cut within its second word", async () => {
    const lines = [...CLEAN, "[    5.300000][   T42] WARNING: possible circ"];
    expect(await sourceOf(lines)).toMatchObject({ result: "unknown", because: "unread" });
  });

  test("broken in two lines anywhere between its words", async () => {
    for (const text of [
      "WARNING: possible circular locking dependency detected",
      "WARNING: possible recursive locking detected",
      "WARNING: suspicious RCU usage",
      "WARNING: inconsistent lock state",
      "BUG: sleeping function called from invalid context at kernel/rcu/tree.c:4027",
    ]) {
      const words = text.split(" ");
      for (let at = 2; at < words.length; at++) {
        const [left, right] = [words.slice(0, at).join(" "), words.slice(at).join(" ")];
        const { result } = await clean(stamped(left), right);
        if (left.length < 18) continue;
        expect([left, right, result]).not.toEqual([left, right, "clean"]);
      }
    }
  });

  test("without its stamp, and with another line behind it", async () => {
    for (const text of [
      "WARNING: possible circular locking dependency detected",
      "4 locks held by kswapd3/369:",
    ])
      expect(await clean(`${text}[    5.000002][   T42] 7.3.4 #1 Not tainted`)).not.toMatchObject({
        result: "clean",
      });
  });

  const GARBLED: readonly (readonly [string, (text: string, at: number) => string])[] = [
    ["a letter garbled", (text, at) => `${text.slice(0, at)}$${text.slice(at + 1)}`],
    ["a letter lost", (text, at) => text.slice(0, at) + text.slice(at + 1)],
    ["another's words", (text, at) => `${text.slice(0, at)}usb 1-1: new device${text.slice(at)}`],
  ];
  test.each(GARBLED)("%s anywhere in its words", async (_how, garble) => {
    for (const text of [
      "WARNING: possible circular locking dependency detected",
      "WARNING: possible irq lock inversion dependency detected",
      "WARNING: suspicious RCU usage",
      "WARNING: inconsistent lock state",
      "WARNING: bad unlock balance detected!",
      "WARNING: held lock freed!",
      "[ BUG: Invalid wait context ]",
    ])
      for (let at = text.indexOf(": ") + 2; at < text.length; at++) {
        const garbled = garble(text, at);
        const { result } = await clean(stamped(garbled));
        expect([garbled, result]).not.toEqual([garbled, "clean"]);
      }
  });

  test("as the last line of a log that is cut there", async () => {
    const lines = [...CLEAN.slice(0, -3), stamped("WARNING: possible circular locki")];
    expect(await sourceOf(lines)).toMatchObject({ result: "unknown", because: "unread" });
  });
});

describe("lines that only reports have are told without their headline", () => {
  test.each([
    "-> #1 (lock_b){+.+.}-{2:2}:",
    "-> #0 (&q->lock#2){+.+.}-{3:3}:",
    " *** DEADLOCK ***",
    "1 lock held by init/41:",
    "2 locks held by kworker/0:1/12:",
    "locks held by kworker/0:1/12: 2, last CPU#0:",
    "no locks held by swapper/0/0.",
  ])("%s", async (text) => {
    const source = await clean(stamped(text));
    expect([numbersOf(source), source.result, source.because]).toEqual([[MIDDLE + 1], "unknown", "unread"]);
  });

  test("`stack backtrace:` only behind something of a report", async () => {
    expect((await clean(stamped("stack backtrace:"))).result).toBe("clean");
    const source = await clean(stamped(" *** DEADLOCK ***"), stamped("stack backtrace:"));
    expect(numbersOf(source)).toEqual([MIDDLE + 1, MIDDLE + 2]);
  });

  test("a log that begins within a report is told, wherever it begins before the trace", async () => {
    for (const name of [
      "circular/abba",
      "irq-order/hardsafe",
      "inconsistent/softirq",
      "wait-context/waitctx",
    ]) {
      const lines = logLines(name);
      const first = lines.findIndex((line) => /WARNING: |\[ BUG: /.test(line)) + 1;
      const trace = lines.findLastIndex((line) => line.includes("held by"));
      expect(trace).toBeGreaterThan(first);
      for (let from = first; from <= trace; from++) {
        const { result, because } = await sourceOf(lines.slice(from));
        expect([name, from, result, because]).toEqual([name, from, "unknown", "unread"]);
      }
    }
  });
});

describe("what is harmless, or read, is not told", () => {
  test.each([
    "WARNING: CPU: 1 PID: 214 at drivers/gpu/drm/drm_vblank.c:1235 drm_wait_one_vblank+0x1c4/0x1d0",
    "WARNING: can't dereference registers at 00000000f3a1 for ip swapgs_restore_regs_and_return_to_usermode+0x8/0xc",
    "WARNING: possible problem detected in the lock of the door",
    "BUG: kernel NULL pointer dereference, address: 0000000000000018",
    "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 34s!",
    "BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:1:37]",
    "INFO: task kworker/1:2:214 blocked for more than 122 seconds.",
    "INFO: rcu_sched self-detected stall on CPU",
    "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "watchdog: possible lock contention, retrying lock_a in 10 ms",
    "systemd[1]: Started dm-event.socket, a locking helper for device-mapper.",
    "block device autoloading is deprecated and will be removed.",
    "battery: voltage too low!",
    "driver key has not been registered!",
    "lock_acquire kernel/locking/lockdep.c:5754 [inline]",
    "__lock_acquire+0x123/0x456 kernel/locking/lockdep.c:5137",
    "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
    "Locking API testsuite:",
  ])("%s", async (text) => {
    expect(await clean(stamped(text))).toMatchObject({ result: "clean", unread: [] });
  });

  test.each([
    "This is about possible circular locking dependency detected by lockdep",
    "+\tDEBUG_LOCKS_WARN_ON(!irqs_disabled());",
    " \tDEBUG_LOCKS_WARN_ON(!irqs_disabled());",
    " kernel/locking/lockdep.c       |   30 +++++++++++++++---------------",
    "1. WARNING: possible circular locking dependency detected, and then it hangs",
  ])("prose and patches that mention one: %s", async (text) => {
    const { reports, sources } = await triageLines(["Hello,", "", text, ""]);
    expect(reports).toEqual([]);
    expect(sources[0]?.unread).toEqual([]);
  });

  test.each(fixtures().map(({ name, bytes }) => [name, bytes] as const))("%s", async (_, bytes) => {
    const lines = bytes.toString("latin1").split("\n").slice(0, -1);
    expect((await sourceOf(lines)).unread).toEqual([]);
    expect((await sourceOf(lines.flatMap((line) => [line, line]))).unread).toEqual([]);
  });
});

test("however many lines stand before a report, it is read the same", async () => {
  for (const { name, bytes } of fixtures()) {
    const lines = bytes.toString("latin1").split("\n").slice(0, -1);
    const [report] = (await triageLines(lines)).reports;
    if (report === undefined) continue;
    const own = lines.slice(report.lines.first - 1, report.lines.last);
    for (const count of [0, 1, 7, 8, 9, 12, 13, 15, 16, 17, 20, 31, 40]) {
      const { reports, sources } = await triageLines([...noise(count), ...own]);
      expect([name, count, reports[0]?.id, reports[0]?.lines]).toEqual([
        name,
        count,
        report.id,
        { first: count + 1, last: count + own.length, unparsed: 0 },
      ]);
      expect([name, count, sources[0]?.unread]).toEqual([name, count, []]);
    }
  }
});

test("a report with another one's mangled lines within is told of", async () => {
  const lines = logLines("circular/abba");
  const at = lines.findIndex((line) => line.includes("other info that might help us"));
  const foreign = "[    8.300000][   T99] WARNING:  possible recursive locking detected";
  const source = await sourceOf([...lines.slice(0, at), foreign, ...lines.slice(at)]);
  expect([source.result, numbersOf(source)]).toEqual(["reported", [at + 1]]);
});

test("a thousand of them are counted, the first are told, each at most 200 characters long", async () => {
  const long = `-> #1 (${"x".repeat(900)}){+.+.}-{2:2}:`;
  const { unread, moreUnread, boots } = await clean(...Array.from({ length: 1000 }, () => stamped(long)));
  expect([unread.length, moreUnread, boots[0]?.unread]).toEqual([64, 936, 1000]);
  expect(Math.max(...unread.map(({ text }) => text.length))).toBe(200);
});

test("each boot has its own", async () => {
  const { boots, result } = await sourceOf([
    ...CLEAN,
    ...CLEAN.slice(0, MIDDLE),
    stamped(" *** DEADLOCK ***"),
    ...CLEAN.slice(MIDDLE),
  ]);
  expect([result, boots.map((boot) => boot.because ?? boot.result)]).toEqual([
    "unknown",
    ["clean", "unread"],
  ]);
});

/** A log of each kind, with the headline of its first report. */
const BY_KIND = await Promise.all(
  [
    ...new Map(fixtures().filter(({ name }) => !/^(?:clean|transports|at-once|fixes|proc|selftest|thread)/.test(name)).map((one) => [one.name.split("/")[0], one])).values(),
  ].map(async ({ name, bytes }) => {
    const lines = bytes.toString("latin1").split("\n").slice(0, -1);
    const { reports } = await triageLines(lines);
    const [report] = reports;
    const at = lines.findIndex((line, i) => i + 1 >= (report?.lines.first ?? 0) && / (?:WARNING|BUG|INFO): |Showing all/.test(line));
    return { name, lines, at, report };
  }),
); // prettier-ignore

const LOSSES: readonly (readonly [string, (text: string) => string | null])[] = [
  ["lost", () => null],
  ["a letter lost in its middle", (text) => text.slice(0, text.length / 2) + text.slice(text.length / 2 + 1)],
  ["a letter garbled at three places", (text) => Array.from(text, (letter, i) => ([4, 11, 19].includes(i) ? "?" : letter)).join("")],
  ["two bytes of no text within its tag", (text) => `${text.slice(0, 2)}\ufffd\u0000${text.slice(4)}`],
  ["cut off", (text) => text.slice(0, text.length / 2)],
  ["without its beginning", (text) => text.slice(text.length / 2)],
]; // prettier-ignore

describe.each(LOSSES)("where a headline is %s, what stands below it is told", (_how, lose) => {
  test.each(BY_KIND)("$name", async ({ lines, at, report }) => {
    const prefix = /^\[ *\d+\.\d+\](?:\[ *\w+\])? /.exec(lines[at] ?? "")?.[0] ?? "";
    const left = lose((lines[at] ?? "").slice(prefix.length));
    const log = [...lines.slice(0, at), ...(left === null ? [] : [prefix + left]), ...lines.slice(at + 1)];
    const { reports, sources } = await triageLines(log);
    const isNear = (line: number): boolean =>
      report !== undefined && line >= report.lines.first && line <= report.lines.last;
    const found = reports.find(({ lines: { first } }) => isNear(first));
    const isTold = sources[0]?.unread.some(({ line }) => isNear(line)) === true;
    // that of a key is followed by a warning, which lacks it then
    const isKnown = found !== undefined && (found.id === report?.id || found.damage.length > 0);
    expect(isTold || isKnown).toBe(true);
    expect(sources[0]?.result).not.toBe("clean");
  });
});

test.each([
  ["a warning of another file", ["WARNING: CPU: 0 PID: 1 at kernel/locking/rwsem.c:142 rwsem_set_owner+0x2c/0x3b"]],
  ["one of a kernel that knows no files", ["WARNING: CPU: 0 PID: 1 at rwsem_set_owner+0x2c/0x3b"]],
  ["as modules had it up to 4.x", ["WARNING: CPU: 0 PID: 1 at fs/btrfs/inode.c:142 btrfs_destroy+0x2c/0x3b [btrfs]()"]],
  ["with a message", ["not expected", "WARNING: mm/slub.c:142 at kfree+0x2c/0x3b, CPU#1: init/37"]],
  ["broken by a mailer", ["WARNING: CPU: 0 PID: 1 at", "kernel/sched/core.c:9959 __might_sleep+0x7c/0x98"]],
  ["an oops", ["kernel BUG at mm/slab.c:2999!", "invalid opcode: 0000 [#1] SMP"]],
])("what is cut here and is not lockdep's is not told: %s", async (_what, lines) => {
  const splat = ["------------[ cut here ]------------", ...lines, "Modules linked in: ext4", "CPU: 0 PID: 1 Comm: init Not tainted 6.1.0 #1"];
  expect((await clean(...splat.map(stamped))).unread).toEqual([]);
}); // prettier-ignore

test("a warning that a file outside of the tree's folder raised is lockdep's", async () => {
  const lines = logLines("internal/pin").map((line) => line.replace("kernel/locking/", "/build/linux-6.1/kernel/locking/"));
  const { reports } = await triageLines(lines);
  expect(reports[0]).toMatchObject({ kind: "internal", complete: true, warning: { file: "/build/linux-6.1/kernel/locking/lockdep.c" } });
}); // prettier-ignore

describe("a title that tells of a report is told where nothing else does", () => {
  test.each([
    "Subject: BUG: scheduling while atomic: swapper/0/0x00000100",
    "Summary: BUG: sleeping function called from invalid context at mm/slab.h:256",
    "Summary: possible circular locking dependency detected in foo",
    "Subject: Re: [Bug 215001] New: WARNING: suspicious RCU usage",
    'title: "INFO: possible recursive locking detected"',
  ])("%s", async (title) => {
    const told = { result: "unknown", because: "unread", unread: [{ line: 1, text: title }] };
    expect(await sourceOf([title, "", "It hangs."])).toMatchObject(told);
    expect(await sourceOf([title, "", ...CLEAN])).toMatchObject(told);
    const { reports, sources } = await triageLines([title, "", ...logLines("circular/abba")]);
    expect(reports).toHaveLength(1);
    expect(sources[0]?.unread).toEqual([]);
  });

  test("in a mail's headers", async () => {
    const mail = ["From: a@example.org", "Subject: [syzbot] WARNING: inconsistent lock state", "Message-ID: <1@example.org>", "MIME-Version: 1.0", "", "No news."];
    const { unread } = await sourceOf(mail);
    expect(unread.map(({ text }) => text)).toEqual(["Subject: [syzbot] WARNING: inconsistent lock state"]);
  });

  test.each([
    "Subject: [PATCH v2] possible circular locking dependency detected",
    "Subject: Re: fix the possible circular locking dependency detected by lockdep",
    'Fixes: 123456789abc ("BUG: sleeping function called from invalid context")',
  ])("but for patches and prose: %s", async (title) => {
    expect((await sourceOf([title, "", ...CLEAN])).result).toBe("clean");
  });
}); // prettier-ignore
