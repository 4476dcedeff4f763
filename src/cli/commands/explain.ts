import { Option } from "commander";
import { type FormatOf, formatsOf, render } from "../../render/formats.ts";
import { addMetBefore } from "../io/look-up.ts";
import { paperFor, write } from "../io/output.ts";
import { questionsOf } from "../io/questions.ts";
import { readAll } from "../io/read-all.ts";
import { Lines, type SourceOptions } from "../io/source-lines.ts";
import { Tree, type TreeOptions } from "../io/tree.ts";
import type { AddCommand } from "./command.ts";
import { INPUTS, linuxOptions, placesOption, sourceOptions, suspectOption } from "./options.ts";

interface ExplainOptions extends SourceOptions, TreeOptions {
  /** `auto` is text, wherever it goes. */
  readonly format: FormatOf<"explanation"> | "auto";
  readonly suspect: readonly string[];
  /** Where reports may have been met before. */
  readonly in: readonly string[];
}

/** `splat-triage explain [FILE]...`: 2 where an input could not be read. */
export const addExplain: AddCommand = (parent, { terminal, finish }) => {
  const command = parent
    .command("explain")
    .description("tell each report as a story: who holds what, who wants what, how that becomes a deadlock")
    .argument(...INPUTS)
    .addOption(
      new Option("-f, --format <format>", "text, or Markdown")
        .choices(["auto", ...formatsOf("explanation")])
        .default("auto"),
    )
    .addOption(suspectOption())
    .addOption(placesOption())
    .action(async (inputs: string[], options: ExplainOptions) => {
      const suspect = await questionsOf(options.suspect, options.linux ?? null);
      const tree = await Tree.open(options, suspect, terminal);
      const lines = await Lines.open(options, terminal);
      const { document, failed } = await readAll(inputs, { suspect }, terminal);
      await lines.addTo(document);
      await lines.close();
      const hasCode = await tree.addTo(document.reports);
      const hasPlaces = await addMetBefore(document, options.in, terminal);
      const format = options.format === "auto" ? "text" : options.format;
      await write(terminal.stdout, await render("explanation", format, document, paperFor(terminal)));
      finish(failed || lines.failed || !hasPlaces || !hasCode ? 2 : 0);
    });
  for (const option of [...linuxOptions(), ...sourceOptions()]) command.addOption(option);
};
