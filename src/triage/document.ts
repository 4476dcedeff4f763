import type { Document, Lockdep, Report, Source } from "../report/schema.ts";
import { Summary } from "../report/summary.ts";
import type { SourceRead } from "./read-source.ts";

/** The source as it stands in a document in which its first report has this index. */
export function placedSource(source: Source, firstReport: number): Source {
  if (firstReport === 0) return source;
  const placed = (lockdep: Lockdep): Lockdep =>
    typeof lockdep.offAt?.report === "number"
      ? { ...lockdep, offAt: { ...lockdep.offAt, report: firstReport + lockdep.offAt.report } }
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
 * @param asksKnown whether the reports were held against known issues
 */
export function documentOf(reads: readonly SourceRead<Report>[], asksKnown = false): Document {
  const summary = new Summary(asksKnown);
  const sources: Source[] = [];
  const reports: Report[] = [];
  for (const { source, kept } of reads) {
    sources.push(placedSource(source, reports.length));
    for (const report of kept) {
      summary.add(report);
      reports.push(report);
    }
  }
  return { schema: "splat-triage/1", summary: summary.value, sources, reports };
}
