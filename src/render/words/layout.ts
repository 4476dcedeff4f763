import Table from "cli-table3";
import type { Part, Role, SourcePlace } from "./parts.ts";
import { blanks, join, printable, type Safe, safe, trusted } from "./safe.ts";

/** Colours that are readable on light and dark ground; what a role is shows without them, too. */
const SGR: Record<Role, readonly [on: number, off: number] | null> = {
  text: null,
  quiet: [2, 22],
  good: [32, 39],
  caution: [33, 39],
  bad: [31, 39],
  lock: [36, 39],
  function: [35, 39],
  log: null,
};

const BOLD = [1, 22] as const;

/** What a terminal does with text: nothing, colours, or colours and links to the kernel's sources. */
export type Ink = boolean | Links;

export interface Links {
  /** The address of a place in the sources; null if that is not known. */
  readonly addressOf: (place: SourcePlace) => string | null;
}

/** An address of ASCII, percent-encoded: nothing in it ends the sequence. */
const ADDRESS = /^file:\/\/[!-~]+$/;

/** OSC 8: text as a link, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda */
function linked(text: Safe, place: SourcePlace, { addressOf }: Links): Safe {
  const address = addressOf(place);
  if (address === null || !ADDRESS.test(address)) return text;
  return safe`\x1b]8;;${trusted(address)}\x1b\\${text}\x1b]8;;\x1b\\`;
}

function paint(text: Safe, sgr: readonly [number, number] | null): Safe {
  return sgr === null || text === "" ? text : safe`\x1b[${sgr[0]}m${text}\x1b[${sgr[1]}m`;
}

export function bold(text: string, ink: Ink): Safe {
  return ink !== false ? paint(printable(text), BOLD) : printable(text);
}

/** What fills one column each: ASCII and the signs that we put in ourselves. */
const NARROW = /^[ -~←→×]*$/;

/** Columns that a printable text fills: a wide character two, a combining mark none. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  // cli-table3 knows; it tells by the frame that it draws around a cell, one column at either side
  const cell = new Table({ style: { "padding-left": 0, "padding-right": 0, head: [], border: [] } });
  cell.push([text]);
  return cell.width - 2;
}

/** Neighbours of one role are painted as one. */
function painted(pieces: readonly Piece[], ink: Ink): Safe {
  if (ink === false)
    return join(
      pieces.map(({ text }) => text),
      "",
    );
  let line = NOTHING;
  let run: Piece = { role: "text", text: NOTHING };
  for (const { role, text: shown, place } of pieces) {
    const text = place === undefined || ink === true ? shown : linked(shown, place, ink);
    if (role === run.role) run = { role, text: safe`${run.text}${text}` };
    else {
      line = safe`${line}${paint(run.text, SGR[run.role])}`;
      run = { role, text };
    }
  }
  return safe`${line}${paint(run.text, SGR[run.role])}`;
}

const NOTHING = blanks(0);

/** Parts on one line, however long it gets. */
export function inline(parts: readonly Part[], ink: Ink): Safe {
  return painted(
    parts.map(({ text, ...part }) => ({ ...part, text: printable(text) })),
    ink,
  );
}

/** Columns that parts fill on one line. */
export function inlineWidth(parts: readonly Part[]): number {
  return widthOf(parts.map(({ text }) => printable(text)).join(""));
}

interface Piece extends Pick<Part, "role" | "place"> {
  readonly text: Safe;
}

/** What stays together on a line. */
interface Word {
  readonly pieces: Piece[];
  width: number;
}

/** Cuts parts at their blanks; a name is cut only where it is wider than a line. */
function wordsOf(parts: readonly Part[], room: number): Word[] {
  const words: Word[] = [];
  let word: Word = { pieces: [], width: 0 };
  const add = ({ role, place }: Part, text: Safe): void => {
    if (text === "") return;
    word.pieces.push(place === undefined ? { role, text } : { role, text, place });
    word.width += widthOf(text);
  };
  const next = (): void => {
    if (word.width > 0) words.push(word);
    word = { pieces: [], width: 0 };
  };
  for (const part of parts) {
    const shown = printable(part.text);
    if (part.whole && widthOf(shown) <= room) {
      add(part, shown);
      continue;
    }
    for (const [i, piece] of shown.split(" ").entries()) {
      if (i > 0) next();
      add(part, trusted(piece));
    }
  }
  next();
  return words;
}

/**
 * Breaks parts into lines.
 *
 * @param room columns of a line; a line is longer only where a single word is
 * @param hang columns by which later lines stand to the right of the first
 */
export function wrap(parts: readonly Part[], room: number, ink: Ink, hang = 0): Safe[] {
  const lines: Piece[][] = [];
  let used = room;
  for (const { pieces, width } of wordsOf(parts, room - hang)) {
    const line = lines.at(-1);
    if (line !== undefined && used + 1 + width <= room) {
      // a colour runs on over the blank
      const same = line.at(-1)?.role === pieces[0]?.role;
      line.push({ role: same ? (pieces[0]?.role ?? "text") : "text", text: blanks(1) }, ...pieces);
      used += 1 + width;
    } else {
      lines.push([...pieces]);
      used = width + (lines.length > 1 ? hang : 0);
    }
  }
  return lines.map((pieces, i) => safe`${blanks(i > 0 ? hang : 0)}${painted(pieces, ink)}`);
}
