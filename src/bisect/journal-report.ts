import { plainSymbol } from "../identity/identity.ts";
import type { Frame, Report } from "../report/schema.ts";
import { tellingFunction } from "../identity/title.ts";
import type { JournalReport } from "./journal.ts";

/** What a journal keeps of a report: what tells which commits may have to do with it. */
export function journalReport(report: Report): JournalReport {
  const { id, title, cycle, edges, backtrace, lock, holding, annotations } = report;
  const stacks = edges.length > 0 ? edges.map(({ stack }) => stack) : [sites(report), backtrace];
  const takers = stacks.map((stack) => tellingFunction(stack)).filter((name) => name !== null);
  // the rest of a stack is the code of whoever came by
  const frames = [...sites({ lock, holding }), ...stacks.flatMap(tellingFrames)];
  return {
    id,
    title,
    cycle: [...cycle],
    functions: unique(takers.map(plainSymbol)),
    files: unique(frames.map(({ file }) => file).filter((file) => file !== null)),
    annotations: unique(annotations.filter(({ where }) => where === "cycle").map((known) => known.id)),
  };
}

/** Who takes the lock, and the few who made them do it. */
const TELLING = 3;

function tellingFrames(stack: readonly Frame[]): readonly Frame[] {
  const taker = tellingFunction(stack);
  const first = stack.findIndex(({ symbol }) => plainSymbol(symbol) === taker);
  return first < 0 ? [] : stack.slice(first, first + TELLING);
}

function sites({ lock, holding }: Pick<Report, "lock" | "holding">): Frame[] {
  return [lock?.at, holding?.at].filter((at) => at !== null && at !== undefined);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
