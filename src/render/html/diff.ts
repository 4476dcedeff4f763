import type { Change } from "../../compare/diff-schema.ts";
import { caveatParts, changeFacts, sideParts, statusPart, summaryParts } from "../diff/facts.ts";
import type { DiffView } from "../diff/view.ts";
import { join, own, type Safe, safe } from "../words/safe.ts";
import { xmlText } from "../words/xml.ts";
import { htmlPage } from "./page.ts";
import { reportPanels } from "./reports.ts";
import { factRow, inHtml, rowHtml } from "./text.ts";

/** A comparison as a page: the changes, and behind further tabs the bugs and the boots of both sides. */
export async function renderDiffHtml({ diff, both }: DiffView): Promise<Generator<Safe>> {
  const status = new Map(diff.changes.map(({ id, status: is }) => [id, is]));
  const caveats = diff.caveats.map((caveat) => safe`<li>${inHtml(caveatParts(caveat))}</li>`);
  const changes = [
    safe`<ul><li>${inHtml(sideParts("old", diff.old))}</li><li>${inHtml(sideParts("new", diff.new))}</li></ul>`,
    ...(caveats.length === 0
      ? []
      : [safe`<p class="caution">The two cannot simply be compared:</p><ul>${join(caveats, "")}</ul>`]),
    ...diff.changes.map(changeHtml),
    ...(diff.changes.length === 0 ? [own("<p>No report on either side.</p>")] : []),
  ];
  return htmlPage("splat-triage diff", safe`<p>${inHtml(summaryParts(diff))}</p>`, [
    { id: "changes", title: own("Changes"), lines: changes },
    ...(await reportPanels(both, ({ id }) => {
      const is = status.get(id);
      return is === undefined ? [] : [is];
    })),
  ]);
}

function changeHtml(change: Change): Safe {
  const facts = changeFacts(change).map(({ label, rows }) => factRow(label, rows.map(rowHtml)));
  return join(
    [
      safe`<article tabindex="-1"><header><span class="tag ${change.status}">${inHtml([statusPart(change)])}</span>`,
      safe`<h2><a href="#b${xmlText(change.id)}">${xmlText(change.title)}</a></h2><span class="tag">${change.kind}</span>${change.known ? own('<span class="tag known">known</span>') : own("")}</header>`,
      safe`<table class="facts">${join(facts, "\n")}</table></article>`,
    ],
    "\n",
  );
}
