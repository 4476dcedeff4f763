import { annotationsOf, ReportLookup } from "../catalogue/index.ts";
import type { Annotated, Finding, LookAt, Suspect } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { findingsOf, type FoundFinding } from "./findings.ts";
import { lookAtOf } from "./look-at.ts";
import { Scene } from "./scene.ts";
import { type Question, suspectsOf } from "./suspects.ts";

export { type FindingCode, RULES } from "./rules/index.ts";
export { type Question, type SuspectCode, suspectsOf } from "./suspects.ts";

export interface Analysis {
  readonly annotations: Annotated[];
  readonly findings: Finding[];
  readonly suspects: Suspect[];
  readonly lookAt: LookAt | null;
}

/**
 * What is known about a report beside what it prints. Load it only when something asks: the catalogue comes
 * with it.
 *
 * @param asked annotations, lock classes, commits and patches that are suspected
 */
export function analyze(report: Report, asked: readonly Question[] = []): Analysis {
  const lookup = new ReportLookup(report);
  const scene = new Scene(report, lookup);
  const findings = findingsOf(scene);
  const lookAt = lookAtOf(scene, findings);
  return {
    annotations: annotationsOf(report, lookup),
    findings: explainingFirst(findings, lookAt).map(({ finding }) => finding),
    suspects: suspectsOf(report, asked, lookup, scene.edges),
    lookAt,
  };
}

/** Before the others the finding whose fix breaks the edge to look at, where the first is not a surer: the two go together. */
function explainingFirst(findings: readonly FoundFinding[], lookAt: LookAt | null): readonly FoundFinding[] {
  const [first] = findings;
  const explains = findings.find(({ breaks }) => breaks !== null && breaks === lookAt?.edge);
  if (explains === undefined || explains.finding.certainty !== first?.finding.certainty) return findings;
  return [explains, ...findings.filter((one) => one !== explains)];
}
