import { resolve } from "node:path";
import { gistOf } from "../identity/gist.ts";
import { mailOf } from "../report/mail-of.ts";
import type { Document, MetBefore, Report, Source } from "../report/schema.ts";
import type { LookedUp } from "./looked-up.ts";
import type { Match, Seen } from "./schema.ts";
import type { Wanted } from "./search.ts";

/** A bug in one mail or log. */
export interface Asked {
  /** The first of its reports that has all its parts. */
  readonly report: Report;
  readonly of: readonly Report[];
  readonly wanted: Wanted;
}

/** What a report is called where it may be met again: its mail, and its file. */
function refsOf(sources: readonly Source[], report: Report): string[] {
  const name = sources[report.source]?.name ?? "-";
  const messageId = mailOf(sources, report)?.messageId;
  return [...(typeof messageId === "string" ? [messageId] : []), ...(name === "-" ? [] : [resolve(name)])];
}

/** What all the reports are called where they may be met again. */
export function refsOfAll({ sources, reports }: Pick<Document, "sources" | "reports">): string[] {
  return [...new Set(reports.flatMap((report) => refsOf(sources, report)))];
}

/**
 * Each bug once, of those of the same mail or log.
 *
 * @param besides what is left out besides each report's own mail and file
 */
export function wantedOf(
  { sources, reports }: Pick<Document, "sources" | "reports">,
  besides: readonly string[] = [],
): Asked[] {
  const groups = new Map<string, Report[]>();
  for (const report of reports) {
    const key = JSON.stringify([report.source, mailOf(sources, report)?.messageId ?? null, report.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [report]);
    else group.push(report);
  }
  return [...groups.values()].flatMap((of): Asked[] => {
    const report = of.find(({ complete }) => complete) ?? of[0];
    if (report === undefined) return [];
    const refs = new Set([...besides, ...refsOf(sources, report)]);
    const wanted = { gist: gistOf(report), subject: mailOf(sources, report)?.subject ?? null, refs };
    return [{ report, of, wanted }];
  });
}

/** What the matches of a report come down to. */
export function metBefore(matches: readonly Match[]): MetBefore {
  const sure = matches.filter(({ certainty }) => certainty !== "possible");
  const count = (type: Match["where"]["type"]): number =>
    sure.filter(({ where }) => where.type === type).length;
  const dated = sure.flatMap(({ where: { type, ref, date } }) =>
    date === null ? [] : [{ type, ref, date }],
  );
  return {
    mails: count("mail"),
    commits: count("commit"),
    logs: count("log"),
    first: dated.toSorted((a, b) => (a.date < b.date ? -1 : 1))[0] ?? null,
    mends: sure.flatMap(({ certainty, where: { type, ref, subject, release, mends } }) =>
      mends && type !== "log" && certainty !== "possible" ? [{ type, ref, subject, release, certainty }] : [],
    ),
  };
}

export function seenDocument(
  { sources }: Document,
  reports: readonly Report[],
  { places, matches }: LookedUp,
): Seen {
  return {
    schema: "splat-triage-seen/1",
    places,
    reports: reports.map(({ id, siteId, kind, title, source, lines }, i) => ({
      report: { id, siteId, kind, title, source: sources[source]?.name ?? "-", line: lines.first },
      matches: [...(matches[i] ?? [])],
    })),
  };
}
