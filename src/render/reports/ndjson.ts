import type { Boot, BootLine, BriefSource, Report, Source } from "../../report/schema.ts";
import { jsonLine, jsonText } from "../words/json.ts";
import { blanks, type Safe, safe } from "../words/safe.ts";
import type { ReportFormat } from "./report-format.ts";

/** More are in the boots: a line stays short, whatever the log holds. */
const MOST_KERNELS = 16;

/** A source without what may be long. */
function briefSource(source: Source | BriefSource): BriefSource {
  const { name, bytes, lines, transport, kernels, lockdep, result, because } = source;
  return { name, bytes, lines, transport, kernels, lockdep, result, because };
}

/** One report on one line, with its source spelled out. */
export function renderReportLine(report: Report, source: BriefSource): Safe {
  return jsonLine({ ...report, source: withFewKernels(source) });
}

function withFewKernels(source: BriefSource): BriefSource {
  return { ...source, kernels: source.kernels.slice(0, MOST_KERNELS) };
}

/** One boot on one line, also where it shows nothing. */
export function renderBootLine(
  source: Source | BriefSource,
  boot: Boot,
  reports: readonly Pick<Report, "id">[],
): Safe {
  const line: BootLine = {
    schema: "splat-triage-boot/1",
    source: withFewKernels(briefSource(source)),
    boot,
    reports: reports.map(({ id }) => id),
  };
  return jsonLine(line);
}

/** A line a report, with its source as it was at its end. */
export const ndjsonFormat: ReportFormat = {
  report: jsonLine,
  begin: () => blanks(0),
  lead: () => blanks(0),
  end: () => blanks(0),
  source: {
    mark: '"source":0',
    text: (source) => safe`"source":${jsonText(withFewKernels(briefSource(source)))}`,
  },
};
