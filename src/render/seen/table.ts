import type { Match, Seen } from "../../seen/schema.ts";
import { wrap } from "../words/layout.ts";
import { heading, indented, page, paperOf } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import {
  caution,
  commaed,
  counted,
  fn,
  good,
  lock,
  name,
  type Part,
  plain,
  quiet,
  SHA_DIGITS,
  words,
} from "../words/parts.ts";
import { own, type Safe } from "../words/safe.ts";
import { edgeName } from "../reports/facts.ts";

const MOST_SHARED = 4;

/** Where each report was seen before, for a person. */
export function renderSeen({ places, reports }: Seen, options: Paper): Safe {
  const paper = paperOf(options);
  if (reports.length === 0) return own("no report to look for\n");
  return page([
    places.flatMap(({ place, type, entries }) =>
      wrap([name(place), plain(`: ${type}, ${entries} entries`)], paper.width, paper.color),
    ),
    ...reports.map(({ report, matches }) => [
      ...heading(report.title, [plain(`${report.kind}  `), quiet(report.id)], paper),
      ...indented(
        2,
        [name(`${report.source === "-" ? "standard input" : report.source}:${report.line}`)],
        paper,
      ),
      ...(matches.length === 0
        ? indented(2, [plain("not met there")], paper)
        : matches.flatMap((match) => matchLines(match, paper))),
    ]),
  ]);
}

const CERTAINTY = {
  certain: good("same"),
  likely: good("likely the same"),
  possible: caution("perhaps"),
} as const satisfies Record<Match["certainty"], Part>;

const MENDS = { mail: "with a patch", commit: "fixed", log: "" } as const;

function matchLines(match: Match, paper: Paper): Safe[] {
  const { where, certainty, score } = match;
  const day = where.date?.slice(0, "YYYY-MM-DD".length) ?? "no date";
  const ref = where.type === "commit" ? where.ref.slice(0, SHA_DIGITS) : where.ref;
  const fixed = where.mends ? MENDS[where.type] : "";
  return [
    ...indented(
      2,
      [
        CERTAINTY[certainty],
        ...(certainty === "certain" ? [] : [plain(` (${score.toFixed(2)})`)]),
        plain(`, ${day}`),
        ...(where.subject === null ? [] : [plain(": "), words(where.subject)]),
        ...(fixed === "" ? [] : [plain("; "), good(fixed)]),
        ...(where.release === null ? [] : [plain(" in "), name(where.release)]),
      ],
      paper,
    ),
    ...indented(4, [quiet(`${where.type} `), name(ref)], paper),
    ...(match.relation === "same" ? [] : sharedLines(match, paper)),
  ];
}

function sharedLines({ shares }: Match, paper: Paper): Safe[] {
  const items = [
    ...shares.edges.map(edgeName),
    ...(shares.edges.length > 0 ? [] : shares.classes.map((text) => [lock(text)])),
    ...shares.functions.map((text) => [fn(text)]),
  ];
  if (items.length === 0) return [];
  const left = items.length - MOST_SHARED;
  return indented(
    4,
    [
      plain("both have "),
      ...commaed(items.slice(0, MOST_SHARED)),
      ...(left > 0 ? [plain(` and ${counted(left, "more name")}`)] : []),
    ],
    paper,
  );
}
