import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UsageError } from "../io/errors.ts";
import { inputsOf } from "../io/files-from.ts";
import { readKnown } from "../io/known-file.ts";
import { bisectedCommit, questionsOf } from "../io/questions.ts";
import { Lines } from "../io/source-lines.ts";
import type { Terminal } from "../io/terminal.ts";
import { Tree } from "../io/tree.ts";
import { follow } from "../triage/follow.ts";
import type { AskedOptions, Run, TriageOptions } from "../triage/run.ts";
import { writeAll } from "../triage/write-all.ts";
import type { AddCommand } from "./command.ts";
import {
  filesFromOptions,
  formatOption,
  INPUTS,
  jobsOption,
  letterOptions,
  linuxOptions,
  placesOption,
  selectionOptions,
  sourceOptions,
  submissionOptions,
  suspectOption,
} from "./options.ts";
import { helpText } from "./help-text.ts";
import { commandMeant } from "./meant.ts";

const EXAMPLES = helpText(
  [
    ["dmesg | splat-triage", "what did lockdep find on this machine?"],
    ["splat-triage boot.log | jq .summary", "the same as JSON: in a pipe, JSON is the default"],
    ["splat-triage -f table logs/ | less", "a directory with one log per boot, all in one table"],
    ["journalctl -k -b -1 | splat-triage", "the previous boot"],
    ["splat-triage explain boot.log", "each report explained in words"],
    [
      "splat-triage --vmlinux vmlinux --modules /lib/modules/6.12.0 x.log",
      "the same report, its frames with file and line",
    ],
    ["splat-triage --suspect f920e413ff9c x.log", "does the commit that was bisected to take part at all?"],
    ["splat-triage --suspect fix.patch x.log", "does this patch: a diff, git show output, or a mail?"],
    ["splat-triage diff -f table old/ new/", "which reports are new, gone, in both, or masked?"],
    ["splat-triage same bad.log mail.eml", "are these two the same bug? 0 yes, 1 no, 125 cannot tell"],
    [
      "splat-triage bisect verdict --target bad.log log",
      "for git bisect run: 0 good, 1 bad, 125 cannot tell",
    ],
    [
      "splat-triage graph -f table boots/",
      "which cycles do all boots together have that no kernel reported?",
    ],
    ["splat-triage graph -f svg boot.log", "a picture of what was reported"],
    ["splat-triage catalogue fs_reclaim", "what does this class stand for, and since which commit?"],
    ["splat-triage --exit-code boot.log", "for scripts and CI: 1 a report, 0 clean, 125 cannot tell"],
    ["dmesg --follow | splat-triage --follow", "one line of JSON as each report completes"],
    ["splat-triage -f kernel mail.eml", "the report as the kernel printed it, before a mailer mangled it"],
  ],
  "Exit status: 0 done; 1 only with --exit-code (a report that is not known), and where bisect says bad; 2 wrong " +
    "usage, or an input that cannot be read; 125 where --exit-code or bisect cannot tell: a log without a report " +
    "proves nothing if lockdep was off or never on, or if the log is cut, lost messages, or has lines like a " +
    "report's that could not be read. --kind, --class, --id and --limit choose what is printed and counted; the exit " +
    "status covers everything that was found.",
  "Logs may be compressed (gzip, xz, zstd, bzip2) and of any kind: console, dmesg, journal, syslog, LAVA, mail, …",
);

/**
 * `splat-triage [FILE|DIR|-]...`, the command without a name: 1 where --exit-code says so, 2 where an input could not be
 * read.
 */
export const addTriage: AddCommand = (program, { terminal, finish }) => {
  program
    .argument(...INPUTS)
    .addOption(formatOption("reports"))
    .option("--follow", "print one line of JSON as each report completes, for an input that never ends")
    .addOption(suspectOption())
    .addOption(jobsOption())
    .option(
      "--exit-code",
      "exit 1 for a report that is not known, 0 if there is none and every boot could have shown one, else 125",
    )
    .option("--known <file>", "mark reports that match this list of known issues (YAML or JSON)")
    .option("--write-known <file>", "add each bug that is not known to this list")
    .option("-v, --verbose", "print each bug in full, and name every log (-f table)")
    .addOption(placesOption())
    .option("--boots", "also print a line for each boot, even one without a report (-f ndjson, --follow)");
  for (const option of [
    ...filesFromOptions(),
    ...linuxOptions(),
    ...sourceOptions(),
    ...selectionOptions(),
    ...submissionOptions(),
    ...letterOptions(),
  ])
    program.addOption(option);
  program
    .addHelpText("after", EXAMPLES)
    .action(async (inputs: string[], options: TriageOptions, command: Command) => {
      if (inputs.length === 0 && options.filesFrom === undefined && terminal.stdin.isTTY) {
        command.outputHelp({ error: true });
        finish(2);
      } else {
        refuseMistyped(inputs[0], command);
        finish(await triage(inputs, options, terminal));
      }
    });
};

/** @throws UsageError for a word that is not a file, and nearly a command */
function refuseMistyped(word: string | undefined, program: Command): void {
  if (word === undefined || !/^[a-z]+$/.test(word) || existsSync(word)) return;
  const meant = commandMeant(program, word);
  if (meant !== null) throw new UsageError(`${word}: no such file, and no command ${meant}`);
}

async function triage(inputs: readonly string[], asked: TriageOptions, terminal: Terminal): Promise<number> {
  if (asked.follow && asked.filesFrom !== undefined)
    throw new UsageError("--follow reads standard input, not files");
  const args = await inputsOf(inputs, asked, terminal);
  const issues = asked.known === undefined ? undefined : await readKnown(asked.known, terminal);
  const linux = asked.linux ?? null;
  const bisected = asked.bisected === undefined ? null : await bisectedCommit(asked.bisected, linux);
  // what a bisection led to is asked of each report, too: it may be wrong
  const named = bisected === null ? asked.suspect : [...new Set([...asked.suspect, bisected.asked])];
  const suspect = await questionsOf(named, linux);
  const options = { ...asked, issues, suspect, letter: { reporter: asked.reportedBy ?? null, bisected } };
  if (options.follow) refuseToFollow(args, options);
  const tree = await Tree.open(options, suspect, terminal);
  const lines = await Lines.open(options, terminal);
  const run: Run = { options, terminal, tree, lines };
  try {
    const status = await (options.follow ? follow(run) : writeAll(args, run));
    return lines.failed ? 2 : status;
  } finally {
    await lines.close();
  }
}

/** @throws UsageError for inputs and options that need the end of an input */
function refuseToFollow(
  args: readonly string[],
  { sort, limit, writeKnown, in: places }: AskedOptions,
): void {
  if (args.some((arg) => arg !== "-")) throw new UsageError("--follow reads standard input, not files");
  if ((sort ?? limit) !== undefined)
    throw new UsageError("--sort and --limit need all reports, but --follow prints each as it comes");
  if (writeKnown !== undefined)
    throw new UsageError("--write-known writes at the end, and --follow never ends");
  if (places.length > 0)
    throw new UsageError("--in looks for all reports at once, but --follow prints each as it comes");
}
