import type { Document } from "../../report/schema.ts";
import { join, type Safe, safe, sliced } from "../words/safe.ts";
import type { ReportFormat } from "./report-format.ts";

/** A whole document in a format that is written report by report. */
export function wholeText(format: ReportFormat, { reports, ...head }: Document): Safe {
  const texts = reports.map((report, index) => {
    const text = format.report(report.source === 0 ? report : { ...report, source: 0 });
    return safe`${format.lead(index === 0)}${withSource(format, text, head.sources[report.source], report.source)}`;
  });
  return safe`${format.begin(head)}${join(texts, "")}${format.end(reports.length)}`;
}

function withSource(
  { source }: ReportFormat,
  text: Safe,
  of: Document["sources"][number] | undefined,
  index: number,
): Safe {
  const at = source === null ? -1 : text.indexOf(source.mark);
  if (source === null || of === undefined || at < 0) return text;
  return safe`${sliced(text, 0, at)}${source.text(of, index)}${sliced(text, at + source.mark.length)}`;
}
