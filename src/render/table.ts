import type { Document, Kind, Source } from "../report/schema.ts";
import { damageParts, factsOf, gistParts, taskName } from "./facts.ts";
import { bold, inline, inlineWidth, widthOf, wrap } from "./layout.ts";
import {
  firstPlace,
  groupReports,
  placesParts,
  sourceName,
  sourceParts,
  summaryParts,
  verdictOf,
  verdictParts,
  VERDICTS,
  type Group,
} from "./overview.ts";
import {
  bad,
  counted,
  fact,
  joined,
  name,
  plain,
  quiet,
  row,
  words,
  type Fact,
  type Part,
  type Row,
} from "./parts.ts";
import { printable } from "./safe.ts";

export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

/** More bugs than this are listed, not told. */
const MOST_TOLD = 8;
/** More sources than this are sorted by what is true of them. */
const MOST_SOURCES = 3;

const NARROWEST = 24;
/** What stands at the right edge is not found any more on a very wide terminal. */
const WIDEST = 100;
const INDENT = 2;
const LABEL = 10;
/** Fewer columns than this are no place for a column of text. */
const ROOMY = 28;

/**
 * The glance at all reports: what, who, which locks, where, and what the logs cannot tell.
 *
 * @returns lines that fit the width; names are never cut, so one long word may stand out
 */
export function renderTable(document: Document, { width, color }: TableOptions): string {
  const paper: Paper = { width: Math.max(NARROWEST, Math.trunc(width) || 80), color };
  const { sources } = document;
  const groups = groupReports(document.reports);
  const sections = [
    // a log without a report says so itself
    ...(sources.length === 1 && groups.length === 0
      ? []
      : [wrap(summaryParts(document), paper.width, color)]),
    ...(groups.length > MOST_TOLD
      ? listOfKinds(groups, sources, paper)
      : groups.map((group) => told(group, sources, paper))),
    ...(sources.length > MOST_SOURCES
      ? sortedSources(document, paper)
      : sources.map((source, index) => oneSource(source, index, document, paper))),
  ];
  return sections.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

type Paper = TableOptions;

function indented(indent: number, parts: readonly Part[], { width, color }: Paper): string[] {
  return wrap(parts, width - indent, color, INDENT).map((line) => " ".repeat(indent) + line);
}

/** Text at the left, and what it is known by at the right or, where there is no room, below. */
function heading(text: string, right: readonly Part[], paper: Paper): string[] {
  const { width, color } = paper;
  const used = widthOf(printable(text)) + inlineWidth(right);
  if (used + INDENT > width)
    return [
      ...wrap([words(text)], width, false).map((line) => bold(line, color)),
      ...indented(INDENT, right, paper),
    ];
  const gap = " ".repeat(Math.max(INDENT, Math.min(width, WIDEST) - used));
  return [bold(text, color) + gap + inline(right, color)];
}

/** Rows below one another; their heads have a column of their own where that leaves room for the rest. */
function rowLines(rows: readonly Row[], indent: number, paper: Paper): string[] {
  const room = paper.width - indent;
  const column = Math.max(0, ...rows.map(({ head }) => inlineWidth(head))) + INDENT;
  return rows.flatMap(({ head, body }) => {
    if (head.length === 0) return indented(indent, body, paper);
    if (column > room / 2 || room - column < ROOMY)
      return [...indented(indent, head, paper), ...indented(indent + INDENT, body, paper)];
    const lines = wrap(body, room - column, paper.color);
    const start = inline(head, paper.color) + " ".repeat(column - inlineWidth(head));
    return [start + (lines[0] ?? ""), ...lines.slice(1).map((line) => " ".repeat(column) + line)].map(
      (line) => " ".repeat(indent) + line,
    );
  });
}

function factLines({ label, rows }: Fact, paper: Paper): string[] {
  const indent = INDENT + LABEL;
  const [first = "", ...rest] = rowLines(rows, indent, paper);
  const title = " ".repeat(INDENT) + inline([quiet(label)], paper.color) + " ".repeat(LABEL - label.length);
  return [title + first.slice(indent), ...rest];
}

/** One bug in full. */
function told(group: Group, sources: readonly Source[], paper: Paper): string[] {
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
  const facts = [
    ...(others.length > 0 ? [fact("also as", ...others.map((title) => row(words(title))))] : []),
    ...factsOf(shown),
    fact("log", row(...placesParts(group, sources))),
    ...(damage.length > 0 ? [fact(damaged > 0 ? "damaged" : "note", row(...damage))] : []),
  ];
  const known = [plain(`${shown.kind}  `), quiet(id)];
  const times = reports.length > 1 ? [plain(`${reports.length} times  `)] : [];
  return [
    ...heading(shown.title, [...times, ...known], paper),
    ...facts.flatMap((one) => factLines(one, paper)),
  ];
}

/** Many bugs, two lines each, those of one kind together. */
function listOfKinds(groups: readonly Group[], sources: readonly Source[], paper: Paper): string[][] {
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
  ];
  return [
    { head: [quiet(id)], body: [words(shown.title)] },
    { head: [plain(" ".repeat(id.length))], body: joined(rest, plain(", ")) },
  ];
}

function oneSource(source: Source, index: number, document: Document, paper: Paper): string[] {
  const verdict = verdictOf(source, index, document);
  return [
    ...indented(0, [name(sourceName(source)), plain(": "), ...sourceParts(source)], paper),
    ...indented(INDENT, verdictParts(verdict, source, document), paper),
  ];
}

/** Many sources, those of which the same is true together. */
function sortedSources(document: Document, paper: Paper): string[][] {
  const judged = document.sources.map((source, index) => ({
    source,
    verdict: verdictOf(source, index, document),
  }));
  return VERDICTS.flatMap((key) => {
    const same = judged.filter(({ verdict }) => verdict.key === key);
    const [first] = same;
    if (first === undefined) return [];
    const { role, text } = first.verdict;
    const rows = same.map(({ source, verdict: { since } }): Row => ({
      head: [name(sourceName(source))],
      body: joined([...(since === "" ? [] : [[plain(`off ${since}`)]]), sourceParts(source)], plain("; ")),
    }));
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
