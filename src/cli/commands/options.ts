import { InvalidArgumentError, Option } from "commander";
import { type DocumentName, type FormatOf, formatsOf } from "../../render/formats.ts";

/** Arguments and options that several commands have, each with one meaning. */

/** Logs to read. */
export const INPUTS = [
  "[input...]",
  "logs, directories of logs, or - for standard input (the default)",
] as const;

/** What `--format` says: `auto` leaves it to where the output goes. */
export type Asked<Name extends DocumentName> = FormatOf<Name> | "auto";

export function formatOption(document: DocumentName): Option {
  return new Option("-f, --format <format>", "how to print it (auto: table on a terminal, else json)")
    .choices(["auto", ...formatsOf(document)])
    .default("auto");
}

export function suspectOption(): Option {
  return new Option(
    "--suspect <what>",
    "does this annotation, lock class, commit, or patch in a file take part? (repeatable)",
  )
    .argParser((what: string, before: readonly string[]) => [...before, what])
    .default([], "nothing");
}

export function jobsOption(): Option {
  return new Option("--jobs <n>", "read so many files at once (default: one a core, at most 4)").argParser(
    (text) => {
      if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It is a number from 1 to 99.");
      return Number(text);
    },
  );
}
