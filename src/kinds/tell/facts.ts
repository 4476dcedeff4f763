import { at, callers } from "../../render/words/frames.ts";
import {
  fact,
  type Fact,
  lock,
  name,
  placePart,
  type Part,
  plain,
  row,
  words,
} from "../../render/words/parts.ts";
import type { Frame, LockClass, Report } from "../../report/schema.ts";
import { fromTaker } from "../../symbols/who-took.ts";

/** What the tables of several kinds share. */

/** Enough to know the path; the formats for tools have the rest. */
export const CALLERS = 2;

/** One fact on one line; none where there is nothing to say. */
export function oneFact(label: string, ...parts: readonly Part[]): Fact[] {
  return parts.length === 0 ? [] : [fact(label, row(...parts))];
}

export function place(file: string | null, line: number | null): Part[] {
  return file === null ? [] : [plain(" at "), placePart({ file, line })];
}

export function since(stack: readonly Frame[] | undefined): Part[] {
  const path = callers(fromTaker(stack ?? []), CALLERS);
  return path.length === 0 ? [] : [plain(" in "), ...path];
}

export function stateParts(of: LockClass, what: string, end: string): Part[] {
  return [lock(of.class), plain(" is "), name(what), plain(end)];
}

/** What a WARN() says. */
export function warningFacts({ warning, headline }: Report): Fact[] {
  if (warning === undefined) return [];
  return [
    ...oneFact(
      "message",
      words(warning.message ?? headline),
      ...place(warning.file, warning.line),
      ...at(warning.at),
    ),
    ...(warning.reason === null ? [] : oneFact("reason", words(warning.reason))),
  ];
}

/** Where preemption was switched off; the kernel prints address 0 where it did not keep that. */
export function preemptionOffIn({ preemptionDisabledAt }: Report): Frame[] {
  return (preemptionDisabledAt ?? []).filter(({ symbol }) => symbol !== "0x0");
}

export function preemptionFact(report: Report): Fact[] {
  return oneFact("disabled", ...callers(fromTaker(preemptionOffIn(report)), CALLERS + 1));
}
