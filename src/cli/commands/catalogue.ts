import { formatFor, writeDocument } from "../io/output.ts";
import type { AddCommand } from "./command.ts";
import { type Asked, formatOption } from "./options.ts";

/** `splat-triage catalogue [QUERY]` */
export const addCatalogue: AddCommand = (parent, { terminal }) => {
  parent
    .command("catalogue")
    .description("look up known annotations: by class, commit, subsystem or word")
    .argument("[query...]", "a class as lockdep prints it, a commit, a subsystem, words (default: all)")
    .addOption(formatOption("catalogue"))
    .action(async (words: string[], options: { format: Asked<"catalogue"> }) => {
      const { catalogueDocument, searchCatalogue } = await import("../../catalogue/index.ts");
      const query = words.join(" ");
      const document = catalogueDocument(query, searchCatalogue(query));
      const format = formatFor(options.format, terminal);
      await writeDocument(terminal, "catalogue", format, document);
    });
};
