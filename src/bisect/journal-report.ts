import { plainSymbol } from "../report/identity.ts";
import type { Frame, Report } from "../report/schema.ts";
import { tellingFunction } from "../report/title.ts";
import type { JournalReport } from "./journal.ts";

/** What a journal keeps of a report: what tells which commits may have to do with it. */
export function journalReport(report: Report): JournalReport {
  const { id, title, cycle, edges, backtrace, lock, holding, annotations } = report;
  const stacks = edges.length > 0 ? edges.map(({ stack }) => stack) : [sites(report), backtrace];
  const frames = [...sites({ lock, holding }), ...stacks.flat()];
  const takers = stacks.map((stack) => tellingFunction(stack)).filter((name) => name !== null);
  return {
    id,
    title,
    cycle: [...cycle],
    functions: unique(takers.map(plainSymbol)),
    files: unique(frames.map(({ file }) => file).filter((file) => file !== null)),
    annotations: unique(annotations.filter(({ where }) => where === "cycle").map((known) => known.id)),
  };
}

function sites({ lock, holding }: Pick<Report, "lock" | "holding">): Frame[] {
  return [lock?.at, holding?.at].filter((at) => at !== null && at !== undefined);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
