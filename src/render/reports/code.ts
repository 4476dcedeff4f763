import type { Blame, CodeExcerpt, Touch, TouchingCommit } from "../../report/code-schema.ts";
import type { Report } from "../../report/schema.ts";
import { touchParts } from "./touch-prose.ts";
import { commitName, fn, joined, type Part, placePart, plain, quiet, words } from "../words/parts.ts";
import { type Block, say, text } from "../words/sentences.ts";
import { edgeName } from "./facts.ts";

/** A tab, narrower than the kernel's style has it: the lines are in a text. */
const TAB = "    ";

/** The lines round each place that tells, under what happens there. */
export function codeBlocks(report: Report): Block[] {
  return (report.code ?? []).flatMap((excerpt): Block[] => [
    text(...headOf(report, excerpt)),
    { type: "code", lines: numbered(excerpt) },
    ...(excerpt.blame === undefined ? [] : [text(...blameParts(excerpt.blame))]),
  ]);
}

function headOf({ edges }: Report, { edge, symbol, file, line, by }: CodeExcerpt): Part[] {
  const of = edge === null ? undefined : edges[edge];
  const what = of === undefined ? [] : [...edgeName(of), plain(": ")];
  const how = by === "only-call" ? [quiet(", the only such call there")] : [];
  return [...what, ...say`${fn(symbol)} at ${placePart({ file, line })}`, ...how];
}

function blameParts({ sha, subject, date, release }: Blame): Part[] {
  const since = release === null ? say`in no release of this tree` : say`first in ${release}`;
  return say`Last changed by ${commitName(sha)} ("${words(subject)}"), ${date}, ${since}.`;
}

/** Commits of a range that have to do with the report: what changes the functions that take its locks first. */
export function touchingBlocks({ touching }: Report): Block[] {
  if (touching === undefined) return [];
  if (touching.length === 0)
    return [text(...say`No commit changes or calls the functions that take these locks.`)];
  const ranked = touching.toSorted((a, b) => rankOf(a) - rankOf(b));
  const more = ranked.length - MOST_COMMITS;
  return [
    ...ranked.slice(0, MOST_COMMITS).map(({ sha, subject, touches }): Block => {
      return {
        type: "entry",
        head: say`${commitName(sha)} ("${words(subject)}")`,
        body: joined(touches.map(touchParts), plain("; ")),
      };
    }),
    ...(more > 0 ? [text(quiet(`and ${more} more (-f json has all)`))] : []),
  ];
}

const MOST_COMMITS = 10;
const RANKS: readonly Touch["code"][] = ["catalogue", "function", "call", "file"];

function rankOf({ touches }: TouchingCommit): number {
  return Math.min(...touches.map(({ code }) => RANKS.indexOf(code)));
}

/** Each line with its number, and a mark before the one that is meant. */
function numbered({ first, line, lines }: CodeExcerpt): string[] {
  const width = String(first + lines.length - 1).length;
  return lines.map((code, i) => {
    const mark = first + i === line ? ">" : " ";
    const number = String(first + i).padStart(width);
    return `${mark} ${number}  ${code.replaceAll("\t", TAB)}`.trimEnd();
  });
}
