import { describe, expect, test } from "vitest";
import { jsonFormat } from "../../../src/render/reports/json.ts";
import { ndjsonFormat, renderReportLine } from "../../../src/render/reports/ndjson.ts";
import { BriefSource, type Document, type Report, type Source } from "../../../src/report/schema.ts";
import { written } from "../../support/written.ts";
import { reportOf } from "../../support/reports.ts";

const source: Source = {
  name: "a.log",
  bytes: 10,
  lines: 2,
  transport: "plain",
  kernels: [],
  boots: [],
  lockdep: { state: "on", offAt: null },
  result: "clean",
  because: null,
  unread: [],
  moreUnread: 0,
};

function titled(title: string, index: number): Report {
  return reportOf({ title, source: index, kernel: null, time: null });
}

function documentOf(sources: Source[], reports: Report[]): Document {
  const count = reports.length;
  const byKind = count === 0 ? {} : { rcu: count };
  const summary = { reports: count, unique: Math.min(1, count), damaged: 0, byKind };
  return { schema: "splat-triage/1", summary, sources, reports };
}

/** C1 CSI, right-to-left override, a tag, a byte that is no UTF-8, DEL, a line separator */
const HOSTILE = "\u009b \u202e \u{e0041} \udc9b \x7f \u2028 \x1b 鎖";

describe("json", () => {
  test.each([0, 1, 2, 3])("is the document, indented by two: %i reports", async (count) => {
    const reports = Array.from({ length: count }, (_, i) => titled(`"source": 0 ${i}`, i % 2));
    const document = documentOf([source, { ...source, name: "b.log" }], reports);
    const bySource = reports.toSorted((a, b) => a.source - b.source);
    expect(await written(jsonFormat, { ...document, reports: bySource })).toBe(
      `${JSON.stringify({ ...document, reports: bySource }, null, 2)}\n`,
    );
  });

  test("escapes what a terminal would obey, and keeps the text", async () => {
    const document = documentOf([source], [titled(HOSTILE, 0)]);
    const json = await written(jsonFormat, document);
    expect(json).toContain(String.raw`"\u009b \u202e \udb40\udc41 \udc9b \u007f \u2028 \u001b 鎖"`);
    expect(JSON.parse(json)).toEqual(document);
  });
});

describe("ndjson", () => {
  test("spells out the source of each report on its line, without what may be long", async () => {
    const other = { ...source, name: "b.log" };
    const brief = BriefSource.strip().parse(source);
    const reports = [titled(HOSTILE, 0), titled("a", 1)];
    const text = await written(ndjsonFormat, documentOf([source, other], reports));
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.slice(0, -1).split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...reports[0], source: brief },
      { ...reports[1], source: { ...brief, name: "b.log" } },
    ]);
  });

  test("has no line without a report", async () => {
    expect(await written(ndjsonFormat, documentOf([source], []))).toBe("");
  });

  test("one report ends with its line", () => {
    const line = renderReportLine(titled("a\nb", 0), source);
    expect(line.indexOf("\n")).toBe(line.length - 1);
  });
});
