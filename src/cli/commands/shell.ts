import { Argument } from "commander";
import { write } from "../io/output.ts";
import { commandTree } from "../shell/command-tree.ts";
import { COMPLETIONS, type Shell, SHELLS } from "../shell/completions.ts";
import { manPage } from "../shell/man-page.ts";
import type { AddCommand } from "./command.ts";

/** `splat-triage completion SHELL`: a script for the shell's start-up file. */
export const addCompletion: AddCommand = (parent, { terminal }) => {
  parent
    .command("completion")
    .description("print a shell completion script")
    .addArgument(new Argument("<shell>", "the shell that reads it").choices(SHELLS))
    .action(async (shell: Shell) => {
      await write(terminal.stdout, COMPLETIONS[shell](commandTree(parent)));
    });
};

/** `splat-triage man`: the manual, for man -l - or for a package. */
export const addMan: AddCommand = (parent, { terminal }) => {
  parent
    .command("man")
    .description("print the manual page")
    .action(async () => {
      await write(terminal.stdout, manPage(commandTree(parent), parent.version() ?? ""));
    });
};
