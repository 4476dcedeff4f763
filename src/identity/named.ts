import type { Damage, Report, Untitled } from "../report/schema.ts";
import { identityOf } from "./identity.ts";
import { isCorrupted, titleOf } from "./title.ts";

/** Gives a report its title and its ids. */
export function named(report: Untitled): Report {
  const title = titleOf(report, report.tag ?? undefined);
  // no function can be named: the stacks are not there, or not whole
  const isCut = isCorrupted(title) && report.complete;
  const cut: Damage[] = isCut ? [{ code: "truncated", line: report.lines.last }] : [];
  const damage = [...report.damage, ...cut].toSorted((x, y) => x.line - y.line);
  const whole = { ...report, complete: report.complete && !isCut, damage };
  const { id, siteId } = identityOf(whole, title);
  // a spread behind other fields takes ten times as long
  return Object.assign({ id, siteId, title }, whole);
}
