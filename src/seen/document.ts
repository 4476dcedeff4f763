import { resolve } from "node:path";
import { gistOf } from "../identity/gist.ts";
import type { Document, Mail, Report, Source } from "../report/schema.ts";
import type { LookedUp } from "./looked-up.ts";
import type { Seen } from "./schema.ts";
import type { Wanted } from "./search.ts";

/** The mail in which a report stands: that of the boot of which its lines are. */
function mailOf(sources: readonly Source[], { source, lines }: Report): Mail | undefined {
  return sources[source]?.boots.findLast((boot) => boot.lines.first <= lines.first)?.mail;
}

/** Each bug once, of those of the same mail or log: the first that has all its parts. */
export function wantedOf({
  sources,
  reports,
}: Document): { readonly report: Report; readonly wanted: Wanted }[] {
  const first = new Map<string, Report>();
  for (const report of reports) {
    const key = JSON.stringify([report.source, mailOf(sources, report)?.messageId ?? null, report.id]);
    const before = first.get(key);
    if (before === undefined || (report.complete && !before.complete)) first.set(key, report);
  }
  return [...first.values()].map((report) => {
    const name = sources[report.source]?.name ?? "-";
    const mail = mailOf(sources, report);
    const refs = [
      ...(typeof mail?.messageId === "string" ? [mail.messageId] : []),
      ...(name === "-" ? [] : [resolve(name)]),
    ];
    return { report, wanted: { gist: gistOf(report), subject: mail?.subject ?? null, refs: new Set(refs) } };
  });
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
