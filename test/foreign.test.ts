import { describe, expect, test } from "vitest";
import type { Report } from "../src/report/schema.ts";
import { fixtures, logLines, triageLines, withoutPlace } from "./support/fixtures.ts";
import { OPEN_ENDED, OTHERS } from "./support/others.ts";
import { randomOf } from "./support/random.ts";

interface Log {
  readonly texts: readonly string[];
  readonly whole: Report;
}

async function logOf(name: string): Promise<Log> {
  const fixture = fixtures().find((one) => one.name === name);
  const texts = (fixture?.bytes.toString("latin1").split("\n") ?? []).map((line) =>
    line.replace(/^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/, ""),
  );
  const [found] = (await triageLines(texts)).reports;
  if (found === undefined) throw new Error(`${name} has no report`);
  const own = texts.slice(found.lines.first - 1, found.lines.last);
  const [whole] = (await triageLines(own)).reports;
  if (whole === undefined) throw new Error(`${name} has no report of its own`);
  return { texts: own, whole };
}

/** What the report claims; where it stands and what it says of its damage left out. */
const claims = ({ dumps: _dumps, complete: _complete, ...report }: Report): unknown =>
  withoutPlace([{ ...report, damage: [] } as unknown as Report]);

const isTold = ({ complete, damage }: Report): boolean =>
  !complete || damage.some(({ code }) => code === "unparsed");

const LOGS = ["circular/abba", "irq-order/hardsafe3", "inconsistent/hardirq", "rcu/rcu", "recursive/aa"];

/** So many ways to spread the lines of others are tried. */
const SPREADS = 20;

const RIGHT = { others: [], isSame: true };

/** What a report claims that is not the whole one's, unless it says itself that something is wrong. */
async function wrongIn(lines: readonly string[], texts: readonly string[], whole: Report): Promise<unknown> {
  const [report] = (await triageLines(lines.map((text) => `[    6.000000] ${text}`))).reports;
  const sure = report !== undefined && !isTold(report) ? report : whole;
  // what is there is right: no frame that is another's
  const ours = new Set(texts.map((text) => text.trim().replace(/^\? /, "")));
  const stacks = [sure.backtrace, ...sure.edges.map(({ stack }) => stack)];
  const others = stacks
    .flat()
    .filter(
      ({ symbol, offset, size }) => !ours.has(`${symbol}+0x${offset?.toString(16)}/0x${size?.toString(16)}`),
    );
  return { others, isSame: sure.id === whole.id && sure.title === whole.title };
}

describe.each(OTHERS)("%s within a report, without callers", (_, others) => {
  test.each(LOGS)("%s: at any line it stays out", async (name) => {
    const { texts, whole } = await logOf(name);
    for (let at = 3; at < texts.length; at++) {
      const { reports } = await triageLines([...texts.slice(0, at), ...others, ...texts.slice(at)]);
      expect([at, ...reports.map(claims)]).toEqual([at, claims(whole)]);
    }
  });
});

describe.each([...OTHERS, ...OPEN_ENDED])("%s within a report, without callers", (_, others) => {
  test.each(LOGS)("%s: line by line between its lines, nothing is wrong that is not told", async (name) => {
    const { texts, whole } = await logOf(name);
    for (let at = 3; at + others.length < texts.length; at += 5) {
      const lines = [
        ...texts.slice(0, at),
        ...others.flatMap((line, i) => [line, texts[at + i] ?? ""]),
        ...texts.slice(at + others.length),
      ];
      expect([at, await wrongIn(lines, texts, whole)]).toEqual([at, RIGHT]);
    }
  });
});

describe.each(OPEN_ENDED)("%s within a report, without callers", (_, others) => {
  test.each(LOGS)("%s: at any line, nothing is wrong that is not told", async (name) => {
    const { texts, whole } = await logOf(name);
    for (let at = 3; at < texts.length; at++) {
      const lines = [...texts.slice(0, at), ...others, ...texts.slice(at)];
      expect([at, await wrongIn(lines, texts, whole)]).toEqual([at, RIGHT]);
    }
  });
});

/** The lines of the others at any places between the report's, in their order. */
function spread(texts: readonly string[], others: readonly string[], random: () => number): string[] {
  const places = others.map(() => 2 + Math.floor(random() * (texts.length - 1))).toSorted((a, b) => a - b);
  return [...texts, ""].flatMap((text, i) => [...others.filter((_, k) => places[k] === i), text]);
}

describe.each([...OTHERS, ...OPEN_ENDED])("%s all over a report, without callers", (_, others) => {
  test.each([...LOGS, "internal/pin", "leaked/leaked", "sleeping/sleepatomic", "nested-lock/nest"])(
    "%s: nothing is wrong that is not told",
    async (name) => {
      const { texts, whole } = await logOf(name);
      for (let seed = 0; seed < SPREADS; seed++) {
        const lines = spread(texts, others, randomOf(seed));
        expect([seed, await wrongIn(lines, texts, whole)]).toEqual([seed, RIGHT]);
      }
    },
  );
});

/** The first report of a log that is changed. */
async function changed(change: (texts: readonly string[]) => readonly string[]): Promise<Report> {
  const { texts } = await logOf("circular/abba");
  const [report] = (await triageLines(change(texts))).reports;
  if (report === undefined) throw new Error("no report");
  return report;
}

describe("what a report's own lines contradict", () => {
  test("the trace of another task is not its", async () => {
    const report = await changed((texts) => texts.map((text) => text.replace(/ PID: \d+ /, " PID: 4711 ")));
    expect(report).toMatchObject({ complete: false, backtrace: [] });
  });

  test("a list with fewer locks than it says", async () => {
    const report = await changed((texts) => texts.map((text) => text.replace("1 lock held", "2 locks held")));
    expect(report.damage).toContainEqual(expect.objectContaining({ code: "missing", what: "held" }));
  });

  test.each(["#0", "#1"])("a list with more: %s is on no task", async (index) => {
    const report = await changed((texts) =>
      texts.flatMap((text) =>
        text.startsWith(" #0:") ? [text, text.replace("#0", index).replaceAll("lock_b", "lock_x")] : [text],
      ),
    );
    expect(report.held.flatMap(({ locks }) => locks.map((lock) => lock?.class))).toEqual(["lock_b"]);
    expect(report.damage).toContainEqual(expect.objectContaining({ code: "unparsed" }));
  });

  test("frames that a person left out", async () => {
    const report = await changed((texts) => texts.map((text, i) => (i === texts.length - 6 ? "..." : text)));
    expect(report).toMatchObject({ complete: false, damage: [{ code: "truncated" }] });
  });

  test("a frame that is not whole, at the end of the log", async () => {
    const { texts } = await logOf("recursive/aa");
    const end = texts.findLastIndex((text) => /^ \S+\+0x/.test(text));
    for (const half of [" take_t", " take_two+", " take_two+0x3", " take_two+0x3/"]) {
      const arm = texts.slice(0, end).filter((text) => !text.includes("TASK>"));
      const [report] = (await triageLines([...arm, half])).reports;
      expect([half, report?.complete]).toEqual([half, false]);
    }
  });

  test("a stack in whose middle another begins", async () => {
    const report = await changed((texts) =>
      texts.flatMap((text) => (text.includes("take_ab+0x24") ? [text, " dump_stack+0x14/0x16"] : [text])),
    );
    expect(report).toMatchObject({ complete: false });
    expect(report.damage).toContainEqual(expect.objectContaining({ code: "interleaved" }));
  });

  test("printk's word for what it lost is heard by every report under way", async () => {
    const { texts } = await logOf("circular/abba");
    const callers = ["T42", "T43"].map((caller) =>
      texts.map((text) => `[    6.000000][  ${caller}] ${text}`),
    );
    const at = 20;
    const lines = [
      ...callers.flatMap((log) => log.slice(0, at)),
      "** 3 printk messages dropped **",
      ...callers.flatMap((log) => log.slice(at)),
    ];
    const { reports } = await triageLines(lines);
    expect(reports.map(({ damage }) => damage)).toEqual(
      reports.map(() => [{ code: "dropped-messages", line: 2 * at + 1, what: "3 messages" }]),
    );
    expect(reports).toHaveLength(2);
  });
});

describe("a program that writes to the console of the kernel", () => {
  const OUTPUT = ["Saving random seed: OK", ".", "+ ./run.sh", "ok 12 selftests: foo", "PASS: io_uring"];

  test.each(["circular/abba", "irq-order/hardsafe", "rcu/rcu", "wait-context/waitctx"])(
    "%s: its lines between all of the report's cost nothing, and are counted as no lines of it",
    async (name) => {
      const lines = logLines(name);
      const [whole] = (await triageLines(lines)).reports;
      const mixed = lines.flatMap((line, i) => [line, OUTPUT[i % OUTPUT.length] ?? ""]);
      const { reports } = await triageLines(mixed);
      expect(reports[0]).toMatchObject({ complete: true, lines: { unparsed: 0 } });
      expect(reports[0]?.dumps).toEqual(whole?.dumps);
      expect(reports[0]?.held).toEqual(whole?.held);
      expect(reports[0]?.damage.filter(({ code }) => code !== "foreign-lines")).toEqual([]);
    },
  );
});
