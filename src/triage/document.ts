import type { Document, Lockdep, Report, Source } from "../report/schema.ts";
import { Summary } from "../report/summary.ts";
import type { SourceRead } from "./read-source.ts";

/**
 * The source as it is in a document.
 *
 * @param indexOf index of its n-th report there; null if it is left out
 */
export function placedSource(source: Source, indexOf: (own: number) => number | null): Source {
  const placed = (lockdep: Lockdep): Lockdep =>
    typeof lockdep.offAt?.report === "number"
      ? { ...lockdep, offAt: { ...lockdep.offAt, report: indexOf(lockdep.offAt.report) } }
      : lockdep;
  return {
    ...source,
    boots: source.boots.map((boot) => ({ ...boot, lockdep: placed(boot.lockdep) })),
    lockdep: placed(source.lockdep),
  };
}

/**
 * One document of several sources.
 *
 * @param asksKnown whether the reports were compared with known issues
 */
export function documentOf(reads: readonly SourceRead<Report>[], asksKnown = false): Document {
  const summary = new Summary(asksKnown);
  const sources: Source[] = [];
  const reports: Report[] = [];
  for (const { source, kept } of reads) {
    const before = reports.length;
    sources.push(placedSource(source, (own) => before + own));
    for (const report of kept) {
      summary.add(report);
      reports.push(report);
    }
  }
  return { schema: "splat-triage/1", summary: summary.value, sources, reports };
}

/** The document with only these of its reports, in this order. */
export function documentWith(document: Document, reports: readonly Report[]): Document {
  const summary = new Summary(document.summary.known !== undefined);
  for (const report of reports) summary.add(report);
  const indices = new Map(reports.map((report, index) => [report, index]));
  const indexOf = (old: number): number | null => {
    const report = document.reports[old];
    return report === undefined ? null : (indices.get(report) ?? null);
  };
  const sources = document.sources.map((source) => placedSource(source, indexOf));
  return { ...document, summary: summary.value, sources, reports: [...reports] };
}

/** Two documents as one: the sources and reports of the first, then those of the second. */
export function joinedDocument(first: Document, second: Document): Document {
  const summary = new Summary(first.summary.known !== undefined);
  const offset = first.sources.length;
  const moved = second.reports.map((report) => ({ ...report, source: report.source + offset }));
  const reports = [...first.reports, ...moved];
  for (const report of reports) summary.add(report);
  const sources = [
    ...first.sources,
    ...second.sources.map((source) => placedSource(source, (index) => first.reports.length + index)),
  ];
  return { schema: "splat-triage/1", summary: summary.value, sources, reports };
}
