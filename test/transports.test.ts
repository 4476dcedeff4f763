import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIXTURES, triageBytes } from "./support/fixtures.ts";

const directory = join(FIXTURES, "transports");
const files = readdirSync(directory).filter((name) => name.endsWith(".txt"));

/** What the transport may change: where the report stood, when, and by whom. */
async function reportsOf(file: string): Promise<string> {
  const { reports } = await triageBytes(readFileSync(join(directory, file)));
  return JSON.stringify(
    reports.map(({ source: _source, lines, time: _time, caller: _caller, ...rest }) => ({
      ...rest,
      unparsed: lines.unparsed,
    })),
  );
}

test("there are at least the thirty that were recorded of one boot", () => {
  expect(files.length).toBeGreaterThanOrEqual(30);
});

test.each(files)("%s gives the report that the console gives", async (file) => {
  const report = await reportsOf(file);
  expect(report).toBe(await reportsOf("console_caller.txt"));
  expect(JSON.parse(report)).toMatchObject([{ kind: "irq-order", complete: true, damage: [], unparsed: 0 }]);
});

test.each([
  ["console_caller.txt", 6.30924, "T41"],
  ["dmesg.txt", 6.30924, null],
  ["devkmsg.txt", 6.30924, "T41"],
  ["dmesg_J.txt", 6.30924, "T41"],
  ["journal_json.txt", 6.30924, null],
  ["journal_short-monotonic.txt", 6.30924, null],
  ["journal_short.txt", null, null],
  ["noprefix.txt", null, null],
])("%s: time %j, caller %j", async (file, time, caller) => {
  const { reports } = await triageBytes(readFileSync(join(directory, file)));
  expect(reports[0]).toMatchObject({ time, caller });
});
