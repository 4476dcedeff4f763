import { type Command, Option } from "commander";
import type { Terminal } from "../triage-command.ts";
import { confidenceOf, hitRateOf, wholeFrom } from "./numbers.ts";
import type { PlanCommandOptions } from "./plan-command.ts";
import type { SuspectsCommandOptions } from "./suspects-command.ts";

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

function hitRateOption(): Option {
  return new Option(
    "--hit-rate <rate>",
    "in so many of the runs of a kernel with the bug it shows",
  ).argParser(hitRateOf);
}

/** `splat-triage bisect …`: each command is loaded when it is run. */
export function addBisectCommands(program: Command, terminal: Terminal): void {
  const bisect = program
    .command("bisect")
    .description("find the commit that brought a report: for git bisect run");

  bisect
    .command("plan")
    .description("how many runs without a hit make a commit good?")
    .addOption(
      new Option("--hits <count>", "runs of a kernel with the bug that showed it").argParser(wholeFrom(0)),
    )
    .addOption(new Option("--runs <count>", "all runs of it").argParser(wholeFrom(0)))
    .addOption(hitRateOption())
    .addOption(
      new Option("--confidence <share>", "how sure the result must be").argParser(confidenceOf).default(0.99),
    )
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
