import { lettersOf, waysOf } from "./literals.ts";
import { BODY, HEADLINES, type LineName, TAGS } from "./lines.ts";

/**
 * The words that tell a report, all of them out of the table of lines. What this module exports is plain data: the build
 * runs it, and puts what it gives in its place, so that no start of the command takes the patterns apart.
 */

function longestOf(literals: readonly string[]): string {
  return literals.reduce((best, next) => (next.length > best.length ? next : best), "");
}

const TAG = /^(?:\[ )?(?:WARNING|BUG|INFO): /;

/** The tags in logs that somebody wrote small. */
export const SMALL_TAGS: readonly string[] = TAGS.map((tag) => tag.toLowerCase());

/** The tags at the end of a line, where a mailer broke the headline behind them. */
export const LAST_TAGS: readonly string[] = TAGS.map((tag) => tag.trimEnd());

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

function tagOrLongest(way: readonly string[]): string {
  return TAGS.find((tag) => way.some((literal) => literal.includes(tag))) ?? longestOf(way);
}

/**
 * Lines within reports that nothing else prints, and of which every report has one at least that has a chain, a
 * scenario, or held locks, or that has none of these: of most a warning has no line of its own but its place.
 */
export const TELLING_LINES: readonly LineName[] = [
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
];

/** Functions that print reports which have no such line. */
export const TELLING_FRAMES: readonly string[] = ["rwlock_bug", "check_preemption_disabled"];

/** Fewer characters are in too many lines: a link that a code host made of `#1`, say. More than these are not needed. */
const SHORTEST = 4;
const ENOUGH_OF_LINE = 24;

/** One of these is in every such line; one that holds another is not needed. */
export const LINE_WORDS: readonly string[] = [
  ...TELLING_FRAMES.map((name) => `${name}+0x`),
  ...BODY.flatMap((row) =>
    TELLING_LINES.includes(row.name) && "pattern" in row ? waysOf(row.pattern.source).map(longestOf) : [],
  )
    .filter((word) => word.length >= SHORTEST)
    .map((word) => word.slice(0, ENOUGH_OF_LINE)),
].filter((word, _, all) => !all.some((other) => other !== word && word.startsWith(other)));

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

/** A headline as it may still be told where something went over it. */
export interface Phrase {
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
}

const WORD = /[a-z]{3,}/;
function phraseOf(way: readonly string[], isOpen: boolean): Phrase {
  const bare = way
    .map((part) => part.replace(TAG, "").replace(/ \]$/, "").toLowerCase())
    .filter((part) => WORD.test(part));
  const [only, ...more] = bare;
  const isDecorated = TAG.test(way[0] ?? "");
  const isWhole = only !== undefined && more.length === 0 && (!isDecorated || wordCount(only) > 1);
  const letters = lettersOf(bare.join(""));
  const isLed = way[0] !== undefined && way[0].replace(TAG, "").toLowerCase() !== only;
  const firstWord = WORD.exec(bare[0] ?? "")?.[0] ?? "";
  const longestWord = longestOf(bare.flatMap((part) => part.match(/[a-z]+/g) ?? []));
  return { parts: bare, letters, firstWord, longestWord, isWhole, isLed, isOpen };
}

function phrasesOf(): readonly Phrase[] {
  const different = new Map<string, Phrase>();
  for (const { pattern } of HEADLINES) {
    const ways = waysOf(pattern.source);
    const isOpen = ways.some((way) => way.at(-1) === "");
    for (const phrase of ways.map((way) => phraseOf(way, isOpen))) {
      const key = phrase.isWhole ? phrase.letters : phrase.parts.map((part) => part.trim()).join("\0");
      if (!different.has(key)) different.set(key, phrase);
    }
  }
  return [...different.values()];
}

/** Every headline, as it may still be told. */
export const PHRASES = phrasesOf();

/** Shorter words are in too many lines. */
const SHORTEST_WORD = 5;

/** Of a phrase with one such word alone, or none, also the shorter ones. */
function tellingWords({ parts }: Phrase): string[] {
  const all = parts.flatMap((part) => part.match(/[a-z]{3,}/g) ?? []);
  const long = all.filter(({ length }) => length >= SHORTEST_WORD);
  return long.length > 1 ? long : all;
}

/** The words of all of them that few other texts have. */
export const PHRASE_WORDS: readonly string[] = [...new Set(PHRASES.flatMap(tellingWords))];
