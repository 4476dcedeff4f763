import type { Lack } from "../report/gist-schema.ts";
import type { Kind, Report } from "../report/schema.ts";
import { comparableClass, isCommonClass } from "../symbols/class-names.ts";
import { restsOnFunctions } from "./identity.ts";
import { takerOf } from "../symbols/who-took.ts";

/** Kinds whose headline is followed by the lock that they are about. */
const NAMES_LOCK: ReadonlySet<Kind> = new Set<Kind>([
  "recursive",
  "wait-context",
  "nested-lock",
  "unlock-balance",
  "contention",
  "held-freed",
]);

/** What the id of a report rests on, and the log does not hold: with any of it, equal ids prove nothing. */
export function lacksOf(report: Report): Lack[] {
  const common = isCorrupted(report) ? (["functions"] as const) : [];
  switch (report.kind) {
    case "circular":
      return cycleLacks(report);
    case "irq-order":
    case "irq-inversion":
      return [
        ...cycleLacks(report),
        ...((report.safe?.state ?? report.other?.state) === undefined ? (["usage"] as const) : []),
      ];
    case "inconsistent":
      return [
        ...(report.lock === null ? (["lock"] as const) : []),
        ...(report.usage === undefined ? (["usage"] as const) : []),
        ...(report.lock !== null &&
        isCommonClass(comparableClass(report.lock.class)) &&
        !tellsFunctions(report)
          ? (["functions"] as const)
          : []),
      ];
    case "held-exit":
    case "held-user":
    case "held-dump":
      return report.held.some(({ locks }) => locks.length > 0) ? [] : ["held"];
    case "rcu":
      return report.rcu === undefined ? ["message", ...common] : [...common];
    case "limit":
      return report.limit === undefined ? ["limit"] : [];
    default:
      return NAMES_LOCK.has(report.kind) && report.lock === null ? ["lock", ...common] : [...common];
  }
}

function cycleLacks({ edges, cycle }: Report): Lack[] {
  if (edges.length === 0) return ["cycle"];
  const isLost = cycle.includes("?") || edges.some(({ acquired, closes }) => acquired === null && !closes);
  if (isLost) return ["link"];
  if (!restsOnFunctions(edges)) return [];
  const isNamed = edges.every(({ by, stack }) => by !== undefined || takerOf(stack) !== null);
  return isNamed ? [] : ["functions"];
}

function tellsFunctions(report: Report): boolean {
  return takerOf(report.registered?.stack ?? []) !== null && !isCorrupted(report);
}

/** No function where the title has one, syzbot says `corrupted`; or the title is but a headline cut short. */
function isCorrupted({ title, complete }: Report): boolean {
  return title.endsWith(" in corrupted") || (!complete && !/ in \S+$/.test(title));
}
