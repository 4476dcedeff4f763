import { describe, expect, test } from "vitest";
import { logLines, triageLines } from "./support/fixtures.ts";

/** What people take away from a report before they mail it, and what they put in. */

const unstamped = (path: string): string[] =>
  logLines(path).map((line) => line.replace(/^\[[^\]]*\](?:\[[^\]]*\])? ?/, ""));

/** The report alone, as it would be mailed. */
function reportIn(path: string, headline: string): string[] {
  const lines = unstamped(path);
  const at = lines.findIndex((line) => line.includes(headline));
  return lines.slice(at - 1, at + 400);
}

const RECURSIVE = [
  "WARNING: possible recursive locking detected",
  "6.12.117 #1 Not tainted",
  "--------------------------------------------",
  "init/41 is trying to acquire lock:",
  "ffffffff81d2b588 (lock_a){+.+.}-{4:4}, at: take_two+0x24/0x3e",
  "but task is already holding lock:",
  "ffffffff81d2b5a8 (lock_a){+.+.}-{4:4}, at: take_one+0x16/0x3e",
];

describe("names without their offsets", () => {
  const shortened = [
    ...RECURSIVE.slice(0, 3),
    "kworker/u128:0 is trying to acquire lock:",
    "(lock_a) at take_two+0x24/0x3e",
    "but task is already holding lock:",
    "(lock_a){+.+.}-{4:4}, at: take_one",
    "Call Trace:",
    " dump_stack_lvl",
    " lock_acquire",
    " ? take_two",
    " take_three+0x24 [mod]",
    "",
    "Thanks",
    "regards",
  ];

  test("are places and frames, and the report says that it is not whole", async () => {
    const { reports } = await triageLines(shortened);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      kind: "recursive",
      task: null,
      lock: { class: "lock_a", usage: null, at: { symbol: "take_two", offset: 0x24 } },
      holding: { class: "lock_a", at: { symbol: "take_one", offset: null } },
      complete: false,
      lines: { unparsed: 0 },
    });
    expect(reports[0]?.backtrace.map(({ symbol, module }) => [symbol, module])).toEqual([
      ["dump_stack_lvl", null],
      ["lock_acquire", null],
      ["take_two", null],
      ["take_three", "mod"],
    ]);
    expect(reports[0]?.damage).toContainEqual(
      expect.objectContaining({ code: "truncated", what: "places without their offsets" }),
    );
  });

  test("a word that is no function is no frame", async () => {
    const { reports } = await triageLines([...RECURSIVE, "Call Trace:", "Thanks", "regards"]);
    expect(reports[0]?.backtrace).toEqual([]);
  });

  test("a name at which the log ends may be half of one", async () => {
    const { reports } = await triageLines([
      ...RECURSIVE.slice(0, -1),
      "ffffffff81d2b5a8 (lock_a){+.+.}-{4:4}, at: take_",
    ]);
    expect(reports[0]).toMatchObject({ holding: { at: null }, complete: false });
  });
});

describe("`...` where lines were", () => {
  const lines = reportIn("circular/abba", "possible circular locking");
  const until = (text: string): number => lines.findIndex((line) => line.includes(text));

  test.each([
    ["...", "the existing dependency chain"],
    ["[...]", "-> #1 "],
    ["[snip]", "Call Trace:"],
  ])("%s behind: %s", async (mark, behind) => {
    const at = until(behind) + 1;
    const { reports } = await triageLines([...lines.slice(0, at), mark, ...lines.slice(at)]);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ kind: "circular", complete: false, lines: { unparsed: 0 } });
    expect(reports[0]?.damage.some(({ code }) => code === "truncated")).toBe(true);
  });

  test("behind the end of the stack it is no part of the report", async () => {
    const end = lines.findLastIndex((line) => line.includes("ret_from_fork_asm+")) + 1;
    const cut = lines.slice(0, end).filter((line) => !line.includes("<TASK>"));
    const { reports } = await triageLines([...cut, "[...]"]);
    const { reports: expected } = await triageLines(cut);
    expect(reports[0]?.damage.filter(({ code }) => code === "truncated")).toEqual(
      expected[0]?.damage.filter(({ code }) => code === "truncated"),
    );
  });
});

test("code and words of a person within a report are not called its own unread lines", async () => {
  const lines = reportIn("circular/abba", "possible circular locking");
  const at = lines.findIndex((line) => line.includes("other info that might"));
  const words = [
    "take_ba(void)",
    "{",
    "        mutex_lock(&lock_a);",
    "}",
    "(a word in parentheses, and more)",
    "Right?",
  ];
  const { reports } = await triageLines([...lines.slice(0, at), ...words, ...lines.slice(at)]);
  expect(reports[0]).toMatchObject({ kind: "circular", complete: true, lines: { unparsed: 0 } });
});

test("another task's list of locks is not called this report's unread lines", async () => {
  const lines = reportIn("circular/abba", "possible circular locking");
  const at = lines.findIndex((line) => /^\d+ locks? held by /.test(line));
  const list = [
    "1 lock held by other/999:",
    " #0: ffffffff81d2b4e8 (other){+.+.}-{4:4}, at: other_fn+0x16/0x3e",
  ];
  const { reports } = await triageLines([...lines.slice(0, at), ...list, ...lines.slice(at)]);
  expect(reports[0]?.lines.unparsed).toBe(0);
  expect(reports[0]?.held.flatMap(({ locks }) => locks.map((lock) => lock?.class))).not.toContain("other");
});

test("what a person draws beside a list is not part of it", async () => {
  const { reports } = await triageLines([
    "Showing all locks held in the system:",
    "1 lock held by khungtaskd/25:                                                      D",
    " #0: ffffffff81d2b4e8 (rcu_read_lock){....}-{1:2}, at: take_ba+0x16/0x3e [kvm]      |",
    "1 lock held by init/1:                                                             A",
    " #0: ffffffff81d2b588 (&x->lock){+.+.}-{4:4}, at: take_ab+0x16/0x3e <--------------|",
    "=============================================",
  ]);
  expect(reports[0]).toMatchObject({ kind: "held-dump", complete: true, lines: { unparsed: 0 } });
  expect(reports[0]?.held.map(({ locks }) => locks.map((lock) => lock?.at?.symbol))).toEqual([
    ["take_ba"],
    ["take_ab"],
  ]);
});

test("the lock, where the line that names its task was lost", async () => {
  const lines = reportIn("inconsistent/hardirq", "inconsistent lock state");
  const { reports: whole } = await triageLines(lines);
  const { reports } = await triageLines(lines.filter((line) => !line.endsWith(" takes:")));
  expect(reports[0]?.lock).toEqual(whole[0]?.lock);
  expect(reports[0]?.lines.unparsed).toBe(0);
});

test("which locks depend on which, where the first half of that title was lost", async () => {
  const lines = reportIn("irq-order/hardsafe", "lock order detected");
  const { reports: whole } = await triageLines(lines);
  const { reports } = await triageLines(
    lines.filter((line) => line !== "the dependencies between the lock to be acquired"),
  );
  expect(reports[0]?.edges).toEqual(whole[0]?.edges);
  expect(reports[0]?.dependencies).toEqual(whole[0]?.dependencies);
});

test("the new dependency, where its title was lost", async () => {
  const lines = reportIn("irq-order/hardsafe", "lock order detected");
  const { reports } = await triageLines(
    lines.filter((line) => !line.startsWith("which would create a new lock dep")),
  );
  expect(reports[0]).toMatchObject({ newDependency: { from: {}, to: {} }, lines: { unparsed: 0 } });
});

test("a held lock that a symboliser repeats without its number", async () => {
  const { reports } = await triageLines([
    ...RECURSIVE,
    "other info that might help us debug this:",
    "1 lock held by init/41:",
    " #0: ",
    "ffffffff81d2b5a8 (lock_a){+.+.}-{4:4}, at: lock_it include/linux/x.h:45 [inline]",
    "ffffffff81d2b5a8 (lock_a){+.+.}-{4:4}, at: take_one+0x16/0x3e drivers/misc/splat.c:45",
  ]);
  expect(reports[0]?.lines.unparsed).toBe(0);
  expect(reports[0]?.held).toMatchObject([
    { count: 1, locks: [{ class: "lock_a", at: { symbol: "take_one" }, inlined: [{ symbol: "lock_it" }] }] },
  ]);
});

test("a headline cut off behind its last word", async () => {
  const { reports } = await triageLines([
    "BUG: using smp_processor_id() in preemptible",
    "caller is take_ba+0x6f/0x2e0",
    "CPU: 1 PID: 680 Comm: a.out Not tainted",
    "Call Trace:",
    " dump_stack_lvl+0x8d/0xcf",
    " check_preemption_disabled+0x104/0x110",
    " take_ba+0x6f/0x2e0",
  ]);
  expect(reports[0]).toMatchObject({
    kind: "preemptible",
    complete: false,
    preemptible: { operation: "smp_processor_id", caller: { symbol: "take_ba" } },
  });
});

describe("a chain that a person took away", () => {
  const lines = reportIn("circular/abba", "possible circular locking");
  const from = lines.findIndex((line) => line.includes("the existing dependency chain"));
  const to = lines.findIndex((line) => line.includes("other info that might"));
  const without = [...lines.slice(0, from), ...lines.slice(to)];

  test("is drawn by the picture, where there are two locks: the bug is the same, the report not whole", async () => {
    const [whole] = (await triageLines(lines)).reports;
    const [report] = (await triageLines(without)).reports;
    expect(report).toMatchObject({ id: whole?.id, cycle: whole?.cycle, complete: false });
    expect(
      report?.edges.map(({ from: one, to: other, closes, stack }) => [one, other, closes, stack]),
    ).toEqual(whole?.edges.map(({ from: one, to: other, closes }) => [one, other, closes, []]));
    expect(report?.damage).toContainEqual(expect.objectContaining({ code: "missing", what: "edges" }));
    expect(report?.findings.length).toBeGreaterThan(0);
  });

  test.each([
    ["a third lock", (line: string) => line.replace(/^( {20,})lock\(lock_a\)/, "$1lock(lock_c)")],
    ["a step less", (line: string) => (/^ {20,}lock\(lock_a\)/.test(line) ? "" : line)],
  ])("is not, where the picture has %s", async (_what, change) => {
    const changed = without.map(change);
    expect(changed).not.toEqual(without);
    expect((await triageLines(changed)).reports[0]).toMatchObject({ edges: [], cycle: [] });
  });
});

describe("an editor filled the report's lines into paragraphs", () => {
  const lines = reportIn("circular/abba", "possible circular locking");
  const end = lines.findLastIndex((line) => line.includes("ret_from_fork_asm+")) + 1;
  const words = lines
    .slice(0, end)
    .map((line) => line.trim())
    .join(" ");
  /** At the last blank before the column. */
  const filled = (width: number): string[] =>
    words.match(new RegExp(`.{1,${width}}(?: |$)|\\S+`, "g"))?.map((line) => line.trim()) ?? [];

  test.each([[140], [200], [1000]])(
    "%i columns wide: what is read is right, and the report not whole",
    async (width) => {
      const [whole] = (await triageLines(lines)).reports;
      const { reports } = await triageLines(filled(width));
      expect(reports).toHaveLength(1);
      const [report] = reports;
      expect(report).toMatchObject({ kind: "circular", complete: false });
      for (const name of ["lock", "holding"] as const)
        expect([undefined, whole?.[name]?.at?.symbol]).toContain(report?.[name]?.at?.symbol);
      const known = new Set(whole?.backtrace.map(({ symbol, offset }) => `${symbol}+${offset}`));
      for (const { symbol, offset } of report?.backtrace ?? [])
        expect(known).toContain(`${symbol}+${offset}`);
    },
  );

  test("a lock's place goes on with the next line of the report", async () => {
    const [whole] = (await triageLines(lines)).reports;
    const at = (part: string): number => lines.findIndex((line) => line.includes(part));
    const [acts, holding, depends] = [
      at("is trying to"),
      at("but task is already"),
      at("which lock already"),
    ];
    const joined = (from: number, to: number): string =>
      lines
        .slice(from, to)
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(" ");
    const refilled = [
      ...lines.slice(0, acts),
      joined(acts, acts + 1),
      joined(acts + 1, holding + 1),
      joined(holding + 1, depends + 1),
    ];
    const [report] = (await triageLines(refilled)).reports;
    expect(report).toMatchObject({ lock: whole?.lock, holding: whole?.holding, complete: false });
  });

  test("words of a report in somebody's sentence are no report", async () => {
    const title = "Summary: WARNING: inconsistent lock state. inconsistent {SOFTIRQ-ON-W} usage.";
    const { reports, sources } = await triageLines([`           ${title}`]);
    expect(reports).toEqual([]);
    expect(sources[0]?.unread).toEqual([{ line: 1, text: title }]);
  });
});

test("frames that stand several in a line", async () => {
  const { reports } = await triageLines([
    ...RECURSIVE,
    "Call Trace:",
    " [<ffffffff81479e6d>] ? __schedule+0x16d/0xac0  [<ffffffff8147a7fc>] ?",
    "schedule+0x3c/0x90 [mod]  [<ffffffff8147e71a>] take_ba+0x24/0x3e",
  ]);
  expect(reports[0]?.backtrace.map(({ symbol, module }) => [symbol, module])).toEqual([
    ["__schedule", null],
    ["schedule", "mod"],
    ["take_ba", null],
  ]);
});

test("two places that lost the blank between them are none", async () => {
  const { reports } = await triageLines([
    ...RECURSIVE,
    "Call Trace:",
    " dump_stack+0x14/0x16take_ba+0x24/0x3e",
  ]);
  expect(reports[0]?.backtrace).toEqual([]);
});
