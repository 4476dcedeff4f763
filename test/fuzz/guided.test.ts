import { expect, test } from "vitest";
import { HEADLINES } from "../../grammar/lines.ts";
import { Document } from "../../src/report/schema.ts";
import { triageBytes } from "../support/fixtures.ts";
import { assertNothingSilent } from "./invariants.ts";
import { dictionaryFor, MOST_BYTES, seedsFor } from "./seeds.ts";
import { TARGETS, type TargetName } from "./targets.ts";

const NAMES = Object.keys(TARGETS) as TargetName[];

test.each(NAMES)("%s: what the fuzzer begins with passes", async (name) => {
  const seeds = await seedsFor(name);
  expect(seeds.length).toBeGreaterThan(4);
  for (const seed of seeds) {
    expect(seed.length).toBeLessThanOrEqual(MOST_BYTES);
    await TARGETS[name](seed);
  }
});

test("the logs to begin with are clean, or have a report of every kind", async () => {
  const documents = await Promise.all((await seedsFor("log")).map((seed) => triageBytes(seed)));
  const kinds = new Set(documents.flatMap(({ reports }) => reports.map(({ kind }) => kind)));
  expect(kinds).toEqual(new Set(HEADLINES.map(({ kind }) => kind)));
  expect(documents.filter(({ sources }) => sources[0]?.result === "clean").length).toBeGreaterThan(2);
});

test.each(NAMES)("%s: each line of the dictionary is a word that libFuzzer takes", (name) => {
  const lines = dictionaryFor(name).split("\n").slice(0, -1);
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    expect(line).toMatch(/^"(?:[ !#-[\]-~]|\\x[0-9a-f]{2})+"$/);
    expect(line.slice(1, -1).replace(/\\x../g, "x").length).toBeLessThanOrEqual(64);
  }
});

test("the dictionary of logs has the headlines", () => {
  const words = dictionaryFor("log");
  expect(words).toContain('"WARNING: possible circular locking dependency detected"');
  expect(words).toContain('"WARNING: possible circular locking dependency detected\\x0a"');
});

test("what passes a headline over in silence does not pass", async () => {
  const log = Buffer.from(
    "[    0.000000] Linux version 6.12.117 (x@y) #1\n" +
      "[    1.000000] Run /init as init process\n" +
      "[    2.000000] WARNING: possible circular locking dependency detected\n",
  );
  const { reports, sources, ...rest } = await triageBytes(log);
  const [report] = reports;
  expect([reports.length, report?.lines.first]).toEqual([1, 3]);
  const told = { line: 3, text: "WARNING: possible circular locking dependency detected" };
  const without = (changes: object): Document =>
    Document.parse({ ...rest, reports: [], sources: sources.map((source) => ({ ...source, ...changes })) });
  expect(() => assertNothingSilent(log, { ...rest, reports, sources })).not.toThrow();
  expect(() => assertNothingSilent(log, without({ result: "unknown", unread: [told] }))).not.toThrow();
  expect(() => assertNothingSilent(log, without({ result: "unknown" }))).toThrow("passed over");
  expect(() => assertNothingSilent(log, without({ result: "clean", unread: [told] }))).toThrow("clean with");
});
