import { expect, test } from "vitest";
import { logLines, triageLines } from "./support/fixtures.ts";

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
