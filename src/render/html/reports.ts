import { type Bug, Matrix } from "../../compare/matrix.ts";
import type { Document, Report } from "../../report/schema.ts";
import { summaryParts } from "../reports/overview.ts";
import { counted } from "../words/parts.ts";
import { join, own, printable, type Safe, safe } from "../words/safe.ts";
import { bugHtml, type Tag } from "./bug.ts";
import { matrixLines } from "./matrix.ts";
import { htmlPage, type Panel } from "./page.ts";
import { inHtml } from "./text.ts";

/** Bugs are shown in full until the page is as large as this; the rest has its glance alone. */
const ROOM_BYTES = 3.5e6;

/** All reports of a document as one page: bugs, and boots × bugs. */
export async function renderHtml(document: Document): Promise<Generator<Safe>> {
  const lead = safe`<p>${inHtml(summaryParts(document))}</p>`;
  return htmlPage("splat-triage", lead, await reportPanels(document, () => []));
}

/**
 * The parts of a page that tell of reports.
 *
 * @param tagsOf what is said of a bug beside its title, besides that it is known
 */
export async function reportPanels(
  document: Document,
  tagsOf: (bug: Bug) => readonly Tag[],
): Promise<Panel[]> {
  const matrix = new Matrix(document);
  const bugs = matrix.bugs.toSorted((a, b) => b.reports.length - a.reports.length);
  const articles: Safe[] = [];
  const tags = new Set<Tag>();
  let bytes = 0;
  for (const bug of bugs) {
    const isKnown = (bug.shown.known ?? null) !== null;
    const tagged = [...tagsOf(bug), ...(isKnown ? (["known"] as const) : [])];
    for (const tag of tagged) tags.add(tag);
    const article = await bugHtml(bug, { sources: document.sources, tags: tagged, slim: bytes > ROOM_BYTES });
    bytes += Buffer.byteLength(article);
    articles.push(article);
  }
  return [
    {
      id: "bugs",
      title: printable(counted(bugs.length, "bug")),
      lines: [filters(document.reports, [...tags]), ...articles],
    },
    { id: "boots", title: printable(counted(matrix.boots.length, "boot")), lines: matrixLines(matrix) },
  ];
}

function filters(reports: readonly Report[], tags: readonly Tag[]): Safe {
  const kinds = [...new Set(reports.map(({ kind }) => kind))].toSorted();
  return join(
    [
      own('<form class="script-only" role="search" hidden>'),
      own(
        '<label><span class="sr">Search</span><input id="search" type="search" placeholder="title, class, id, kind  ( / )"></label>',
      ),
      choice("kind", kinds),
      choice("state", tags),
      own('<output id="count" aria-live="polite"></output>'),
      own("</form>"),
    ],
    "\n",
  );
}

function choice(id: "kind" | "state", values: readonly string[]): Safe {
  if (values.length === 0) return own("");
  const options = values.map((value) => safe`<option>${printable(value)}</option>`);
  return safe`<label>${id} <select id="${id}"><option value="">all</option>${join(options, "")}</select></label>`;
}
