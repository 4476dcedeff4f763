import type { Report, Source } from "../../report/schema.ts";
import { jsonText } from "../words/json.ts";
import type { ReportFormat } from "./report-format.ts";

/** One report on one line, with its source spelled out. */
export function renderReportLine(report: Report, source: Source): string {
  return `${jsonText({ ...report, source })}\n`;
}

/** A line a report, with its source as it was at its end. */
export const ndjsonFormat: ReportFormat = {
  report: (report) => `${jsonText(report)}\n`,
  begin: () => "",
  lead: () => "",
  end: () => "",
  source: { mark: '"source":0', text: (source) => `"source":${jsonText(source)}` },
};
