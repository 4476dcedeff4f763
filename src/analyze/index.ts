import { annotationsOf, ReportLookup } from "../catalogue/index.ts";
import type { Annotated, Finding, LookAt, Suspect } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { findingsOf } from "./findings.ts";
import { lookAtOf } from "./look-at.ts";
import { Scene } from "./scene.ts";
import { type Question, suspectsOf } from "./suspects.ts";

export { type FindingCode, RULES } from "./rules.ts";
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
  return {
    annotations: annotationsOf(report, lookup),
    findings: findings.map(({ finding }) => finding),
    suspects: suspectsOf(report, asked, lookup, scene.edges),
    lookAt: lookAtOf(scene, findings),
  };
}
