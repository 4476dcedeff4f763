import { Matrix } from "../../compare/matrix.ts";
import { KINDS } from "../../report/names.ts";
import type { Document, Report } from "../../report/schema.ts";
import { jsonDocument } from "../words/json.ts";
import { linesOf, type Safe } from "../words/safe.ts";
import { kindResult } from "./kind-result.ts";
import { printReport } from "./kernel.ts";
import { sourceName } from "./overview.ts";

/** Lines of a test's log; what is more is in the console's. */
const MOST_LINES = 1000;

/**
 * SQUAD's test results (doc/intro.rst of Linaro/squad, `tests`): a test for each kind of report, of all logs together,
 * for a submission is one test run. Whatever is neither pass nor fail is shown as skipped; its log says why.
 */
export function renderSquad(document: Document): Generator<Safe> {
  const matrix = new Matrix(document);
  const tests = KINDS.map((kind) => {
    const result = kindResult(matrix, matrix.boots, kind);
    const name = `lockdep/${kind}`;
    switch (result.what) {
      case "passed":
        return [name, { result: "pass" }];
      case "skipped":
        return [name, { result: "skip", log: result.why }];
      case "failed":
        return [name, { result: "fail", log: logOf(result.reports, document) }];
      default:
        return result satisfies never;
    }
  });
  return jsonDocument(Object.fromEntries(tests));
}

function logOf(reports: readonly Report[], { sources }: Document): string {
  const lines = reports.flatMap((report) => {
    const source = sources[report.source];
    const where = source === undefined ? "" : `${sourceName(source)}:`;
    return [`${where}${report.lines.first}: ${report.title} (${report.id})`, ...linesOf(printReport(report))];
  });
  return (lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "[...]"] : lines).join("\n");
}
