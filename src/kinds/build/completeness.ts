import { isMixed } from "../../symbols/stack-ends.ts";
import type { Damage, DamageCode, Edge, HeldLocks } from "../../report/schema.ts";
import type { Common, Details, KindDefinition, Requirement } from "../kind.ts";

/** What is known of a report when its completeness is judged. */
type Built = Common & Details;

/** Scenario pictures came with v3.0 (f4185812aa04, 3003eba313dd). */
const SCENARIO_SINCE = 3;

function isWhole(edge: Edge): boolean {
  return edge.from !== "?" && edge.to !== "?" && (edge.by !== undefined || edge.stack.length > 0);
}

function isListed({ count, locks }: HeldLocks, countsOnly: boolean): boolean {
  return locks.length >= count || (countsOnly && locks.length === 0);
}

function majorOf(report: Built): number | null {
  const major = /^(\d+)\./.exec(report.kernel?.release ?? "");
  return major === null ? null : Number(major[1]);
}

function isThere(report: Built, part: Requirement, countsOnly: boolean): boolean {
  switch (part) {
    case "site":
      return (report.lock?.at ?? null) !== null;
    case "edges":
      return report.edges.length > 0 && report.edges.every(isWhole);
    case "held":
      return (
        report.lockdepOff === true ||
        (report.held.length > 0 && report.held.every((held) => isListed(held, countsOnly)))
      );
    case "scenario":
      return report.scenario.length > 0 || (majorOf(report) ?? SCENARIO_SINCE) < SCENARIO_SINCE;
    case "registered":
      return (report.registered?.stack.length ?? 0) > 0;
    default: {
      const value: unknown = report[part];
      return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
    }
  }
}

/**
 * What the kernel always prints for this kind and this report does not have.
 *
 * @param traces how often the kind prints a stack
 * @param line where the report ends
 * @param openContext the line of a `<TASK>` without `</TASK>`
 */
export function missingParts(
  report: Built,
  { requires, countsOnly = false }: KindDefinition,
  traces: number,
  line: number,
  openContext: number | null,
): Damage[] {
  const damage: Damage[] = [];
  const missing = requires.filter((part) => !isThere(report, part, countsOnly));
  // nearly all reports end with a trace: where it is cut or not there at all, so is the end
  const cut =
    missing.includes("backtrace") ||
    (requires.includes("backtrace") &&
      report.dumps.filter(({ frames }) => frames.length > 0).length < traces);
  if (hasMixed(report)) damage.push({ code: "interleaved", line });
  if (openContext !== null || cut) damage.push({ code: "truncated", line });
  for (const part of missing) damage.push({ code: "missing", line, what: part });
  return damage;
}

/** Whether one of the report's stacks is of two. */
function hasMixed({ edges, dumps, registered, safe, unsafe, dependencies }: Built): boolean {
  if (edges.some(({ stack }) => isMixed(stack)) || dumps.some(({ frames }) => isMixed(frames))) return true;
  if ([registered, safe, unsafe].some((trace) => trace !== undefined && isMixed(trace.stack))) return true;
  return (dependencies ?? []).some(({ classes }) =>
    classes.some(
      ({ usages, acquiredAt }) => usages.some(({ stack }) => isMixed(stack)) || isMixed(acquiredAt ?? []),
    ),
  );
}

/** With any of these, something that the kernel printed is not there, or is not certain. */
const INCOMPLETE: ReadonlySet<DamageCode> = new Set<DamageCode>([
  "missing",
  "truncated",
  "too-long",
  "interleaved",
]);

export function isComplete(damage: readonly Damage[]): boolean {
  return damage.every(({ code }) => !INCOMPLETE.has(code));
}
