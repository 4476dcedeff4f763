import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { catalogueCommand } from "./commands/catalogue-command.ts";
import { addBisectCommands } from "./commands/bisect/commands.ts";
import { tellFailure } from "./io/errors.ts";
import type { DiffOptions } from "./commands/diff-command.ts";
import { explainCommand } from "./commands/explain-command.ts";
import { graphCommand, type GraphOptions } from "./commands/graph-command.ts";
import { isClosedPipe, write } from "./io/output.ts";
import { printable } from "../render/words/safe.ts";
import { SCHEMA_NAMES, type SchemaName } from "./commands/schema-names.ts";
import type { Terminal } from "./io/terminal.ts";
import { triageCommand, type TriageOptions } from "./commands/triage-command.ts";

declare const __VERSION__: string;

const EXAMPLES = `
Examples:
  dmesg | splat-triage                     what did lockdep find on this machine?
  splat-triage boot.log | jq .summary      the same as JSON: in a pipe, JSON is the default
  splat-triage -f table logs/ | less       one log a boot, all in one table
  journalctl -k -b -1 | splat-triage       the boot before
  splat-triage explain boot.log            each report told as a story
  splat-triage --suspect f920e413ff9c x.log  does the patch that was bisected to take part at all?
  splat-triage diff -f table old/ new/     what is new, gone, in both, or merely hidden between two builds?
  splat-triage bisect verdict --target bad.log log   for git bisect run: 0 good, 1 bad, 125 cannot tell
  splat-triage graph -f table boots/       which cycles do all boots together have that nobody reported?
  splat-triage graph -f svg boot.log       a picture of what was reported
  splat-triage catalogue fs_reclaim        what does this class stand for, and since which commit?
  splat-triage --exit-code boot.log        exit 1 when there is a report: for scripts and CI
  dmesg --follow | splat-triage --follow   one line of JSON as each report completes
  splat-triage -f kernel mail.eml          the report as the kernel printed it, without what a mailer made of it

Exit status: 0 done; 1 only with --exit-code, and where bisect says bad; 2 wrong usage, or an input that cannot be read;
125 where bisect cannot tell.
Logs may be compressed (gzip, xz, zstd, bzip2) and of any kind: console, dmesg, journal, syslog, LAVA, mail, …`;

const DIFF_EXAMPLES = `
Examples:
  splat-triage diff yesterday.log today.log
  splat-triage diff -f table boots/v6.11/ boots/v6.12/
  splat-triage diff --old a.log b.log --new c.log d.log --old-config a.config --new-config /proc/config.gz

new, gone: the other side could have shown it, and did not. masked: it could not, for lockdep was off in every boot
there, was never on, or the logs end too early. docs/diff.md tells how the boots are counted.`;

function suspectOption(): Option {
  return new Option("--suspect <what>", "does this annotation, patch or lock class take part? (repeatable)")
    .argParser((what: string, before: readonly string[]) => [...before, what])
    .default([], "nothing");
}

function jobsOption(): Option {
  return new Option("--jobs <n>", "read so many files at once (default: one a core, at most 4)").argParser(
    (text) => {
      if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It is a number from 1 to 99.");
      return Number(text);
    },
  );
}

function formatOption(formats: readonly string[]): Option {
  return new Option("-f, --format <format>", "how to print it (auto: table on a terminal, else json)")
    .choices(formats)
    .default("auto");
}

/**
 * Runs the command.
 *
 * @param args without the program's name
 * @returns the exit status
 */
async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let status = 0;
  const program = new Command("splat-triage")
    .description(
      "Reads kernel logs and tells what the lock validator reported: which task takes which lock where, under what, closing which cycle.",
    )
    .usage("[options] [FILE|DIR|-]...")
    .version(__VERSION__, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .argument("[input...]", "logs, directories of logs, or - for standard input (the default)")
    .addOption(formatOption(["auto", "table", "json", "ndjson", "markdown", "kernel"]))
    .option("--follow", "standard input never ends: one line of JSON as each report completes")
    .addOption(suspectOption())
    .addOption(jobsOption())
    .option("--linux <dir>", "a kernel tree: whose code is the edge to look at? (by its MAINTAINERS)")
    .option("--exit-code", "exit 1 when there was a report that is not known, 0 when there was none")
    .option("--known <file>", "a list of known issues (YAML or JSON): such reports are marked")
    .option("--write-known <file>", "add each bug that is not known to such a list")
    .addHelpText("after", EXAMPLES)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => terminal.stderr.write(text),
      writeOut: (text) => terminal.stdout.write(text),
      outputError: (text, writeError) => {
        // a file may be named like an option, and by whoever likes to
        const lines = text
          .replace(/^error: /, "splat-triage: ")
          .split("\n")
          .map(printable);
        writeError(lines.join("\n"));
      },
    })
    .action(async (inputs: string[], options: TriageOptions, command: Command) => {
      if (inputs.length === 0 && terminal.stdin.isTTY) {
        command.outputHelp({ error: true });
        status = 2;
        return;
      }
      status = await triageCommand(inputs, options, terminal);
    });
  program
    .command("explain")
    .description("tell each report as a story: who holds what, who wants what, how that becomes a deadlock")
    .argument("[input...]", "logs, directories of logs, or - for standard input (the default)")
    .addOption(
      new Option("-f, --format <format>", "text, or Markdown").choices(["auto", "markdown"]).default("auto"),
    )
    .addOption(suspectOption())
    .action(async (inputs: string[], options: { format: "auto" | "markdown"; suspect: string[] }) => {
      status = await explainCommand(inputs, options, terminal);
    });
  program
    .command("diff")
    .description("compare the reports of two builds: new, gone, in both, or merely hidden")
    .usage("[options] OLD NEW")
    .argument("[logs...]", "OLD and NEW: each a log, or a directory with one log a boot")
    .option("--old <log...>", "the logs of the old side, where they are several")
    .option("--new <log...>", "the logs of the new side, where they are several")
    .option("--old-config <file>", "the old kernel's .config or /proc/config.gz")
    .option("--new-config <file>", "the new kernel's .config or /proc/config.gz")
    .addOption(formatOption(["auto", "table", "json", "markdown"]))
    .addHelpText("after", DIFF_EXAMPLES)
    .action(async (logs: string[], options: DiffOptions) => {
      const { diffCommand } = await import("./commands/diff-command.ts");
      status = await diffCommand(logs, options, terminal);
    });
  addBisectCommands(program, terminal, (value) => {
    status = value;
  });
  program
    .command("graph")
    .description("merge lock graphs of boots and builds, and find the cycles that nobody reported")
    .argument("[input...]", "logs, copies of /proc/lockdep*, directories of them (a boot each), or -")
    .addOption(formatOption(["auto", "table", "json", "dot", "mermaid", "svg"]))
    .option("--around <class>", "only what is taken with this lock class")
    .option("--cycles", "only the cycles")
    .option("--against <old>", "what only these have, or only OLD: two builds, say")
    .action(async (inputs: string[], options: GraphOptions) => {
      status = await graphCommand(inputs, options, terminal);
    });
  program
    .command("catalogue")
    .description("look up known annotations: by class, commit, subsystem or word")
    .argument("[query...]", "a class as lockdep prints it, a commit, a subsystem, words (default: all)")
    .addOption(formatOption(["auto", "table", "json"]))
    .action(async (query: string[], options: { format: "auto" | "table" | "json" }) => {
      await catalogueCommand(query.join(" "), options.format, terminal);
    });
  program
    .command("schema")
    .description("print the JSON Schema of what is written as JSON")
    .addArgument(
      new Argument("[what]", "reports (the json format), or what another command writes")
        .choices(SCHEMA_NAMES)
        .default("reports"),
    )
    .action(async (what: SchemaName) => {
      const { jsonSchema } = await import("./commands/schemas.ts");
      await write(terminal.stdout, `${JSON.stringify(jsonSchema(what), null, 2)}\n`);
    });

  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (isClosedPipe(error)) return 0;
    await tellFailure(error, terminal);
    return 2;
  }
}

// A reader that goes away is no error: the write under way says so, and all ends there.
process.stdout.on("error", () => undefined);
process.exitCode = await main(process.argv.slice(2), process);
