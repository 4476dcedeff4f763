import type { EdgeRoles } from "../../symbols/roles.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import type { Edge, Frame, Report } from "../../report/schema.ts";
import type { Part } from "../../render/words/parts.ts";
import { path, say } from "../../render/words/sentences.ts";
import { contextOf } from "./contexts.ts";

/** When and where the edges of a cycle were recorded. */

/** The edge that this report adds to what lockdep knew. */
export function isNew(report: Report, edge: Edge): boolean {
  if (report.newDependency !== undefined)
    return edge.from === report.newDependency.from.class && edge.to === report.newDependency.to.class;
  return edge.closes && edge.by === undefined;
}

/** When an edge was recorded, as far as its stack shows. */
export function whenRecorded(report: Report, { edge, roles }: EdgeRoles): string {
  if (edge.by === "interrupt") return contextOf(report.headline).needed;
  if (isNew(report, edge)) return "now";
  if (roles.some(({ role }) => role === "priming")) return "declared at boot";
  return roles.some(({ role }) => role === "boot") ? "recorded at boot" : "recorded earlier";
}

/** Where `to` was taken, as far as the log shows. */
export function whereRecorded({ edge }: EdgeRoles): Part[][] {
  return whereTaken(edge.stack);
}

/** A caller with a longer name has no room in a column. */
const LONGEST_CALLER = 24;

export function whereTaken(stack: readonly Frame[] | undefined): Part[][] {
  const [, caller] = fromTaker(stack ?? []);
  const where = path(stack ?? [], caller !== undefined && caller.symbol.length > LONGEST_CALLER ? 1 : 2);
  return where.length === 0 ? [] : [say`in ${where}`];
}
