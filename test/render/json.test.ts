import { describe, expect, test } from "vitest";
import { renderJson } from "../../src/render/json.ts";
import { renderNdjson, renderReportLine } from "../../src/render/ndjson.ts";
import type { Document, Report, Source } from "../../src/report/schema.ts";
import { reportOf } from "../support/reports.ts";

const source: Source = {
  name: "a.log",
  bytes: 10,
  lines: 2,
  transport: "plain",
  kernels: [],
  boots: [],
  lockdep: { state: "on", offAt: null },
};

function titled(title: string, index: number): Report {
  return reportOf({ title, source: index, kernel: null, time: null });
}

function documentOf(sources: Source[], reports: Report[]): Document {
  const summary = { reports: reports.length, unique: 1, damaged: 0, byKind: { rcu: reports.length } };
  return { schema: "splat-triage/1", summary, sources, reports };
}

/** C1 CSI, right-to-left override, a tag, a byte that is no UTF-8, DEL, a line separator */
const HOSTILE = "\u009b \u202e \u{e0041} \udc9b \x7f \u2028 \x1b 鎖";

describe("json", () => {
  test("is the document, indented by two", () => {
    const document = documentOf([source], [titled("a", 0)]);
    expect(renderJson(document)).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  test("escapes what a terminal would obey, and keeps the text", () => {
    const document = documentOf([source], [titled(HOSTILE, 0)]);
    const json = renderJson(document);
    expect(json).toContain(String.raw`"\u009b \u202e \udb40\udc41 \udc9b \u007f \u2028 \u001b 鎖"`);
    expect(JSON.parse(json)).toEqual(document);
  });
});

describe("ndjson", () => {
  test("spells out the source of each report on its line", () => {
    const other = { ...source, name: "b.log" };
    const reports = [titled("a", 1), titled(HOSTILE, 0)];
    const text = renderNdjson(documentOf([source, other], reports));
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.slice(0, -1).split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...reports[0], source: other },
      { ...reports[1], source },
    ]);
  });

  test("has no line without a report", () => {
    expect(renderNdjson(documentOf([source], []))).toBe("");
  });

  test("one report ends with its line", () => {
    const line = renderReportLine(titled("a\nb", 0), source);
    expect(line.indexOf("\n")).toBe(line.length - 1);
  });

  test("a report without its source is a mistake of the caller", () => {
    expect(() => renderNdjson(documentOf([], [titled("a", 0)]))).toThrow(RangeError);
  });
});
