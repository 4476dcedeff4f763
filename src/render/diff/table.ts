import type { Change, Diff } from "../../compare/diff-schema.ts";
import { wrap } from "../words/layout.ts";
import { renderGraphDiffTable } from "../graph/diff-table.ts";
import { factLines, heading, indented, page, paperOf } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import { caution, good, plain, quiet } from "../words/parts.ts";
import { linesOf, type Safe } from "../words/safe.ts";
import { caveatParts, changeFacts, isUnchanged, sideParts, statusPart, summaryParts } from "./facts.ts";

/** What became of each report, for a terminal. */
export function renderDiffTable(diff: Diff, options: Paper): Safe {
  const paper = paperOf(options);
  const unchanged = diff.changes.filter(isUnchanged);
  const sides = [sideParts("old", diff.old), sideParts("new", diff.new), summaryParts(diff)];
  return page([
    sides.flatMap((parts) => wrap(parts, paper.width, paper.color)),
    ...(diff.caveats.length === 0
      ? []
      : [
          [
            ...wrap([caution("The two cannot simply be compared:")], paper.width, paper.color),
            ...diff.caveats.flatMap((caveat) => indented(2, [plain("- "), ...caveatParts(caveat)], paper)),
          ],
        ]),
    ...diff.changes
      .filter((change) => unchanged.length <= FEW || !unchanged.includes(change))
      .map((change) => told(change, paper)),
    ...(diff.graph === null ? [] : [linesOf(renderGraphDiffTable(diff.graph, paper))]),
    ...(unchanged.length <= FEW ? [] : [unchanged.flatMap((change) => headingOf(change, paper))]),
  ]);
}

/** More reports of which there is nothing to tell are a list. */
const FEW = 3;

function headingOf(change: Change, paper: Paper): Safe[] {
  const mark = change.known ? [plain("  "), good("known")] : [];
  const about = [statusPart(change), ...mark, plain(`  ${change.kind}  `), quiet(change.id)];
  return heading(change.title, about, paper);
}

function told(change: Change, paper: Paper): Safe[] {
  return [...headingOf(change, paper), ...changeFacts(change).flatMap((one) => factLines(one, paper))];
}
