import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../src/report/schema.ts";
import { FIXTURES, fixtures, logLines, triageLines, withoutPlace } from "./support/fixtures.ts";
import { WARNING } from "./support/others.ts";

const logs = new Map(fixtures().map(({ name, bytes }) => [name, bytes.toString("latin1").split("\n")]));

/** A fixture's first report: its lines, and what is read of them alone. */
async function firstReport(name: string, prefix: (line: string) => string): Promise<[string[], Report]> {
  const lines = (logs.get(name) ?? []).map((line) => line.replace(/^\[ *\d+\.\d+\]\[ *[TC]\d+\] /, ""));
  const [report] = (await triageLines(lines)).reports;
  if (report === undefined) throw new Error(`${name} has no report`);
  const own = lines.slice(report.lines.first - 1, report.lines.last).map(prefix);
  const [again] = (await triageLines(own)).reports;
  if (again === undefined) throw new Error(`${name} has no report with prefix`);
  return [own, again];
}

/** All that reports have when they stand alone; damage tells of the other's lines. */
function bare(reports: readonly Report[]): unknown[] {
  const sorted = reports.toSorted((a, b) => a.id.localeCompare(b.id));
  return withoutPlace(sorted.map((report) => ({ ...report, damage: [] })));
}

const plain = (line: string): string => line;

function codes(reports: readonly Report[]): string[][] {
  return reports.map(({ damage }) =>
    damage.map(({ code }) => code).filter((code) => code !== "foreign-lines"),
  );
}

describe("without callers, a report interrupted by another one", () => {
  test.each([
    ["circular/abba", "rcu/rcu"],
    ["circular/abba", "circular/abbcca"],
    ["irq-order/hardsafe3", "recursive/aa"],
    ["circular/abba", "internal/pin"],
    ["inconsistent/hardirq", "circular/workqueue"],
  ])("%s by %s, at every line: both come out whole and apart", async (outer, inner) => {
    const [outside, first] = await firstReport(outer, plain);
    const [inside, second] = await firstReport(inner, plain);
    for (let at = 2; at < outside.length; at++) {
      const { reports } = await triageLines([...outside.slice(0, at), ...inside, ...outside.slice(at)]);
      expect(bare(reports)).toEqual(bare([first, second]));
      expect(reports[0]?.damage.map(({ code }) => code)).toEqual(["foreign-lines"]);
    }
  });

  test("another subsystem's splat within a report stays out of it", async () => {
    const [lines, report] = await firstReport("circular/abba", plain);
    const oops = [
      "BUG: KASAN: slab-use-after-free in f+0x12/0x40",
      "Read of size 8 at addr ffff888000cb1868 by task cat/77",
      "CPU: 0 UID: 0 PID: 77 Comm: cat Not tainted 6.12.117 #1",
      "Call Trace:",
      " <TASK>",
      " f+0x12/0x40",
      " vfs_read+0x1/0x2",
      " </TASK>",
    ];
    // within the stack of link #1
    const at = lines.findIndex((line) => line.includes("take_ab+0x24"));
    const { reports } = await triageLines([...lines.slice(0, at), ...oops, ...lines.slice(at)]);
    expect(bare(reports)).toEqual(bare([report]));
  });
});

/** The lines of two reports: the first up to a frame, then the second, and the rest. */
async function parted(
  [outer, from]: readonly [string, string],
  [inner, to]: readonly [string, string | null],
): Promise<Report[]> {
  const [outside] = await firstReport(outer, plain);
  const [inside] = await firstReport(inner, plain);
  const trace = outside.findIndex((line) => line.endsWith("Call Trace:"));
  const at = from === "" ? trace : outside.findIndex((line, i) => i > trace && line.includes(from));
  const end = to === null ? inside.length : inside.findIndex((line) => line.includes(to));
  expect([at, end]).not.toContain(-1);
  const { reports } = await triageLines([
    ...outside.slice(0, at),
    ...inside.slice(0, end),
    ...outside.slice(at),
    ...inside.slice(end),
  ]);
  return [...reports];
}

describe("without callers, two reports whose traces nothing tells apart", () => {
  test.each([
    ["their ends are each other's", ["rcu/rcu", " s_rcu+"], ["sleeping/sleepatomic", " __might_resched+"]],
    ["the one stands within the other: so it seems", ["rcu/rcu", " s_rcu+"], ["sleeping/sleepatomic", null]],
  ] as const)("%s: both say so", async (_why, outer, inner) => {
    const reports = await parted(outer, inner);
    expect(reports.map(({ complete }) => complete)).toEqual([false, false]);
    for (const told of codes(reports)) expect(told).toContain("interleaved");
  });

  test.each([
    ["before the trace", ["rcu/rcu", ""], ["sleeping/sleepatomic", null]],
    ["where all that follows is the same in both", ["rcu/rcu", " vfs_write+"], ["rcu/rcu", null]],
    ["where lockdep recorded one of the stacks", ["rcu/rcu", " s_rcu+"], ["circular/abba", null]],
  ] as const)("%s, the one within the other is whole and apart", async (_why, outer, inner) => {
    const reports = await parted(outer, inner);
    expect(codes(reports)).toEqual([[], []]);
    expect(reports.map(({ complete }) => complete)).toEqual([true, true]);
  });
});

describe("without callers, what is of another report's", () => {
  test("the rule of its box does not end a list of all locks", async () => {
    const list = logLines("held-dump/sysrq-d").map((line) =>
      line.replace(/^\[ *\d+\.\d+\]\[ *[TC]\d+\] /, ""),
    );
    const [other] = await firstReport("irq-order/hardsafe3", plain);
    const at = list.findIndex((line) => /locks? held by/.test(line)) + 1;
    const { reports } = await triageLines([...list.slice(0, at), ...other.slice(0, 6), ...list.slice(at)]);
    const [whole] = (await triageLines(list)).reports;
    expect(whole?.kind).toBe("held-dump");
    expect(reports.find(({ kind }) => kind === "held-dump")?.held).toEqual(whole?.held);
  });

  test("its warning is not that of a key that has not been registered", async () => {
    const [lines, whole] = await firstReport("unregistered-key/unregkey", plain);
    const at = lines.findIndex((line) => line.includes("[ cut here ]")) + 1;
    const { reports } = await triageLines([...lines.slice(0, at), ...WARNING, ...lines.slice(at)]);
    expect(bare(reports)).toEqual(bare([whole]));
  });

  test("frames that lockdep recorded are in no dump that has not come to its trace", async () => {
    const [warning] = await firstReport("internal/pin", plain);
    const at = warning.findIndex((line) => line.startsWith("CPU: ")) + 1;
    const [other] = await firstReport("inconsistent/hardirq", plain);
    const recorded = other.filter((line) => /^ {2,}\w+\+0x/.test(line)).map((line) => `    ${line}`);
    expect(recorded.length).toBeGreaterThan(3);
    const [report] = (await triageLines([...warning.slice(0, at), ...recorded])).reports;
    expect(report).toMatchObject({ kind: "internal", complete: false, backtrace: [] });
  });
});

function indexOf(lines: readonly string[], text: string): number {
  const at = lines.findIndex((line) => line.includes(text));
  expect(at).toBeGreaterThan(0);
  return at;
}

const HEAD = "CPU: 1 PID: 99 Comm: stress Not tainted 6.12.117 #1";
const STACK = [" <TASK>", " stress_loop+0x11/0x20", " </TASK>"] as const;

type Mix = (lines: readonly string[]) => readonly string[];
const MIXES: readonly (readonly [string, string, Mix])[] = [
  ["frames go on behind its end", "internal/pin", (lines) => {
    const [at, end] = [indexOf(lines, " vfs_write+"), indexOf(lines, " </TASK>") + 1];
    return [...lines.slice(0, at), " a+0x1/0x2", ...lines.slice(at, end), " b+0x2/0x4", ...lines.slice(end)];
  }],
  ["`Call Trace:` comes with nothing to stand under", "internal/pin", (lines) => {
    const at = indexOf(lines, "CPU: 1 UID: 0") + 1;
    return [...lines.slice(0, at), " kthread+0x119/0x150", " ret_from_fork+0x2e/0x50", ...lines.slice(at)];
  }],
  ["what prints it stands in the other's stack, which is not over", "rcu/rcu", (lines) => {
    const at = indexOf(lines, " lockdep_rcu_suspicious+");
    const dump = ["NMI backtrace for cpu 1", HEAD, "Call Trace:", ...STACK];
    return [...lines.slice(0, at), HEAD, ...lines.slice(at, at + 3), ...dump, ...lines.slice(at + 3)];
  }],
  ["the other's stack goes on behind it", "internal/pin", (lines) => {
    const at = indexOf(lines, " vfs_write+");
    const [open, ...rest] = STACK;
    return [HEAD, "Call Trace:", open, ...lines.slice(0, at), " vfs_read+0xa1/0x300", ...lines.slice(at), ...rest];
  }],
]; // prettier-ignore

test.each(MIXES)("without callers, a report says that it came mixed: %s", async (_why, name, mix) => {
  const [lines] = await firstReport(name, plain);
  const { reports } = await triageLines(mix(lines).map((line) => `[    6.309448] ${line}`));
  const [report] = reports.filter(({ kind }) => name.startsWith(kind));
  expect(report).toMatchObject({ complete: false });
  expect(report?.damage.map(({ code }) => code)).toContain("interleaved");
});

test("without callers, the modules that an oops lists behind its trace", async () => {
  const [lines, whole] = await firstReport("circular/abba", plain);
  const oops = [
    "BUG: kernel NULL pointer dereference, address: 0000000000000010",
    "Oops: 0000 [#1] PREEMPT SMP PTI",
    "CPU: 1 PID: 888 Comm: cat Not tainted 6.12.117 #1",
    "Call Trace:",
    " <TASK>",
    " bar_read+0xa1/0x300",
    " </TASK>",
    "Modules linked in: bar",
    "---[ end trace 0000000000000000 ]---",
  ];
  const { reports } = await triageLines([...lines.slice(0, 12), ...oops, ...lines.slice(12)]);
  expect(bare(reports)).toEqual(bare([whole]));
});

test("without callers, an oops behind a report of powerpc is not mixed with it: the stack has come to its end", async () => {
  const [lines, report] = await firstReport("circular/abba-ppc64el", plain);
  const oops = [
    "BUG: Kernel NULL pointer dereference on write at 0x00000008",
    "Oops: Kernel access of bad area, sig: 11 [#1]",
    "CPU: 1 UID: 0 PID: 39 Comm: init Not tainted 6.12.117 #2 ",
    "Call Trace:",
    "[c00000000346fc40] [c0000000002a8398] oops+0x18/0x34 (unreliable)",
    "[c00000000346fc60] [c0000000002a90fc] splat_write+0x8c/0xb8",
    "---[ end trace 0000000000000000 ]---",
  ];
  const { reports } = await triageLines([...lines, ...oops]);
  expect(bare(reports)).toEqual(bare([report]));
  expect(reports[0]?.damage).toEqual([]);
});

test("without callers, a headline in the words above a log is not mixed with the log's report", async () => {
  const [lines, report] = await firstReport("sleeping/sleepatomic", (line) => `[    6.309448] ${line}`);
  const words = [
    report.headline.replace(/^(?!BUG)/, "BUG: "),
    "",
    "The function is this one:",
    "\tmight_sleep();",
    "The whole log:",
    "-----------------------------",
  ];
  const { reports } = await triageLines([...words, ...lines]);
  expect(reports).toHaveLength(2);
  expect(bare(reports.slice(1))).toEqual(bare([report]));
  expect(reports[1]?.damage).toEqual([]);
});

test("without callers, who stands above a stack is not in doubt for what another report takes below it", async () => {
  // sparc64 prints no function that only prints
  const lines = logLines("wait-context/sparc64-6-12");
  const another = lines.map((line) => line.replaceAll("&mm->context.lock", "&another->lock"));
  const { reports } = await triageLines([...lines, "", "There is another one:", "", ...another]);
  expect(reports).toMatchObject([
    { complete: true, damage: [] },
    { complete: true, damage: [] },
  ]);
});

test("with callers, two reports printed line by line at once come out whole and apart", async () => {
  const [one, first] = await firstReport("irq-order/hardsafe3", (line) => `[    6.309448][   T41] ${line}`);
  const [two, second] = await firstReport("circular/abbcca", (line) => `[    6.309448][    C1] ${line}`);
  const mixed = one.flatMap((line, i) => (i < two.length ? [line, two[i] ?? ""] : [line]));
  const { reports } = await triageLines(mixed);
  expect(bare(reports)).toEqual(bare([first, second]));
  expect(reports.flatMap(({ damage }) => damage)).toEqual([]);
});

function atOnce(name: string): string[] {
  return readFileSync(join(FIXTURES, "at-once", name, "console.txt"), "latin1").split("\n");
}

function atOnceBare(name: string): string[] {
  return atOnce(name).map((line) => line.replace(/^\[ *\d+\.\d+\]\[ *[TC]\d+\] ?/, ""));
}

/** Of which nothing leads the dump. */
const preemptible = (who: string, pid: number): string[] => [
  `BUG: using smp_processor_id() in preemptible [00000000] code: ${who}/${pid}`,
  `caller is ${who}_tick+0x10/0x20 [mod]`,
  `CPU: 1 PID: ${pid} Comm: ${who} Not tainted 6.9.0 #1`,
  "Hardware name: Box",
  "Call Trace:",
  " <TASK>",
  " dump_stack_lvl+0x62/0x80",
  " check_preemption_disabled+0xcc/0xf0",
  ` ${who}_tick+0x10/0x20 [mod]`,
  " kthread+0xeb/0x120",
  " </TASK>",
];

describe("what two processors really printed at once", () => {
  test.each([
    ["both-rcu-7-3", ["rcu", "circular"]],
    ["both-warn-i386", ["circular"]],
  ])("with callers, %s is whole and apart", async (name, kinds) => {
    const { reports, sources } = await triageLines(atOnce(name));
    expect(reports.map(({ kind }) => kind)).toEqual(kinds);
    for (const report of reports)
      expect(report).toMatchObject({ complete: true, damage: [], lines: { unparsed: 0 } });
    expect(reports.at(-1)).toMatchObject({ cycle: ["lock_a", "lock_b"] });
    expect(sources[0]?.unread).toEqual([]);
  });

  test("without them, of two reports each keeps its own", async () => {
    const { reports } = await triageLines(atOnceBare("both-rcu-7-3"));
    expect(bare(reports)).toEqual(bare((await triageLines(atOnce("both-rcu-7-3"))).reports));
  });

  test("without them, a trace is the older's as long as the newer's has no line of its CPU", async () => {
    const [older, newer] = [preemptible("old", 11), preemptible("new", 12)];
    const { reports } = await triageLines([
      ...older.slice(0, 3),
      ...newer.slice(0, 1),
      ...older.slice(3, 7),
      ...newer.slice(1, 2),
      ...older.slice(7),
      ...newer.slice(2),
    ]);
    const apart = await Promise.all([older, newer].map(async (alone) => (await triageLines(alone)).reports));
    expect(bare(reports)).toEqual(bare(apart.flat()));
    expect(reports.flatMap(({ damage }) => damage)).toEqual([]);
  });

  test("of a kernel that prints none, which stopped one report in a held lock and the other in a chain", async () => {
    const { reports, sources } = await triageLines(atOnce("both-rcu-nocaller-7-3"));
    expect(reports).toMatchObject([
      { kind: "rcu", complete: true, task: { comm: "splat-two" }, lines: { unparsed: 0 } },
      { kind: "circular", complete: true, task: { comm: "splat-one" }, lines: { unparsed: 0 } },
    ]);
    const stacks = reports.map(({ backtrace }) =>
      backtrace.flatMap(({ symbol, uncertain }) => (uncertain ? [] : [symbol])),
    );
    const end = ["kthread", "ret_from_fork", "ret_from_fork_asm"];
    expect(stacks[0]).toEqual([
      "dump_stack_lvl",
      "dump_stack",
      "lockdep_rcu_suspicious",
      "rcu",
      "report_rcu",
      ...end,
    ]);
    expect(stacks[1]?.slice(-5)).toEqual(["take_ba", "report_order", ...end]);
    expect(reports[1]?.edges.map(({ stack }) => stack.at(-1)?.symbol)).toEqual([
      "entry_SYSCALL_64_after_hwframe",
      "ret_from_fork_asm",
    ]);
    expect(sources[0]?.unread).toEqual([]);
    const withCallers = await triageLines(atOnce("both-rcu-7-3"));
    // its functions have other names, and who called rcu() is part of the first one's id
    expect(reports.at(-1)?.id).toBe(withCallers.reports.at(-1)?.id);
  });

  test("without them, where that cannot be told it is said, and no other's stack is taken", async () => {
    const { reports } = await triageLines(atOnceBare("both-warn-i386"));
    const [whole] = (await triageLines(atOnce("both-warn-i386"))).reports;
    expect(reports).toMatchObject([{ id: whole?.id, complete: false }]);
    expect(reports[0]?.backtrace.map(({ symbol }) => symbol)).toEqual(
      whole?.backtrace.map(({ symbol }) => symbol),
    );
    expect(reports[0]?.damage.map(({ code }) => code)).toContain("interleaved");
  });
});

test("without callers, a frame of a dump among those of the chain is said to be another's", async () => {
  const lines = logLines("circular/abba").map((line) => line.replace(/^(\[[^\]]*\])\[[^\]]*\]/, "$1"));
  const at = lines.findIndex((line) => line.includes("-> #1 ")) + 3;
  const alien = `${/^\[[^\]]*\]/.exec(lines[at] ?? "")?.[0] ?? ""}  ? find_held_lock+0x31/0x77`;
  const { reports } = await triageLines([...lines.slice(0, at), alien, ...lines.slice(at)]);
  expect(reports[0]).toMatchObject({ kind: "circular", complete: false });
  expect(reports[0]?.damage).toContainEqual({ code: "interleaved", line: at + 1 });
});

test("a frame that a mailer put below its stamp is the chain's all the same", async () => {
  const lines = logLines("circular/abba").map((line) => line.replace(/^(\[[^\]]*\])\[[^\]]*\]/, "$1"));
  const at = lines.findIndex((line) => line.includes("-> #1 ")) + 3;
  const [stamp = "", text = ""] = (lines[at] ?? "").split(/(?<=\]) +/);
  const long = text.replace(/^\w+/, "a_function_of_which_the_name_is_long");
  const { reports } = await triageLines([...lines.slice(0, at), stamp, long, ...lines.slice(at + 1)]);
  expect(reports[0]).toMatchObject({ kind: "circular", complete: true, damage: [] });
});
