import { definitionOf } from "../kinds/index.ts";
import type { Lack } from "../report/gist-schema.ts";
import type { Report } from "../report/schema.ts";

/** What the id of a report rests on, and the log does not hold: with any of it, equal ids prove nothing. */
export function lacksOf(report: Report): readonly Lack[] {
  return definitionOf(report.kind).lacks(report);
}
