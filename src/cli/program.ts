import { Command, Option } from "commander";
import { printable } from "../render/words/safe.ts";
import type { Session } from "./commands/command.ts";
import { addHelp } from "./commands/help.ts";
import { COMMANDS } from "./commands/index.ts";
import { addTriage } from "./commands/triage.ts";
import { COLORS, type RedirectedTerminal, type Redirection } from "./io/redirected.ts";

/**
 * The whole command line: every command with its arguments and options.
 *
 * @param session what its commands work with
 * @returns a program that throws commander's errors and never ends the process
 */
export function programFor(
  version: string,
  session: Session & { readonly terminal: RedirectedTerminal },
): Command {
  const { terminal } = session;
  const { stdout, stderr } = terminal;
  const program = new Command("splat-triage")
    .description(
      "Reads kernel logs and tells what the lock validator reported: which task takes which lock where, under what, closing which cycle.",
    )
    .usage("[options] [FILE|DIR|-]...")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => stderr.write(text),
      writeOut: (text) => stdout.write(text),
      outputError: (text, writeError) => {
        // a file may be named like an option, and by whoever likes to
        const lines = text
          .replace(/^error: /, "splat-triage: ")
          // one line, also where commander guesses what was meant
          .replace(/\n(?=\(Did you mean )/, " ")
          .split("\n");
        writeError(lines.map(printable).join("\n"));
      },
    });
  addTriage(program, session);
  for (const add of COMMANDS) add(program, session);
  addHelp(program);
  for (const command of printing(program))
    command
      .addOption(new Option("--color <when>", "colour the text (default: auto)").choices(COLORS))
      .option("-o, --output <file>", "write to this file, whole or not at all");
  program.hook("preAction", async (_program, command) => {
    await terminal.redirect(command.opts<Redirection>());
  });
  return program;
}

/** Every command that prints a document, and so has formats. */
function printing(command: Command): Command[] {
  const own = command.options.some(({ long }) => long === "--format") ? [command] : [];
  return [...own, ...command.commands.flatMap(printing)];
}
