import type { Report, Source } from "../../report/schema.ts";
import { jsonLine, jsonText } from "../words/json.ts";
import { blanks, type Safe, safe } from "../words/safe.ts";
import type { ReportFormat } from "./report-format.ts";

/** One report on one line, with its source spelled out. */
export function renderReportLine(report: Report, source: Source): Safe {
  return jsonLine({ ...report, source });
}

/** A line a report, with its source as it was at its end. */
export const ndjsonFormat: ReportFormat = {
  report: jsonLine,
  begin: () => blanks(0),
  lead: () => blanks(0),
  end: () => blanks(0),
  source: { mark: '"source":0', text: (source) => safe`"source":${jsonText(source)}` },
};
