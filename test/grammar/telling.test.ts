import { expect, test } from "vitest";
import { BODY, HEADLINES } from "../../grammar/lines.ts";
import { anyOf, waysOf } from "../../grammar/literals.ts";
import {
  hasHeadlineWords,
  holdsHeadlineWords,
  isTellingLine,
  mayBeHeadline,
  mayTell,
} from "../../grammar/telling.ts";
import { HEADLINE_WORDS, TELLING_WORDS } from "../../grammar/words.ts";
import { tokenize } from "../../grammar/tokenize.ts";

test.each<[string, string[][]]>([
  ["^a (?:b|c d) e$", [["a b e"], ["a c d e"]]],
  ["^locks? held$", [["lock held"], ["locks held"]]],
  [String.raw`^at: \[<.*$`, [["at: [<", ""]]],
  [
    String.raw`^(?<n>\d{1,9}) x\.y(?: z)?$`,
    [
      ["", " x.y"],
      ["", " x.y z"],
    ],
  ],
  ["^a[bc]+d*$", [["a", ""]]],
])("the ways to match %s", (source, ways) => {
  expect(waysOf(source)).toEqual(ways);
});

test("words that are looked for together are found as they are", () => {
  const words = ["a.b", "*** (c)", "[d] | {e}?", String.raw`f\\^$+`];
  for (const word of words) expect(anyOf(words).exec(`x ${word} y`)?.[0]).toBe(word);
  expect(anyOf(words).test("axb *** c d e f")).toBe(false);
});

test.each(HEADLINES.map(({ name, example, pattern }) => ({ name, example, pattern })))(
  "the headline $name has words by which it is found, and told",
  ({ example, pattern }) => {
    expect(HEADLINE_WORDS.filter((word) => example.includes(word))).not.toEqual([]);
    expect([hasHeadlineWords(example), holdsHeadlineWords(example, true)]).toEqual([true, true]);
    // neither quick look may miss what the closer one would tell
    expect([mayBeHeadline(example), mayTell(example), mayTell(example.toLowerCase())]).toEqual([
      true,
      true,
      true,
    ]);
    // a way without literals would be found in every line
    for (const way of waysOf(pattern.source))
      expect(Math.max(...way.map(({ length }) => length))).toBeGreaterThan(3);
  },
);

function isTelling(example: string): boolean {
  const token = tokenize(example, 1);
  return token !== null && isTellingLine(token);
}

test("words to look for are long enough to be rare, and those of a telling line are in its example", () => {
  expect(TELLING_WORDS.filter(({ length }) => length < 4)).toEqual([]);
  for (const { name, example } of BODY.filter((row) => isTelling(row.example)))
    expect([
      name,
      TELLING_WORDS.some((word) => ` ${example}`.includes(word)),
      mayTell(` ${example}`),
    ]).toEqual([name, true, true]);
});

test("a headline with an arrow is told in a page, too", () => {
  const headline = "[    6.3] WARNING: HARDIRQ-safe -&gt; HARDIRQ-unsafe lock order detected";
  expect(holdsHeadlineWords(headline, true)).toBe(true);
  expect(holdsHeadlineWords("[    6.3] WARNING: it is safe to unplug, no lock order here", true)).toBe(false);
});
