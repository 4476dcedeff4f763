import type { Gist } from "../report/gist-schema.ts";
import { type Relation, relationOf } from "./relation.ts";

/** What is told of several pairs: one that is the same decides, then one of which that cannot be told. */
const ORDER: readonly Relation["why"][] = ["id", "lacks", "sites", "edges", "classes", "nothing", "kind"];

/**
 * The closest of all pairs of reports.
 *
 * @returns null where one side has none
 */
export function closest(
  ours: readonly Gist[],
  theirs: readonly Gist[],
): { readonly relation: Relation; readonly pair: readonly [Gist, Gist] } | null {
  let best: { relation: Relation; pair: [Gist, Gist] } | null = null;
  for (const first of ours)
    for (const second of theirs) {
      const relation = relationOf(first, second);
      if (best === null || ORDER.indexOf(relation.why) < ORDER.indexOf(best.relation.why))
        best = { relation, pair: [first, second] };
    }
  return best;
}
