import { Option } from "commander";
import { type FormatOf, formatsOf, render } from "../../render/formats.ts";
import { paperFor, write } from "../io/output.ts";
import { questionsOf } from "../io/questions.ts";
import { readAll } from "../io/read-all.ts";
import type { AddCommand } from "./command.ts";
import { INPUTS, suspectOption } from "./options.ts";

interface ExplainOptions {
  /** `auto` is text, wherever it goes. */
  readonly format: FormatOf<"explanation"> | "auto";
  readonly suspect: readonly string[];
  /** A kernel tree. */
  readonly linux?: string;
}

/** `splat-triage explain [FILE]...`: 2 where an input could not be read. */
export const addExplain: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("explain")
    .description("tell each report as a story: who holds what, who wants what, how that becomes a deadlock")
    .argument(...INPUTS)
    .addOption(
      new Option("-f, --format <format>", "text, or Markdown")
        .choices(["auto", ...formatsOf("explanation")])
        .default("auto"),
    )
    .addOption(suspectOption())
    .option("--linux <dir>", "a kernel tree with git's history, to look suspected commits up in")
    .action(async (inputs: string[], options: ExplainOptions) => {
      const suspect = await questionsOf(options.suspect, options.linux ?? null);
      const { document, failed } = await readAll(inputs, { suspect }, terminal);
      const format = options.format === "auto" ? "text" : options.format;
      await write(terminal.stdout, await render("explanation", format, document, paperFor(terminal)));
      finish(failed ? 2 : 0);
    });
};
