import { describe, expect, test } from "vitest";
import { Unwrap } from "../../src/blocks/unwrap.ts";
import { createLineDecoder } from "../../src/read/transports/index.ts";
import { logLines, triageLines, withoutPlace } from "../support/fixtures.ts";

/** The texts that come out while a report is under way. */
function unwrapped(...physical: string[]): string[] {
  const decoder = createLineDecoder();
  const unwrap = new Unwrap();
  const lines = physical.flatMap((raw, index) => [...decoder.push(raw, index + 1)]);
  const whole = lines.flatMap((line) => [...unwrap.feed(line, true)]);
  return [...whole, ...unwrap.end()].map(({ text }) => text.trim());
}

describe("a line that a mailer broke is put together", () => {
  test.each([
    ["BUG: sleeping function called from invalid context at", "kernel/locking/rwsem.c:1526"],
    ["WARNING: possible circular locking dependency", "detected"],
    ["BUG: scheduling while atomic:", "irq/151-hisi_sa/503/0x00000004"],
    ["in_atomic(): 1, irqs_disabled(): 128, non_block: 0, pid: 249, name:", "kworker/0:3H"],
    ["CPU: 0 PID: 5 Comm: kworker/0:0 Tainted: G        W", "5.8.0-rc3-00022-g287905e68dd2 #8753"],
    ["#0: ee8074a8 ((wq_completion)foo_gp){+.+.}-{0:0}, at:", "process_one_work+0x174/0x7dc"],
    ["2 locks held by", "kworker/0:0/5:"],
    ["drivers/misc/splat.c:163 suspicious", "rcu_dereference_check() usage!"],
    ["ffff8883914483e0", "(&id->handler_mutex/1){+.+.}-{3:3}, at: f+0x1/0x2"],
    ["Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS", "1.16.2 04/01/2014"],
    ["hardirqs last  enabled at (91): [<ffffffff814e01f0>]", "_raw_spin_unlock_irq+0x26/0x31"],
    ["[<c0644eac>] (kernfs_remove) from [<c0362fc0>]", "(foo_remove_by_name+0x24/0x94)"],
    ["but this new dependency connects a", "HARDIRQ-irq-safe lock:"],
    ["take_ba+0x24/0x3e", "[mod]"],
    ["take_ba+0x24/0x3e", "drivers/misc/splat.c:45"],
    [
      "ffff88 (a){+.+.}-{4:4}, at: take_ba".replace("ffff88", "ffff8880004bb3f0"),
      "include/linux/x.h:45 [inline]",
    ],
    ["take_in_the_middle_of_a_long_name", "include/linux/x.h:45 [inline]"],
    ["take_ba", "(lib/inlined.h:3 drivers/misc/splat.c:45) mod"],
    ["take_ba (lib/inlined.h:3", "drivers/misc/splat.c:45 (discriminator 2))"],
    ["[c0000007fa262f10] [c000000000125548]", ".print_usage_bug+0x348/0x390"],
    ["[<000000017e96e4b6>]", "scsi_decide_disposition+0x286/0x298"],
    ["?", "pagetypeinfo_showblockcount_print+0x214/0x214"],
  ])("%s / %s", (one, two) => {
    expect(unwrapped(`[    5.1] ${one}`, two)).toEqual([`${one} ${two}`]);
    expect(unwrapped(`> [    5.1][   T43] ${one}`, two)).toEqual([`${one} ${two}`]);
    expect(unwrapped(`> ${one} `, `> ${two}`)).toEqual([`${one} ${two}`]);
  });

  test.each([
    ["CPU: 12 PID: 1 Comm: swapper/0 Not tainted 5.3.0-rc4-", "next-20190813 #3"],
    ["#1: ffff8880004bb3f0 (&x->lock){+.+.}-", "{4:4}, at: f+0x1/0x2"],
    ["(&x->lock){-.-.}-{3:3} -> (&y->lock){+.", "+.}-{3:3}"],
  ])("within a word: %s / %s", (one, two) => {
    expect(unwrapped(`[    5.1] ${one}`, two)).toEqual([`${one}${two}`]);
    expect(unwrapped(`> ${one} `, `> ${two}`)).toEqual([`${one}${two}`]);
  });

  test.each([
    ["in_atomic(): 1, irqs_disabled(): 0, non_block: 0,", "pid: 0,", "name: swapper/8"],
    ["BUG: sleeping function called from invalid context", "at", "drivers/misc/splat.c:45"],
  ])("in three pieces, the first of which is a line: %s / %s / %s", (...pieces) => {
    expect(unwrapped(`[    5.1] ${pieces[0]}`, ...pieces.slice(1))).toEqual([pieces.join(" ")]);
  });

  test("the latest pieces first: a whole line before them stays one", () => {
    const [first, ...rest] = [
      "#3: ffff8880004bb3f0 (&x->lock){+.+.}, at: f+0x1/0x2",
      "#4: ffff8880004bb3f0 (&y->lock){+.+.}, at:",
      "g+0x1/0x2",
    ];
    expect(unwrapped(first ?? "", ...rest)).toEqual([first, rest.join(" ")]);
  });

  test("in three pieces, the first of them empty", () => {
    expect(
      unwrapped(
        "[    5.1]",
        "/src/include/linux/rhashtable.h:594",
        "suspicious rcu_dereference_check() usage!",
      ),
    ).toEqual(["/src/include/linux/rhashtable.h:594 suspicious rcu_dereference_check() usage!"]);
  });
});

describe("lines that are none together stay as they are", () => {
  test.each([
    [["Call Trace:", " take_ba+0x24/0x3e", "hello"]],
    [
      [
        "#0: ffff8880004bb3f0 (&x->lock){+.+.}, at: f+0x1/0x2",
        "#1: ffff8880004bb3f0 (&y->lock){+.+.}, at: g+0x1/0x2",
      ],
    ],
    [["Hardware name: Foo", "something of another program"]],
    [["RSP: 002b:00007ffdec307a08 EFLAGS: 00000202", "RAX: ffffffffffffffda RBX: 00007ffdec307a20"]],
    [["init: starting", "init/41 is trying to acquire lock:"]],
    // a symboliser's line for an inlined function, as wide as a terminal
    [
      [
        "ffff888031980f58 (k-slock-AF_INET6){+.-.}-{3:3}, at: spin_lock include/linux/spinlock.h:351 [inline]",
        "ffff888031980f58 (k-slock-AF_INET6){+.-.}-{3:3}, at: inet_csk_listen_stop+0x203/0x1090 net/ipv4/x.c:1",
      ],
    ],
    // 32-bit ARM's first frames, of which a person took the offsets
    [["Hardware name: Generic AM33XX (Flattened Device Tree)", "unwind_backtrace", "show_stack"]],
    [["Modules linked in:", "CPU: 1 PID: 42 Comm: x Not tainted 6.12.117 #1"]],
  ])("%j", (lines) => {
    expect(unwrapped(...lines)).toEqual(lines.map((line) => line.trim()));
  });

  test("a line with a stamp of its own is no rest", () => {
    const lines = ["[    5.1] WARNING: possible circular locking dependency", "[    5.2] detected"];
    expect(unwrapped(...lines)).toHaveLength(2);
  });
});

/** As mutt and Thunderbird wrap, at the last blank before the column. */
function wrapped(line: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    let at = rest.lastIndexOf(" ", width);
    if (at <= 0 || rest.slice(0, at).trim() === "") at = rest.indexOf(" ", width);
    if (at <= 0) break;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...pieces, rest].map((piece) => piece.trimEnd());
}

const cut = (line: string, width: number): string[] => line.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""];

describe.each(["circular/abba", "rcu/rcu", "irq-order/hardsafe", "sleeping/sleepatomic"])("%s", (path) => {
  const lines = logLines(path);
  const forms: Readonly<Record<string, (line: string) => string>> = {
    caller: (line) => line,
    stamp: (line) => line.replace(/^(\[[^\]]*\])\[[^\]]*\]/, "$1"),
    bare: (line) => line.replace(/^\[[^\]]*\](?:\[[^\]]*\])? ?/, ""),
  };
  for (const [form, of] of Object.entries(forms)) {
    test.each([72, 76, 78])(`${form}, wrapped at %i columns, gives the same reports`, async (width) => {
      const log = lines.map(of);
      const { reports } = await triageLines(log.flatMap((line) => wrapped(line, width)));
      const { reports: expected } = await triageLines(log);
      expect(withoutPlace(reports)).toEqual(withoutPlace(expected));
    });
  }
  test.each([80, 132])("cut off at column %i by a terminal, gives the same reports", async (width) => {
    const { reports } = await triageLines(lines.flatMap((line) => cut(line, width)));
    const { reports: expected } = await triageLines(lines);
    expect(withoutPlace(reports)).toEqual(withoutPlace(expected));
  });
});

test("a terminal breaks a message within its words, and they are whole again", async () => {
  const lines = logLines("rcu/rcusleep");
  const broken = lines.flatMap((line) => line.match(/.{1,80}/g) ?? [""]);
  expect(broken).toContain("ead-side critical section!");
  const { reports } = await triageLines(broken);
  expect(reports.map(({ id, rcu }) => [id, rcu?.message])).toEqual(
    (await triageLines(lines)).reports.map(({ id, rcu }) => [id, rcu?.message]),
  );
});
