import { existsSync } from "node:fs";
import { Option } from "commander";
import { InputError } from "../../read/inputs/index.ts";
import { name, type Part, plain } from "../../render/words/parts.ts";
import { ended } from "../../render/words/safe.ts";
import type { Gist } from "../../report/gist-schema.ts";
import { lookUpIds } from "../io/look-up.ts";
import { paperFor, write } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import type { Terminal } from "../io/terminal.ts";
import type { AddCommand } from "./command.ts";
import { helpText } from "./help-text.ts";

interface SameOptions {
  /** Where reports with the ids are. */
  readonly in: readonly string[];
}

const EXAMPLES = helpText([
  ["splat-triage same bad.log mail.eml"],
  ["splat-triage same boot.log 9f1c2ab4d0e3 --in boots.store"],
]);

/** `splat-triage same A B`: 0 yes, 1 no, 125 cannot tell, 2 where an input could not be read. */
export const addSame: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("same")
    .description("say whether two reports are the same bug: exit 0 yes, 1 no, 125 cannot tell")
    .argument("<a>", "a log, a mail, or the id of a report in a place (--in)")
    .argument("<b>", "another")
    .addOption(
      new Option(
        "--in <place>",
        "look ids up in this store of history, or other place as in seen (repeatable)",
      )
        .argParser((place: string, before: readonly string[]) => [...before, place])
        .default([], "nowhere"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (first: string, second: string, options: SameOptions) => {
      finish(await compare([first, second], options, terminal));
    });
};

const STATUS = { yes: 0, no: 1, "cannot-tell": 125 } as const;
const WORDS = { yes: "yes", no: "no", "cannot-tell": "cannot tell" } as const;

/** Of logs with several reports, whether they have one in common. */
async function compare(
  named: readonly [string, string],
  { in: places }: SameOptions,
  terminal: Terminal,
): Promise<number> {
  const { gistOf } = await import("../../identity/gist.ts");
  const { closest } = await import("../../seen/closest.ts");
  const { relationParts } = await import("../../render/seen/relation-prose.ts");
  const byId = await reportsOf(named, places, terminal);
  if (byId === null) return 2;
  const sides: (readonly Gist[])[] = [];
  for (const one of named) {
    const known = byId.get(one);
    if (known !== undefined) {
      sides.push(known);
      continue;
    }
    const { document, failed } = await readAll([one], {}, terminal);
    if (failed) return 2;
    sides.push([...new Map(document.reports.map((report) => [report.id, gistOf(report)])).values()]);
  }
  const [ours = [], theirs = []] = sides;
  const say = async (parts: readonly Part[]): Promise<void> => {
    const { inline } = await import("../../render/words/layout.ts");
    await write(terminal.stdout, ended([inline(parts, paperFor(terminal).color)]));
  };
  const found = closest(ours, theirs);
  if (found === null) {
    await say([plain("cannot tell: there is no report in "), name(named[ours.length === 0 ? 0 : 1])]);
    return STATUS["cannot-tell"];
  }
  const { relation, pair } = found;
  const many =
    ours.length > 1 || theirs.length > 1
      ? [plain(` (of ${ours.length} different reports and ${theirs.length}, the closest two)`)]
      : [];
  await say([plain(`${WORDS[relation.answer]}: `), ...relationParts(relation, ...pair), ...many]);
  return STATUS[relation.answer];
}

/**
 * The reports of those arguments that are ids, and no files.
 *
 * @returns null if a part of a place could not be read
 * @throws InputError if an id is in none of the places
 */
async function reportsOf(
  named: readonly string[],
  places: readonly string[],
  terminal: Terminal,
): Promise<ReadonlyMap<string, readonly Gist[]> | null> {
  const ids = new Set<string>();
  for (const one of named) if (/^[0-9a-f]{12}$/.test(one) && !existsSync(one)) ids.add(one);
  const [anId] = ids;
  if (anId === undefined) return new Map();
  if (places.length === 0)
    throw new InputError(anId, "no such file; if it is an id, say with --in where to look it up");
  const { found, failed } = await lookUpIds(ids, places, terminal);
  if (failed) return null;
  for (const id of ids)
    if (!found.has(id)) throw new InputError(id, `no report has this id in ${places.join(", ")}`);
  return found;
}
