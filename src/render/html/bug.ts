import type { Bug } from "../../compare/matrix.ts";
import type { Edge, Frame, Report, Source } from "../../report/schema.ts";
import { sectionsOf } from "../explain/index.ts";
import { askFacts, damageParts, edgeName, factsOf } from "../reports/facts.ts";
import { printReport } from "../reports/kernel.ts";
import { knownRows, metOf, metParts, placesParts } from "../reports/overview.ts";
import { frameText } from "../words/frames.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { join, own, type Safe, safe } from "../words/safe.ts";
import { xmlLines, xmlText } from "../words/xml.ts";
import { cycleSvg, type DrawnEdge } from "./cycle.ts";
import { factRow, inHtml, rowHtml, sectionsHtml } from "./text.ts";

/** Frames shown before the rest is folded. */
const FRAMES = 6;
/** Words to search for. */
const LONGEST_TEXT = 600;

/** What is beside a title, and what the filter of the page offers. */
export type Tag = "new" | "gone" | "both" | "masked" | "known";

export interface BugOptions {
  readonly sources: readonly Source[];
  readonly tags: readonly Tag[];
  /** The glance alone, where the page has no room for more. */
  readonly slim: boolean;
}

/** A bug on the page: what it is, its cycle drawn, its story, its stacks, and the kernel's own text. */
export async function bugHtml(bug: Bug, { sources, tags, slim }: BugOptions): Promise<Safe> {
  const { id, shown, reports } = bug;
  const { title, kind, cycle, lock, kernel, damage, complete } = shown;
  const words = [title, id, kind, ...cycle, lock?.class ?? "", kernel?.release ?? ""];
  const text = words.join(" ").toLowerCase().slice(0, LONGEST_TEXT);
  const met = metParts(metOf(bug));
  const rows = [
    ...knownRows(bug).map((row) => factRow("known", [rowHtml(row)])),
    ...(met.length === 0 ? [] : [factRow("met", [inHtml(met)])]),
    ...factsOf(shown).map(({ label, rows: all }) => factRow(label, all.map(rowHtml))),
    ...(damage.length === 0 ? [] : [factRow(complete ? "note" : "damaged", [inHtml(damageParts(damage))])]),
    ...askFacts(shown).map(({ label, rows: all }) => factRow(label, all.map(rowHtml))),
    factRow("log", [inHtml(placesParts(bug, sources))]),
  ];
  const head = [
    safe`<article id="b${xmlText(id)}" tabindex="-1" data-kind="${kind}" data-state="${join(tags.map(tagText), " ")}" data-text="${xmlText(text)}">`,
    safe`<header><h2>${xmlText(title)}</h2><span class="tag">${kind}</span>`,
    ...(reports.length > 1 ? [safe`<span class="tag">${reports.length} times</span>`] : []),
    ...tags.map((tag) => safe`<span class="tag ${tag}">${tag}</span>`),
    safe`<code class="quiet">${xmlText(id)}</code></header>`,
    safe`<table class="facts">${join(rows, "\n")}</table>`,
  ];
  const rest = slim
    ? [own('<p class="quiet">The page has no room for more of it.</p>')]
    : await inFull(shown);
  return join([...head, ...rest, own("</article>")], "\n");
}

function tagText(tag: Tag): Safe {
  return safe`${tag}`;
}

async function inFull(shown: Report): Promise<Safe[]> {
  const { id, edges, cycle, backtrace } = shown;
  const svg = await cycleSvg(edges.map(drawnEdge), `b${id}-`);
  const path = xmlText([...cycle, cycle[0] ?? ""].join(" → "));
  return [
    ...(svg === null ? [] : [safe`<figure role="img" aria-label="cycle: ${path}">${svg}</figure>`]),
    ...edges.map(edgeHtml),
    ...(edges.length === 0 && backtrace.length > 0
      ? [safe`<details><summary>Where it was reported</summary>${framesHtml(backtrace)}</details>`]
      : []),
    safe`<details><summary>Explanation</summary>\n${sectionsHtml(sectionsOf(shown))}\n</details>`,
    own("<details><summary>As the kernel printed it</summary>"),
    own(
      '<p><button type="button" class="script-only" data-copy="mail" hidden>copy as mail</button> <button type="button" class="script-only" data-copy="markdown" hidden>copy as Markdown</button></p>',
    ),
    safe`<pre class="kernel">${xmlLines(printReport(shown))}</pre></details>`,
  ];
}

function drawnEdge({ from, to, by, stack, closes }: Edge): DrawnEdge {
  const [taken] = fromTaker(stack);
  const label = by === "interrupt" ? "by an interrupt" : taken === undefined ? "" : `in ${taken.symbol}`;
  return { from, to, label, closes };
}

function edgeHtml(edge: Edge, index: number): Safe {
  const notes = [
    inHtml(edgeName(edge)),
    ...(edge.by === "interrupt" ? [own("by an interrupt")] : []),
    ...(edge.closes ? [own("closes the cycle")] : []),
    ...(edge.by === undefined && edge.stack.length === 0 ? [own("no stack in the log")] : []),
  ];
  const title = join(notes, ", ");
  if (edge.stack.length === 0) return safe`<p data-edge="${index}">${title}</p>`;
  return safe`<details data-edge="${index}"><summary>${title}</summary>${framesHtml(edge.stack)}</details>`;
}

/** The frames that tell, and the whole stack folded below. */
function framesHtml(stack: readonly Frame[]): Safe {
  const telling = fromTaker(stack).slice(0, FRAMES);
  if (telling.length === stack.length || telling.length === 0) return framesText(stack);
  return safe`${framesText(telling)}<details><summary>all ${stack.length} frames</summary>${framesText(stack)}</details>`;
}

function framesText(frames: readonly Frame[]): Safe {
  return safe`<pre>${join(
    frames.map((frame) => xmlText(frameText(frame))),
    "\n",
  )}</pre>`;
}
