import { bold, inline, inlineWidth, widthOf, wrap } from "./layout.ts";
import { type Fact, type Part, quiet, type Row, words } from "./parts.ts";
import type { Paper } from "./paper.ts";
import { blanks, ended, join, printable, type Safe, safe, sliced } from "./safe.ts";

/** How facts are laid out on a page of text: headings, labels, rows. */

const NARROWEST = 24;
/** On a very wide terminal, text at the right edge is easily missed. */
const WIDEST = 100;
export const INDENT = 2;
const LABEL = 10;
/** Fewer columns are too few for a column of text. */
const ROOMY = 28;

/** A usable width, whatever the terminal says. */
export function paperOf({ width, color }: Paper): Paper {
  return { width: Math.max(NARROWEST, Math.trunc(width) || 80), color };
}

/** Sections of lines, with an empty line between. */
export function page(sections: readonly (readonly Safe[])[]): Safe {
  return join(sections.map(ended), "\n");
}

export function indented(indent: number, parts: readonly Part[], { width, color }: Paper): Safe[] {
  return wrap(parts, width - indent, color, INDENT).map((line) => safe`${blanks(indent)}${line}`);
}

/** Text at the left, and what it is known by at the right or, where there is no room, below. */
export function heading(text: string, right: readonly Part[], paper: Paper): Safe[] {
  const { width, color } = paper;
  const used = widthOf(printable(text)) + inlineWidth(right);
  if (used + INDENT > width)
    return [
      ...wrap([words(text)], width, false).map((line) => bold(line, color)),
      ...indented(INDENT, right, paper),
    ];
  const gap = blanks(Math.max(INDENT, Math.min(width, WIDEST) - used));
  return [safe`${bold(text, color)}${gap}${inline(right, color)}`];
}

/** Rows below one another; their heads have a column of their own where that leaves room for the rest. */
export function rowLines(rows: readonly Row[], indent: number, paper: Paper): Safe[] {
  const room = paper.width - indent;
  const column = Math.max(0, ...rows.map(({ head }) => inlineWidth(head))) + INDENT;
  return rows.flatMap(({ head, body }) => {
    if (head.length === 0) return indented(indent, body, paper);
    if (column > room / 2 || room - column < ROOMY)
      return [...indented(indent, head, paper), ...indented(indent + INDENT, body, paper)];
    const lines = wrap(body, room - column, paper.color);
    const start = safe`${inline(head, paper.color)}${blanks(column - inlineWidth(head))}`;
    const [first = blanks(0), ...rest] = lines;
    return [safe`${start}${first}`, ...rest.map((line) => safe`${blanks(column)}${line}`)].map(
      (line) => safe`${blanks(indent)}${line}`,
    );
  });
}

export function factLines({ label, rows }: Fact, paper: Paper): Safe[] {
  const column = LABEL - label.length;
  const title = safe`${blanks(INDENT)}${inline([quiet(label)], paper.color)}${blanks(column)}`;
  const indent = INDENT + LABEL;
  const [first, ...rest] = rowLines(rows, indent, paper);
  return [first === undefined ? title : safe`${title}${sliced(first, indent)}`, ...rest];
}
