import type { Command } from "commander";
import { UsageError } from "../io/errors.ts";
import { commandMeant } from "./meant.ts";

/** `help` below a command: the help of that, or of a command below it, however deep. */
export function addHelp(parent: Command): void {
  parent
    .helpCommand(false)
    .command("help")
    .argument("[command...]", "the command's name (default: the one above)")
    .description("print the help of a command")
    .action((names: string[]) => {
      let command = parent;
      for (const name of names) command = commandOf(command, name);
      command.outputHelp();
    });
}

/** @throws UsageError if there is no such command */
function commandOf(above: Command, name: string): Command {
  const found = above.commands.find((command) => command.name() === name || command.aliases().includes(name));
  if (found !== undefined) return found;
  const meant = commandMeant(above, name);
  throw new UsageError(`no command ${name}${meant === null ? "" : ` ${meant}`}`);
}
