import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { KINDS } from "../src/report/names.ts";
import { Document } from "../src/report/schema.ts";
import {
  FIXTURES,
  type Fixture,
  fixtures,
  triageBytes,
  triageLines,
  withoutPlace,
} from "./support/fixtures.ts";
import { triage } from "../src/triage/triage.ts";

function linesOf({ bytes }: Fixture): string[] {
  return bytes.toString("latin1").split("\n").slice(0, -1);
}

/** Reports without what tells of the log around them. */
function whole(reports: Document["reports"]): unknown[] {
  return withoutPlace(reports.map((report) => ({ ...report, damage: [] })));
}

describe.each(fixtures())("$name", (fixture) => {
  const lines = linesOf(fixture);
  let document: Document;

  beforeAll(async () => {
    document = await triageBytes(fixture.bytes);
  });

  test("is the file that its origin names", () => {
    const origin: unknown = JSON.parse(readFileSync(join(fixture.directory, "origin.json"), "utf8"));
    expect(origin).toMatchObject({ sha256: createHash("sha256").update(fixture.bytes).digest("hex") });
  });

  test("gives the golden document, which fits the schema", async () => {
    expect(Document.parse(document)).toEqual(document);
    await expect(`${JSON.stringify(document, null, 1)}\n`).toMatchFileSnapshot(
      join(fixture.directory, "report.json"),
    );
  });

  test("holds only whole reports, with every line accounted for", () => {
    const { reports } = document;
    for (const report of reports)
      expect(report).toMatchObject({ complete: true, damage: [], lines: { unparsed: 0 } });
    expect(reports.length > 0).toBe(!fixture.name.startsWith("clean/"));
  });

  test.each([7, 100, 4096, 65_536])("is the same in chunks of %i bytes", async (size) => {
    expect(await triageBytes(fixture.bytes, size)).toEqual(document);
  });

  test("is the same byte by byte around each report", async () => {
    const ends = lines.map(
      (
        (end) => (line: string) =>
          (end += line.length + 1)
      )(0),
    );
    for (const report of document.reports) {
      const first = ends[report.lines.first - 2] ?? 0;
      const last = ends[report.lines.last - 1] ?? fixture.bytes.length;
      const cuts = Array.from({ length: last - first }, (_, i) => first + i);
      const chunks = [0, ...cuts, last].map((cut, i, all) => fixture.bytes.subarray(cut, all[i + 1]));
      expect(await triage([{ name: "dmesg.txt", chunks }])).toEqual(document);
    }
  });

  test("is the same with CR before each newline", async () => {
    const { reports } = await triageBytes(Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1"));
    expect(reports).toEqual(document.reports);
  });

  test("is the same without prefixes, but for time and caller", async () => {
    const bare = lines.map((line) => line.replace(/^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? /, ""));
    const { reports } = await triageLines(bare);
    expect(withoutPlace(reports)).toEqual(withoutPlace(document.reports));
  });

  test("is the same with another caller's lines between all of its own", async () => {
    const noisy = lines.flatMap((line) => {
      const [stamp] = /^\[ *\d+\.\d+\]/.exec(line) ?? ["[    9.999999]"];
      return [line, `${stamp}[ T9999] usb 1-1: new device`];
    });
    const { reports } = await triageLines(noisy);
    expect(withoutPlace(reports)).toEqual(withoutPlace(document.reports));
  });

  test("is the same with every line printed twice, as by two consoles", async () => {
    const { reports } = await triageLines(lines.flatMap((line) => [line, line]));
    expect(whole(reports)).toEqual(whole(document.reports));
    for (const { damage } of reports) expect(damage.map(({ code }) => code)).toEqual(["doubled-lines"]);
  });

  test("gives each report again from the report's own lines, and none from what follows", async () => {
    const { reports } = document;
    const banner = lines.filter((line) => line.includes("Linux version "));
    for (const [i, report] of reports.entries()) {
      const own = await triageLines([...banner, ...lines.slice(report.lines.first - 1, report.lines.last)]);
      expect(withoutPlace(own.reports)).toEqual(withoutPlace([report]));
      const rest = await triageLines(lines.slice(report.lines.last));
      expect(rest.reports.map(({ id }) => id)).toEqual(reports.slice(i + 1).map(({ id }) => id));
    }
  });

  test("cut after any line, keeps what is there and says what is not", async () => {
    const { reports } = document;
    for (const report of reports) {
      const text = lines.slice(0, report.lines.last);
      const lastClose = text.findLastIndex((line) => line.endsWith("</TASK>"));
      const start = report.lines.first - 1;
      for (let end = start + 3; end < report.lines.last; end++) {
        const own = lines.slice(start, end);
        const [cut] = (await triageLines(own)).reports;
        const links = own.filter((line) => /-> #\d+ \(/.test(line)).length;
        if (cut === undefined) throw new Error(`cut after line ${end}: nothing is left`);
        expect(cut.kind).toBe(report.kind);
        expect(cut.lines).toEqual({ first: 1, last: expect.any(Number) as number, unparsed: 0 });
        expect(cut.lines.last).toBeLessThanOrEqual(own.length);
        expect(cut.edges.filter(({ acquired }) => acquired !== null).length).toBeGreaterThanOrEqual(links);
        expect(cut.complete).toBe(cut.damage.length === 0);
        // a trace without </TASK>, a list of held locks that is too short: the end is known to be missing
        const endIsMissing = end <= lastClose || report.kind === "held-user";
        expect(cut.complete && endIsMissing).toBe(false);
      }
    }
  });
});

test("there is a log for every kind, and a real one for all but chain collisions", () => {
  const made = new Map<string, boolean>();
  for (const { name, directory } of fixtures()) {
    const origin = readFileSync(join(directory, "origin.json"), "utf8");
    const kind = name.split("/")[0] ?? "";
    made.set(kind, (made.get(kind) ?? false) || !origin.includes("invented"));
  }
  expect(KINDS.filter((kind) => !made.has(kind))).toEqual([]);
  expect(KINDS.filter((kind) => made.get(kind) !== true)).toEqual(["chain-collision"]);
});

test.each(["6-1", "6-12"])(
  "the locking self-test of %s: 251 reports in one log, all whole",
  async (kernel) => {
    const bytes = gunzipSync(readFileSync(join(FIXTURES, "selftest", kernel, "dmesg.txt.gz")));
    const { summary, sources, reports } = await triageBytes(bytes, 65_536);
    // counted in the log: grep -cE for each headline, and for WARN_ON( lines
    expect(summary).toMatchObject({
      reports: 251,
      damaged: 0,
      byKind: {
        recursive: 18,
        circular: 55,
        "held-freed": 7,
        internal: 16,
        inconsistent: 56,
        "irq-order": 26,
        "irq-inversion": 49,
        "wait-context": 13,
        "unlock-balance": 9,
        "nested-lock": 2,
      },
    });
    expect(reports.filter(({ lines }) => lines.unparsed > 0)).toEqual([]);
    // "Good, all … testcases passed!": lockdep is as it was before
    expect(sources[0]?.lockdep).toEqual({ state: "on", offAt: null });
  },
);
