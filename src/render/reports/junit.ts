import type { BootWithReports } from "../../compare/boots.ts";
import { Matrix } from "../../compare/matrix.ts";
import { KINDS } from "../../report/names.ts";
import type { Document, Kind, Report } from "../../report/schema.ts";
import { ended, join, linesOf, own, type Safe, safe } from "../words/safe.ts";
import { xmlText } from "../words/xml.ts";
import { type KindResult, kindResult } from "./kind-result.ts";
import { printReport } from "./kernel.ts";
import { sourceName } from "./overview.ts";

/** Lines of a failure's text; what is more is in the log. */
const MOST_LINES = 1000;

/**
 * JUnit XML: a suite for each log, a case for each kind of report. A kind that was reported is a failure, unless all
 * its reports are known; one that was not, in a log that could not have shown it, is skipped with the reason.
 *
 * Times are 0, and 1970: logs have no time of day that is sure, and the same log gives the same file.
 */
export function renderJunit(document: Document): Safe {
  const matrix = new Matrix(document);
  return ended([
    own('<?xml version="1.0" encoding="UTF-8"?>'),
    own("<testsuites>"),
    ...document.sources.flatMap((source, index) =>
      suite(
        sourceName(source),
        index,
        matrix,
        matrix.boots.filter((boot) => boot.source === index),
      ),
    ),
    own("</testsuites>"),
  ]);
}

function suite(name: string, id: number, matrix: Matrix, boots: readonly BootWithReports[]): readonly Safe[] {
  // a token of the schema has no blanks at its ends, and at least one character
  const token = xmlText(name.trim() === "" ? "log" : name.trim());
  const cases = KINDS.map((kind) => testcase(kind, token, kindResult(matrix, boots, kind)));
  const count = (what: KindResult["what"]): number => cases.filter((one) => one.what === what).length;
  return [
    safe`<testsuite package="lockdep" id="${id}" name="${token}" timestamp="1970-01-01T00:00:00" hostname="localhost" tests="${cases.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}" time="0">`,
    own("<properties/>"),
    ...cases.map(({ xml }) => xml),
    own("<system-out/>"),
    own("<system-err/>"),
    own("</testsuite>"),
  ];
}

interface Case {
  readonly what: KindResult["what"];
  readonly xml: Safe;
}

function testcase(kind: Kind, suiteName: Safe, result: KindResult): Case {
  const open = safe`<testcase name="${kind}" classname="${suiteName}" time="0"`;
  const { what } = result;
  if (what === "failed") return { what, xml: safe`${open}>${failure(kind, result.reports)}</testcase>` };
  if (what === "passed") return { what, xml: safe`${open}/>` };
  return { what, xml: safe`${open}><skipped message="${xmlText(result.why)}"/></testcase>` };
}

function failure(kind: Kind, reports: readonly Report[]): Safe {
  const named = [...new Set(reports.map(({ title, id }) => `${title} (${id})`))].join("; ");
  const text = reports.flatMap((report) => [
    safe`line ${report.lines.first}, id ${xmlText(report.id)}`,
    ...linesOf(printReport(report)).map(xmlText),
  ]);
  const shown = text.length > MOST_LINES ? [...text.slice(0, MOST_LINES), own("… the log has more")] : text;
  return safe`<failure type="${kind}" message="${xmlText(named)}">${join(shown, "\n")}</failure>`;
}
