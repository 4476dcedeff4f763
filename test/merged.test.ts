import { expect, test } from "vitest";
import type { Report } from "../src/report/schema.ts";
import { logLines, triageLines } from "./support/fixtures.ts";

/** Of a log: its report's lines, without callers and stamps. */
async function linesOf(name: string): Promise<string[]> {
  const lines = logLines(name).map((line) => line.replace(/^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/, ""));
  const [report] = (await triageLines(lines)).reports;
  if (report === undefined) throw new Error(`${name} has no report`);
  return lines.slice(report.lines.first - 1, report.lines.last);
}

function later(_: string, before: string, pid: string, after = ""): string {
  return `${before}${Number(pid) + 500}${after}`;
}

/** The same of a task with another pid. */
function ofAnother(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replaceAll(/(\/)(\d+)\b/g, (all: string, slash: string, pid: string) => later(all, slash, pid))
      .replace(/(PID: |pid: )(\d+)/, (all: string, name: string, pid: string) => later(all, name, pid))
      .replace(/(\[)(\d+)(\])$/, later),
  );
}

/** Numbers from 0 to 1, which look like chance. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** By turns some lines of the one and some of the other. */
function merged(one: readonly string[], other: readonly string[], seed: number): string[] {
  const next = numbersFrom(seed);
  const most = 2 + Math.floor(next() * 40);
  let [rest, waiting] = [[...one], [...other]];
  const lines: string[] = [];
  while (rest.length + waiting.length > 0) {
    lines.push(...rest.splice(0, 1 + Math.floor(next() * most)));
    [rest, waiting] = [waiting, rest];
  }
  return lines;
}

const isSure = ({ complete, damage }: Report): boolean =>
  complete && !damage.some(({ code }) => code === "interleaved" || code === "unparsed");

function claims({ kind, title, task, lock, holding, cycle, edges, held, backtrace }: Report): unknown {
  return { kind, title, task, lock, holding, cycle, edges, held, backtrace };
}

/* Each was once wrong in silence: of a stack, of who held what, or of whose the warning was. */
test.each([
  ["internal/pin-5-10", "circular/both-noise-7-3", 541],
  ["held-exit/exitlocks-7-3", "internal/subclass-7-3", 668],
  ["spinlock-debug/spin-bad-magic", "circular/mmunotifier-6-1", 708],
  ["irq-order/hardsafe", "wait-context/waitctx-irq-6-1", 1185],
  ["internal/pin-5-10", "internal/pin", 1208],
  ["irq-order/hardsafe3-module-6-1", "leaked/leaked-module-6-1", 1210],
  ["irq-order/hardsafe3", "unlock-balance/badunlock2", 1347],
  ["held-dump/sysrq-d", "held-freed/heldfreed", 2157],
  ["internal/pin-7-2", "sleeping/sleep-in-rcu", 2916],
  ["rtmutex-deadlock/rtmutex", "rcu/rculist", 4667],
  ["rtmutex-deadlock/rtmutex", "spinlock-debug/spin-already-unlocked", 5258],
  ["held-freed/heldfreed", "held-user/userret", 5681],
  ["inconsistent/softirq", "rtmutex-deadlock/rtmutex", 5990],
] as const)("without callers, %s mixed with %s, as by %i, is right or says so", async (one, other, seed) => {
  const [first, second] = [await linesOf(one), ofAnother(await linesOf(other))];
  const alone = await Promise.all([first, second].map(async (lines) => (await triageLines(lines)).reports));
  const { reports } = await triageLines(merged(first, second, seed));
  for (const report of reports.filter(isSure))
    expect(alone.flat().map(claims)).toContainEqual(claims(report));
});

test("of what a box of SLUB's cuts off, nothing is lost but told", async () => {
  const lines = await linesOf("irq-order/hardsafe3");
  const at = lines.findIndex((line) => line.startsWith("... which became HARDIRQ-irq-safe")) + 1;
  const rule = "-".repeat(77);
  const [whole] = (await triageLines(lines)).reports;
  const [report] = (await triageLines([...lines.slice(0, at), rule, ...lines.slice(at)])).reports;
  expect(report?.safe).toEqual(whole?.safe);
  expect(report?.lines.unparsed).toBe(0);
});

const sleeping = (who: string, pid: number): string[] => [
  `BUG: sleeping function called from invalid context at mm/${who}.c:1`,
  `in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: ${pid}, name: ${who}`,
  `CPU: 0 PID: ${pid} Comm: ${who} Not tainted 5.4.2 #1`,
  "Call Trace:",
  " dump_stack+0x8/0x10",
  " ___might_sleep+0x8/0x10",
  ` ${who}_probe+0x8/0x10`,
];

test("two reports one after the other, of which no stack has a known end, are not mixed", async () => {
  const { reports } = await triageLines([...sleeping("one", 11), ...sleeping("two", 12)]);
  expect(reports.map(({ complete, damage }) => ({ complete, damage }))).toEqual([
    { complete: true, damage: [] },
    { complete: true, damage: [] },
  ]);
});

test("a trace in which a system call's first function is the one that did it lacks who did", async () => {
  const lines = await linesOf("rcu/rcu");
  const at = lines.findIndex((line) => line.startsWith(" lockdep_rcu_suspicious")) + 1;
  const goesOn = lines.findIndex((line) => line.startsWith(" ksys_write"));
  const [report] = (await triageLines([...lines.slice(0, at), ...lines.slice(goesOn)])).reports;
  expect(report).toMatchObject({ complete: false });
});
