import type { Command, Option } from "commander";

/** A command as completions and the man page tell it. */
export interface CommandEntry {
  /** `["bisect", "run"]`; empty for the one without a name. */
  readonly path: readonly string[];
  readonly description: string;
  /** How it is called, without the program's name. */
  readonly usage: string;
  readonly options: readonly OptionEntry[];
  readonly arguments: readonly { readonly name: string; readonly description: string }[];
  /** The names of its own commands. */
  readonly commands: readonly string[];
}

export interface OptionEntry {
  /** `-f`, `--format`: as they are there. */
  readonly names: readonly string[];
  /** `format`, where it takes a value. */
  readonly value: string | null;
  readonly choices: readonly string[];
  readonly description: string;
}

/** Every command below a program, itself first, as its definitions have it. */
export function commandTree(program: Command): CommandEntry[] {
  return entries(program, []);
}

function entries(command: Command, path: readonly string[]): CommandEntry[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((sub) => sub.name() !== "help");
  const entry: CommandEntry = {
    path,
    description: command.description(),
    usage: [...path, command.usage()].join(" "),
    options: help.visibleOptions(command).map(optionEntry),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
    })),
    commands: commands.map((sub) => sub.name()),
  };
  return [entry, ...commands.flatMap((sub) => entries(sub, [...path, sub.name()]))];
}

function optionEntry({ short, long, flags, argChoices, description }: Option): OptionEntry {
  return {
    names: [short, long].flatMap((name) => (name === undefined ? [] : [name])),
    value: /[<[]([\w-]+)/.exec(flags)?.[1] ?? null,
    choices: argChoices ?? [],
    description,
  };
}
