import type { Document, Report } from "../report/schema.ts";
import { bootsOf, type BootWithReports } from "./boots.ts";
import { type Unobserved, unobserved } from "./observed.ts";
import type { Target } from "./target.ts";

/** What one boot says about a target; unusable: it does not show the target, and could not have. */
export interface BootVerdict {
  readonly boot: BootWithReports;
  readonly result: "bad" | "good" | "unusable";
  /** The report that is the target, if bad. */
  readonly report: Report | null;
  /** Why it is unusable. */
  readonly unobserved: Unobserved | null;
}

/** What all boots together say. */
export interface Verdict {
  readonly result: "bad" | "good" | "unusable";
  readonly boots: readonly BootVerdict[];
  /** The boot that decided: the first with the target, else the first unusable one; null if all are good. */
  readonly decisive: BootVerdict | null;
}

export interface VerdictConditions {
  /** This many good boots are enough if none is bad; by default all must be good. */
  readonly enough?: number;
  /** Names of sources that are copies of /proc/lockdep, not logs: no boot is missing in those. */
  readonly dumps?: ReadonlySet<string>;
}

/**
 * Judges whether a kernel has a bug, from logs of its boots. Bad: one of them shows it. Good: none shows it, and all could
 * have. Unusable: none shows it, but that proves nothing.
 */
export function verdictOn(
  document: Document,
  target: Target,
  { enough, dumps }: VerdictConditions = {},
): Verdict {
  const boots = bootsOf(document)
    .filter(({ name, boot }) => boot !== null || dumps?.has(name) !== true)
    .map((boot) => judge(boot, target, document.reports));
  const bad = boots.find(({ result }) => result === "bad");
  if (bad !== undefined) return { result: "bad", boots, decisive: bad };
  const unusable = boots.find(({ result }) => result === "unusable") ?? null;
  const good = boots.filter(({ result }) => result === "good").length;
  if (good >= Math.max(1, enough ?? boots.length)) return { result: "good", boots, decisive: null };
  return { result: "unusable", boots, decisive: unusable };
}

function judge(boot: BootWithReports, target: Target, reports: readonly Report[]): BootVerdict {
  const report = boot.reports.find(target.matches) ?? null;
  if (report !== null) return { boot, result: "bad", report, unobserved: null };
  const why = unobserved(boot, target, reports);
  return { boot, result: why === null ? "good" : "unusable", report: null, unobserved: why };
}
