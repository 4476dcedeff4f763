import type { GraphCycle, GraphDocument } from "../../lock-graph/schema.ts";
import { reasonParts } from "../graph/prose.ts";
import { edgeParts, sign, standing } from "../graph/table.ts";
import type { GraphView } from "../graph/view.ts";
import { counted, joined, lock, plain } from "../words/parts.ts";
import { join, own, printable, type Safe, safe } from "../words/safe.ts";
import { xmlText } from "../words/xml.ts";
import { cycleSvg } from "./cycle.ts";
import { htmlPage } from "./page.ts";
import { inHtml } from "./text.ts";

/** Cycles that are drawn; what is more is told in words. */
const MOST_DRAWN = 200;

/** All cycles of a lock graph as a page: each drawn, with what speaks for and against it. */
export async function renderGraphHtml({ graph, around }: GraphView): Promise<Generator<Safe>> {
  const { sources, classes, edges, leftOut } = graph;
  const cycles = graph.cycles.filter((cycle) => around === null || cycle.classes.includes(around));
  const articles: Safe[] = [];
  for (const [index, cycle] of cycles.entries()) articles.push(await cycleHtml(graph, cycle, index));
  const size = [
    counted(sources.length, "boot"),
    counted(classes.length, "lock class", "lock classes"),
    counted(edges.length, "edge"),
    counted(cycles.length, "cycle"),
    ...(leftOut > 0 ? [`${counted(leftOut, "edge")} of large knots not searched for cycles`] : []),
  ];
  const boots = sources.map(
    ({ name, kernel, classes: seen, edges: taken, lockdep }) =>
      safe`<tr><td class="mono">${xmlText(name)}</td><td class="mono">${xmlText(kernel ?? "unknown")}</td><td>${seen}</td><td>${taken}</td><td>${lockdep}</td></tr>`,
  );
  return htmlPage("splat-triage: lock graph", safe`<p>${xmlText(size.join(", "))}</p>`, [
    {
      id: "cycles",
      title: printable(counted(cycles.length, "cycle")),
      lines: articles.length === 0 ? [own("<p>No cycle.</p>")] : articles,
    },
    {
      id: "boots",
      title: printable(counted(sources.length, "boot")),
      lines: [
        own(
          '<table class="list"><thead><tr><th scope="col">boot</th><th scope="col">kernel</th><th scope="col">lock classes</th><th scope="col">edges</th><th scope="col">lockdep at its end</th></tr></thead><tbody>',
        ),
        ...boots,
        own("</tbody></table>"),
      ],
    },
  ]);
}

async function cycleHtml(graph: GraphDocument, cycle: GraphCycle, index: number): Promise<Safe> {
  const { classes, edges, reasons, strength } = cycle;
  const path = joined(
    [...classes, classes[0] ?? ""].map((name) => [lock(name)]),
    plain(" → "),
  );
  const drawn = edges.map(({ from, to, site, by }) => ({
    from,
    to,
    label: by === "interrupt" ? "by an interrupt" : site === null ? "" : `in ${site}`,
    closes: false,
  }));
  const svg = index < MOST_DRAWN ? await cycleSvg(drawn, `c${index}-`) : null;
  return join(
    [
      safe`<article id="c${index}" tabindex="-1" data-kind="${strength}" data-state="" data-text="${xmlText(classes.join(" ").toLowerCase())}">`,
      safe`<header><h2>${inHtml(path)}</h2><span>${inHtml(standing(cycle))}</span></header>`,
      ...(svg === null ? [] : [safe`<figure>${svg}</figure>`]),
      own("<ul>"),
      ...edges.map((edge, at) => safe`<li data-edge="${at}">${inHtml(edgeParts(graph, edge))}</li>`),
      own("</ul><ul>"),
      ...reasons.map((reason) => safe`<li>${inHtml([sign(reason.speaks), ...reasonParts(reason)])}</li>`),
      own("</ul></article>"),
    ],
    "\n",
  );
}
