import { createHash } from "node:crypto";
import type { Report } from "./schema.ts";

/** Changes whenever the definition below does, so that ids of two definitions never meet. */
const VERSION = 1;

/** Suffixes that compilers put behind a function's name, and that come and go with every build. */
const COMPILER_SUFFIX = /(?:\.(?:isra|constprop|part|cold|llvm)(?:\.\d+)?)+$/;

export function plainSymbol(symbol: string): string {
  return symbol.replace(COMPILER_SUFFIX, "");
}

/**
 * The identity of the bug that a report shows: the same in every boot, build and transport, whichever edge
 * closed the cycle. A cycle is its classes; other kinds are told by class and by the first telling function,
 * which is the one of the title.
 *
 * @returns 12 hexadecimal digits
 */
export function idOf(report: Omit<Report, "id" | "title">, title: string): string {
  const key = [VERSION, report.kind, ...partsOf(report, plainSymbol(title))];
  return createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 12);
}

function partsOf(
  report: Omit<Report, "id" | "title">,
  title: string,
): readonly (string | readonly string[])[] {
  switch (report.kind) {
    case "circular":
      return report.cycle.length > 0 ? [report.cycle] : [title];
    case "irq-order":
      return [report.cycle, report.safe?.state ?? ""];
    case "irq-inversion":
      return [report.cycle, report.other?.state ?? ""];
    case "inconsistent":
      // the two states are one contradiction, whichever came first
      return [className(report), [report.usage?.from ?? "", report.usage?.to ?? ""].toSorted(), title];
    case "held-exit":
    case "held-user":
    case "held-dump":
      return [
        [...new Set(report.held.flatMap(({ locks }) => locks.map((lock) => lock?.class ?? "")))].toSorted(),
      ];
    case "rcu":
      return [report.rcu?.message ?? "", title];
    case "leaked":
      return [report.leaked?.function ?? title];
    case "limit":
      return [report.limit?.name ?? ""];
    default:
      return [className(report), title];
  }
}

function className({ lock }: Pick<Report, "lock">): string {
  return lock?.class ?? "";
}
