import { describe, expect, test } from "vitest";
import type { Block } from "../../src/blocks/cutter.ts";
import {
  cut,
  lineOf,
  type Log,
  newCutter,
  of,
  outline,
  RECURSIVE,
  RECURSIVE_X86,
  textsOf,
  WARNING,
} from "./blocks.ts";

const NOISE = "usb 1-1: new high-speed USB device";
const noise = (count: number): string[] => Array.from({ length: count }, () => NOISE);
const whole = (kind: string, first: number, last: number): unknown => ({
  kind,
  first,
  last,
  unparsed: 0,
  damage: [],
});

describe.each([
  ["with a caller", "T12"],
  ["without", null],
])("the end of a report, %s", (_name, caller) => {
  test("is </TASK>, where the machine prints it", () => {
    const log = of(caller, [...RECURSIVE_X86, " some_fn+0x1/0x2", " *** DEADLOCK ***", ...noise(3)]);
    expect(cut(log).map(outline)).toEqual([whole("recursive", 1, RECURSIVE_X86.length)]);
  });

  test("is the last frame, where none is printed", () => {
    const log = of(caller, [...RECURSIVE, ...noise(50), " *** DEADLOCK ***"]);
    expect(cut(log).map(outline)).toEqual([whole("recursive", 1, RECURSIVE.length)]);
  });

  test("is the end of the log", () => {
    expect(cut(of(caller, RECURSIVE)).map(outline)).toEqual([whole("recursive", 1, RECURSIVE.length)]);
    expect(cut(of(caller, RECURSIVE.slice(0, 9))).map(outline)).toEqual([whole("recursive", 1, 9)]);
  });

  test("is the headline of the next, whose box is its own", () => {
    const log = of(caller, [...RECURSIVE.slice(0, 24), ...RECURSIVE_X86, ...RECURSIVE]);
    const [a, b] = [24, 24 + RECURSIVE_X86.length];
    expect(cut(log).map(outline)).toEqual([
      whole("recursive", 1, a),
      whole("recursive", a + 1, b),
      whole("recursive", b + 1, b + RECURSIVE.length),
    ]);
  });

  test("is where another subsystem's splat begins", () => {
    for (const splat of [
      "------------[ cut here ]------------",
      "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
      "WARNING: CPU: 0 PID: 1 at kernel/sched/core.c:12 f+0x1/0x2",
      "general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP",
      "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:12]",
      "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
    ]) {
      const log = of(caller, [...RECURSIVE.slice(0, 10), splat, ...RECURSIVE.slice(-4)]);
      // the blank line before it is nobody's
      expect(cut(log).map(outline)).toEqual([whole("recursive", 1, 9)]);
    }
  });
});

const head = RECURSIVE.slice(0, 6);
const rest = RECURSIVE.slice(6);

/** The last line of the report with so much noise behind its sixth line. */
function endOf(caller: string | null, count: number): number | undefined {
  return cut(of(caller, [...head, ...noise(count), ...rest]))[0]?.lastLine;
}

/** How many frames are kept of a trace with so much noise before its last one. */
function frames(caller: string | null, count: number): number | undefined {
  const trace = [...RECURSIVE.slice(0, -1), ...noise(count), " late_fn+0x1/0x2"];
  return cut(of(caller, trace))[0]?.tokens.filter(({ name }) => name === "Frame").length;
}

describe("unknown lines", () => {
  test("of the report's own caller are counted as not understood", () => {
    expect(cut(of("T12", [...head, "what is this?", "and this?", ...rest])).map(outline)).toEqual([
      { ...(whole("recursive", 1, RECURSIVE.length + 2) as object), unparsed: 2, damage: ["unparsed"] },
    ]);
  });

  test("in a log without callers are foreign", () => {
    const [block] = cut(of(null, [...head, NOISE, NOISE, ...rest]));
    expect(block?.damage).toEqual([{ code: "foreign-lines", line: 7, what: "2 lines" }]);
    expect(block).toMatchObject({ unparsed: 0, lastLine: RECURSIVE.length + 2 });
  });

  test("of another caller are none of the report's", () => {
    const log = [...of("T12", head), ...of("T1", noise(500)), ...of("T12", rest)];
    expect(cut(log).map(outline)).toEqual([whole("recursive", 1, RECURSIVE.length + 500)]);
  });

  test("too many of them end it: it was cut", () => {
    expect(endOf("T12", 12)).toBe(RECURSIVE.length + 12);
    expect(endOf("T12", 13)).toBe(6);
    expect(endOf(null, 40)).toBe(RECURSIVE.length + 40);
    expect(endOf(null, 41)).toBe(6);
  });

  test("within a trace are few without a caller, and one at most with one", () => {
    expect(frames(null, 12)).toBe(3);
    expect(frames(null, 13)).toBe(2);
    expect(frames("T12", 1)).toBe(3);
    expect(frames("T12", 2)).toBe(2);
  });

  test("behind the end of a trace do not let other parts in", () => {
    const [block] = cut(of(null, [...RECURSIVE, NOISE, "other info that might help us debug this:"]));
    expect(block).toMatchObject({ lastLine: RECURSIVE.length, damage: [] });
  });
});

describe("what stands before a headline", () => {
  test("is its box's rule and nothing else", () => {
    const [block] = cut(of("T12", ["6.12.1 #1 Not tainted", "lock(a);", "", ...RECURSIVE]));
    expect(block?.first.number).toBe(4);
    expect(block === undefined ? [] : textsOf(block).slice(0, 2)).toEqual(RECURSIVE.slice(0, 2));
  });

  test("may be missing", () => {
    expect(cut(of("T12", RECURSIVE.slice(1))).map(outline)).toEqual([
      whole("recursive", 1, RECURSIVE.length - 1),
    ]);
  });

  test("is [ cut here ] and the message of a warning", () => {
    expect(cut(of("T12", [NOISE, ...WARNING])).map(outline)).toEqual([
      whole("internal", 2, WARNING.length + 1),
    ]);
    const plain = [
      "------------[ cut here ]------------",
      "pinning an unheld lock",
      "WARNING: CPU: 0 PID: 12 at kernel/locking/lockdep.c:5658 lock_pin_lock+0x1/0x2",
      ...WARNING.slice(3),
    ];
    const [block] = cut(of("T12", plain));
    expect(block?.tokens.slice(0, 3).map(({ name }) => name)).toEqual(["CutHere", "Text", "LockdepWarning"]);
  });

  test("goes to the second of two warnings, even where no machine marks the end of the first", () => {
    const { length } = WARNING;
    for (const caller of ["T12", null])
      expect(cut(of(caller, [...WARNING, ...WARNING])).map(outline)).toEqual([
        whole("internal", 1, length),
        whole("internal", length + 1, 2 * length),
      ]);
  });

  test("is another caller's, where that one was speaking", () => {
    const log = [
      ...of("T12", RECURSIVE.slice(0, 1)),
      ...of("T1", RECURSIVE),
      ...of("T12", RECURSIVE.slice(1)),
    ];
    expect(cut(log).map(outline)).toEqual([
      whole("recursive", 1, log.length),
      whole("recursive", 2, RECURSIVE.length + 1),
    ]);
  });
});

/** lockdep_sys_exit() prints no trace: the list of held locks is the end. */
describe("held-user", () => {
  const HEAD = [
    "================================================",
    "WARNING: lock held when returning to user space!",
    "6.12.1 #1 Not tainted",
    "------------------------------------------------",
    "sh/12 is leaving the kernel with locks still held!",
    "2 locks held by sh/12:",
  ];
  const LOCKS = [
    " #0: ffff000001020304 (lock_a){+.+.}-{4:4}, at: take_two+0x20/0x60",
    " #1: ffff000001020404 (lock_b){+.+.}-{4:4}, at: take_two+0x30/0x60",
  ];

  test("ends with its last lock", () => {
    const log = of("T12", [...HEAD, ...LOCKS, "Call trace:", " fn+0x1/0x2", "1 lock held by x/1:"]);
    expect(cut(log).map(outline)).toEqual([whole("held-user", 1, 8)]);
  });

  test("may have a lock twice, once for each inlined frame", () => {
    const twice = " #1: ffff000001020404 (lock_b){+.+.}-{4:4}, at: lock_it include/x.h:45 [inline]";
    expect(cut(of("T12", [...HEAD, LOCKS[0] ?? "", twice, LOCKS[1] ?? "", NOISE])).map(outline)).toEqual([
      whole("held-user", 1, 9),
    ]);
  });

  test("bears no unknown line once it is whole, and some before", () => {
    expect(cut(of("T12", [...HEAD, NOISE, ...LOCKS, NOISE, ...LOCKS])).map(outline)).toEqual([
      { kind: "held-user", first: 1, last: 9, unparsed: 1, damage: ["unparsed"] },
    ]);
  });
});

/** debug_show_all_locks() ends with a rule of its own. */
describe("held-dump", () => {
  const DUMP = [
    "Showing all locks held in the system:",
    "1 lock held by khungtaskd/27:",
    " #0: ffffffff82955ba0 (rcu_read_lock){....}-{1:2}, at: debug_show_all_locks+0x1/0x2",
    "2 locks held by getty/411:",
    " #0: ffff8881160cc628 (&tty->ldisc_sem){++++}-{0:0}, at: tty_ldisc_ref_wait+0x1/0x2",
    " #1: ffffc90000a2b2e8 (&ldata->atomic_read_lock){+.+.}-{3:3}, at: n_tty_read+0x1/0x2",
    "1 lock held by cc1/512:",
    "",
    "=============================================",
    "",
  ];

  test("ends with its rule", () => {
    const log = of("T27", [NOISE, ...DUMP, "1 lock held by x/1:", ...RECURSIVE]);
    expect(cut(log).map(outline)).toEqual([
      whole("held-dump", 2, 10),
      whole("recursive", 13, 12 + RECURSIVE.length),
    ]);
  });

  const CUT = { kind: "held-dump", first: 1, last: 7, unparsed: 0, damage: ["truncated"] };

  test("without it, it was cut", () => {
    const log = [...DUMP.slice(0, 7), ...noise(13), ...DUMP.slice(7)];
    expect(cut(of("T27", log)).map(outline)).toEqual([CUT]);
  });

  test("does not take the box of a report for it, where its own was lost", () => {
    const log = of("T27", [...DUMP.slice(0, 7), ...RECURSIVE]);
    expect(cut(log).map(outline)).toEqual([CUT, whole("recursive", 8, log.length)]);
  });
});

describe("several callers", () => {
  test("print line by line in turn: each report comes whole", () => {
    const log = RECURSIVE.flatMap((text, i) => [
      ...of("T12", [text]),
      ...of("C1", [WARNING[i] ?? NOISE]),
      ...of("T99", [NOISE]),
    ]);
    const blocks = cut(log);
    expect(blocks.map(({ kind, unparsed, damage }) => ({ kind, unparsed, damage }))).toEqual([
      { kind: "recursive", unparsed: 0, damage: [] },
      { kind: "internal", unparsed: 0, damage: [] },
    ]);
    const [recursive] = blocks;
    expect(recursive === undefined ? [] : textsOf(recursive)).toEqual(
      RECURSIVE.map((text) => text.trim()).filter((text) => text !== ""),
    );
  });

  test("without callers: a report comes whole around another that stands within it", () => {
    const log = of(null, [...RECURSIVE.slice(0, 10), ...WARNING, ...RECURSIVE.slice(10)]);
    const blocks = cut(log);
    expect(blocks.map(({ kind, lastLine }) => [kind, lastLine])).toEqual([
      ["recursive", log.length],
      ["internal", 22],
    ]);
    expect(blocks.map(textsOf)).toEqual(
      [RECURSIVE, WARNING].map((texts) => texts.map((text) => text.trim()).filter((text) => text !== "")),
    );
  });

  test("a thousand of them do not end the one that is open", () => {
    const log = RECURSIVE.flatMap((text, i) => [
      ...of("T12", [text]),
      ...Array.from({ length: 40 }, (_, k) => [`T${1000 + 40 * i + k}`, NOISE] as const),
    ]);
    expect(cut(log).map(({ kind, damage }) => ({ kind, damage }))).toEqual([
      { kind: "recursive", damage: [] },
    ]);
  });
});

test("dropped messages are damage, and the line is the report's", () => {
  const log = of("T12", [
    ...RECURSIVE.slice(0, 8),
    "** 123 printk messages dropped **",
    ...RECURSIVE.slice(14),
  ]);
  const [block] = cut(log);
  expect(block?.damage).toEqual([{ code: "dropped-messages", line: 9, what: "123 messages" }]);
  expect(block).toMatchObject({ unparsed: 0, lastLine: log.length });
});

test("a report that never ends is cut after 20,000 lines", () => {
  const blocks: Block[] = [];
  const cutter = newCutter(blocks);
  const begin = RECURSIVE.slice(0, -3);
  for (const [i, text] of begin.entries()) cutter.feed(lineOf(["T12", text], i));
  const blank = begin.filter((text) => text === "").length;
  for (let i = begin.length; i < 20_100; i++) cutter.feed(lineOf(["T12", " fn+0x1/0x2"], i));
  cutter.end();
  expect(blocks.length).toBe(1);
  expect(blocks[0]?.tokens.length).toBe(20_000);
  const line = 20_000 + blank;
  expect(blocks[0]).toMatchObject({ lastLine: line, damage: [{ code: "too-long", line }] });
});

test("two consoles print every line twice: it is one report", () => {
  for (const caller of ["T12", null]) {
    const blocks: Block[] = [];
    const cutter = newCutter(blocks);
    for (const [i, text] of RECURSIVE_X86.entries())
      for (const copy of [1, 2]) cutter.feed({ ...lineOf([caller, text], i), number: 2 * i + copy });
    cutter.end();
    const [block, ...more] = blocks;
    expect(more).toEqual([]);
    expect(block).toMatchObject({ kind: "recursive", unparsed: 0, damage: [{ code: "doubled-lines" }] });
    // each line once, as if one console had printed it
    expect(block?.tokens.map(({ text }) => text)).toEqual(
      cut(of(caller, RECURSIVE_X86))[0]?.tokens.map(({ text }) => text),
    );
  }
});

describe("a log that is still being written", () => {
  test("ends what may be whole when nothing comes, and only that", () => {
    const blocks: Block[] = [];
    const cutter = newCutter(blocks);
    expect(cutter.idle).toBe(true);
    for (const [i, text] of RECURSIVE.entries()) {
      cutter.feed(lineOf(["T12", text], i));
      expect(cutter.idle).toBe(i === 0);
      // one frame is enough for a trace: the machine does not say how many there are
      if (i < RECURSIVE.length - 3) cutter.settle();
      expect(blocks.length).toBe(0);
    }
    cutter.settle();
    expect(blocks.map(outline)).toEqual([whole("recursive", 1, RECURSIVE.length)]);
    expect(cutter.idle).toBe(true);
  });
});

const others = (count: number): Log => noise(count).map((text, i) => [`T${100 + (i % 300)}`, text]);

/** Whether the report is over before the log is. */
function isOverAfter(lines: Log): boolean {
  const blocks: Block[] = [];
  const cutter = newCutter(blocks);
  for (const [index, entry] of lines.entries()) cutter.feed(lineOf(entry, index));
  expect(cutter.idle).toBe(blocks.length === 1);
  return blocks.length === 1;
}

describe("a caller that says nothing more, while others do", () => {
  test("ends a report that may be whole after some hundred lines", () => {
    expect(isOverAfter([...of("T12", RECURSIVE), ...others(120)])).toBe(false);
    expect(isOverAfter([...of("T12", RECURSIVE), ...others(200)])).toBe(true);
  });

  test("ends one that lacks its trace after some thousand", () => {
    expect(isOverAfter([...of("T12", head), ...others(4000)])).toBe(false);
    expect(isOverAfter([...of("T12", head), ...others(4200)])).toBe(true);
  });

  test("ends none that goes on in time", () => {
    const log = [...of("T12", head), ...others(3000), ...of("T12", rest)];
    expect(cut(log).map(outline)).toEqual([whole("recursive", 1, log.length)]);
  });
});

test("what a caller said long before its headline is no part of the report", () => {
  const warning = of("T12", WARNING);
  const log: Log = [["T12", "------------[ cut here ]------------"], ...others(200), ...warning.slice(1)];
  expect(cut(log)[0]?.first.number).toBeGreaterThan(200);
  expect(cut(warning)[0]?.first.number).toBe(1);
});
