import type { Frame, Report } from "../report/schema.ts";
import { fromTaker, takerOf } from "../symbols/who-took.ts";
import type { JournalReport } from "./journal.ts";

/** What a journal keeps of a report: what tells which commits may have to do with it. */
export function journalReport(report: Report): JournalReport {
  const { id, title, cycle, edges, backtrace, lock, holding, annotations } = report;
  const stacks = edges.length > 0 ? edges.map(({ stack }) => stack) : [sites(report), backtrace];
  const takers = stacks.map((stack) => takerOf(stack)).filter((name) => name !== null);
  // the rest of a stack is the code of whoever came by
  const frames = [
    ...sites({ lock, holding }),
    ...stacks.flatMap((stack) => fromTaker(stack).slice(0, TELLING)),
  ];
  return {
    id,
    title,
    cycle: [...cycle],
    functions: unique(takers),
    files: unique(frames.map(({ file }) => file).filter((file) => file !== null)),
    annotations: unique(annotations.filter(({ where }) => where === "cycle").map((known) => known.id)),
  };
}

/** Who takes the lock, and the few who made them do it. */
const TELLING = 3;

function sites({ lock, holding }: Pick<Report, "lock" | "holding">): Frame[] {
  return [lock?.at, holding?.at].filter((at) => at !== null && at !== undefined);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
