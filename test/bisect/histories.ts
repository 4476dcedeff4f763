import type { RangeCommit } from "../../src/bisect/commit-graph.ts";

/** A commit by its number; commits without parents in the range have the good end for one. */
function shaOf(commit: number): string {
  return (commit + 1).toString(16).padStart(40, "0");
}

export function history(parents: readonly (readonly number[])[]): RangeCommit[] {
  return parents.map((of, i) => ({ sha: shaOf(i), parents: of.map(shaOf), subject: `change ${i}` }));
}

/** One commit after another. */
export function line(count: number): number[][] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? [] : [i - 1]));
}

/**
 * Branches that fork and join, as a kernel's history does; the last commit has all others.
 *
 * @param merges the share of commits that join two branches
 */
export function branches(count: number, merges: number, random: () => number): number[][] {
  const tips: number[] = [];
  const parents: number[][] = [];
  const pick = (): number => Math.floor(random() * tips.length);
  for (let i = 0; i < count; i++) {
    const chance = random();
    if (i === 0) {
      parents.push([]);
      tips.push(i);
    } else if (i === count - 1) parents.push([...tips]);
    else if (chance < merges && tips.length > 1) {
      const [into, from] = [pick(), pick()];
      parents.push([...new Set([tips[into] ?? 0, tips[from] ?? 0])]);
      tips[into] = i;
      if (from !== into) tips.splice(from, 1);
    } else if (chance < 2 * merges) {
      parents.push([Math.floor(random() * i)]);
      tips.push(i);
    } else {
      const at = pick();
      parents.push([tips[at] ?? 0]);
      tips[at] = i;
    }
  }
  return parents;
}
