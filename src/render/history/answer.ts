import type { Answer } from "../../history/schema.ts";
import { inline, inlineWidth } from "../words/layout.ts";
import { jsonLine } from "../words/json.ts";
import { paperOf } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import { counted, name, type Part, quiet } from "../words/parts.ts";
import { blanks, ended, join, type Safe, safe, trimmed } from "../words/safe.ts";

/** The rows alone, a line each. */
export function renderAnswerLines({ rows }: Answer): Safe {
  return join(rows.map(jsonLine), "");
}

/** Columns below their names, numbers at the right; a line is as long as its cells are. */
export function renderAnswer({ columns, rows }: Answer, options: Paper): Safe {
  const { color } = paperOf(options);
  const cells = rows.map((row) => columns.map((column) => cellOf(row[column.name])));
  const heads = columns.map((column) => quiet(column.name));
  const widths = heads.map((head, at) => {
    let widest = inlineWidth([head]);
    for (const row of cells) widest = Math.max(widest, inlineWidth(row.slice(at, at + 1)));
    return widest;
  });
  const isNumber = columns.map(({ type }) => NUMBER.test(type));
  const lineOf = (parts: readonly Part[]): Safe => {
    const shown = parts.map((part, at) => {
      const gap = blanks((widths[at] ?? 0) - inlineWidth([part]));
      const text = inline([part], color);
      return isNumber[at] === true ? safe`${gap}${text}` : safe`${text}${gap}`;
    });
    return trimmed(join(shown, "  "));
  };
  const count = inline([quiet(counted(rows.length, "row"))], color);
  return ended([lineOf(heads), ...cells.map(lineOf), count]);
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

function cellOf(value: unknown): Part {
  if (value === null || value === undefined) return quiet("null");
  if (typeof value === "string") return name(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return name(value.join(", "));
  return name(JSON.stringify(value));
}
