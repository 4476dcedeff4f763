import { describe, expect, test } from "vitest";
import { logLines, triageLines, withoutPlace } from "./support/fixtures.ts";

const LINES = logLines("circular/abba");
const AT = LINES.findIndex((line) => line.includes("possible circular"));
const stamped = (line: string): string => line.replace(/^(\[[^\]]*\])\[[^\]]*\]/, "$1");

test("a picture that has lost its columns says nothing of CPUs", async () => {
  const { reports } = await triageLines(LINES.map((line) => line.replaceAll(/ +/g, " ")));
  expect(reports[0]?.scenario.map(({ cpu }) => cpu)).toEqual([null, null, null, null]);
  const { reports: whole } = await triageLines(LINES);
  expect(whole[0]?.scenario.map(({ cpu }) => cpu)).toEqual([0, 1, 1, 0]);
});

test("dropped messages are heard by a report whose lines have callers", async () => {
  const lines = LINES.toSpliced(AT + 20, 0, "** 12 printk messages dropped **");
  const { reports } = await triageLines(lines);
  expect(reports[0]?.damage).toContainEqual({ code: "dropped-messages", line: AT + 21, what: "12 messages" });
});

test("two equal headlines at two times are two reports", async () => {
  const headline = stamped(LINES[AT] ?? "");
  const later = headline.replace(/^\[[^\]]*\]/, "[  999.000000]");
  const { reports } = await triageLines([headline, later, ...LINES.slice(AT + 1).map(stamped)]);
  expect(reports).toHaveLength(2);
});

test.each([
  ["2.43.5", null],
  ["syzkaller #0 Not tainted", "syzkaller"],
  ["4.18.0-240.el8.x86_64+debug #1 Tainted: G        W        --------- -  -", "4.18.0-240.el8.x86_64+debug"],
])("the kernel of %s", async (line, release) => {
  const bare = LINES.slice(AT, AT + 30).map((text) => text.replace(/^\[[^\]]*\]\[[^\]]*\] /, ""));
  const { reports } = await triageLines(bare.with(1, line));
  expect(reports[0]?.kernel?.release ?? null).toBe(release);
});

test("a lock whose address a person has crossed out keeps its class and place", async () => {
  const { reports } = await triageLines(
    LINES.map((line) => line.replaceAll(/ffff[0-9a-f]{12}/g, "ffffxxxxxxxxxxxx")),
  );
  const { reports: printed } = await triageLines(LINES);
  expect(reports[0]?.lock).toEqual({ ...printed[0]?.lock, address: null });
  expect(reports[0]?.id).toBe(printed[0]?.id);
});

/** Of each kind that calls dump_stack() a log, and the line of its trace's first frame. */
const TRACES = [
  "circular/abba",
  "recursive/aa",
  "irq-order/hardsafe3",
  "inconsistent/hardirq",
  "wait-context/waitctx",
  "rcu/rcu",
  "held-freed/heldfreed",
  "non-static-key/nonstatic",
  "sleeping/sleepatomic",
].map((name) => {
  const lines = logLines(name);
  const lead = lines.findIndex((line) => line.includes("Call Trace:"));
  return { name, lines, first: lines.findIndex((line, i) => i > lead && line.includes("+0x")) };
});

describe.each(TRACES)("$name", ({ lines, first }) => {
  test("is whole", async () => {
    expect((await triageLines(lines)).reports[0]?.complete).toBe(true);
  });

  test("tells that the top of its stack is lost", async () => {
    const { reports } = await triageLines(lines.toSpliced(first, 8));
    expect(reports[0]?.complete).toBe(false);
    expect(reports[0]?.damage.map(({ code }) => code)).toContain("truncated");
  });

  test.each([
    ["a sign that no name has", (line: string) => line.replace("+0x", "~+0x")],
    ["an offset beyond the function's end", (line: string) => line.replace(/\+0x\w+/, "+0xfffff")],
  ])("tells %s", async (_what, garble) => {
    const { reports } = await triageLines(lines.with(first, garble(lines[first] ?? "")));
    expect(reports[0]?.damage.map(({ code }) => code)).toContain("unparsed");
  });
});

test.each([
  ["an address shorter than the others", "ffffffff81d2b4e8 (lock_b)", "fffffff81d2b4e8 (lock_b)"],
  ["a name of which a letter is lost", "take_ba+0x24/0x3e", "tae_ba+0x24/0x3e"],
])("%s is told", async (_what, printed, arrived) => {
  const at = LINES.findLastIndex((line) => line.includes(printed));
  const { reports } = await triageLines(LINES.with(at, LINES[at]?.replace(printed, arrived) ?? ""));
  expect(reports[0]?.damage.map(({ code }) => code)).toContain("unparsed");
});

test("a list of held locks that is shorter than it says is told in every kind", async () => {
  const lines = logLines("limit/maxdepth");
  const { reports } = await triageLines(lines.filter((line) => !/ #1[0-2]: /.test(line)));
  expect(reports[0]).toMatchObject({ kind: "limit", complete: false });
  expect(reports[0]?.damage).toContainEqual(expect.objectContaining({ code: "missing", what: "held" }));
});

test("the warning that follows a key's headline is told to lack it", async () => {
  const lines = logLines("unregistered-key/unregkey");
  const { reports } = await triageLines(lines.filter((line) => !line.includes("BUG: key")));
  expect(reports[0]).toMatchObject({ kind: "internal", complete: false });
});

test.each([
  ["with callers", LINES],
  ["without", LINES.map(stamped)],
])("a newline that is lost costs nothing, %s", async (_how, lines) => {
  const { reports } = await triageLines(lines);
  const pairs = lines.flatMap((line, i) => (i % 2 === 0 ? [line + (lines[i + 1] ?? "")] : []));
  const { reports: joined } = await triageLines(pairs);
  expect(withoutPlace(joined)).toEqual(withoutPlace(reports));
});
