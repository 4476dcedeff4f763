import { definitionOf } from "../../kinds/index.ts";
import type { Report } from "../../report/schema.ts";
import { blanks, ended, join, printable, type Safe } from "../words/safe.ts";
import type { ReportFormat } from "./report-format.ts";

/**
 * Prints a report as the kernel would have printed it on a quiet console: no prefixes, no foreign lines, in
 * the words of current kernels, except where the report's own data shows an older form. Reading it again gives
 * the same report.
 *
 * @returns lines that each end in "\n"; what a log smuggled in is escaped
 */
export function printReport(report: Report): Safe {
  const lines = definitionOf(report.kind).print(report);
  // s390 prints tabs in its `Krnl Code`
  return ended(lines.map((line) => join(line.split("\t").map(printable), "\t")));
}

/** Reports as the kernel prints them, one after another. */
export const kernelFormat: ReportFormat = {
  report: printReport,
  begin: () => blanks(0),
  lead: () => blanks(0),
  end: () => blanks(0),
  source: null,
};
