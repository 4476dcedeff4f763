import { expect, test } from "vitest";
import { triageBytes } from "../support/fixtures.ts";
import { logOf, type WantedLog } from "./logs.mjs";

function made(wanted: WantedLog): Buffer {
  return Buffer.from([...logOf(wanted)].join(""), "latin1");
}

test("the same seed makes the same log, another one another", () => {
  expect(made({ bytes: 50_000, seed: 7 })).toEqual(made({ bytes: 50_000, seed: 7 }));
  expect(made({ bytes: 50_000, seed: 7 })).not.toEqual(made({ bytes: 50_000, seed: 8 }));
});

test("a clean log holds no report, for all its warnings", async () => {
  const { summary, sources } = await triageBytes(made({ bytes: 1_000_000 }));
  expect(summary.reports).toBe(0);
  expect(sources[0]?.lockdep.state).toBe("on");
});

test.each(["caller", "plain"] as const)("reports are whole in %s style", async (style) => {
  const log = made({ bytes: 2_000_000, reports: 73, style });
  const headlines = log.toString("latin1").match(/possible circular locking dependency detected/g);
  const { summary, reports } = await triageBytes(log);
  expect(summary.byKind.circular).toBe(headlines?.length);
  expect(reports.flatMap(({ damage }) => damage)).toEqual([]);
  expect(reports.filter(({ complete }) => !complete)).toEqual([]);
});

test("reports that differ in their values are whole, and the same bugs", async () => {
  const { reports, summary } = await triageBytes(made({ bytes: 4_000_000, reports: 292, differ: "values" }));
  expect(reports.flatMap(({ damage }) => damage)).toEqual([]);
  expect(new Set(reports.map(({ task }) => task?.pid)).size).toBeGreaterThan(100);
  expect(summary.unique).toBeLessThan(150);
});

test("reports can all be of other bugs", async () => {
  const { reports } = await triageBytes(made({ bytes: 4_000_000, reports: 292, differ: "all" }));
  const stacks = reports.map(({ backtrace }) => backtrace.map(({ symbol }) => symbol).join());
  expect(new Set(stacks).size).toBeGreaterThan(200);
});

test("one report has the frames that are asked for", async () => {
  const { reports } = await triageBytes(made({ bytes: 400_000, frames: 5000 }));
  expect(reports).toHaveLength(1);
  expect(reports[0]?.backtrace.length).toBeGreaterThan(5000);
});
