import type { CatalogueDocument } from "../../catalogue/index.ts";
import { bold, wrap } from "../words/layout.ts";
import { page } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import { commaed, lock, type Part, plain, quiet } from "../words/parts.ts";
import { own, type Safe, safe } from "../words/safe.ts";

const INDENT = "  ";
/** Names of classes shown of an entry; the json format has all. */
const MOST_NAMES = 6;

/** The entries of the catalogue that were found, for a person: what each stands for, and since which commit. */
export function renderCatalogue({ annotations }: CatalogueDocument, { width, color }: Paper): Safe {
  if (annotations.length === 0) return own("no annotation fits that; `splat-triage catalogue` lists all\n");
  const room = Math.max(24, width - INDENT.length);
  const entry = ({
    id,
    subsystem,
    kind,
    meaning,
    classes,
    commits,
    evidence,
  }: CatalogueDocument["annotations"][number]): Safe[] => {
    const names = classes.names.slice(0, MOST_NAMES).map((name): Part[] => [lock(name)]);
    const paragraphs: Part[][] = [
      [quiet(`${subsystem}, ${kind}`)],
      ...(names.length === 0 ? [] : [commaed(names)]),
      [plain(meaning)],
      ...commits
        .filter(({ role }) => role !== "fixes")
        .map(({ sha, subject, release, role }) => [
          quiet(`${role} `),
          plain(`${sha} "${subject}" ${release}`),
        ]),
      [quiet(`defined in ${evidence.join(", ")}`)],
    ];
    return [
      bold(id, color),
      ...paragraphs.flatMap((parts) => wrap(parts, room, color, 2).map((text) => safe`${INDENT}${text}`)),
    ];
  };
  return page(annotations.map(entry));
}
