import { InvalidArgumentError, Option } from "commander";
import { UsageError } from "../io/errors.ts";
import { lookUpIn } from "../io/look-up.ts";
import { formatFor, writeDocument } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import type { Terminal } from "../io/terminal.ts";
import type { AddCommand } from "./command.ts";
import { type Asked, formatOption, INPUTS } from "./options.ts";
import { helpText } from "./help-text.ts";

interface SeenOptions {
  readonly format: Asked<"seen">;
  readonly in?: readonly string[];
  readonly limit: number;
}

const EXAMPLES = helpText(
  [
    ["splat-triage seen boot.log --in ~/lore/linux-btrfs.git"],
    ["splat-triage seen -f table boot.log --in mail.mbox.gz ~/linux boots.store"],
  ],
  "A place is a store of `history`, a directory of logs or mails, an mbox, a maildir, a public-inbox repository or a " +
    "kernel's git repository. Its index is kept in the cache directory, so that the next time only what is " +
    "new is read.",
);

/** `splat-triage seen [LOG]... --in PLACE...`: 2 where an input or a part of a place could not be read. */
export const addSeen: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("seen")
    .description("find earlier reports of the same bug, and what fixed it")
    .argument(...INPUTS)
    .option(
      "--in <place...>",
      "look in these places: mails, commits, logs, a store (put them after the logs)",
    )
    .addOption(
      new Option("--limit <n>", "list at most this many matches of each report")
        .argParser((text) => {
          if (!/^[1-9]\d{0,3}$/.test(text))
            throw new InvalidArgumentError("It must be a number from 1 to 9999.");
          return Number(text);
        })
        .default(10),
    )
    .addOption(formatOption("seen"))
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], options: SeenOptions) => {
      finish(await seen(logs, options, terminal));
    });
};

async function seen(logs: readonly string[], options: SeenOptions, terminal: Terminal): Promise<number> {
  const { in: places = [], limit } = options;
  if (places.length === 0) throw new UsageError("seen needs a place to look in: give --in");
  const read = await readAll(logs, {}, terminal);
  const { seenDocument, wantedOf } = await import("../../seen/document.ts");
  const asked = wantedOf(read.document);
  const found = await lookUpIn(
    asked.map(({ wanted }) => wanted),
    places,
    limit,
    terminal,
  );
  const reports = asked.map(({ report }) => report);
  const document = seenDocument(read.document, reports, found);
  const format = formatFor(options.format, terminal);
  await writeDocument(terminal, "seen", format, document);
  return read.failed || found.failed ? 2 : 0;
}
