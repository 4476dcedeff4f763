import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BODY, BY_HAND, HEADLINES, type LineName, type ReportKind } from "../../grammar/lines.ts";
import { ReportGrammar } from "../../grammar/parser.ts";
import { LOOKAHEAD } from "../../grammar/lookahead.ts";
import { LONE_LINES, REPORTS } from "../../grammar/reports.ts";
import { type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import type { ReportTree } from "../../grammar/tree.ts";
import { ChevrotainGrammar, lookaheadOf } from "../../scripts/lookahead.ts";

const KINDS = Object.keys(REPORTS) as ReportKind[];
const EXAMPLES = new Map<LineName, string>(
  [...HEADLINES, ...BODY, ...BY_HAND].map(({ name, example }) => [name, example]),
);
const grammar = new ReportGrammar();
// checks the grammar itself: ambiguity, left recursion, empty alternatives
const chevrotain = new ChevrotainGrammar();

test("by which lines its choices are made is what Chevrotain finds", () => {
  expect(LOOKAHEAD).toEqual(lookaheadOf(chevrotain));
});

function lineOf(name: LineName, number: number): LineToken {
  const example = EXAMPLES.get(name) ?? "";
  const token = name === "Text" ? textToken(example, number) : tokenize(example, number);
  if (token?.name !== name) throw new Error(`the example of ${name} is told as ${token?.name ?? "nothing"}`);
  return token;
}

/** All lines of the tree, wherever they stand in it. */
function linesOf(value: unknown): LineToken[] {
  if (Array.isArray(value)) return value.flatMap(linesOf);
  if (typeof value !== "object" || value === null) return [];
  if ("indent" in value && "number" in value) return [value as LineToken];
  return Object.values(value).flatMap(linesOf);
}

/**
 * Lines that are only titles: the parts under them say all that they say (that of a chain, of a new dependency,
 * the end of a class, the dots before a trace, the second half of a title).
 */
const TITLES: ReadonlySet<LineName> = new Set<LineName>([
  "ChainHeader",
  "NewDependency",
  "Ellipsis",
  "AndUnsafe",
  "ClassEnd",
  "BadPath",
]);

function numbersOf(tree: ReportTree): number[] {
  return linesOf(tree)
    .map(({ number }) => number)
    .toSorted((a, b) => a - b);
}

describe.each(KINDS)("%s", (kind) => {
  const vocabulary = [...grammar.vocabulary(kind)].toSorted();
  const headlines: LineName[] = HEADLINES.filter((row) => row.kind === kind).map(({ name }) => name);

  test("its vocabulary holds its headlines and no other kind's", () => {
    const all = new Set<string>(HEADLINES.map(({ name }) => name));
    for (const name of headlines) expect(vocabulary).toContain(name);
    // a WARN() of the locking code is a line of other kinds, too
    const foreign = vocabulary.filter((name) => all.has(name) && !headlines.includes(name));
    expect(foreign.filter((name) => name !== "LocksWarnOn" && name !== "LockdepWarning")).toEqual([]);
  });

  test("its vocabulary holds every line that its form names", () => {
    for (const name of REPORTS[kind].lines) expect(vocabulary).toContain(name);
  });

  test("any lines of its vocabulary in any order make a tree that holds them all", () => {
    const body = vocabulary.filter((name) => !headlines.includes(name));
    fc.assert(
      fc.property(
        fc.constantFrom(...headlines),
        fc.array(fc.constantFrom(...body), { maxLength: 60 }),
        (headline, names) => {
          const lines = [headline, ...names].map((name, i) => lineOf(name, i + 1));
          const tree = grammar.parse(lines);
          expect(tree).toEqual(chevrotain.parse(lines));
          expect(tree.headline).toBe(lines[0]);
          const kept = new Set(numbersOf(tree));
          expect(lines.filter(({ number, name }) => !kept.has(number) && !TITLES.has(name))).toEqual([]);
        },
      ),
      { numRuns: 60, seed: 42 },
    );
  });
});

test("each line stands in the tree once, in the order of the log", () => {
  const names: LineName[] = [
    "Circular",
    "Acts",
    "Lock",
    "ChainLink",
    "Frame",
    "Frame",
    "HeldCount",
    "HeldLock",
  ];
  const tree = grammar.parse(names.map((name, i) => lineOf(name, i + 1)));
  expect(linesOf(tree).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(tree.sections.map(({ type }) => type)).toEqual(["acting", "chain", "held"]);
});

test("what stands before the headline is kept", () => {
  const names: LineName[] = ["CutHere", "OtherWarning", "Text", "LocksWarnOn", "CallTrace", "Frame"];
  const tree = grammar.parse(names.map((name, i) => lineOf(name, i + 1)));
  expect(tree.headline.name).toBe("LocksWarnOn");
  expect(numbersOf(tree)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a line whose beginning was lost is stray, and everything else is in its part", () => {
  const names: LineName[] = ["Circular", "Class", "UsageAt", "HeldLock", "ChainLink", "Frame"];
  const tree = grammar.parse(names.map((name, i) => lineOf(name, i + 1)));
  expect(tree.sections.map(({ type }) => type)).toEqual(["stray", "stray", "held", "chain"]);
});

test("lines without a headline are refused", () => {
  expect(() => grammar.parse([lineOf("Kernel", 1)])).toThrow("the grammar does not fit");
  expect(() => grammar.parse([])).toThrow("the grammar does not fit");
});

test("lone lines are told apart from parts", () => {
  expect(new Set(LONE_LINES).size).toBe(LONE_LINES.length);
});
