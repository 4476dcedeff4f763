import { type Command, Option } from "commander";
import type { Terminal } from "../../io/terminal.ts";
import { addRunCommand } from "./add-run-command.ts";
import { wholeFrom } from "./numbers.ts";
import { confidenceOption, hitRateOption, hitsOption, runsOption, targetOption } from "./options.ts";
import type { PlanCommandOptions } from "./plan-command.ts";
import type { SuspectsCommandOptions } from "./suspects-command.ts";
import type { VerdictOptions } from "./verdict-command.ts";

const EXAMPLES = `
Examples:
  git bisect run sh -c './boot.sh > log; splat-triage bisect verdict --target bad.log log'
  splat-triage bisect verdict --target 'possible deadlock in take_ba' boot-*.log

A target is an id, a title, a lock class, (part of) a headline with * for any text, or a log that holds the report.
Put id:, title:, class:, headline: or log: before it where it could be taken for another of these.
Try the command on the log that shows the bug before you start: it must say bad.`;

const PLAN_EXAMPLES = `
Examples:
  splat-triage bisect plan --hits 3 --runs 10                  3 of 10 boots of the bad build showed it
  splat-triage bisect plan --hits 3 --runs 10 --commits 4000   and the whole bisection
  splat-triage bisect plan --hit-rate 0.2 --confidence 0.999`;

const SUSPECTS_EXAMPLES = `
Examples:
  splat-triage bisect suspects --journal bisect.ndjson v6.11..v6.12
  splat-triage bisect suspects --journal bisect.ndjson --repo ~/linux --report bad.log v6.11..HEAD

The range is GOOD..BAD, and both ends are taken at their word, as git bisect does.`;

function formatOption(formats: readonly string[]): Option {
  return new Option("-f, --format <format>", "how to print it (auto: table on a terminal, else json)")
    .choices(formats)
    .default("auto");
}

/**
 * `splat-triage bisect …`: each command is loaded when it is run.
 *
 * @param finish takes the exit status
 */
export function addBisectCommands(
  program: Command,
  terminal: Terminal,
  finish: (status: number) => void,
): void {
  const bisect = program
    .command("bisect")
    .description("find the commit that brought a report: for git bisect run")
    .addHelpText("after", EXAMPLES);

  bisect
    .command("verdict")
    .description("what do logs of a kernel's boots say: exit 0 good, 1 bad, 125 cannot tell")
    .argument("[log...]", "logs or directories of logs of one kernel (default: standard input)")
    .addOption(targetOption())
    .addOption(
      new Option("--enough <boots>", "so many good boots are enough (default: all must be good)").argParser(
        wholeFrom(1),
      ),
    )
    .option("--no-end-check", "a log need not go as far as the target's")
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], options: VerdictOptions) => {
      const { verdictCommand } = await import("./verdict-command.ts");
      finish(await verdictCommand(logs, options, terminal));
    });

  addRunCommand(bisect, terminal, finish);

  bisect
    .command("plan")
    .description("how many runs without a hit make a commit good?")
    .addOption(hitsOption())
    .addOption(runsOption())
    .addOption(hitRateOption())
    .addOption(confidenceOption())
    .addOption(
      new Option("--commits <count>", "from which the first bad one is to be found").argParser(wholeFrom(1)),
    )
    .addOption(formatOption(["auto", "table", "json"]))
    .addHelpText("after", PLAN_EXAMPLES)
    .action(async (options: PlanCommandOptions) => {
      const { planCommand } = await import("./plan-command.ts");
      await planCommand(options, terminal);
    });

  bisect
    .command("suspects")
    .description("which commit was the first bad one, given noisy tests, and which to test next?")
    .argument("<range>", "GOOD..BAD, as git takes it")
    .addOption(
      new Option("--journal <file>", "what was tested, as bisect run writes it").makeOptionMandatory(),
    )
    .option("--repo <dir>", "the git repository", ".")
    .addOption(hitRateOption())
    .option("--report <log>", "a log with the report, for the commits that touch its code")
    .addOption(formatOption(["auto", "table", "json", "markdown"]))
    .addHelpText("after", SUSPECTS_EXAMPLES)
    .action(async (range: string, options: SuspectsCommandOptions) => {
      const { suspectsCommand } = await import("./suspects-command.ts");
      await suspectsCommand(range, options, terminal);
    });
}
