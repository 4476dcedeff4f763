import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Report, Source } from "../../report/schema.ts";
import { askFacts, cycleParts, damageParts, edgeName, factsOf, toldEdges } from "./facts.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { frameText, tellingBacktrace } from "../words/frames.ts";
import { inMarkdown } from "../words/markdown-parts.ts";
import {
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
} from "./overview.ts";
import { joined, plain, type Part, type Row } from "../words/parts.ts";
import {
  codeBlock,
  codeCell,
  codeSpan,
  join,
  markdownText,
  own,
  printable,
  type Safe,
  safe,
} from "../words/safe.ts";

/** Enough of a stack to tell who took the lock. */
const FRAMES = 5;

/** The facts that Markdown tells in another way than the table. */
const ELSEWHERE = new Set(["cycle", "edges", "in"]);

/** A summary to paste into a mail or an issue. Everything from the log is written as code. */
export function renderMarkdown(document: Document): Safe {
  const { sources } = document;
  const blocks = [
    inMarkdown(summaryParts(document), printable),
    ...bugsOf(document.reports).flatMap((group) => reportBlocks(group, sources)),
    ...(sources.length === 0 ? [] : [own("## Logs"), logs(document)]),
  ];
  return safe`${join(blocks, "\n\n")}\n`;
}

function cell(parts: readonly Part[]): Safe {
  return inMarkdown(parts, printable, codeCell);
}

function reportBlocks(group: Bug, sources: readonly Source[]): Safe[] {
  const { shown, reports, id } = group;
  const facts = factsOf(shown).filter(({ label }) => !ELSEWHERE.has(label));
  const rowText = ({ head, body }: Row): Safe =>
    cell(
      joined(
        [head, body].filter((part) => part.length > 0),
        plain(": "),
      ),
    );
  const met = metParts(metOf(group));
  const table = [
    safe`| | ${codeCell(id)} |`,
    own("| --- | --- |"),
    safe`| kind | ${shown.kind}${reports.length > 1 ? safe`, ${reports.length} times` : ""} |`,
    ...knownRows(group).map((known) => safe`| known | ${rowText(known)} |`),
    ...(met.length > 0 ? [safe`| met | ${cell(met)} |`] : []),
    ...facts.map(({ label, rows }) => safe`| ${printable(label)} | ${join(rows.map(rowText), "; ")} |`),
    safe`| log | ${cell(placesParts(group, sources))} |`,
    ...(shown.damage.length > 0
      ? [safe`| ${shown.complete ? "note" : "damaged"} | ${cell(damageParts(shown.damage))} |`]
      : []),
    ...askFacts(shown).map(
      ({ label, rows }) => safe`| ${printable(label)} | ${join(rows.map(rowText), "; ")} |`,
    ),
  ];
  return [
    safe`## ${markdownText(shown.title)} (${codeSpan(id)})`,
    join(table, "\n"),
    ...(shown.cycle.length > 0 ? [inMarkdown(cycleParts(shown.cycle), printable)] : []),
    ...stacks(shown),
  ];
}

function stacks(report: Report): Safe[] {
  const edges = toldEdges(report);
  if (edges.length === 0) {
    const frames = tellingBacktrace(report).slice(0, FRAMES);
    return frames.length === 0 ? [] : [codeBlock(frames.map(frameText))];
  }
  return edges.flatMap((edge) => {
    const frames = fromTaker(edge.stack).slice(0, FRAMES);
    const notes = [
      ...(edge.by === "interrupt" ? ["by an interrupt"] : []),
      ...(edge.by === undefined && frames.length === 0 ? ["no stack in the log"] : []),
      ...(edge.closes ? ["closes the cycle"] : []),
    ];
    const noted = plain(notes.length > 0 ? `, ${notes.join(", ")}` : "");
    const title = inMarkdown([...edgeName(edge), noted], printable);
    return frames.length === 0 ? [title] : [safe`${title}:`, codeBlock(frames.map(frameText))];
  });
}

function logs(document: Document): Safe {
  const lines = document.sources.map((source) => {
    const verdict = verdictParts(verdictOf(source), source, document);
    const unread = unreadRows(source).flatMap(({ head, body }) => [
      plain("; "),
      ...head,
      plain(head.length > 0 ? ": " : ""),
      ...body,
    ]);
    const told = inMarkdown([...sourceParts(source), plain("; "), ...verdict, ...unread], printable);
    return safe`- ${codeSpan(sourceName(source))}: ${told}`;
  });
  return join(lines, "\n");
}
