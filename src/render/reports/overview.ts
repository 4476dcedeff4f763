import type { Bug } from "../../compare/matrix.ts";
import { BECAUSE, type Because } from "../../report/names.ts";
import type { Document, Known, MetBefore, Source } from "../../report/schema.ts";
import {
  bad,
  caution,
  commaed,
  commitName,
  counted,
  good,
  joined,
  name,
  type Part,
  plain,
  quiet,
  type Role,
  row,
  type Row,
  unit,
  words,
} from "../words/parts.ts";

export function sourceName({ name: text }: Pick<Source, "name">): string {
  return text === "-" ? "standard input" : text;
}

/** `251 reports, 145 different: 56 inconsistent, 55 circular` */
export function summaryParts({ summary, sources }: Document): Part[] {
  const where = sources.length > 1 ? ` in ${counted(sources.length, "log")}` : "";
  if (summary.reports === 0)
    return sources.length === 0 ? [caution("No log was read.")] : [plain(`No report${where}.`)];
  const kinds = Object.entries(summary.byKind).toSorted(([, a], [, b]) => b - a);
  const only = kinds.length === 1;
  return [
    plain(counted(summary.reports, "report")),
    plain(summary.unique < summary.reports ? `, ${summary.unique} different` : ""),
    plain(`${where}: `),
    ...commaed(kinds.map(([kind, count]) => [unit(only ? kind : `${count} ${kind}`)])),
    ...(summary.damaged > 0 ? [plain(", "), bad(`${summary.damaged} damaged`)] : []),
    ...(summary.known === undefined ? [] : [plain(", "), good(`${summary.known} known`)]),
  ];
}

/** Why something is known: the note of an entry, and where to read on. */
export function knownParts({ note, link }: Pick<Known, "note" | "link">): Part[] {
  return [words(note), ...(link === undefined ? [] : [plain(" ("), name(link), plain(")")])];
}

/** `of a driver that nobody builds (https://…)`: why reports of a bug are known; none where no entry fits any. */
export function knownRows({ reports }: Bug): Row[] {
  const known = reports.flatMap((report) => report.known ?? []);
  const entries = new Map(known.map((one) => [one.entry, one]));
  return [...entries.values()].map(({ entry, note, link }) => {
    const count = known.filter((one) => one.entry === entry).length;
    return row(
      ...knownParts({ note, link }),
      ...(count < reports.length ? [caution(`, ${count} of ${reports.length} reports`)] : []),
    );
  });
}

/** Where a bug was seen before; undefined if nobody asked. */
export function metOf({ shown, reports }: Bug): MetBefore | undefined {
  return shown.seen ?? reports.find((report) => report.seen !== undefined)?.seen;
}

/** `in 3 mails, 1 commit since 2024-11, fixed in v6.13 by 1234abcd`; nothing where nobody asked. */
export function metParts(seen: MetBefore | undefined): Part[] {
  if (seen === undefined) return [];
  const { mails, commits, logs, first, mends } = seen;
  const counts = [
    ...(mails > 0 ? [[unit(counted(mails, "mail"))]] : []),
    ...(commits > 0 ? [[unit(counted(commits, "commit"))]] : []),
    ...(logs > 0 ? [[unit(counted(logs, "log"))]] : []),
  ];
  if (counts.length === 0) return [plain("nowhere in the places searched")];
  const since = first === null ? [] : [plain(` since ${first.date.slice(0, "YYYY-MM".length)}`)];
  const commit = mends.find(({ type }) => type === "commit");
  const mail = mends.find(({ type }) => type === "mail");
  const patch =
    commit === undefined && mail !== undefined ? [plain(", with a patch in "), name(mail.ref)] : [];
  return [plain("in "), ...commaed(counts), ...since, ...(commit === undefined ? patch : mendedBy(commit))];
}

function mendedBy({ ref, release, certainty }: MetBefore["mends"][number]): Part[] {
  return [
    plain(", "),
    certainty === "certain" ? good("fixed") : caution("likely fixed"),
    ...(release === null ? [] : [plain(" in "), name(release)]),
    plain(" by "),
    commitName(ref),
  ];
}

/** `known`, or `known in part` where an entry fits some of the reports. */
export function knownMark({ reports }: Bug): Part[] {
  const count = reports.filter(({ known }) => known).length;
  if (count === 0) return [];
  return [count === reports.length ? good("known") : caution("known in part")];
}

const MOST_PLACES = 4;

/** `lines 242-319`, or `a.log:242-319, b.log:230-301 and 3 more` */
export function placesParts({ reports }: Bug, sources: readonly Source[]): Part[] {
  const named = sources.length > 1;
  const items = reports.slice(0, MOST_PLACES).map(({ source: index, lines: { first, last } }): Part[] => {
    const range = first === last ? `${first}` : `${first}-${last}`;
    const source = sources[index];
    return named && source !== undefined ? [name(`${sourceName(source)}:${range}`)] : [plain(range)];
  });
  const [only, ...more] = reports;
  const left = reports.length - items.length;
  const time = more.length === 0 && only !== undefined ? (only.time ?? null) : null;
  const oneLine = more.length === 0 && only?.lines.first === only?.lines.last;
  return [
    plain(named ? "" : oneLine ? "line " : "lines "),
    ...commaed(items),
    ...(left > 0 ? [plain(" "), unit(`and ${left} more`)] : []),
    ...(time === null ? [] : [quiet(`, at ${time.toFixed(3)} s`)]),
  ];
}

/** `321 lines, console, 6.12.117 #1` */
export function sourceParts({ lines, transport, kernels, boots, result }: Source): Part[] {
  const releases = kernels.map(({ release, build }) => [
    name(build === null ? release : `${release} ${build}`),
  ]);
  return joined(
    [
      [plain(counted(lines, "line"))],
      [name(transport)],
      ...(releases.length === 0 ? [[quiet("kernel not named")]] : releases),
      ...(boots.length > 1
        ? [[plain(`${boots.length} boots${result === "reported" ? "; of the last one:" : ""}`)]]
        : []),
    ],
    plain(", "),
  );
}

/** What may be true of a source, the doubtful first: why it proves nothing, or of one with reports lockdep's state. */
export const VERDICTS = ["empty", ...BECAUSE, "not-on", "off", "on", "clean"] as const;

/** What a source proves, in the words for all sources of which the same is true. */
export interface Verdict {
  readonly key: (typeof VERDICTS)[number];
  readonly role: Role;
  readonly text: string;
  /** What the text says for one source alone, where that is more. */
  readonly since: string;
}

/** Whether the source is clean, and what the silence of the rest of it means where something was reported. */
export function verdictOf(source: Source): Verdict {
  const { lines, result, because, lockdep } = source;
  const { state, offAt } = lockdep;
  const since = offAt === null ? "" : `${offAt.reason === "message" ? "by" : "since"} line ${offAt.line}`;
  if (lines === 0) return { key: "empty", role: "caution", text: "empty: nothing to read", since: "" };
  if (result === "clean")
    return {
      key: "clean",
      role: "good",
      text: "no report, and lockdep stayed on to the end of the log: clean",
      since: "",
    };
  if (because === "lockdep-off")
    return {
      key: because,
      role: "caution",
      text: "no report, but lockdep off: no later deadlock would be reported",
      since,
    };
  if (because !== null)
    return { key: because, role: "caution", text: `no report, but ${SILENT[because]}`, since: "" };
  switch (state) {
    case "on":
      return { key: "on", role: "good", text: "lockdep stayed on to the end of the log", since: "" };
    case "off":
      return { key: "off", role: "caution", text: "lockdep off: no later deadlock would be reported", since };
    case "unknown":
      return { key: "not-on", role: "caution", text: "no sign that lockdep was on", since: "" };
    default:
      return state satisfies never;
  }
}

const PROVES_NOTHING = ": that proves nothing";

/** Why no report proves nothing. Every reason has its words; a missing one is a type error. */
const SILENT = {
  unread: "lines or attachments that may hold a report could not be read",
  "no-kernel": `nothing from a kernel in it${PROVES_NOTHING}`,
  panic: `the kernel panicked${PROVES_NOTHING}`,
  dropped: `messages were lost on their way to the log${PROVES_NOTHING}`,
  cut: `the log is cut off${PROVES_NOTHING}`,
  "hosts-mixed": `lines of two machines may be mixed up${PROVES_NOTHING}`,
  "lockdep-not-on": `no sign that lockdep was on, either${PROVES_NOTHING}`,
  "begins-late": `the kernel's first lines are not in the log${PROVES_NOTHING}`,
  "no-userspace": `the boot did not reach userspace${PROVES_NOTHING}`,
} as const satisfies Record<Exclude<Because, "lockdep-off">, string>;

/** More are only counted. */
const MOST_UNREAD = 3;

/** The lines that only reports have and that were not read: the first of them, and how many more there are. */
export function unreadRows({ unread, moreUnread }: Source): Row[] {
  const shown = unread.slice(0, MOST_UNREAD);
  const more = unread.length - shown.length + moreUnread;
  return [
    ...shown.map(({ line, text }): Row => ({
      head: [caution(`not read: line ${line}`)],
      body: [words(text)],
    })),
    ...(more > 0 ? [{ head: [], body: [caution(`and ${counted(more, "more line", "more lines")}`)] }] : []),
  ];
}

/** The verdict with why lockdep is off. */
export function verdictParts(verdict: Verdict, source: Source, { reports }: Document): Part[] {
  const { role, text, since } = verdict;
  const part = (of: string): Part => (role === "good" ? good(of) : caution(of));
  const { offAt } = source.lockdep;
  if (offAt === null || since === "") return [part(text)];
  const report = offAt.report === null ? undefined : reports[offAt.report];
  const what = offAt.reason === "limit" ? "limit" : "report";
  const which = reports.length === 1 ? "above" : (report?.id ?? "not shown");
  const why = offAt.reason === "message" && report === undefined ? "as the log says" : `${what} ${which}`;
  return [part(text.replace(/lockdep off/, `lockdep off ${since} (${why})`))];
}
