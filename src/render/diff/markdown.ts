import type { Change, Diff } from "../../compare/diff-schema.ts";
import { renderGraphDiffTable } from "../graph/diff-table.ts";
import { inMarkdown } from "../words/markdown-parts.ts";
import { joined, type Part, plain, type Row } from "../words/parts.ts";
import {
  codeBlock,
  codeCell,
  codeSpan,
  join,
  linesOf,
  markdownText,
  own,
  printable,
  type Safe,
  safe,
} from "../words/safe.ts";
import { caveatParts, changeFacts, sideParts, statusPart, summaryParts } from "./facts.ts";

const text = (parts: readonly Part[]): Safe => inMarkdown(parts, printable);
const cell = (parts: readonly Part[]): Safe => inMarkdown(parts, printable, codeCell);

/** A comparison to paste into a mail or an issue. Everything from a log is written as code. */
export function renderDiffMarkdown(diff: Diff): Safe {
  const blocks = [
    join(
      [sideParts("old", diff.old), sideParts("new", diff.new)].map((side) => safe`- ${text(side)}`),
      "\n",
    ),
    text(summaryParts(diff)),
    ...(diff.caveats.length === 0
      ? []
      : [
          join(
            [
              own("**The two cannot simply be compared:**"),
              own(""),
              ...diff.caveats.map((caveat) => safe`- ${text(caveatParts(caveat))}`),
            ],
            "\n",
          ),
        ]),
    ...diff.changes.map(told),
    ...(diff.graph === null
      ? []
      : [
          own("## Lock graphs"),
          codeBlock(linesOf(renderGraphDiffTable(diff.graph, { width: 100, color: false }))),
        ]),
  ];
  return safe`${join(blocks, "\n\n")}\n`;
}

function told(change: Change): Safe {
  const rows = changeFacts(change).map(
    ({ label, rows: all }) => safe`| ${printable(label)} | ${join(all.map(rowText), "; ")} |`,
  );
  const table = [
    safe`| | ${codeCell(change.id)} |`,
    own("| --- | --- |"),
    safe`| kind | ${printable(change.kind)} |`,
    ...rows,
  ];
  const status = printable(`${statusPart(change).text}${change.known ? ", known" : ""}`);
  return safe`## ${status}: ${markdownText(change.title)} (${codeSpan(change.id)})\n\n${join(table, "\n")}`;
}

function rowText({ head, body }: Row): Safe {
  return cell(
    joined(
      [head, body].filter((part) => part.length > 0),
      plain(": "),
    ),
  );
}
