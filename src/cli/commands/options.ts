import { InvalidArgumentError, Option } from "commander";
import { KINDS } from "../../report/names.ts";
import { SORTS } from "../io/selection.ts";
import { type DocumentName, type FormatOf, formatsOf } from "../../render/formats.ts";
import { ANONYMOUS, type SubmissionNames } from "../../render/words/paper.ts";

/** Arguments and options that several commands have, each with one meaning. */

/** Logs to read. */
export const INPUTS = [
  "[input...]",
  "logs, directories of logs, or - for standard input (the default)",
] as const;

/** What `--format` says: `auto` leaves it to where the output goes. */
export type Asked<Name extends DocumentName> = FormatOf<Name> | "auto";

export function formatOption(document: DocumentName): Option {
  return new Option("-f, --format <format>", "print this format (auto: table on a terminal, else json)")
    .choices(["auto", ...formatsOf(document)])
    .default("auto");
}

export function suspectOption(): Option {
  return new Option(
    "--suspect <what>",
    "say whether this annotation, lock class, commit or patch file takes part (repeatable)",
  )
    .argParser((what: string, before: readonly string[]) => [...before, what])
    .default([], "nothing");
}

export function jobsOption(): Option {
  return new Option(
    "--jobs <n>",
    "read up to this many files at once (default: one per core, at most 4)",
  ).argParser((text) => {
    if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 99.");
    return Number(text);
  });
}

/** Where reports may have been seen before. */
export function placesOption(): Option {
  return new Option(
    "--in <place>",
    "look for earlier reports and fixes in this place (as in seen; repeatable)",
  )
    .argParser((place: string, before: readonly string[]) => [...before, place])
    .default([], "nowhere");
}

/** Inputs that a list names; {@link listedInputs} reads it. */
export function filesFromOptions(): Option[] {
  return [
    new Option(
      "--files-from <file>",
      "read the names of inputs from this file, one per line (- for standard input)",
    ),
    new Option("-0, --null", "expect names that end in NUL, as find -print0 writes them (with --files-from)"),
  ];
}

/** A kernel tree, and what is asked of its history. */
export function linuxOptions(): Option[] {
  return [
    new Option(
      "--linux <dir>",
      "show code, name maintainers of the edge to look at, link to files and read suspected commits, from this kernel tree",
    ),
    new Option(
      "--range <range>",
      "list the commits of this range, GOOD..BAD, that touch the functions that take the locks (with --linux)",
    ),
    new Option("--blame", "say who last changed the line of the edge to look at (with --linux)"),
  ];
}

/** Files that lead from places in the code to lines of its source. */
export function sourceOptions(): Option[] {
  return [
    new Option("--vmlinux <file>", "add file and line to frames from this kernel with debug information"),
    new Option("--modules <dir>", "do the same for modules, from the .ko files below this directory"),
  ];
}

function more(what: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), what];
}

/** Which reports are printed, how many, and in which order. */
export function selectionOptions(): Option[] {
  return [
    new Option("--kind <kind>", "print only reports of this kind (repeatable)")
      .choices(KINDS)
      // in place of its own, which takes one alone
      .argParser((what: string, before: readonly string[] | undefined) => {
        if (!(KINDS as readonly string[]).includes(what))
          throw new InvalidArgumentError(`It must be one of ${KINDS.join(", ")}.`);
        return more(what, before);
      }),
    new Option(
      "--class <class>",
      "print only reports about this lock class; * matches any text (repeatable)",
    ).argParser(more),
    new Option("--id <id>", "print only the report with this id (repeatable)").argParser(more),
    new Option("--limit <n>", "print at most this many reports").argParser((text) => {
      if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
      return Number(text);
    }),
    new Option("--sort <by>", "sort bugs by count, time or title (default: as in the logs)").choices(SORTS),
  ];
}

/** Names of a submission to KCIDB, as they are given. */
export interface SubmissionOptions {
  readonly kcidbOrigin?: string;
  readonly kcidbBuild?: string;
  readonly kcidbTest?: string;
}

/** kcidb-io's schema: an origin, and the ids of what it submits. */
const ORIGIN = /^[a-z0-9_]+$/;
const ID = /^[a-z0-9_]+:[^\p{Cc}]+$/u;

function submissionOption(flags: string, text: string, pattern: RegExp, form: string): Option {
  return new Option(flags, text).argParser((value) => {
    if (!pattern.test(value)) throw new InvalidArgumentError(`It must be ${form}.`);
    return value;
  });
}

export function submissionOptions(): Option[] {
  const id = "an origin, a colon and a name: mylab:build-12";
  return [
    submissionOption(
      "--kcidb-origin <name>",
      "name the CI system that submits (-f kcidb)",
      ORIGIN,
      "of a-z, 0-9 and _",
    ),
    submissionOption("--kcidb-build <id>", "name the build that was tested (-f kcidb)", ID, id),
    submissionOption("--kcidb-test <id>", "name the test run (-f kcidb)", ID, id),
  ];
}

/** What a bug report says that no log knows, as it is given. */
export interface LetterOptions {
  readonly reportedBy?: string;
  readonly bisected?: string;
}

export function letterOptions(): Option[] {
  return [
    submissionOption(
      "--reported-by <who>",
      "name the reporter (-f mail; default: the sender of the mail with the report)",
      /^[^<>\p{Cc}]+ <[^<>@\s\p{Cc}]+@[^<>@\s\p{Cc}]+>$/u,
      "a name and an address: Ada Lovelace <ada@example.org>",
    ),
    submissionOption(
      "--bisected <commit>",
      "name the commit that a bisection led to (-f mail)",
      /^[0-9a-f]{7,64}$/i,
      "7 or more digits of a commit's hash",
    ),
  ];
}

/** What the options say, with the rest as it is without them. */
export function submissionOf({ kcidbOrigin, kcidbBuild, kcidbTest }: SubmissionOptions): SubmissionNames {
  return {
    origin: kcidbOrigin ?? ANONYMOUS.origin,
    build: kcidbBuild ?? ANONYMOUS.build,
    test: kcidbTest ?? ANONYMOUS.test,
  };
}
