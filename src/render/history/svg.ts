import type { History, HistoryBug } from "../../history/schema.ts";
import { ended, own, type Safe, safe } from "../words/safe.ts";
import { xmlText } from "../words/xml.ts";

/** Sizes in pixels. */
const LEFT = 300;
const COLUMN = 26;
const ROW = 46;
const HEIGHT = 30;
const TOP = 90;

const MOST_BUILDS = 60;
const MOST_LETTERS = 42;
const MOST_LETTERS_OF_BUILD = 14;

/** The rate of each bug over the builds: a row a bug, a column a build, a cross where no boot could show it. */
export function renderHistorySvg(history: History): Safe {
  const builds = history.builds.slice(-MOST_BUILDS);
  const right = LEFT + builds.length * COLUMN;
  const names = builds.map(({ build }, i) => {
    const x = LEFT + i * COLUMN + COLUMN / 2;
    const text = xmlText(cut(build, MOST_LETTERS_OF_BUILD));
    return safe`<text transform="translate(${x} ${TOP - 12}) rotate(-45)">${text}</text>`;
  });
  return ended([
    safe`<svg xmlns="http://www.w3.org/2000/svg" width="${right + 20}" height="${TOP + history.bugs.length * ROW + 20}" font-family="sans-serif" font-size="11">`,
    own('<rect width="100%" height="100%" fill="#fff"/>'),
    ...names,
    ...history.bugs.flatMap((bug, i) => rowOf(bug, TOP + i * ROW, right)),
    own("</svg>"),
  ]);
}

function rowOf(bug: HistoryBug, top: number, right: number): Safe[] {
  const floor = top + HEIGHT;
  return [
    safe`<text x="10" y="${top + 14}">${xmlText(cut(bug.title, MOST_LETTERS))}</text>`,
    safe`<text x="10" y="${top + 28}" fill="#777">${xmlText(bug.id)}, ${bug.hits} of ${bug.observed} boots</text>`,
    safe`<line x1="${LEFT}" x2="${right}" y1="${floor}" y2="${floor}" stroke="#bbb"/>`,
    ...bug.builds.slice(-MOST_BUILDS).map((build, i) => barOf(build, LEFT + i * COLUMN, floor)),
  ];
}

function barOf({ build, hits, observed }: HistoryBug["builds"][number], x: number, floor: number): Safe {
  const title = safe`<title>${xmlText(build)}: ${hits} of ${observed}</title>`;
  if (observed === 0)
    return safe`<text x="${x + COLUMN / 2}" y="${floor - 3}" text-anchor="middle" fill="#999">×${title}</text>`;
  const height = Math.round((HEIGHT * hits) / observed);
  return safe`<rect x="${x + 4}" y="${floor - height}" width="${COLUMN - 8}" height="${height}" fill="#c0392b">${title}</rect>`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
