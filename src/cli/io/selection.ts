import { fits } from "../../known/known-issues.ts";
import type { Kind, Report } from "../../report/schema.ts";

export const SORTS = ["count", "time", "title"] as const;

/** Which reports are printed, how many, and in which order. Plain data: threads are given it. */
export interface Selection {
  readonly kind?: readonly Kind[];
  readonly class?: readonly string[];
  readonly id?: readonly string[];
  readonly sort?: (typeof SORTS)[number];
  readonly limit?: number;
}

/** Nothing but which reports: what a thread can be given. */
export function selectionOf({ kind = [], class: classes = [], id = [] }: Selection): Selection {
  return { kind, class: classes, id };
}

/** Whether a report is one of those: of any of the kinds, and any of the classes, and any of the ids. */
export function picks({ kind, class: classes, id }: Selection): (report: Report) => boolean {
  const asked = [
    (kind ?? []).map((one) => fits({ kind: one })),
    (classes ?? []).map((one) => fits({ class: one })),
    (id ?? []).map((one) => fits({ id: one })),
  ].filter((any) => any.length > 0);
  return (report) => asked.every((any) => any.some((isOne) => isOne(report)));
}

/** The first of those that are picked, in the order that was asked for; else in that of the logs. */
export function arranged<Found extends Pick<Report, "id" | "title" | "time">>(
  found: readonly Found[],
  { sort, limit }: Selection,
): Found[] {
  return (sort === undefined ? [...found] : found.toSorted(ordersOf(found)[sort])).slice(0, limit);
}

type Order = (a: Pick<Report, "id" | "title" | "time">, b: Pick<Report, "id" | "title" | "time">) => number;

function numberOf(map: ReadonlyMap<string, number>, id: string): number {
  return map.get(id) ?? 0;
}

function ordersOf(found: readonly Pick<Report, "id">[]): Record<(typeof SORTS)[number], Order> {
  const counts = new Map<string, number>();
  for (const { id } of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const first = new Map([...counts.keys()].map((id, i) => [id, i]));
  return {
    // reports of one bug stand together
    count: (a, b) =>
      numberOf(counts, b.id) - numberOf(counts, a.id) || numberOf(first, a.id) - numberOf(first, b.id),
    time: (a, b) => (a.time ?? Number.POSITIVE_INFINITY) - (b.time ?? Number.POSITIVE_INFINITY) || 0,
    title: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
  };
}
