import { InvalidArgumentError, Option } from "commander";
import { formatsOf } from "../../../render/formats.ts";
import type { RunOptions } from "../../bisect/run-commit.ts";
import type { AddCommand } from "../command.ts";
import { wholeFrom } from "./numbers.ts";
import {
  confidenceOption,
  hitRateOption,
  hitsOption,
  runsOption,
  searchOption,
  targetOption,
} from "./options.ts";
import { helpText } from "../help-text.ts";

const EXAMPLES = helpText(
  [
    ["git bisect run splat-triage bisect run --target bad.log --hit-rate 0.3 \\\n  -- ./build-and-boot"],
    [
      "git bisect run splat-triage bisect run --find fix --target bad.log \\\n  --hit-rate 0.3 -- ./build-and-boot",
      "which commit fixed it?",
    ],
    [
      "splat-triage bisect run --target bad.log --journal ../bisect.ndjson \\\n" +
        "  --timeout 600 --log console.txt -- make boot",
    ],
  ],
  "COMMAND boots the kernel and prints its log, or writes it to --log. It runs without a shell, in a process group of " +
    "its own; whatever it leaves running there is killed. It may exit with 125 if the commit cannot be tested, for " +
    "example because it does not compile; otherwise only its log counts.",
  "Start on the bad commit: with a journal, the hit rate is learned from there. Each run is written to the " +
    "journal as it ends, and an interrupted commit resumes with the runs it has.",
  "Exit status: 0 good, 1 bad, 125 cannot tell; 2 wrong usage, which git takes for bad: try the command before git runs " +
    "it; 128 and above, which end git bisect: COMMAND cannot be started, the journal cannot be used, a signal.",
);

/** Timers take no more. */
const MOST_SECONDS = 2_000_000;

function secondsOf(text: string): number {
  const value = /^\d{1,7}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= MOST_SECONDS))
    throw new InvalidArgumentError(`Not a number of seconds above 0 and up to ${MOST_SECONDS}.`);
  return value;
}

/** Unusable runs in a row: where one of three says nothing, so many by chance are rare. */
const MOST_UNUSABLE = 5;
/** One report that masks the target twice in a row is likely to do so in every run. */
const MOST_MASKED = 2;

/**
 * `splat-triage bisect run --target T -- COMMAND…`: 0 good, 1 bad, 125 cannot tell; 2 wrong usage; above 127 where git
 * bisect must stop: 128 + n after signal n, else 128.
 */
export const addRun: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("run")
    .description("boot a commit's kernel until it is clear enough whether it has the bug")
    .usage("--target <target> [options] -- COMMAND...")
    .argument("<command...>", "what boots the kernel, and prints its log or writes it to --log")
    .passThroughOptions()
    .addOption(targetOption())
    .addOption(searchOption())
    .addOption(confidenceOption())
    .addOption(hitRateOption())
    .addOption(hitsOption())
    .addOption(runsOption())
    .option("--journal <file>", "record all runs of all commits in this file, and learn the hit rate from it")
    .option(
      "--log <file>",
      "read the log that COMMAND writes to this file, which is removed before each run (default: its standard output)",
    )
    .addOption(
      new Option("--timeout <seconds>", "stop a run after this long (default: never)").argParser(secondsOf),
    )
    .addOption(
      new Option("--max-runs <count>", "give up on a commit after this many runs (default: never)").argParser(
        wholeFrom(1),
      ),
    )
    .addOption(
      new Option("--max-unusable <count>", "give up after this many unusable runs in a row")
        .argParser(wholeFrom(1))
        .default(MOST_UNUSABLE),
    )
    .addOption(
      new Option(
        "--max-masked <count>",
        "give up after this many runs in a row that the same other report masks",
      )
        .argParser(wholeFrom(1))
        .default(MOST_MASKED),
    )
    .option("--commit <commit>", "name the commit that is tested (default: what git has checked out here)")
    .option("--keep <dir>", "keep a copy of each log in this directory")
    .addOption(
      new Option("-f, --format <format>", "also print the result on standard output").choices(
        formatsOf("run"),
      ),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (command: string[], options: RunOptions) => {
      const { runCommit } = await import("../../bisect/run-commit.ts");
      finish(await runCommit(command, options, terminal));
    });
};
