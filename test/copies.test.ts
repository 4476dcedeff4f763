import { describe, expect, test } from "vitest";
import { logLines, triageLines, withoutPlace } from "./support/fixtures.ts";

const PREFIX = /^(\[[^\]]*\])(\[[^\]]*\]) ?/;
const LOGS = ["circular/abba", "irq-order/hardsafe3", "rcu/twice", "held-user/userret", "internal/pin"];

const plain = (line: string): string => line.replace(PREFIX, "$1 ");
const bare = (line: string): string => line.replace(PREFIX, "");
const syslog = (line: string): string => `Nov 22 12:20:06 testbox kernel: ${plain(line)}`;

/** The lines of two consoles, of which one is behind. */
function behind(first: readonly string[], second: readonly string[], lag: number): string[] {
  const later = [...Array.from({ length: lag }, () => null), ...second];
  return later.flatMap((line, i) => [first[i], line]).flatMap((line) => line ?? []);
}

/** Two consoles that write in turns, so many lines at once. */
function inBlocks(first: readonly string[], second: readonly string[], length: number): string[] {
  return first.flatMap((_line, i) =>
    (i + 1) % length === 0 || i + 1 === first.length
      ? [...first.slice(i - (i % length), i + 1), ...second.slice(i - (i % length), i + 1)]
      : [],
  );
}

/** Two routes into one file: what each prints, and how they mix. */
const ROUTES: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  "two equal consoles": (lines) => behind(lines, lines, 0),
  "two consoles, one 5 lines behind": (lines) => behind(lines, lines, 5),
  "two consoles, one 20 lines behind": (lines) => behind(lines, lines, 20),
  "two consoles in blocks of 3": (lines) => inBlocks(lines, lines, 3),
  "two consoles in blocks of 16": (lines) => inBlocks(lines, lines, 16),
  "two consoles without callers, one behind": (lines) => behind(lines.map(plain), lines.map(plain), 7),
  "a console with callers and one without": (lines) => behind(lines, lines.map(plain), 0),
  "a console and a log, behind it": (lines) => behind(lines, lines.map(syslog), 12),
  "a console without callers and a log": (lines) => behind(lines.map(plain), lines.map(syslog), 3),
  "bare lines and a console": (lines) => behind(lines.map(bare), lines.map(plain), 0),
};

describe.each(LOGS)("%s", (name) => {
  const whole = logLines(name);
  const lines = whole.slice(Math.max(0, whole.findIndex((line) => line.includes("Run /init")) - 8));

  test.each(Object.entries(ROUTES))("by %s is one report each", async (_routes, mix) => {
    const { reports } = await triageLines(lines);
    const { reports: mixed, sources } = await triageLines(mix(lines));
    expect(withoutPlace(mixed).map(told)).toEqual(withoutPlace(reports).map(told));
    expect(sources[0]).toMatchObject({ unread: [], result: "reported" });
  });
});

/** That lines came twice is told. */
function told(report: unknown): unknown {
  return { ...(report as object), damage: [] };
}

test("two processors that print one headline at one time make two reports", async () => {
  const lines = logLines("circular/abba");
  const other = lines.map((line) =>
    line.replace("T42]", "T99]").replace("/42", "/99").replace("PID: 42", "PID: 99"),
  );
  const { reports } = await triageLines(behind(lines, other, 0));
  expect(reports.map(({ task }) => task?.pid)).toEqual([42, 99]);
});

test("one log behind the other is two boots, with a report each", async () => {
  const lines = logLines("circular/abba");
  expect((await triageLines([...lines, ...lines.map(syslog)])).reports).toHaveLength(2);
});

test("while the clock stands still, two reports of one headline are two", async () => {
  const still = logLines("rcu/twice").map((line) =>
    line.replace(/^\[ *\d+\.\d+\]\[[^\]]*\]/, "[    1.488169]"),
  );
  const { reports } = await triageLines(still);
  const { reports: timed } = await triageLines(logLines("rcu/twice"));
  expect(reports.map(({ title }) => title)).toEqual(timed.map(({ title }) => title));
});

const quoted = (lines: readonly string[]): string[] => lines.map((line) => `> ${line}`);
const stampless = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^> \[[^\]]*\] ?/, "> "));

describe.each(["held-user/userret", "held-dump/sysrq-d"])("%s, quoted from the log below", (name) => {
  const log = logLines(name);
  const at = log.findIndex((line) => /WARNING: lock held|Showing all locks/.test(line)) - 1;
  const report = log.slice(at, at + 9);
  const mail = (lines: readonly string[]): string[] => [
    "See below.", "", ...quoted(report.map(plain)), "> [...]", "", "Is it known?", "", ...quoted(lines),
  ]; // prettier-ignore

  test.each([
    ["above it", mail(log.map(plain))],
    ["above it, without stamps", stampless(mail(log.map(plain)))],
    ["below it", [...log, "", "The interesting part:", "", ...report]],
    ["below it, and only begun", [...log, "", "It begins so:", "", ...report.slice(0, 4), "[...]"]],
  ])("%s: told once, for both boots", async (_where, lines) => {
    const { reports, sources } = await triageLines(lines);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.damage).toEqual([]);
    for (const boot of sources[0]?.boots ?? []) expect(boot).toMatchObject({ result: "reported" });
    expect(sources[0]?.unread).toEqual([]);
  });

  test("at another time it is another", async () => {
    const later = report.map((line) =>
      line.replace(/^\[ *(\d+)\./, (_all, s: string) => `[${Number(s) + 9}.`),
    );
    expect((await triageLines([...later, "", ...log])).reports).toHaveLength(2);
  });

  test("two whole boots are two, even if their clocks are exact", async () => {
    const { reports } = await triageLines([...log, ...log]);
    expect(reports.map(({ damage }) => damage)).toEqual([[], []]);
  });

  test("of two parts of a boot neither is the log that the other is quoted from: both, and the second says so", async () => {
    const { reports } = await triageLines([...report, "", "On Sunday they wrote:", "", ...log.slice(3)]);
    expect(reports.map(({ damage }) => damage)).toEqual([
      [],
      [{ code: "repeated", line: reports[0]?.lines.first }],
    ]);
  });

  test("without a clock and not in a mail, it may be another: told", async () => {
    const { reports } = await triageLines([...report, ...log].map(bare));
    expect(reports.map(({ damage }) => damage)).toEqual([
      [],
      [{ code: "repeated", line: reports[0]?.lines.first }],
    ]);
  });
});
