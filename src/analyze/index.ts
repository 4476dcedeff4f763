import { annotationsOf, ReportLookup } from "../catalogue/index.ts";
import type { Annotated, Finding, Suspect } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { edgeToLookAt as edgeOfScene, type EdgeToLookAt, findingsOf } from "./findings.ts";
import { Scene } from "./scene.ts";
import { suspectsOf } from "./suspects.ts";

export {
  type EdgeRoles,
  type Role,
  type RoleName,
  rolesOfEdges,
  rolesOfStack,
  type StackRoles,
} from "./roles.ts";
export { EDGE_REASONS, type EdgeToLookAt } from "./findings.ts";
export { type FindingCode, RULES } from "./rules.ts";
export { SUSPECT_CODES, type SuspectCode, suspectsOf } from "./suspects.ts";

export interface Analysis {
  readonly annotations: Annotated[];
  readonly findings: Finding[];
  readonly suspects: Suspect[];
}

/**
 * What is known about a report beside what it prints. Load it only when something asks: the catalogue comes
 * with it.
 *
 * @param asked annotations, lock classes and commits that are suspected
 */
export function analyze(report: Report, asked: readonly string[] = []): Analysis {
  const lookup = new ReportLookup(report);
  return {
    annotations: annotationsOf(report, lookup),
    findings: findingsOf(new Scene(report, lookup)),
    suspects: suspectsOf(report, asked, lookup),
  };
}

/** The edge of a cycle to look at first, and why. */
export function edgeToLookAt(report: Report, findings: readonly Finding[]): EdgeToLookAt | null {
  return edgeOfScene(new Scene(report), findings);
}
