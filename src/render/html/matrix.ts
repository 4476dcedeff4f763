import type { Cell, Matrix } from "../../compare/matrix.ts";
import { unobservedText } from "../bisect/verdict-prose.ts";
import { counted } from "../words/parts.ts";
import { join, own, printable, type Safe, safe } from "../words/safe.ts";
import { xmlText } from "../words/xml.ts";

/** A boot is this wide in a strip. */
const STEP = 4;
const HEIGHT = 16;
/** What was not reported is so much lower at either side: of hundreds of boots the few that reported are seen. */
const LOWER = 4;
/** Boots told one by one, and bugs that have a strip: what is more is counted. */
const MOST_BOOTS = 2000;
const MOST_STRIPS = 400;

/**
 * Boots × bugs: a strip for each bug, a cell for each boot, in the order of the logs: reported, absent although it
 * could have been, or a boot that says nothing. Below it every boot in words.
 */
export function matrixLines(matrix: Matrix): Safe[] {
  const { boots } = matrix;
  const bugs = matrix.bugs.toSorted((a, b) => b.reports.length - a.reports.length);
  const rows = bugs.slice(0, MOST_STRIPS).map((bug) => {
    const cells = boots.map((boot) => matrix.ofBug(boot, bug).state);
    return safe`<tr><th scope="row"><a href="#b${xmlText(bug.id)}">${xmlText(bug.shown.title)}</a></th><td class="count">${countsHtml(cells)}</td><td class="wide">${strip(cells)}</td></tr>`;
  });
  const listed = boots.slice(0, MOST_BOOTS).map((boot, index) => {
    const kernel = boot.boot?.kernel ?? null;
    const release = kernel === null ? "" : `${kernel.release} ${kernel.build ?? ""}`.trim();
    const said =
      boot.reports.length > 0
        ? xmlText(counted(boot.reports.length, "report"))
        : silence(matrix.ofKind(boot, "circular"), boot.boot?.lockdep.offAt?.line ?? null);
    return safe`<tr><td>${index + 1}</td><td class="mono">${xmlText(boot.name)}</td><td class="mono">${xmlText(release)}</td><td>${boot.boot?.lockdep.state ?? "unknown"}</td><td>${said}</td></tr>`;
  });
  return [
    own(
      '<p class="key">Each cell is a boot, in the order of the logs:<span class="k-reported"></span>reported<span class="k-absent"></span>not reported, though it could have been<span class="k-unknown"></span>proves nothing (lockdep off, log cut, …)</p>',
    ),
    own(
      '<table class="list"><thead><tr><th scope="col">bug</th><th scope="col">boots</th><th scope="col">in which</th></tr></thead><tbody>',
    ),
    ...rows,
    own("</tbody></table>"),
    ...more(counted(bugs.length - rows.length, "more bug"), "drawn"),
    safe`<h3>${xmlText(counted(boots.length, "boot"))}</h3>`,
    own(
      '<table class="list"><thead><tr><th scope="col">#</th><th scope="col">log</th><th scope="col">kernel</th><th scope="col">lockdep at its end</th><th scope="col">says</th></tr></thead><tbody>',
    ),
    ...listed,
    own("</tbody></table>"),
    ...more(counted(boots.length - listed.length, "more boot"), "listed"),
  ];
}

function more(what: string, how: "drawn" | "listed"): Safe[] {
  return what.startsWith("0 ") ? [] : [safe`<p>${xmlText(what)} not ${how}.</p>`];
}

function silence(cell: Cell, offLine: number | null): Safe {
  if (cell.state !== "unknown") return own('<span class="good">clean: lockdep was on to the end</span>');
  return safe`<span class="caution">proves nothing: ${xmlText(unobservedText(cell.why, offLine))}</span>`;
}

interface Counts {
  readonly hits: number;
  readonly observed: number;
  readonly blind: number;
}

function countsOf(cells: readonly Cell["state"][]): Counts {
  const count = (state: Cell["state"]): number => cells.filter((cell) => cell === state).length;
  const hits = count("reported");
  return { hits, observed: hits + count("absent"), blind: count("unknown") };
}

function countsHtml(cells: readonly Cell["state"][]): Safe {
  const { hits, observed, blind } = countsOf(cells);
  const aside = blind > 0 ? safe` <span class="quiet">(${blind} prove nothing)</span>` : own("");
  return safe`${hits} of ${observed}${aside}`;
}

/** One path a state, a piece a run of boots: hundreds of boots take some hundred bytes. */
function strip(cells: readonly Cell["state"][]): Safe {
  const paths = (["reported", "absent", "unknown"] as const).flatMap((state) => {
    const top = state === "reported" ? 0 : LOWER;
    const height = HEIGHT - 2 * top;
    let path = "";
    for (let start = 0; start < cells.length; start++) {
      if (cells[start] !== state) continue;
      let end = start;
      while (cells[end] === state) end++;
      const width = (end - start) * STEP;
      path += `M${start * STEP} ${top}h${width}v${height}h-${width}z`;
      start = end;
    }
    return path === "" ? [] : [safe`<path class="${state}" d="${printable(path)}"/>`];
  });
  const { hits, observed, blind } = countsOf(cells);
  return safe`<svg class="strip" role="img" aria-label="reported in ${hits} of ${observed} boots, ${blind} prove nothing" viewBox="0 0 ${cells.length * STEP} ${HEIGHT}" preserveAspectRatio="none">${join(paths, "")}</svg>`;
}
