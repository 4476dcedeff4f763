import { type Ink, wrap } from "../words/layout.ts";
import type { Part } from "../words/parts.ts";
import { blanks, type Safe, safe } from "../words/safe.ts";

const NARROWEST = 24;
const INDENT = 2;

/** How the tables about graphs set their lines. */
export interface Setting {
  /** Columns of a line: on a narrow terminal, too, enough to read. */
  readonly width: number;
  /** Sets a paragraph so many steps from the edge; its further lines stand one step further in. */
  readonly lines: (parts: readonly Part[], steps: number) => Safe[];
}

export function settingFor(options: { readonly width: number; readonly color: Ink }): Setting {
  const width = Math.max(NARROWEST, options.width);
  const lines = (parts: readonly Part[], steps: number): Safe[] =>
    wrap(parts, width - steps * INDENT, options.color, INDENT).map(
      (line) => safe`${blanks(steps * INDENT)}${line}`,
    );
  return { width, lines };
}
