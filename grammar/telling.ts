import { anyOf, waysOf } from "./literals.ts";
import { BODY, HEADLINES, type LineName, TAGS } from "./lines.ts";
import type { LineToken } from "./tokenize.ts";

/**
 * The words that tell a report, all of them out of the table of lines: for the search in bytes, for the quick test of
 * a line, and for lines that look like a report's and were not read.
 */

function longestOf(literals: readonly string[]): string {
  return literals.reduce((best, next) => (next.length > best.length ? next : best), "");
}

const TAG = /^(?:\[ )?(?:WARNING|BUG|INFO): /;

/** The tags in logs that somebody wrote small. */
export const SMALL_TAGS: readonly string[] = TAGS.map((tag) => tag.toLowerCase());

/** The tags at the end of a line, where a mailer broke the headline behind them. */
const LAST_TAGS: readonly string[] = TAGS.map((tag) => tag.trimEnd());

/** Whether the line ends with a tag, so that its headline may be the next one. */
export function endsWithTag(text: string): boolean {
  return text.endsWith(":") && LAST_TAGS.some((tag) => text.endsWith(tag));
}

/** The tags that every match of a pattern begins with one of; null where it may begin with something else. */
function tagsOf(source: string): readonly string[] | null {
  const opening = source.replace(/^\^(?:\(\?:)?/, "");
  if (opening.startsWith(`${TAGS.join("|")}|`)) return TAGS;
  const only = TAGS.find((tag) => opening.startsWith(tag));
  return only === undefined || source.startsWith("^(") ? null : [only];
}

/** One of these is in every headline: what it is decorated with, or its longest literal. */
export const HEADLINE_WORDS: readonly string[] = [
  ...new Set(
    HEADLINES.flatMap(({ pattern: { source } }) => tagsOf(source) ?? waysOf(source).map(tagOrLongest)),
  ),
];

const anyHeadlineWord = anyOf(HEADLINE_WORDS);

/** Whether the line can open a report: a search for a few words, which nearly every line lacks. */
export function mayBeHeadline(text: string): boolean {
  return anyHeadlineWord.test(text);
}

function tagOrLongest(way: readonly string[]): string {
  return TAGS.find((tag) => way.some((literal) => literal.includes(tag))) ?? longestOf(way);
}

/**
 * Lines within reports that nothing else prints, and of which every report has one at least that has a chain, a
 * scenario, or held locks, or that has none of these: of most a warning has no line of its own but its place.
 */
const TELLING_LINES: ReadonlySet<LineName> = new Set([
  "ChainLink",
  "Deadlock",
  "HeldCount",
  "HeldOnCpu",
  "NoneHeld",
  "TurningOff",
  "CollisionText",
  "InAtomic",
  "SpinlockState",
  "RtmutexBlocks",
  "StackBacktrace",
]);

/** Functions that print reports which have no such line. */
const TELLING_FRAMES: readonly string[] = ["rwlock_bug", "check_preemption_disabled"];

/** Whether only a report has the line. */
export function isTellingLine({ name, frame }: Pick<LineToken, "name" | "frame">): boolean {
  if (name === "Frame") return frame?.uncertain === false && TELLING_FRAMES.includes(frame.symbol);
  return TELLING_LINES.has(name);
}

export function mayBeTellingFrame(text: string): boolean {
  return TELLING_FRAMES.some((name) => text.includes(name));
}

/** Fewer characters are in too many lines: a link that a code host made of `#1`, say. More than these are not needed. */
const SHORTEST = 4;
const ENOUGH_OF_LINE = 24;

/** One of these is in every such line; one that holds another is not needed. */
const LINE_WORDS: readonly string[] = [
  ...TELLING_FRAMES.map((name) => `${name}+0x`),
  ...BODY.flatMap((row) =>
    TELLING_LINES.has(row.name) && "pattern" in row ? waysOf(row.pattern.source).map(longestOf) : [],
  )
    .filter((word) => word.length >= SHORTEST)
    .map((word) => word.slice(0, ENOUGH_OF_LINE)),
].filter((word, _, all) => !all.some((other) => other !== word && word.startsWith(other)));

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

/** Words of a language: no names of files, no commas. */
function wordCount(text: string): number {
  return text.split(" ").filter((word) => /^[a-z_()-]{3,}[.!:,]?$/.test(word)).length;
}

/** Fewer words stand in other programs' lines as well, and such as are not of locks. */
const WORDS_OF_PHRASE = 3;
const OF_LOCKS = /lock|RCU/;

/** Headlines of locks without their tag, which something may have taken away, or written otherwise. */
const UNTAGGED: readonly string[] = HEADLINES.flatMap(({ pattern: { source } }) =>
  tagsOf(source) === null
    ? []
    : waysOf(source).map((way) =>
        longestOf(way)
          .replace(TAG, "")
          .replace(/[.!:]? ?\]?$/, ""),
      ),
).filter((phrase) => OF_LOCKS.test(phrase) && wordCount(phrase.toLowerCase()) >= WORDS_OF_PHRASE);

/** What is to be found in a log's bytes, so that no headline and no telling line is missed. */
export const TELLING_WORDS: readonly string[] = [
  ...new Set([
    ...HEADLINE_WORDS,
    ...LAST_TAGS.flatMap((tag) => [`${tag}\n`, `${tag}\r`]),
    ...SMALL_TAGS,
    ...LINE_WORDS,
    ...UNTAGGED,
  ]),
];

/** Whether the line may be one that only reports have. */
export function mayBeTellingLine(text: string): boolean {
  return LINE_WORDS.some((word) => text.includes(word));
}

/** A headline as it may still be told where something went over it. */
interface Phrase {
  /** Its literals, small, each with a word of three letters at least. */
  readonly parts: readonly string[];
  /** Nothing but their letters. */
  readonly letters: string;
  readonly firstWord: string;
  readonly longestWord: string;
  /** It is one literal, and no other text has so much of it. */
  readonly isWhole: boolean;
  /** Something that varies stands before it, as a task. */
  readonly isLed: boolean;
  /** Something that varies may stand behind it, as a place. */
  readonly isOpen: boolean;
  /** Pieces of it that are long enough to tell it. */
  readonly pieces: readonly string[];
}

const WORD = /[a-z]{3,}/;
/** Of a longer phrase, a part is enough. */
const LONG_PHRASE = 20;
const ENOUGH = 0.8;
/** Of a phrase that its tag stands before and the line's end behind: the rest is on the next line. */
const ENOUGH_AT_END = 8;

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, "");
}

function phraseOf(way: readonly string[], isOpen: boolean): Phrase {
  const bare = way
    .map((part) => part.replace(TAG, "").replace(/ \]$/, "").toLowerCase())
    .filter((part) => WORD.test(part));
  const [only, ...more] = bare;
  const isDecorated = TAG.test(way[0] ?? "");
  const isWhole = only !== undefined && more.length === 0 && (!isDecorated || wordCount(only) > 1);
  const letters = lettersOf(bare.join(""));
  const length = Math.ceil(letters.length * ENOUGH);
  const pieces =
    isWhole && letters.length >= LONG_PHRASE
      ? Array.from({ length: letters.length - length + 1 }, (_, i) => letters.slice(i, i + length))
      : [letters];
  const isLed = way[0] !== undefined && way[0].replace(TAG, "").toLowerCase() !== only;
  const firstWord = WORD.exec(bare[0] ?? "")?.[0] ?? "";
  const longestWord = longestOf(bare.flatMap((part) => part.match(/[a-z]+/g) ?? []));
  return { parts: bare, letters, firstWord, longestWord, isWhole, isLed, isOpen, pieces };
}

let phrases: readonly Phrase[] | undefined;
let words: ReadonlySet<string> | undefined;
let longestWords: RegExp | undefined;
let allWords: RegExp | undefined;

/** Made when they are first needed: in a log without any of the words above, never. */
function phrasesOf(): readonly Phrase[] {
  if (phrases === undefined) {
    const different = new Map<string, Phrase>();
    for (const { pattern } of HEADLINES) {
      const ways = waysOf(pattern.source);
      const isOpen = ways.some((way) => way.at(-1) === "");
      for (const phrase of ways.map((way) => phraseOf(way, isOpen))) {
        const key = phrase.isWhole ? phrase.letters : phrase.parts.map((part) => part.trim()).join("\0");
        if (!different.has(key)) different.set(key, phrase);
      }
    }
    phrases = [...different.values()];
  }
  return phrases;
}

/** Shorter words are in too many lines. */
const SHORTEST_WORD = 5;

/** Of a phrase with one such word alone, or none, also the shorter ones. */
function tellingWords({ parts }: Phrase): string[] {
  const all = parts.flatMap((part) => part.match(/[a-z]{3,}/g) ?? []);
  const long = all.filter(({ length }) => length >= SHORTEST_WORD);
  return long.length > 1 ? long : all;
}

/**
 * Whether two words of headlines are in the text, or one at its end, where a headline may be broken in two: without, a
 * harmless `WARNING: ` is none of lockdep's.
 */
export function hasHeadlineWords(text: string): boolean {
  words ??= new Set(phrasesOf().flatMap(tellingWords));
  let count = 0;
  let last = "";
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
    if (words.has(word) && ++count === ENOUGH_WORDS) return true;
    last = word;
  }
  if (words.has(last)) return true;
  // broken within a word
  return count > 0 && last !== "" && [...words].some((word) => word.startsWith(last));
}

const ENOUGH_WORDS = 2;

function wordsOfPhrases(): readonly string[] {
  return phrasesOf().map(({ longestWord }) => longestWord);
}

function anyLongestWord(): RegExp {
  return (longestWords ??= anyOf(wordsOfPhrases(), "i"));
}

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

/** Longer lines are not the kernel's; the words stand at their beginning, if anywhere. */
const LONGEST = 4096;

/**
 * Whether the line may be one that only reports have, or hold the words of a headline: one search, as most lines have no
 * such word at all.
 */
export function mayTell(line: string): boolean {
  allWords ??= anyOf([...wordsOfPhrases(), ...TAGS, ...LINE_WORDS], "i");
  return allWords.test(line);
}

/**
 * Whether the line holds the words of a headline, whatever became of the rest: of any case, with other blanks, in HTML,
 * behind a prefix that nobody knows, broken off. Prose that mentions one is none.
 *
 * @param isKernels whether the line has a kernel's stamp, and so is no prose
 */
export function holdsHeadlineWords(line: string, isKernels: boolean): boolean {
  if (!anyLongestWord().test(line) && !(mayHaveTag(line) && hasHeadlineWords(line))) return false;
  const text = cleaned(line).toLowerCase();
  if (!isKernels && NO_LOG.test(text)) return false;
  const letters = lettersOf(text);
  return phrasesOf().some((phrase) =>
    phrase.isWhole
      ? holdsWhole(text, letters, phrase) && (isKernels || !isMention(text, phrase))
      : holdsParts(text, phrase),
  );
}

/** What stands behind a tag: a headline's words, or what may be one of which the rest is on the next line. */
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

function holdsWhole(text: string, letters: string, phrase: Phrase): boolean {
  const { letters: sought, firstWord, longestWord, isLed, pieces } = phrase;
  if (letters.includes(longestWord) && pieces.some((piece) => letters.includes(piece))) {
    const at = text.indexOf(firstWord);
    const before = text.slice(0, Math.max(0, at));
    // of a line that lost its first bytes
    if (at < 0 && pieces.some((piece) => letters.startsWith(piece))) return true;
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
