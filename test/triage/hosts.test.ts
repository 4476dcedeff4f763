import { describe, expect, test } from "vitest";
import { bootsOf } from "../../src/compare/boots.ts";
import { logLines, triageLines, withoutPlace } from "../support/fixtures.ts";

const ABBA = logLines("circular/abba");
const HARDSAFE = logLines("irq-order/hardsafe3");

const FORMS: Readonly<Record<string, (line: string, host: string) => string>> = {
  syslog: (line, host) => `Nov 22 12:20:06 ${host} kernel: ${line}`,
  "a journal": (line, host) =>
    `2026-11-22T12:20:06+0000 ${host} kernel: ${line.replace(/^(?:\[[^\]]*\])+ ?/, "")}`,
  "docker compose": (line, host) => `${host}  | ${line}`,
  kubectl: (line, host) => `[pod/${host}/serial] ${line}`,
  "journal of JSON": (line, host) =>
    JSON.stringify({
      _TRANSPORT: "kernel",
      _HOSTNAME: host,
      MESSAGE: line.replace(/^(?:\[[^\]]*\])+ ?/, ""),
    }),
};

/** So many lines of one, then so many of the other. */
function inTurns(one: readonly string[], other: readonly string[], length: number): string[] {
  const mixed: string[] = [];
  for (let at = 0; at < Math.max(one.length, other.length); at += length)
    mixed.push(...one.slice(at, at + length), ...other.slice(at, at + length));
  return mixed;
}

function byKind(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

describe.each(Object.entries(FORMS))("two machines in one file of %s", (_form, print) => {
  const one = ABBA.map((line) => print(line, "hosta"));
  const other = HARDSAFE.map((line) => print(line, "hostb"));

  test.each([1, 8, 50])("are two, whose lines come %i at a time", async (length) => {
    const apart = [...(await triageLines(one)).reports, ...(await triageLines(other)).reports];
    const document = await triageLines(inTurns(one, other, length));
    expect(withoutPlace(document.reports).toSorted(byKind)).toEqual(withoutPlace(apart).toSorted(byKind));
    expect(document.sources[0]?.boots.map(({ host }) => host)).toEqual(["hosta", "hostb"]);
    expect(bootsOf(document).map(({ reports }) => reports.map(({ kind }) => kind))).toEqual([
      ["circular"],
      ["irq-order"],
    ]);
  });
});

const SYSLOG = FORMS["syslog"] ?? String;

test("a machine that gets its name while it boots is one, and its boot, too", async () => {
  const init = ABBA.findIndex((line) => line.includes("Run /init"));
  const { sources, reports } = await triageLines(
    ABBA.map((line, i) => SYSLOG(line, i < init ? "localhost" : "testbox")),
  );
  expect(sources[0]?.boots).toHaveLength(1);
  expect(sources[0]?.boots[0]?.host).toBeUndefined();
  expect(reports).toHaveLength(1);
});

test("where another machine's lines were taken for its own, a boot proves nothing", async () => {
  const clean = logLines("clean/kernfs");
  const init = clean.findIndex((line) => line.includes("Run /init"));
  const lines = clean.map((line, i) => SYSLOG(line, i === init ? "hostb" : "hosta"));
  const { sources } = await triageLines(lines);
  expect(sources[0]).toMatchObject({ result: "unknown", because: "hosts-mixed" });
});
