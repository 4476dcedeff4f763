import { inline } from "../../render/words/layout.ts";
import { name, type Part, plain } from "../../render/words/parts.ts";
import { ended } from "../../render/words/safe.ts";
import type { Gist } from "../../report/gist-schema.ts";
import { paperFor, write } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import type { Terminal } from "../io/terminal.ts";
import type { AddCommand } from "./command.ts";

/** `splat-triage same A B`: 0 yes, 1 no, 125 cannot tell, 2 where an input could not be read. */
export const addSame: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("same")
    .description("tell whether two reports are one bug: exit 0 yes, 1 no, 125 cannot tell")
    .argument("<a>", "a log or a mail")
    .argument("<b>", "another")
    .action(async (first: string, second: string) => {
      finish(await compare(first, second, terminal));
    });
};

const STATUS = { yes: 0, no: 1, "cannot-tell": 125 } as const;
const WORDS = { yes: "yes", no: "no", "cannot-tell": "cannot tell" } as const;

/** Of logs with several reports, whether they have one in common. */
async function compare(first: string, second: string, terminal: Terminal): Promise<number> {
  const { gistOf } = await import("../../identity/gist.ts");
  const { closest } = await import("../../seen/closest.ts");
  const { relationParts } = await import("../../render/seen/relation-prose.ts");
  const sides: (readonly Gist[])[] = [];
  for (const log of [first, second]) {
    const { document, failed } = await readAll([log], {}, terminal);
    if (failed) return 2;
    sides.push([...new Map(document.reports.map((report) => [report.id, gistOf(report)])).values()]);
  }
  const [ours = [], theirs = []] = sides;
  const say = async (parts: readonly Part[]): Promise<void> => {
    await write(terminal.stdout, ended([inline(parts, paperFor(terminal).color)]));
  };
  const found = closest(ours, theirs);
  if (found === null) {
    await say([plain("cannot tell: there is no report in "), name(ours.length === 0 ? first : second)]);
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
