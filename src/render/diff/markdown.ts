import type { Change, Diff } from "../../compare/diff-schema.ts";
import { renderDiffTable } from "../graph/diff-table.ts";
import { inMarkdown } from "../words/markdown-parts.ts";
import { joined, type Part, plain, type Row } from "../words/parts.ts";
import { codeBlock, codeCell, codeSpan, markdownText, printable } from "../words/safe.ts";
import { caveatParts, changeFacts, sideParts, statusPart, summaryParts } from "./facts.ts";

const text = (parts: readonly Part[]): string => inMarkdown(parts, printable);
const cell = (parts: readonly Part[]): string => inMarkdown(parts, printable, codeCell);

/** A comparison to paste into a mail or an issue. Everything out of a log stands as code. */
export function renderDiffMarkdown(diff: Diff): string {
  const blocks = [
    [sideParts("old", diff.old), sideParts("new", diff.new)].map((side) => `- ${text(side)}`).join("\n"),
    text(summaryParts(diff)),
    ...(diff.caveats.length === 0
      ? []
      : [
          [
            "**The two cannot simply be compared:**",
            "",
            ...diff.caveats.map((caveat) => `- ${text(caveatParts(caveat))}`),
          ].join("\n"),
        ]),
    ...diff.changes.map(told),
    ...(diff.graph === null
      ? []
      : [
          "## Lock graphs",
          codeBlock(renderDiffTable(diff.graph, { width: 100, color: false }).trimEnd().split("\n")),
        ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function told(change: Change): string {
  const rows = changeFacts(change).map(
    ({ label, rows: all }) => `| ${label} | ${all.map(rowText).join("; ")} |`,
  );
  return [
    `## ${statusPart(change).text}: ${markdownText(change.title)} (${codeSpan(change.id)})`,
    "",
    `| | ${codeCell(change.id)} |`,
    "| --- | --- |",
    `| kind | ${change.kind} |`,
    ...rows,
  ].join("\n");
}

function rowText({ head, body }: Row): string {
  return cell(
    joined(
      [head, body].filter((part) => part.length > 0),
      plain(": "),
    ),
  );
}
