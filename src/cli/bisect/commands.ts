import { type Command, InvalidArgumentError, Option } from "commander";
import { addRunCommand } from "./add-run-command.ts";
import type { Terminal } from "../triage-command.ts";
import type { VerdictOptions } from "./verdict-command.ts";

const EXAMPLES = `
Examples:
  git bisect run sh -c './boot.sh > log; splat-triage bisect verdict --target bad.log log'
  splat-triage bisect verdict --target 'possible deadlock in take_ba' boot-*.log

A target is an id, a title, a lock class, (part of) a headline with * for any text, or a log that holds the report.
Put id:, title:, class:, headline: or log: before it where it could be taken for another of these.
Try the command on the log that shows the bug before you start: it must say bad.`;

/** A whole number of at least one. */
function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Not a whole number above 0.");
  return Number(text);
}

function targetOption(): Option {
  return new Option("--target <target>", "the report that is looked for").makeOptionMandatory();
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
        count,
      ),
    )
    .option("--no-end-check", "a log need not go as far as the target's")
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], options: VerdictOptions) => {
      const { verdictCommand } = await import("./verdict-command.ts");
      finish(await verdictCommand(logs, options, terminal));
    });

  addRunCommand(bisect, terminal, finish);
}
