import type { Lack } from "../../report/gist-schema.ts";
import type { Report } from "../../report/schema.ts";
import { takerOf } from "../../symbols/who-took.ts";
import { askerOf } from "./asker.ts";
import { restsOnFunctions } from "./marks.ts";

/** What an id rests on and a log may not hold. */

export function cycleLacks({ edges, cycle }: Report): Lack[] {
  if (edges.length === 0) return ["cycle"];
  const isLost = cycle.includes("?") || edges.some(({ acquired, closes }) => acquired === null && !closes);
  if (isLost) return ["link"];
  if (!restsOnFunctions(edges)) return [];
  const isNamed = edges.every(({ by, stack }) => by !== undefined || takerOf(stack) !== null);
  return isNamed ? [] : ["functions"];
}

export function interruptLacks(report: Report): Lack[] {
  const isStateKnown = (report.safe?.state ?? report.other?.state) !== undefined;
  return isStateKnown ? cycleLacks(report) : [...cycleLacks(report), "usage"];
}

/** Of kinds whose headline is followed by the lock that they are about. */
export function lockLacks(report: Report): Lack[] {
  return report.lock === null ? ["lock", ...functionLacks(report)] : functionLacks(report);
}

export function heldLacks({ held }: Report): Lack[] {
  const isListed =
    held.length > 0 && held.every(({ count, locks }) => locks.length > 0 && locks.length >= count);
  return isListed ? [] : ["held"];
}

export function functionLacks(report: Report): Lack[] {
  const name = / in (\w+)$/.exec(report.title)?.[1];
  const isAsked = name === undefined || askerOf(report, name) !== null;
  return isAsked && !namesNoFunction(report) ? [] : ["functions"];
}

/** No function where the title has one, syzbot says `corrupted`; or the title is but a headline cut short. */
export function namesNoFunction({ title, complete }: Report): boolean {
  return title.endsWith(" in corrupted") || (!complete && !/ in \S+$/.test(title));
}
