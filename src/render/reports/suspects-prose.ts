import type { Note, Suspects } from "../../bisect/suspects-schema.ts";
import type { Touch } from "../../report/code-schema.ts";
import { counted, fn, joined, name, type Part, plain } from "../words/parts.ts";

/** Hashes as they are shown; the json format has them in full. */
const DIGITS = 12;

/** Commits named in a note. */
const NAMED = 5;

export function shortSha(sha: string): Part {
  return name(sha.slice(0, DIGITS));
}

function listed(names: readonly Part[]): Part[] {
  return joined(
    names.map((part) => [part]),
    plain(", "),
  );
}

function commitParts(shas: readonly string[]): Part[] {
  const more = shas.length > NAMED ? [plain(` and ${shas.length - NAMED} more`)] : [];
  return [...listed(shas.slice(0, NAMED).map(shortSha)), ...more];
}

const ROLES: Record<Extract<Touch, { code: "catalogue" }>["role"], string> = {
  introduces: "introduces",
  extends: "extends",
  primes: "primes",
  renames: "renames",
  removes: "removes",
  fixes: "fixed a report with",
};

type Prose<Coded extends { readonly code: string }> = {
  readonly [Code in Coded["code"]]: (coded: Extract<Coded, { code: Code }>) => Part[];
};

const RECOGNISED = { sha: "", subject: ", by its subject" } as const;

/** Every way to touch a report has its words; a missing one is a type error. */
const TOUCH_PROSE: Prose<Touch> = {
  catalogue: ({ annotation, role, by }) => [
    plain(`${ROLES[role]} `),
    name(annotation),
    plain(` (catalogue${RECOGNISED[by]})`),
  ],
  function: ({ functions }) => [plain("changes lines at "), ...listed(functions.map(fn))],
  call: ({ functions }) => [plain("names "), ...listed(functions.map(fn))],
  file: ({ files }) => [plain("changes "), ...listed(files.map(name))],
};

/** What a commit has to do with the report. */
export function touchParts(touch: Touch): Part[] {
  return (TOUCH_PROSE[touch.code] as (touch: Touch) => Part[])(touch);
}

const CUT: Record<Extract<Note, { code: "not-all-looked-at" }>["reason"], string> = {
  "likeliest-only": "the range is long",
  time: "reading them took too long",
  size: "they are too large",
  failed: "git failed",
};

/** Every note has its words, too. */
const NOTE_PROSE: Prose<Note> = {
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
