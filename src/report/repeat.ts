import type { Report } from "./schema.ts";

/** Where a report stood in its log. */
export type Position = Pick<Report, "lines" | "time" | "caller">;

/**
 * What reports are that differ in their variables and positions only: the kernel printed the same lines, and other
 * addresses and pids in them. Kernel farms see one splat a thousand times.
 */
export interface Original {
  /** Values made up for it, that show where the real ones go. */
  readonly samples: readonly string[];
  /** The report with these values and source 0, which has all else in common with those made before. */
  report(values: readonly string[], position: Position): Report;
}

/** A report that was made of an original. */
export interface Repeat {
  readonly original: Original;
  readonly values: readonly string[];
}

/** Shared by all bundles of the command. */
const REPEAT = Symbol.for("splat-triage/repeat");

/** Notes of what a report was made, in a way that no copy of it has, and no JSON. */
export function noteRepeat(report: Report, repeat: Repeat): void {
  Object.defineProperty(report, REPEAT, { value: repeat });
}

/** Of what the report was made, as long as nobody has changed it; undefined of one that was made for itself, and of a copy. */
export function repeatOf(report: Report & { readonly [REPEAT]?: Repeat }): Repeat | undefined {
  return report[REPEAT];
}
