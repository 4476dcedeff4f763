import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Source } from "../../report/schema.ts";
import { askOfSilence } from "./asks.ts";
import { askFacts, damageParts, factsOf } from "./facts.ts";
import { wrap } from "../words/layout.ts";
import {
  knownMark,
  knownRows,
  metOf,
  metParts,
  placesParts,
  sourceName,
  sourceParts,
  summaryParts,
  unreadRows,
  verdictOf,
  verdictParts,
  VERDICTS,
} from "./overview.ts";
import { factLines, heading, INDENT, indented, page, paperOf, rowLines } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import {
  bad,
  commaed,
  counted,
  fact,
  joined,
  name,
  plain,
  quiet,
  row,
  type Row,
  words,
} from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";

/** More bugs than this are listed, not reported. */
const MOST_TOLD = 8;
/** More sources than this are sorted by what is true of them. */
const MOST_SOURCES = 3;
/** Sources named of those of which the same is true. */
const MOST_LISTED = 5;

/**
 * The glance at all reports: what, who, which locks, where, and what the logs cannot tell.
 *
 * @returns lines that fit the width; names are never cut, so one long word may stand out
 */
export function renderTable(document: Document, options: Paper): Safe {
  const paper = paperOf(options);
  const { width, color } = paper;
  const { sources } = document;
  const { verbose: isVerbose = false } = options;
  const bugs = bugsOf(document.reports);
  const sections = [
    // a log without a report says so itself
    ...(sources.length === 1 && bugs.length === 0 ? [] : [wrap(summaryParts(document), width, color)]),
    ...(bugs.length > MOST_TOLD && !isVerbose
      ? listOfBugs(bugs, paper)
      : bugs.map((bug) => told(bug, sources, paper))),
    ...(sources.length > MOST_SOURCES
      ? sortedSources(document, paper, isVerbose ? document.sources.length : MOST_LISTED)
      : sources.map((source) => oneSource(source, document, paper))),
  ];
  return page(sections);
}

/** One bug in full. */
function told(group: Bug, sources: readonly Source[], paper: Paper): Safe[] {
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
  const met = metParts(metOf(group));
  const facts = [
    ...(known.length > 0 ? [fact("known", ...known)] : []),
    ...(met.length > 0 ? [fact("met", row(...met))] : []),
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

/** Many bugs, a line each, the most frequent first. */
function listOfBugs(bugs: readonly Bug[], paper: Paper): Safe[][] {
  const sorted = bugs.toSorted((a, b) => b.reports.length - a.reports.length);
  const digits = String(sorted[0]?.reports.length ?? 0).length;
  const rows = sorted.map((bug): Row => {
    const { shown, reports, id } = bug;
    const rest = [
      [words(shown.title)],
      [quiet(shown.kind)],
      ...(reports.some(({ complete }) => !complete) ? [[bad("damaged")]] : []),
      ...knownMark(bug).map((part) => [part]),
    ];
    return {
      head: [plain(`${String(reports.length).padStart(digits)}× `), quiet(id)],
      body: commaed(rest),
    };
  });
  return [rowLines(rows, INDENT, paper), indented(0, [quiet("-v tells each in full, and where")], paper)];
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
function sortedSources(document: Document, paper: Paper, most: number): Safe[][] {
  const judged = document.sources.map((source) => ({
    source,
    verdict: verdictOf(source),
  }));
  return VERDICTS.flatMap((key) => {
    const same = judged.filter(({ verdict }) => verdict.key === key);
    const [first] = same;
    if (first === undefined) return [];
    const { role, text } = first.verdict;
    const left = same.length - most;
    const rows = same.slice(0, most).flatMap(({ source, verdict: { since } }): Row[] => [
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
        ...(left > 0 ? indented(INDENT, [quiet(`and ${counted(left, "more log")}`)], paper) : []),
      ],
    ];
  });
}
