import type { Note, Suspects } from "../../bisect/suspects-schema.ts";
import { commaed, commitName, counted, type Part, plain } from "../words/parts.ts";

/** Commits named in a note. */
const NAMED = 5;

function commitParts(shas: readonly string[]): Part[] {
  const more = shas.length > NAMED ? [plain(` and ${shas.length - NAMED} more`)] : [];
  return [...commaed(shas.slice(0, NAMED).map((one) => [commitName(one)])), ...more];
}

const CUT: Record<Extract<Note, { code: "not-all-looked-at" }>["reason"], string> = {
  "likeliest-only": "the range is long",
  time: "reading them took too long",
  size: "they are too large",
  failed: "git failed",
};

/** Every note has its words; a missing one is a type error. */
const NOTE_PROSE: { readonly [Code in Note["code"]]: (note: Extract<Note, { code: Code }>) => Part[] } = {
  "damaged-journal": ({ lines }) => [
    plain(
      `${counted(lines.length, "line")} of the journal cannot be read, the first is line ${lines[0] ?? 0}`,
    ),
  ],
  "no-tests": () => [plain("no commit of the range was tested yet: every one is as likely as any other")],
  contradictory: () => [
    plain(
      "no single commit explains these tests: hits on histories that share no commit of the range, or misses that the hit rate forbids",
    ),
  ],
  "good-is-no-ancestor": () => [
    plain("the good end is no ancestor of the bad one: what they share is taken to be good"),
  ],
  "hit-on-good": ({ commits }) => [
    plain("the report showed on the good end or before it, which contradicts the range: "),
    ...commitParts(commits),
    plain(" (not counted)"),
  ],
  "other-search": ({ journal, asked }) => [
    plain(`the journal is of a search for the ${journal}, and the ${asked} is asked for`),
  ],
  outside: ({ commits }) => [plain("outside of the range, not counted: "), ...commitParts(commits)],
  "not-in-repository": ({ commits }) => [
    plain("no commits of this repository, not counted: "),
    ...commitParts(commits),
  ],
  untestable: ({ commits }) => [
    plain("every run was unusable, so these are not proposed again: "),
    ...commitParts(commits),
  ],
  "no-report": () => [
    plain("the journal holds no report; with --report the commits that touch its code are told"),
  ],
  "not-all-looked-at": ({ looked, reason }) => [
    plain(`the changes of ${counted(looked, "commit")} were read, not of all: ${CUT[reason]}`),
  ],
};

export function noteParts(note: Note): Part[] {
  return (NOTE_PROSE[note.code] as (note: Note) => Part[])(note);
}

/** Why that commit is the next. */
export function nextParts(next: NonNullable<Suspects["next"]>): Part[] {
  return [
    plain(
      next.by === "midpoint"
        ? "it halves what git bisect has left"
        : `one more run of it tells most (${next.bits.toFixed(2)} bit)`,
    ),
  ];
}
