import { type BlindSpot, blindSpotsOf } from "../catalogue/blind-spots.ts";
import { whySilent } from "../boots/result.ts";
import { definitionOf, relationOf } from "../kinds/index.ts";
import { BECAUSE } from "../report/names.ts";
import type { Boot, Kind, Report } from "../report/schema.ts";
import type { BootWithReports } from "./boots.ts";

/**
 * Why a boot in which something was not reported says nothing about it. The words for each are in
 * src/render/bisect/verdict-prose.ts.
 */
export const UNOBSERVED_REASONS = [...BECAUSE, "blind-spot", "ends-early", "damaged-report"] as const;

export type UnobservedReason = (typeof UNOBSERVED_REASONS)[number];

export interface Unobserved {
  readonly reason: UnobservedReason;
  /** lockdep-off: the report that turned it off; null where only a message tells. damaged-report: that one. */
  readonly maskedBy: Report | null;
  /** blind-spot: what kernels of this release cannot report. */
  readonly blindSpot: BlindSpot | null;
}

/** What must hold in a boot before the absence of something in it means anything. */
export interface Wanted {
  /** It cannot be reported once lockdep is off. */
  readonly needsLockdep: boolean;
  /** The earliest time at which it was seen elsewhere, in seconds since boot. */
  readonly time: number | null;
  /** What it claims, so far as that decides which releases can report it. */
  readonly claim: Pick<Report, "kind" | "cycle"> | null;
  /** Complete logs of this kind end with a shutdown, as others do. */
  readonly endsOrderly: boolean;
}

/**
 * What the boots that showed something ask of those that did not.
 *
 * @param shown each with the reports of that one thing in it
 */
export function wantedAfter(shown: readonly BootWithReports[]): Wanted {
  const reports = shown.flatMap((boot) => boot.reports);
  const times = reports.flatMap(({ time }) => (time === null ? [] : [time]));
  return {
    needsLockdep: reports.every((report) => relationOf(report).needsLockdep),
    time: times.length === 0 ? null : Math.min(...times),
    claim: reports.find(({ complete }) => complete) ?? reports[0] ?? null,
    endsOrderly:
      shown.length > 0 &&
      shown.every(({ boot }) => boot !== null && boot.end !== null && boot.end.how !== "panic"),
  };
}

/**
 * Whether a boot could have shown something that it did not. In doubt it could not: a boot that is left out costs a
 * run, one that is counted wrongly costs the bisection.
 *
 * @param reports all of the document, in which `offAt.report` is an index
 * @returns null: it could have
 */
export function unobserved(
  { boot, reports: own }: BootWithReports,
  wanted: Wanted,
  reports: readonly Report[],
): Unobserved | null {
  const because = (reason: UnobservedReason, more: Partial<Unobserved> = {}): Unobserved => ({
    reason,
    maskedBy: null,
    blindSpot: null,
    ...more,
  });
  if (boot === null) return because("no-kernel");
  const release = boot.kernel?.release ?? own[0]?.kernel?.release ?? null;
  const blindSpot = blindSpotOf(wanted, release);
  if (blindSpot !== null) return because("blind-spot", { blindSpot });
  const reason = whySilent(boot, wanted.needsLockdep) ?? (endsEarly(boot, wanted) ? "ends-early" : null);
  if (reason === null) {
    const damaged = own.find((report) => mayBe(report, wanted));
    return damaged === undefined ? null : because("damaged-report", { maskedBy: damaged });
  }
  if (reason !== "lockdep-off") return because(reason);
  const index = boot.lockdep.offAt?.report ?? null;
  return because(reason, { maskedBy: index === null ? null : (reports[index] ?? null) });
}

/** Kinds that may be of one bug: the interrupt may come last, or the lock that it takes. */
const IRQ_KINDS: ReadonlySet<Kind> = new Set<Kind>(["irq-order", "irq-inversion"]);

/** Whether so much of a report is lost that it may be the one that is missing: its id is its own then. */
function mayBe(report: Report, { claim }: Wanted): boolean {
  const { kind } = report;
  const isOfKind =
    claim === null || kind === claim.kind || (IRQ_KINDS.has(kind) && IRQ_KINDS.has(claim.kind));
  return isOfKind && !report.complete && definitionOf(kind).lacks(report).length > 0;
}

/** Why kernels of this release never say such a thing; only what is certain counts. */
function blindSpotOf({ claim }: Wanted, release: string | null): BlindSpot | null {
  if (claim === null) return null;
  const spots = blindSpotsOf({ kind: claim.kind, cycle: claim.cycle, release });
  return spots.find(({ certainty }) => certainty === "certain") ?? null;
}

/** Whether a boot's log does not go as far as those that showed something. */
function endsEarly({ end, times }: Boot, wanted: Wanted): boolean {
  if (end !== null) return false;
  return wanted.endsOrderly || (wanted.time !== null && times.last !== null && times.last < wanted.time);
}
