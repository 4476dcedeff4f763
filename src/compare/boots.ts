import type { Boot, Document, Report } from "../report/schema.ts";

/** A boot with what was reported in it. */
export interface BootWithReports {
  /** The log that holds it. */
  readonly name: string;
  /** null: nothing in the log is a kernel's */
  readonly boot: Boot | null;
  readonly reports: readonly Report[];
}

/** The same within a document. */
export interface DocumentBoot extends BootWithReports {
  /** Index of the log. */
  readonly source: number;
}

/** All boots of all logs, in their order; a log without any counts as one of which nothing is known. */
export function bootsOf({ sources, reports }: Document): DocumentBoot[] {
  return sources.flatMap(({ name, boots }, index): DocumentBoot[] => {
    const own = reports.filter(({ source }) => source === index);
    if (boots.length === 0) return [{ name, source: index, boot: null, reports: [] }];
    return reportsOfBoots(boots, own).map((boot) => ({ name, source: index, ...boot }));
  });
}

/** Those of a log's reports that are in a boot that is over. */
export function reportsIn<Found extends Pick<Report, "lines">>(
  { lines: { first, last }, reportsAt }: Boot,
  own: readonly Found[],
): readonly Found[] {
  return own.filter(
    ({ lines }) => reportsAt?.includes(lines.first) ?? (lines.first >= first && lines.first <= last),
  );
}

/** The boots of one log, each with those of its reports that are in it; what comes before the first is the first's. */
export function reportsOfBoots<Found extends Pick<Report, "lines">>(
  boots: readonly Boot[],
  own: readonly Found[],
): { readonly boot: Boot; readonly reports: readonly Found[] }[] {
  return boots.map((boot, i) => {
    const { reportsAt } = boot;
    if (reportsAt !== undefined)
      return { boot, reports: own.filter(({ lines }) => reportsAt.includes(lines.first)) };
    const before = boots[i + 1]?.lines.first ?? Number.POSITIVE_INFINITY;
    const first = i === 0 ? 0 : boot.lines.first;
    return { boot, reports: own.filter(({ lines }) => lines.first >= first && lines.first < before) };
  });
}
