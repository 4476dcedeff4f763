import { afterAll, describe, expect, test } from "vitest";
import type { Report } from "../src/report/schema.ts";
import { gistOf } from "../src/identity/gist.ts";
import { relationOf } from "../src/seen/relation.ts";
import { logLines, triageLines } from "./support/fixtures.ts";
import { readAgain } from "./support/printed.ts";

const LINK = /-> #\d+ \((.*)\)\{[.+?-]{4}\}-\{4:4\}:$/;

/** A line that is damaged, and a text of its own for what follows the prefix. */
function prefixOf(line: string): string {
  return /^\[ *\d+\.\d+\]\[ *[TC]\d+\] /.exec(line)?.[0] ?? "";
}

type Damage = (lines: readonly string[], at: number) => string[];

function inserted(lineFor: (line: string) => string): Damage {
  return (lines, at) => [...lines.slice(0, at), lineFor(lines[at] ?? ""), ...lines.slice(at)];
}

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ["dropped", (lines, at) => lines.filter((_line, i) => i !== at)],
  ["doubled", inserted((line) => line)],
  ["an alien line of the same caller before it", inserted((line) => `${prefixOf(line)}usb 1-1: new device found`)],
  ["an alien line without caller before it", inserted((line) => `${prefixOf(line).slice(0, 15)}usb 1-1: new device`)],
  ["an alien line of another caller before it", inserted((line) => `${prefixOf(line).slice(0, 14)}[ T9999] lock(other);`)],
  ["a line of another time before it", inserted(() => "[ 9999.000000][ T9999] usb 1-1: new device found")],
  ["a line of another kind's vocabulary before it", inserted((line) => `${prefixOf(line)}RCU nest depth: 1, expected: 0`)],
  ["a frame before it", inserted((line) => `${prefixOf(line)} alien_fn+0x1/0x2`)],
  ["a held lock before it", inserted((line) => `${prefixOf(line)} #7: ffff8880deadbeef (alien){+.+.}-{4:4}, at: alien_fn+0x1/0x2`)],
  ["its middle lost", (lines, at) => lines.map((line, i) => (i === at ? line.slice(0, Math.ceil(line.length / 2)) : line))],
  ["bytes that are no text in it", (lines, at) => lines.map((line, i) => (i === at ? `${line.slice(0, 40)}\u0000\ufffd${line.slice(41)}` : line))],
]; // prettier-ignore

/** What of the variants was looked at, for the one line of numbers at the end. */
const count = { variants: 0, links: 0, linksKept: 0, reportsAfter: 0 };

/** Numbers that a reader of the report relies on. */
function positionsOf(report: Report): number[] {
  const { first, last, unparsed } = report.lines;
  return [first, last, unparsed, ...report.damage.map(({ line }) => line)];
}

/** The classes of the chain's links that are still whole in the text. */
function linksOf(lines: readonly string[]): string[] {
  return [...new Set(lines.flatMap((line) => LINK.exec(line)?.[1] ?? []))];
}

/** Whether the class of a link is still an edge with its stack. */
function isKept(link: string, { edges }: Report): boolean {
  return edges.some(({ acquired, stack }) => acquired?.class === link && stack.length > 0);
}

describe.each([
  ["circular/abbcca", 0],
  ["circular/abba-arm64", 0],
  ["irq-order/hardsafe3", 0],
  ["recursive/aa", 0],
  ["inconsistent/hardirq", 0],
  ["rcu/twice", 0],
  ["rcu/twice", 1],
])("%s, report %i", async (path, index) => {
  const lines = logLines(path);
  const { reports } = await triageLines(lines);
  const whole = reports[index];
  if (whole === undefined) throw new Error(`${path} has no report ${index}`);
  const start = whole.lines.first - 1;
  const after = reports.slice(index + 1);

  test.each(DAMAGES)("each line in turn: %s", async (_name, damage) => {
    for (let at = start; at < whole.lines.last; at++) {
      const variant = damage(lines, at);
      const document = await triageLines(variant);
      count.variants++;
      const shift = variant.length - lines.length;
      const damaged = document.reports.filter(
        ({ lines: { first } }) => first >= whole.lines.first && first <= whole.lines.last + shift,
      );

      for (const report of document.reports)
        for (const position of positionsOf(report)) {
          expect(Number.isSafeInteger(position)).toBe(true);
          expect(position).toBeLessThanOrEqual(variant.length);
        }
      for (const report of damaged) {
        expect(report.lines.first).toBeLessThanOrEqual(report.lines.last);
        expect(report.kind).toBe(whole.kind);
      }

      const [report] = damaged;
      const isHeadline = (lines[at] ?? "").includes("WARNING: ");
      // a report whose headline is gone is no report
      expect(report !== undefined || isHeadline).toBe(true);
      const links = linksOf(variant.slice(start, whole.lines.last + shift));
      const kept = report === undefined ? links : links.filter((link) => isKept(link, report));
      expect(links.filter((link) => !kept.includes(link)).map((l) => [at, l])).toEqual([]);
      count.links += links.length;
      count.linksKept += kept.length;

      // those behind it are the same, and no more than before
      const behind = document.reports.filter(({ lines: { first } }) => first > whole.lines.last + shift);
      expect(behind.map(({ id, complete, damage: marks }) => ({ id, complete, marks }))).toEqual(
        after.map(({ id }) => ({ id, complete: true, marks: [] })),
      );
      count.reportsAfter += behind.length;
    }
  });
});

async function reportOf(log: readonly string[]): Promise<Report | undefined> {
  return (await triageLines(log)).reports[0];
}

describe("letters of a function's name are missing", () => {
  const lines = logLines("circular/abba");
  /** The line that holds the text for the nth time, with another. */
  const changed = (text: string, nth: number, by: string): string[] => {
    let left = nth;
    return lines.map((line) => (line.includes(text) && left-- === 0 ? line.replace(text, by) : line));
  };

  test.each([
    ["within it, at the lock", changed("take_ba+0x24", 0, "tae_ba+0x24")],
    ["within it, in the backtrace", changed("take_ba+0x24", 6, "tke_ba+0x24")],
    ["at its end, at the lock", changed("take_ba+0x24", 0, "take_b+0x24")],
    ["at its beginning, at the lock held", changed("take_ba+0x16", 0, "ke_ba+0x16")],
    ["at its end, in the stack of the chain", changed("take_ba+0x24", 1, "take_b+0x24")],
  ])("%s: told", async (_where, log) => {
    expect(log).not.toEqual(lines);
    expect((await reportOf(log))?.damage).toContainEqual(
      expect.objectContaining({ code: "unparsed", what: "a place that is none" }),
    );
  });

  test.each([["take_b"], ["retake_ba"], ["take_ba_locked"]])(
    "two functions of one size are none, %s beside take_ba",
    async (name) => {
      const found = await reportOf(lines.map((line) => line.replace("take_ab+", `${name}+`)));
      expect(found).toMatchObject({ complete: true, damage: [] });
      expect(found?.edges.flatMap(({ stack }) => stack).map(({ symbol }) => symbol)).toContain(name);
    },
  );
});

describe("what a report says twice does not agree", () => {
  const lines = logLines("circular/abba");
  const trace = lines.findIndex((line) => line.endsWith("Call Trace:"));
  const inTrace = (change: (line: string) => string | null): string[] =>
    lines.flatMap((line, i) => (i < trace ? [line] : (change(line) ?? [])));

  test.each([
    ["the function that takes the lock is not in the stack", inTrace((line) => (/ {2}take_ba/.test(line) ? null : line)), "truncated"],
    ["a frame stands above the function that prints", inTrace((line) => line.replace(/ dump_stack\+/, " tick_handler+")), "truncated"],
    ["a function of the recorded stack is not in the trace, which is the same", inTrace((line) => (/ {2}job_thread/.test(line) ? null : line)), "truncated"],
    ["a function of the trace is not in the recorded stack", inTrace((line) => line.replace(" job_thread+0xe/0x1c", " other_thread+0x1e/0x2c")), "interleaved"],
    ["frames are lost below the function that prints", inTrace((line) => (/ check_noncircular\+| {2}__lock_acquire\+/.test(line) ? null : line)), "truncated"],
    ["a class is in the picture alone", lines.map((line) => line.replace("lock(lock_b);", "lock(lok_b);")), "unparsed"],
    ["a function that is in most stacks lacks a letter", inTrace((line) => line.replace(" kthread+", " kthrad+")), "unparsed"],
    ["the line that names the processor ends early", inTrace((line) => line), "truncated"],
  ])("%s", async (why, log, code) => {
    const cut = why.endsWith("early") ? lines.map((line) => line.replace(/( Not tainted \S+) #\S+ *$/, "$1")) : log;
    expect(cut).not.toEqual(lines);
    const found = await reportOf(cut);
    expect(found?.kind).toBe("circular");
    expect(found?.damage.map((one) => one.code)).toContain(code);
  });

  test("a line that ends within its first words is cut off, and read as far as it goes", async () => {
    for (const words of ["Call Trace:", "other info that might help us debug this:", "stack backtrace:", "Possible unsafe locking scenario:"])
      for (const length of [4, Math.ceil(words.length / 2), words.length - 2]) {
        const at = lines.findIndex((line) => line.includes(words));
        const found = await reportOf(lines.with(at, prefixOf(lines[at] ?? "") + words.slice(0, length)));
        expect(found).toMatchObject({ complete: false, lines: { unparsed: 0 } });
        expect(found?.damage).toContainEqual({ code: "truncated", line: at + 1 });
      }
  });

  test.each([
    ["a function", / {2}_mutex_lock_nest_lock\+/],
    ["the line that names its task", / CPU: \d/],
  ])("of two dumps of one stack the first has lost %s", async (_what, line) => {
    const nest = logLines("nested-lock/nest");
    const at = nest.findIndex((text) => line.test(text));
    const found = await reportOf(nest.toSpliced(at, 1));
    expect([found?.kind, found?.complete]).toEqual(["nested-lock", false]);
  });

  test("who takes the lock whose state is inconsistent is not in the stack", async () => {
    const log = logLines("inconsistent/hardirq");
    const start = log.findIndex((line) => line.endsWith("Call Trace:"));
    const found = await reportOf(log.filter((line, i) => i < start || !/ {2}take_raw_plain\+/.test(line)));
    expect([found?.kind, found?.complete]).toEqual(["inconsistent", false]);
  });

  test("who registers a key is no system call alone", async () => {
    const log = logLines("non-static-key/nonstatic");
    const found = await reportOf(log.filter((line) => !/ {2}(?:s_nonstatic|splat_write|full_proxy_write|vfs_write|ksys_write)\+/.test(line)));
    expect([found?.kind, found?.complete]).toEqual(["non-static-key", false]);
  });

  test("who sleeps is not whoever passes calls on", async () => {
    const sleeping = logLines("sleeping/sleepatomic");
    const lost = / (?:__might_sleep|__mutex_lock|mutex_lock_nested|s_sleepatomic|splat_write|full_proxy_write|vfs_write)\+/;
    const found = await reportOf(sleeping.filter((line) => !lost.test(line)));
    expect(found).toMatchObject({ kind: "sleeping", complete: false });
  });

  test("a warning whose first register was lost is named by its own line", async () => {
    const warning = logLines("internal/pin");
    const whole = await reportOf(warning);
    const found = await reportOf(warning.filter((line) => !line.includes("RIP: 0010:")));
    expect(found?.title).toBe(whole?.title);
    expect(found?.id).toBe(whole?.id);
  });

  test("a warning whose place was cut off is told", async () => {
    const warning = logLines("internal/pin");
    const found = await reportOf(warning.map((line) => line.replace(/(lock_pin_lock\+0x[0-9a-f]+)\/0x[0-9a-f]+$/, "$1/0")));
    expect(found?.damage.map(({ code }) => code)).toContain("unparsed");
  });
}); // prettier-ignore

describe("the marks of a trace do not fit", () => {
  const lines = logLines("circular/abba");
  const trace = lines.findIndex((line) => line.endsWith("Call Trace:"));
  const prefix = prefixOf(lines[trace] ?? "");
  const frame = trace + 6;
  const added = (at: number, ...texts: string[]): string[] =>
    lines.toSpliced(at, 0, ...texts.map((text) => prefix + text));

  test.each([
    ["`Call Trace:` comes twice", added(trace, "Call Trace:")],
    [
      "it comes before the locks held",
      added(
        lines.findIndex((line) => line.includes("lock held by")),
        "Call Trace:",
      ),
    ],
    ["a context within another", added(frame, " <IRQ>")],
    ["the end of a context that did not begin", added(frame, " </IRQ>")],
    ["the beginning of a context is lost", lines.toSpliced(trace + 1, 1)],
    ["registers above the line that names the processor", added(trace - 1, "RIP: 0010:spin_loop+0x7/0x10")],
  ])("%s", async (_what, log) => {
    const found = await reportOf(log);
    expect(found).toMatchObject({ kind: "circular", complete: false });
    expect(found?.damage.map(({ code }) => code)).toContain("truncated");
  });

  test("a second trace is not that of the first, where the line that names its processor is lost", async () => {
    const nest = logLines("nested-lock/nest");
    const [whole, cut] = [
      await reportOf(nest),
      await reportOf(
        nest.toSpliced(
          nest.findLastIndex((line) => line.includes("CPU: ")),
          1,
        ),
      ),
    ];
    expect(cut?.backtrace).toEqual(whole?.backtrace);
  });
});

function isTold(found: Report | undefined): boolean {
  return found?.complete === false && found.damage.some(({ code }) => code === "interleaved");
}

describe("a report has what another prints", () => {
  test("the locks of its task twice", async () => {
    const lines = logLines("circular/abba");
    const held = lines.findIndex((line) => line.includes("lock held by"));
    const found = await reportOf(lines.toSpliced(held, 0, ...lines.slice(held, held + 2)));
    expect([found?.kind, isTold(found)]).toEqual(["circular", true]);
  });

  test.each([
    ["a trace that no warning has", / <TASK>$/, " <TASK>\n dump_stack+0x14/0x16"],
    ["the registers of another place", / RIP: 0010:lock_pin_lock/, " RIP: 0010:foo_xmit"],
  ])("%s", async (_what, line, by) => {
    const lines = logLines("internal/pin");
    const at = lines.findIndex((text) => line.test(text));
    const changed = (lines[at] ?? "").replace(line, by).replace("\n", `\n${prefixOf(lines[at] ?? "")}`);
    const found = await reportOf(lines.toSpliced(at, 1, ...changed.split("\n")));
    expect([found?.kind, isTold(found)]).toEqual(["internal", true]);
  });
}); // prettier-ignore

afterAll(() => {
  const { variants, links, linksKept, reportsAfter } = count;
  // the numbers that notes quote
  console.log(
    `damage: ${variants} variants, ${linksKept} of ${links} chain links kept, ${reportsAfter} reports behind untouched`,
  );
});

test("a sleeping call whose own line was lost is told, and its task is that of the dump", async () => {
  const lines = logLines("sleeping/sleepatomic");
  const { reports } = await triageLines(lines.filter((line) => !line.includes("in_atomic():")));
  const [whole] = (await triageLines(lines)).reports;
  expect(reports[0]).toMatchObject({ kind: "sleeping", complete: false, task: whole?.task });
  expect(reports[0]?.damage).toMatchObject([{ code: "missing", what: "sleeping" }]);
});

test("a stack that ends with an allocation was cut", async () => {
  const lines = [
    "BUG: sleeping function called from invalid context at mm/slab.h:568",
    "in_atomic(): 1, irqs_disabled(): 128, non_block: 0, pid: 3359, name: irqbalance",
    "CPU: 155 PID: 3359 Comm: irqbalance Tainted: G        W    L    5.7.0-rc6 #1",
    "Call trace:",
    ...["show_stack", "dump_stack", "___might_sleep", "__kmalloc_node", "alloc_cpumask_var_node"].map(
      (name) => ` ${name}+0x48/0x94`,
    ),
  ];
  const [cut] = (await triageLines(lines)).reports;
  expect(cut?.damage).toMatchObject([{ code: "truncated" }]);
  const [whole] = (await triageLines([...lines, " its_select_cpu+0x58/0x2e4"])).reports;
  expect(whole?.damage).toEqual([]);
});

describe("a dump of all locks without its last line was cut", async () => {
  const lines = logLines("held-dump/hung-task");
  const first = lines.findIndex((line) => line.includes("Showing all locks"));
  const end = lines.findIndex((line) => line.endsWith("====="));
  const whole = await reportOf(lines);
  const other = logLines("rcu/twice").filter((_line, i, all) => i >= all.findIndex((line) => line.includes("=====")));

  test.each(
    Array.from({ length: end - first - 2 }, (_, i) => first + 2 + i).flatMap((at) => [
      [at, "the log ends", lines.slice(0, at)],
      [at, "another report begins", [...lines.slice(0, at), ...other]],
      [at, "the machine goes down", [...lines.slice(0, at), ...lines.slice(-2)]],
    ] as const),
  )("at line %i, where %s", async (_at, _why, log) => {
    const found = await reportOf(log);
    if (whole === undefined || found === undefined) throw new Error("no dump");
    expect(found).toMatchObject({ kind: "held-dump", complete: false });
    expect(found.damage.map(({ code }) => code)).toContain("truncated");
    expect(relationOf(gistOf(found), gistOf(whole)).answer).not.toBe("yes");
    // what is printed of it does not end as if it were whole
    expect((await readAgain(found))[0]).toMatchObject({ complete: false, id: found.id });
  });
}); // prettier-ignore
