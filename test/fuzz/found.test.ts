import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawn } from "../../src/render/explain/drawing.ts";
import { plain, words } from "../../src/render/words/parts.ts";
import { jsonText } from "../../src/render/words/json.ts";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES, fixtures, triageBytes } from "../support/fixtures.ts";
import { printedPart, readAgain } from "../support/printed.ts";

/** What the fuzzer found once, each as small as it became. */
function damaged(name: string, from: string | RegExp, to: string): Buffer {
  const fixture = fixtures().find((each) => each.name === name);
  const log = fixture?.bytes.toString("latin1") ?? "";
  const changed = log.replace(from, to);
  expect(changed).not.toBe(log);
  return Buffer.from(changed, "latin1");
}

test.each([
  ["a count of 400 digits", "circular/abba", /\d+ locks? held by/, `${"9".repeat(400)} locks held by`],
  ["an offset of 64 bits", "circular/abba", /take_ba\+0x\w+\//g, "take_ba+0xffffffffffffffff/"],
  ["a process of 20 digits", "circular/abba", /splat ba:1\/\d+/g, `splat ba:1/${"9".repeat(20)}`],
])("numbers that no JSON number holds: %s", async (_what, name, from, to) => {
  const document = await triageBytes(damaged(name, from, to));
  expect(document.reports).toHaveLength(1);
  expect(Document.safeParse(JSON.parse(jsonText(document))).error).toBeUndefined();
});

test("a WARN() of which the place is lost is not whole", async () => {
  const { reports } = await triageBytes(damaged("internal/subclass-7-3", /.*WARNING: .*\n/, ""));
  expect(reports).toMatchObject([{ kind: "internal", complete: false }]);
  expect(reports[0]?.damage.map(({ what }) => what)).toEqual(["warning"]);
  const [report] = reports;
  expect((await Promise.all(reports.map(readAgain))).flat()).toMatchObject([{ id: report?.id }]);
});

test("of a WARN() whose place is none, what is printed is read again", async () => {
  const log = damaged("internal/subclass-7-3", / at \S+, CPU#/, " at x, CPU#");
  const { reports } = await triageBytes(log);
  expect(reports).toMatchObject([{ kind: "internal", warning: { at: null } }]);
  const again = (await Promise.all(reports.map(readAgain))).flat();
  expect(again.map(printedPart)).toEqual(reports.map(printedPart));
});

test.each([
  ["a mail", "fixes/05b5b01720.eml", (bytes: Buffer) => bytes],
  ["UTF-16", "circular/abba/dmesg.txt", (bytes: Buffer) => Buffer.from(bytes.toString("latin1"), "utf16le")],
  [
    "no-break blanks",
    "circular/abba/dmesg.txt",
    (bytes: Buffer) => Buffer.from(bytes.toString("latin1").replaceAll(" ", "\u00a0")),
  ],
])("how a log is decoded does not depend on how much comes first: %s", async (_what, path, encoded) => {
  const bytes = encoded(readFileSync(join(FIXTURES, path)));
  const whole = await triageBytes(bytes);
  expect(whole.reports.length).toBeGreaterThan(0);
  for (const size of [1, 100, 1000]) expect(await triageBytes(bytes, size)).toEqual(whole);
});

test("a name that is wider than its column of a drawing puts the columns below one another", () => {
  const long = "x".repeat(60);
  const lines = drawn(
    {
      columns: [[words(long)], [plain("CPU 1")]],
      events: [{ column: 1, lines: [[plain("takes lock_a")]] }],
    },
    80,
    false,
  );
  expect(lines).toEqual(["CPU 1:", "  takes lock_a"]);
});
