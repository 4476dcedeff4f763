import type { Document, Kind, Source } from "../../report/schema.ts";
import { askOfSilence } from "./asks.ts";
import { askFacts, damageParts, factsOf, gistParts, taskName } from "./facts.ts";
import { bold, wrap } from "../words/layout.ts";
import {
  firstPlace,
  groupReports,
  knownMark,
  knownRows,
  placesParts,
  sourceName,
  sourceParts,
  summaryParts,
  unreadRows,
  verdictOf,
  verdictParts,
  VERDICTS,
  type Group,
} from "./overview.ts";
import { factLines, heading, INDENT, indented, page, type Paper, paperOf, rowLines } from "../words/page.ts";
import { bad, counted, fact, joined, name, plain, quiet, row, words, type Row } from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";

/** More bugs than this are listed, not told. */
const MOST_TOLD = 8;
/** More sources than this are sorted by what is true of them. */
const MOST_SOURCES = 3;

/**
 * The glance at all reports: what, who, which locks, where, and what the logs cannot tell.
 *
 * @returns lines that fit the width; names are never cut, so one long word may stand out
 */
export function renderTable(document: Document, options: Paper): Safe {
  const paper = paperOf(options);
  const { width, color } = paper;
  const { sources } = document;
  const groups = groupReports(document.reports);
  const sections = [
    // a log without a report says so itself
    ...(sources.length === 1 && groups.length === 0 ? [] : [wrap(summaryParts(document), width, color)]),
    ...(groups.length > MOST_TOLD
      ? listOfKinds(groups, sources, paper)
      : groups.map((group) => told(group, sources, paper))),
    ...(sources.length > MOST_SOURCES
      ? sortedSources(document, paper)
      : sources.map((source) => oneSource(source, document, paper))),
  ];
  return page(sections);
}

/** One bug in full. */
function told(group: Group, sources: readonly Source[], paper: Paper): Safe[] {
  const { shown, reports, id } = group;
  const damaged = reports.filter(({ complete }) => !complete).length;
  const others = [...new Set(reports.map(({ title }) => title))].filter((title) => title !== shown.title);
  const damage = joined(
    [
      ...(damaged > 0 && reports.length > 1 ? [[bad(`${damaged} of ${reports.length} reports`)]] : []),
      ...(shown.damage.length > 0 ? [damageParts(shown.damage)] : []),
    ],
    plain("; "),
  );
  const known = knownRows(group);
  const facts = [
    ...(known.length > 0 ? [fact("known", ...known)] : []),
    ...(others.length > 0 ? [fact("also as", ...others.map((title) => row(words(title))))] : []),
    ...factsOf(shown),
    fact("log", row(...placesParts(group, sources))),
    ...(damage.length > 0 ? [fact(damaged > 0 ? "damaged" : "note", row(...damage))] : []),
    ...askFacts(shown),
  ];
  const label = [plain(`${shown.kind}  `), quiet(id)];
  const times = reports.length > 1 ? [plain(`${reports.length} times  `)] : [];
  return [
    ...heading(shown.title, [...times, ...label], paper),
    ...facts.flatMap((one) => factLines(one, paper)),
  ];
}

/** Many bugs, two lines each, those of one kind together. */
function listOfKinds(groups: readonly Group[], sources: readonly Source[], paper: Paper): Safe[][] {
  const kinds = new Map<Kind, Group[]>();
  for (const group of groups) kinds.set(group.shown.kind, [...(kinds.get(group.shown.kind) ?? []), group]);
  const sorted = [...kinds]
    .map(([kind, all]) => ({ kind, all, count: all.reduce((sum, { reports }) => sum + reports.length, 0) }))
    .toSorted((a, b) => b.count - a.count);
  return sorted.map(({ kind, all, count }) => {
    const different = count > all.length ? `, ${all.length} different` : "";
    return [
      ...wrap([plain(`${kind}: ${counted(count, "report")}${different}`)], paper.width, false).map((line) =>
        bold(line, paper.color),
      ),
      ...all.flatMap((group) => rowLines(listed(group, sources), INDENT, paper)),
    ];
  });
}

function listed(group: Group, sources: readonly Source[]): Row[] {
  const { shown, reports, id } = group;
  const gist = gistParts(shown);
  const damaged = reports.some(({ complete }) => !complete);
  const rest = [
    ...(gist.length > 0 ? [gist] : []),
    ...(shown.task === null ? [] : [[name(taskName(shown.task))]]),
    firstPlace(group, sources),
    ...(damaged ? [[bad("damaged")]] : []),
    ...knownMark(group).map((part) => [part]),
  ];
  return [
    { head: [quiet(id)], body: [words(shown.title)] },
    { head: [plain(" ".repeat(id.length))], body: joined(rest, plain(", ")) },
  ];
}

function oneSource(source: Source, document: Document, paper: Paper): Safe[] {
  const verdict = verdictOf(source);
  return [
    ...indented(0, [name(sourceName(source)), plain(": "), ...sourceParts(source)], paper),
    ...indented(INDENT, verdictParts(verdict, source, document), paper),
    ...rowLines(unreadRows(source), INDENT, paper),
    ...(source.because === null
      ? []
      : indented(INDENT, [quiet("ask: "), plain(askOfSilence(source.because))], paper)),
  ];
}

/** Many sources, those of which the same is true together. */
function sortedSources(document: Document, paper: Paper): Safe[][] {
  const judged = document.sources.map((source) => ({
    source,
    verdict: verdictOf(source),
  }));
  return VERDICTS.flatMap((key) => {
    const same = judged.filter(({ verdict }) => verdict.key === key);
    const [first] = same;
    if (first === undefined) return [];
    const { role, text } = first.verdict;
    const rows = same.flatMap(({ source, verdict: { since } }): Row[] => [
      {
        head: [name(sourceName(source))],
        body: joined([...(since === "" ? [] : [[plain(`off ${since}`)]]), sourceParts(source)], plain("; ")),
      },
      ...unreadRows(source),
    ]);
    return [
      [
        ...wrap(
          [{ role, text, whole: false }, plain(` (${counted(same.length, "log")})`)],
          paper.width,
          paper.color,
        ),
        ...rowLines(rows, INDENT, paper),
      ],
    ];
  });
}
