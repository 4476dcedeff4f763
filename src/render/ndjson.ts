import type { Document, Report, Source } from "../report/schema.ts";
import { jsonText } from "./json.ts";

/** One report on one line, with its source spelled out. */
export function renderReportLine(report: Report, source: Source): string {
  return `${jsonText({ ...report, source })}\n`;
}

/**
 * A line a report.
 *
 * @throws RangeError when a report names a source that the document does not have
 */
export function renderNdjson({ reports, sources }: Document): string {
  return reports
    .map((report) => {
      const source = sources[report.source];
      if (source === undefined) throw new RangeError(`report ${report.id} names no source`);
      return renderReportLine(report, source);
    })
    .join("");
}
