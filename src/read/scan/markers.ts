import { TAGS } from "../../../grammar/lines.ts";
import { SMALL_TAGS, TELLING_WORDS } from "../../../grammar/words.ts";

/** A text that more lines have than headlines; written small, it is only looked at with words of one behind it. */
export type Tag = "usual" | "small" | null;

/** Something that is looked for in bytes. */
export interface Marker {
  readonly text: Buffer;
  readonly tag: Tag;
}

/** Bytes that are looked for, and the markers that have them. */
export interface Piece {
  readonly bytes: Buffer;
  /** And where in each it stands; what begins first comes first. */
  readonly markers: readonly { readonly marker: Marker; readonly offset: number }[];
}

/** What a line has that may hold any of those below, and does not show it: colours around words, bytes as numbers. */
const HIDING_TEXTS: readonly string[] = [
  ...TAGS.map((tag) => `${tag.trimEnd()}\u001b`),
  "WARNING\u001b",
  'E":[', // "MESSAGE":[87,65,82,…]
  'E" : [',
];

/**
 * What is looked for in bytes before anything is split or decoded: the words of headlines and of other lines that only
 * reports have, and of the lines that tell the kernel, lockdep's state, and how far a boot came.
 */
const TEXTS: readonly string[] = [
  " [#",
  "Oops[#", // mips, loongarch
  " dropped **",
  ...TELLING_WORDS,
  "Linux version ",
  "Lock dependency validator",
  "lockdep is turned off.",
  "Good, all ",
  "Disabling lock debugging",
  "Run /", // … as init process
  "reboot: ",
  "Starting new kernel",
  "Kernel panic - not",
  "Missed ", // … kernel messages
  "[ cut here ]",
  ...HIDING_TEXTS,
];

/** The characters of kernel logs, the rarest first; those that are missing are the most frequent. */
const RAREST_FIRST = "%&!\\@*YZ|;'?<}{>#jQVWGzXHqLFKDNOE()wUMRSBkvAyIhgCPbumpdTcflnoatrsei";

function rankOf(character: string): number {
  const rank = RAREST_FIRST.indexOf(character);
  return rank < 0 ? RAREST_FIRST.length : rank;
}

/** So long is a piece at most, and no shorter where its texts are as long. */
export const PIECE_LENGTH = 4;

/** The piece to look for, from the rarest character on that has so many behind it. */
function pieceOf(text: string): string {
  let best = 0;
  for (let i = 1; i + PIECE_LENGTH <= text.length; i++)
    if (rankOf(text.charAt(i)) < rankOf(text.charAt(best))) best = i;
  return text.slice(best, best + PIECE_LENGTH);
}

/** Every piece costs something, so that texts share them. */
function piecesOf(texts: readonly string[]): readonly Piece[] {
  const sharing = new Map<string, string[]>();
  for (const text of texts) {
    const piece = [...sharing.keys()].find((known) => text.includes(known)) ?? pieceOf(text);
    sharing.set(piece, [...(sharing.get(piece) ?? []), text]);
  }
  return [...sharing].map(([piece, having]) => ({
    bytes: Buffer.from(piece),
    markers: having
      .map((text) => ({ marker: { text: Buffer.from(text), tag: tagOf(text) }, offset: text.indexOf(piece) }))
      .toSorted((a, b) => b.offset - a.offset),
  }));
}

function tagOf(text: string): Tag {
  if (SMALL_TAGS.includes(text)) return "small";
  return (TAGS as readonly string[]).includes(text) ? "usual" : null;
}

export const PIECES = piecesOf(TEXTS);
