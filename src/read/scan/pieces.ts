import { TAGS } from "../../../grammar/lines.ts";
import { SMALL_TAGS, TELLING_WORDS } from "../../../grammar/words.ts";

/**
 * What is looked for in bytes, as plain data: the build runs this module, and puts what it gives in its place, so that no
 * start of the command shares pieces out anew.
 */

/** A text that more lines have than headlines; written small, it is only looked at with words of one behind it. */
export type Tag = "usual" | "small" | null;

/** A few characters to look for, and the texts that have them. */
export interface PieceOfTexts {
  readonly piece: string;
  /** And where in each it stands; what begins first comes first. */
  readonly texts: readonly { readonly text: string; readonly tag: Tag; readonly offset: number }[];
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
function piecesOf(texts: readonly string[]): readonly PieceOfTexts[] {
  const sharing = new Map<string, string[]>();
  for (const text of texts) {
    const piece = [...sharing.keys()].find((known) => text.includes(known)) ?? pieceOf(text);
    sharing.set(piece, [...(sharing.get(piece) ?? []), text]);
  }
  return [...sharing].map(([piece, having]) => ({
    piece,
    texts: having
      .map((text) => ({ text, tag: tagOf(text), offset: text.indexOf(piece) }))
      .toSorted((a, b) => b.offset - a.offset),
  }));
}

function tagOf(text: string): Tag {
  if (SMALL_TAGS.includes(text)) return "small";
  return (TAGS as readonly string[]).includes(text) ? "usual" : null;
}

/** A byte of the scanner's tables has a bit for each. */
const MOST_BUCKETS = 8;

/**
 * Which pieces share a bucket: such as are alike, as of others more bytes have halves of one and of another.
 *
 * @param pieces in their order
 * @returns for each bucket the index of its first piece
 */
function bucketsOf(pieces: readonly string[]): readonly number[] {
  const costs = pieces.map((_, from) => costsOf(pieces, from));
  // of the pieces from each one on, in so many buckets: the least that they cost, and where the second bucket begins
  let least = costs.map((own) => own.at(-1) ?? 0);
  const seconds: number[][] = [];
  for (let bucket = 1; bucket < MOST_BUCKETS; bucket++) {
    const next = least.slice();
    const second = least.map(() => pieces.length);
    for (const [i, own] of costs.entries())
      for (let k = i + 1; k < pieces.length; k++) {
        const sum = (own[k - i - 1] ?? 0) + (least[k] ?? 0);
        if (sum >= (next[i] ?? 0)) continue;
        next[i] = sum;
        second[i] = k;
      }
    least = next;
    seconds.push(second);
  }
  const begins = [0];
  for (const second of seconds.toReversed()) begins.push(second[begins.at(-1) ?? 0] ?? pieces.length);
  return begins.filter((begin) => begin < pieces.length);
}

/** How many texts have halves, in all places, of the first of these pieces, of the first two, and so on. */
function costsOf(pieces: readonly string[], from: number): readonly number[] {
  const costs: number[] = [];
  const lows = new Uint16Array(PIECE_LENGTH);
  const highs = new Uint16Array(PIECE_LENGTH);
  for (let i = from; i < pieces.length; i++) {
    let product = 1;
    for (let place = 0; place < PIECE_LENGTH; place++) {
      const text = pieces[i] ?? "";
      const byte = place < text.length ? text.charCodeAt(place) : 0;
      lows[place] = (lows[place] ?? 0) | (1 << (byte & 15));
      highs[place] = (highs[place] ?? 0) | (1 << (byte >> 4));
      product *= bitCount(lows[place] ?? 0) * bitCount(highs[place] ?? 0);
    }
    costs.push(product);
  }
  return costs;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

function inBuckets(pieces: readonly PieceOfTexts[]): readonly (readonly PieceOfTexts[])[] {
  const sorted = pieces.toSorted((a, b) => (a.piece < b.piece ? -1 : 1));
  const begins = bucketsOf(sorted.map(({ piece }) => piece));
  return begins.map((begin, i) => sorted.slice(begin, begins[i + 1]));
}

/** All pieces, in buckets of such as are alike. */
export const BUCKETS = inBuckets(piecesOf(TEXTS));
