import { isCorrupted, titleOf } from "../../../src/identity/title.ts";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printReport } from "../../../src/render/reports/kernel.ts";
import { printable } from "../../../src/render/words/safe.ts";
import { KINDS } from "../../../src/report/names.ts";
import type { Damage, Report } from "../../../src/report/schema.ts";
import { REPORTS_OF } from "../../support/arbitrary-reports.ts";
import { fixtures, triageBytes } from "../../support/fixtures.ts";
import { printedPart, readAgain } from "../../support/printed.ts";

const CORPUS = fileURLToPath(new URL("../../../../shared/corpus/", import.meta.url));
const LOGS = ["kernel-6.12", "kernel-6.12-arm64", "builds/patched", "builds/reverted", "syzkaller", "."];

const HAS_CORPUS = existsSync(CORPUS);

function corpusLogs(): string[] {
  if (!HAS_CORPUS) return ["../shared/corpus, which is not here,"];
  return LOGS.flatMap((directory) =>
    readdirSync(join(CORPUS, directory))
      .filter((name) => /\.(?:log|txt|log\.gz)$/.test(name))
      .map((name) => join(directory, name)),
  );
}

function corpusBytes(name: string): Buffer {
  const bytes = readFileSync(join(CORPUS, name));
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

describe.each(fixtures())("printed and read again: $name", ({ bytes }) => {
  test("gives the same reports", async () => {
    const { reports } = await triageBytes(bytes);
    const again = await Promise.all(reports.map(readAgain));
    expect(again.flat().map(printedPart)).toEqual(reports.map(printedPart));
  });
});

describe.skipIf(!HAS_CORPUS)("printed and read again: the corpus", () => {
  test.each(corpusLogs())("%s gives the same reports", async (name) => {
    const { reports } = await triageBytes(corpusBytes(name));
    const again = await Promise.all(reports.map(readAgain));
    expect(again.flat().map(printedPart)).toEqual(reports.map(printedPart));
  });
});

test.each(["12", "?"])(
  "lines that scripts/decode_stacktrace.sh put there are printed and read again: %s",
  async (line) => {
    const { bytes } = fixtures().find(({ name }) => name === "inconsistent/hardirq") ?? {};
    const decoded = `${bytes?.toString("latin1")}`.replaceAll(
      /\+0x[0-9a-f]+\/0x[0-9a-f]+/g,
      ` (lib/x.c:${line})`,
    );
    const { reports } = await triageBytes(Buffer.from(decoded));
    expect(reports[0]?.lock?.at).toMatchObject({ offset: null, file: "lib/x.c" });
    const again = await Promise.all(reports.map(readAgain));
    expect(again.flat().map(printedPart)).toEqual(reports.map(printedPart));
  },
);

/** What a console says before it prints a whole line again of which it had printed half. */
const REPLAYING = "** replaying previous printk message **";

/** Of lines that begin `[    6.323095][   T41] `, those of the report's caller, if it has but one, without it. */
function ownLines(log: string, { lines, caller }: Report): string[] {
  return log
    .split("\n")
    .slice(lines.first - 1, lines.last)
    .filter((_, i, all) => all[i + 1] !== REPLAYING)
    .flatMap((text) => {
      const prefix = /^\[ *\d+\.\d+\]\[ *([TC]\d+)\] /.exec(text);
      return prefix !== null && (caller === null || prefix[1] === caller)
        ? [text.slice(prefix[0].length)]
        : [];
    });
}

/** Transports take blanks at the end of a line away, so the report has none. */
function trimmedEnd(line: string): string {
  return line.trimEnd();
}

/** Reports of the kernels that the wording is taken from, each a log that nothing else wrote into. */
const WRITTEN_BY_KERNEL = fixtures().filter(({ name, bytes }) => {
  const log = bytes.toString("latin1");
  return !/^(?:transports|selftest|clean)\//.test(name) && /^\[ *\d+\.\d+\]\[ *T1\] /m.test(log);
});

describe.each(WRITTEN_BY_KERNEL)("printed as the kernel printed it: $name", ({ bytes }) => {
  test("is the log, line by line, with its empty lines", async () => {
    const log = bytes.toString("latin1");
    for (const report of (await triageBytes(bytes)).reports) {
      // what the kernel prints around the report belongs to no line of it
      const printed = printReport(report).replace(/^\n/, "").replace(/\n+$/, "");
      expect(printed.split("\n").map(trimmedEnd)).toEqual(ownLines(log, report).map(trimmedEnd));
    }
  });
});

/** What a report of random places is told to have lost: no functions lead to its printing, and names are what they are. */
function isOfRandom({ code, what }: Damage): boolean {
  return code === "truncated" || what === "a place that is none";
}

/** The whole report, but for what is computed from it. */
function told({
  id: _id,
  siteId: _siteId,
  title: _title,
  source: _s,
  lines: _l,
  time: _t,
  caller: _c,
  annotations: _a,
  findings: _f,
  suspects: _u,
  lookAt: _k,
  ...report
}: Report): unknown {
  const damage = report.damage.filter((each) => !isOfRandom(each));
  return {
    ...report,
    damage,
    complete: report.complete || (report.damage.length > 0 && damage.length === 0),
  };
}

describe("any report", () => {
  test.each(KINDS)("of kind %s is the same when printed and read again", async (kind) => {
    const reports: fc.Arbitrary<Report> = REPORTS_OF[kind];
    await fc.assert(
      fc.asyncProperty(reports, async (report) => {
        // of stacks in which no function can be named something is missing, whatever they say
        fc.pre(!isCorrupted(titleOf(report, report.tag ?? undefined)));
        expect((await readAgain(report)).map(told)).toEqual([told(report)]);
      }),
      { numRuns: 60, seed: 20261122 },
    );
  });
});

const DIRT = ["\n", "\r", "\u001b[2J", "\u009b", "\u0000", "\t", "\u202e", "\u2028", "\udc80", "\ufeff"];
/** Fields whose words are ours. */
const OURS: ReadonlySet<string> = new Set([
  "kind",
  "tag",
  "operation",
  "between",
  "taken",
  "type",
  "by",
  "code",
]);

function soiled(value: unknown, dirt: string): unknown {
  if (typeof value === "string") return dirt + value + dirt + value + dirt;
  if (Array.isArray(value)) return value.map((item: unknown) => soiled(item, dirt));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, OURS.has(key) ? (item as unknown) : soiled(item, dirt)]),
  );
}

describe("what a log smuggles in", () => {
  test.each(KINDS)("stays visible in the lines of kind %s, and adds none", (kind) => {
    const reports: fc.Arbitrary<Report> = REPORTS_OF[kind];
    fc.assert(
      fc.property(reports, fc.constantFrom(...DIRT), (report, dirt) => {
        const lines = printReport(soiled(report, dirt) as Report).split("\n");
        // a tab stays one: s390 prints them
        expect(lines.map((line) => line.split("\t").map(printable).join("\t"))).toEqual(lines);
        expect(lines).toHaveLength(printReport(soiled(report, "-") as Report).split("\n").length);
      }),
      { numRuns: 10, seed: 20261122 },
    );
  });
});
