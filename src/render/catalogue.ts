import { COMMITS, type SearchHit } from "../catalogue/index.ts";
import { bold, wrap } from "./words/layout.ts";
import { joined, lock, type Part, plain, quiet } from "./words/parts.ts";

const INDENT = "  ";
/** Names of classes shown of an entry; the json format has all. */
const MOST_NAMES = 6;

/** The entries of the catalogue that were found, for a person: what each stands for, and since which commit. */
export function renderCatalogue(
  hits: readonly SearchHit[],
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  if (hits.length === 0) return "no annotation fits that; `splat-triage catalogue` lists all\n";
  const room = Math.max(24, width - INDENT.length);
  const entry = ({ annotation }: SearchHit): string[] => {
    const { id, subsystem, kind, meaning, names = [], commits = [] } = annotation;
    const classes = names.slice(0, MOST_NAMES).map((name): Part[] => [lock(name)]);
    const paragraphs: Part[][] = [
      [quiet(`${subsystem}, ${kind}`)],
      ...(classes.length === 0 ? [] : [joined(classes, plain(", "))]),
      [plain(meaning)],
      ...commits.flatMap(({ sha, role }) => {
        const commit = COMMITS[sha];
        return commit === undefined
          ? []
          : [[quiet(`${role} `), plain(`${sha} "${commit.subject}" ${commit.release}`)]];
      }),
    ];
    return [
      bold(id, color),
      ...paragraphs.flatMap((parts) => wrap(parts, room, color, 2).map((text) => INDENT + text)),
    ];
  };
  return `${hits.map((hit) => entry(hit).join("\n")).join("\n\n")}\n`;
}
