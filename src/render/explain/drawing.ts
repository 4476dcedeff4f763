import { type Ink, inline, widthOf, wrap } from "../words/layout.ts";
import { type Part, plain } from "../words/parts.ts";
import { blanks, join, printable, type Safe, safe, trimmed } from "../words/safe.ts";
import type { Drawing } from "../words/sentences.ts";

const GAP = 2;
const HANG = 4;
const INDENT = 2;
/** A column that is narrower cuts every name. */
const NARROWEST = 22;
const WIDEST = 44;

/** Draws columns of time; where they do not fit side by side, one below the other with their names. */
export function drawn({ columns, events }: Drawing, width: number, color: Ink): Safe[] {
  const room = Math.min(WIDEST, Math.floor((width - GAP * (columns.length - 1)) / columns.length));
  if (room < NARROWEST && columns.length > 1) return listOfEvents({ columns, events }, width, color);
  const at = (column: number, lines: readonly Line[]): Safe[] =>
    lines.map(({ shown }) => safe`${blanks(column * (room + GAP))}${shown}`);
  const titles = columns.map((title) => fitted(title, room, 0, color));
  if (titles.flat().some((line) => line.width > room + GAP))
    return listOfEvents({ columns, events }, width, color);
  const height = Math.max(...titles.map((lines) => lines.length));
  const rows = Array.from({ length: height }, (_, i) => joinColumns(titles.map((lines) => lines[i])));
  function joinColumns(cells: readonly (Line | undefined)[]): Safe {
    const shown = cells.map((cell, i) => {
      const gap = i === cells.length - 1 ? 0 : room + GAP - (cell?.width ?? 0);
      return safe`${cell?.shown ?? ""}${blanks(gap)}`;
    });
    return join(shown, "");
  }
  return [
    ...rows,
    printable(columns.map(() => "-".repeat(room)).join(" ".repeat(GAP))),
    ...events.flatMap(({ column, lines }) =>
      lines.flatMap((parts, i) =>
        at(column, fitted(parts, room - (i > 0 ? INDENT : 0), HANG, color)).map(
          (line) => safe`${blanks(i > 0 ? INDENT : 0)}${line}`,
        ),
      ),
    ),
  ].map(trimmed);
}

interface Line {
  readonly shown: Safe;
  readonly width: number;
}

function fitted(parts: readonly Part[], room: number, hang: number, color: Ink): Line[] {
  const plainLines = wrap(parts, room, false, hang);
  const lines = color === false ? plainLines : wrap(parts, room, color, hang);
  return lines.map((shown, i) => ({ shown, width: widthOf(plainLines[i] ?? "") }));
}

function listOfEvents({ columns, events }: Drawing, width: number, color: Ink): Safe[] {
  let last = -1;
  return events.flatMap(({ column, lines }) => {
    const title = last === column ? [] : [inline([...(columns[column] ?? []), plain(":")], color)];
    last = column;
    return [
      ...title,
      ...lines.flatMap((parts, i) =>
        wrap(parts, width - INDENT * (i > 0 ? 2 : 1), color, INDENT).map(
          (line) => safe`${blanks(INDENT * (i > 0 ? 2 : 1))}${line}`,
        ),
      ),
    ];
  });
}
