import { anyOf, lettersOf } from "./literals.ts";
import { TAGS } from "./lines.ts";
import type { LineToken } from "./tokenize.ts";
import {
  HEADLINE_WORDS,
  LAST_TAGS,
  LINE_WORDS,
  type Phrase,
  PHRASE_WORDS,
  PHRASES,
  SMALL_TAGS,
  TELLING_FRAMES,
  TELLING_LINES,
} from "./words.ts";

/** Whether a line tells a report: a quick test, and one for lines that look like a report's and were not read. */

/** Whether the line ends with a tag, so that its headline may be the next one. */
export function endsWithTag(text: string): boolean {
  return text.endsWith(":") && LAST_TAGS.some((tag) => text.endsWith(tag));
}

const anyHeadlineWord = anyOf(HEADLINE_WORDS);

/** Whether the line can open a report: a search for a few words, which nearly every line lacks. */
export function mayBeHeadline(text: string): boolean {
  return anyHeadlineWord.test(text);
}

/** Whether only a report has the line. */
export function isTellingLine({ name, frame }: Pick<LineToken, "name" | "frame">): boolean {
  if (name === "Frame") return frame?.uncertain === false && TELLING_FRAMES.includes(frame.symbol);
  return TELLING_LINES.includes(name);
}

export function mayBeTellingFrame(text: string): boolean {
  return TELLING_FRAMES.some((name) => text.includes(name));
}

/** Where lockdep's own warnings are raised. */
const LOCKDEP_FILES = ["kernel/locking/lockdep.c", "kernel/lockdep.c"];
/** Other files' names differ in more letters. */
const MOST_OF_FILE_GARBLED = 4;

/** Whether the file is lockdep's, under a name that something garbled. */
export function isGarbledLockdep(file: string): boolean {
  if (LOCKDEP_FILES.some((known) => file === known || file.endsWith(`/${known}`))) return false;
  if (file.endsWith("lockdep.c")) return true;
  return LOCKDEP_FILES.some((known) => distance(file, known, MOST_OF_FILE_GARBLED) <= MOST_OF_FILE_GARBLED);
}

/** How many letters are others, lost, or too many; anything beyond `most` where they are more. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const changed = (before[j] ?? 0) + (one.charAt(i) === other.charAt(j) ? 0 : 1);
      row.push(Math.min(changed, (before[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    before = row;
  }
  return before.at(-1) ?? 0;
}

/** Whether the line may be one that only reports have. */
export function mayBeTellingLine(text: string): boolean {
  return LINE_WORDS.some((word) => text.includes(word));
}

const PHRASE_WORD_SET: ReadonlySet<string> = new Set(PHRASE_WORDS);
const LONGEST_WORDS = PHRASES.map(({ longestWord }) => longestWord);
const anyLongestWord = anyOf(LONGEST_WORDS, "i");
const anyWord = anyOf([...LONGEST_WORDS, ...TAGS, ...LINE_WORDS], "i");

/**
 * Whether two words of headlines are in the text, or one at its end, where a headline may be broken in two: without, a
 * harmless `WARNING: ` is none of lockdep's.
 */
export function hasHeadlineWords(text: string): boolean {
  let count = 0;
  let last = "";
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
    if (PHRASE_WORD_SET.has(word) && ++count === ENOUGH_WORDS) return true;
    last = word;
  }
  if (PHRASE_WORD_SET.has(last)) return true;
  // broken within a word
  return count > 0 && last !== "" && PHRASE_WORDS.some((word) => word.startsWith(last));
}

const ENOUGH_WORDS = 2;

function mayHaveTag(line: string): boolean {
  return TAGS.some((tag) => line.includes(tag)) || SMALL_TAGS.some((tag) => line.includes(tag));
}

/** What mailers, web pages, terminals and quoted-printable leave in a text. */
const REMAINS =
  /<[^<>]{0,64}>|&(?:[a-z]{2,6}|#x?[0-9a-f]{1,6});|\[[0-9;]{0,12}m|=[0-9a-f]{2}(?![0-9a-f])|\\n/gi;
const TAG_BEFORE = /(?:warning|bug|info)[^a-z]*$/;
/** The end of what a transport puts before a line: a stamp, a name, quoting; or nothing but signs. */
const LEAD_BEFORE = /^[^a-z]*$|[:\]|>)][^a-z:\]|>)]*$/;
/** A mail tells in its headers what it is about, a bot is told so, and patches hold what prints it. */
const NO_LOG =
  /^[^a-z]*(?:subject|summary|re|fwd?|aw|title|thread-topic|comments|fixes|link|syz \w+):|^[-+]|;$/;
/** Prose goes on behind what it mentions. */
const PROSE_BEHIND = /^[^a-z0-9]*[a-z]{2,12} /;

/** A line without what its way left in it, and without the signs of quoting before it. */
export function cleaned(line: string): string {
  return line
    .slice(0, LONGEST)
    .replaceAll("&gt;", ">")
    .replace(REMAINS, " ")
    .replace(/\^M$/, "")
    .replace(/^[>|\s]+(?!#)/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Longer lines are not the kernel's; the words are at the beginning, if anywhere. */
const LONGEST = 4096;

/**
 * Whether the line may be one that only reports have, or hold the words of a headline: one search, as most lines have no
 * such word at all.
 */
export function mayTell(line: string): boolean {
  return anyWord.test(line);
}

/**
 * Whether the line holds the words of a headline, whatever became of the rest: of any case, with other blanks, in HTML,
 * after a prefix that nobody knows, broken off. Prose that mentions one is none.
 *
 * @param isKernels whether the line has a kernel's stamp, and so is not prose
 */
export function holdsHeadlineWords(line: string, isKernels: boolean): boolean {
  if (!anyLongestWord.test(line) && !(mayHaveTag(line) && hasHeadlineWords(line))) return false;
  const text = cleaned(line).toLowerCase();
  if (!isKernels && NO_LOG.test(text)) return false;
  const letters = lettersOf(text);
  return PHRASES.some((phrase) =>
    phrase.isWhole
      ? holdsWhole(text, letters, phrase) && (isKernels || !isMention(text, phrase))
      : holdsParts(text, phrase),
  );
}

/** What somebody called a mail or an issue, and the words before that. */
const TITLE = /^[^a-z]*(?:subject|summary|title|thread-topic|re|fwd?|aw): *["']?(?<title>[^]*)$/i;

/** `[RFC PATCH v2 1/3] …` */
function namesPatch(title: string): boolean {
  return title.startsWith("[") && title.slice(0, title.indexOf("]")).toLowerCase().includes("patch");
}

const MOST_PREFIXES = 8;

/** Whether the line is a title that has the words of a headline: it is not a report, but it tells of one. */
export function titlesHeadline(line: string): boolean {
  let title = line.slice(0, LONGEST);
  for (let i = 0; i < MOST_PREFIXES; i++) {
    const inner = TITLE.exec(title)?.groups?.["title"];
    if (inner === undefined) return i > 0 && !namesPatch(title) && holdsHeadlineWords(title, true);
    title = inner;
  }
  return false;
}

/** What follows a tag: a headline's words, or what may be one of which the rest is on the next line. */
export type Tagged = "headline" | "broken" | "other";

/** A headline of which so many words are whole tells itself, and with one more it does so wherever it breaks. */
const ENOUGH_OF_OTHERS = 6;
/** Machines say the same again and again. */
const MOST_REMEMBERED = 4096;
const remembered = new Map<string, Tagged>();

/**
 * Whether the text from a tag to the end of its line may be a headline of lockdep's, whatever became of it: most are
 * not.
 */
export function tagged(text: string): Tagged {
  // no pattern tells one digit from another
  const key = text.replace(/\d/g, "0");
  let answer = remembered.get(key);
  if (answer === undefined) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const count = text.match(/[a-z]{3,}/gi)?.length ?? 0;
    if (holdsHeadlineWords(text, true) || (count < ENOUGH_OF_OTHERS && hasHeadlineWords(text)))
      answer = "headline";
    else answer = count > ENOUGH_OF_OTHERS ? "other" : "broken";
    remembered.set(key, answer);
  }
  return answer;
}

/** Of a longer phrase, a part is enough. */
const LONG_PHRASE = 20;
const ENOUGH = 0.8;
/** A phrase between its tag and the end of the line: the rest is on the next line. */
const ENOUGH_AT_END = 8;

/** Pieces of a phrase's letters that are long enough to tell it. */
function piecesOf(letters: string): readonly string[] {
  let known = pieces.get(letters);
  if (known === undefined) {
    const length = letters.length < LONG_PHRASE ? letters.length : Math.ceil(letters.length * ENOUGH);
    known = Array.from({ length: letters.length - length + 1 }, (_, i) => letters.slice(i, i + length));
    pieces.set(letters, known);
  }
  return known;
}

const pieces = new Map<string, readonly string[]>();

function holdsWhole(text: string, letters: string, phrase: Phrase): boolean {
  const { letters: sought, firstWord, longestWord, isLed } = phrase;
  const found = letters.includes(longestWord) ? piecesOf(sought) : [];
  if (found.some((piece) => letters.includes(piece))) {
    const at = text.indexOf(firstWord);
    const before = text.slice(0, Math.max(0, at));
    // of a line that lost its first bytes
    if (at < 0 && found.some((piece) => letters.startsWith(piece))) return true;
    if (at >= 0 && (isLed || LEAD_BEFORE.test(before) || TAG_BEFORE.test(before))) return true;
  }
  const begun = /(?:warning|bug|info): ?([^]*)$/.exec(text)?.[1];
  if (begun === undefined) return false;
  if (isLed) return endsWithin(begun, phrase.parts[0]?.trim() ?? "", ENOUGH_AT_END);
  const rest = lettersOf(begun);
  return (rest.length >= ENOUGH_AT_END && sought.startsWith(rest)) || isBrokenInto(rest, sought);
}

/** So many of its letters may be others: what a serial line garbled. */
const MOST_GARBLED = 2;

/** Whether the text is what is sought, with something in its middle that another processor wrote, or garbled there. */
function isBrokenInto(text: string, sought: string): boolean {
  if (text.length < sought.length - MOST_GARBLED) return false;
  let before = 0;
  while (before < sought.length && text[before] === sought[before]) before++;
  let behind = 0;
  while (behind < sought.length && text.at(-1 - behind) === sought.at(-1 - behind)) behind++;
  return before + behind >= sought.length - MOST_GARBLED;
}

/** Whether prose goes on where the kernel's line would be over. */
function isMention(text: string, { parts, isOpen }: Phrase): boolean {
  const [part = ""] = parts;
  const at = text.indexOf(part);
  return !isOpen && at >= 0 && PROSE_BEHIND.test(text.slice(at + part.length));
}

/** So much of a literal at the end of a line that breaks off there, or is broken in two. */
const ENOUGH_OF_PART = 4;

/** From the first letter to the last. */
function withoutSigns(part: string): string {
  let end = part.length;
  while (end > 0 && !/[a-z)]/.test(part.charAt(end - 1))) end--;
  return part.slice(Math.max(0, part.search(/[a-z(]/)), end);
}

/** The literals of a phrase that has gaps are too common one by one: its tag must be there, and all in order. */
function holdsParts(text: string, { parts }: Phrase): boolean {
  let at = /(?:warning|bug|info):/.exec(text)?.index ?? -1;
  if (at < 0) return false;
  for (const [i, part] of parts.entries()) {
    // its signs may be a page's entities, or gone
    const literal = withoutSigns(part);
    const found = text.indexOf(literal, at);
    if (found < 0) return i > 0 && endsWithin(text.slice(at), literal, ENOUGH_OF_PART);
    at = found + literal.length;
  }
  return parts.length > 0;
}

/** Whether the text ends with so much of the beginning of the literal. */
function endsWithin(text: string, literal: string, enough: number): boolean {
  for (let length = literal.length - 1; length >= enough; length--)
    if (text.endsWith(literal.slice(0, length))) return true;
  return false;
}
