import { releaseOf } from "./places/commits.ts";
import { OpenedPlaces, type Reading } from "./places/opened.ts";
import type { Match, Seen } from "./schema.ts";
import { search, type Wanted } from "./search.ts";

export interface LookUp extends Reading {
  /** Matches of each report, at most. */
  readonly most: number;
}

export interface LookedUp {
  readonly places: Seen["places"];
  /** Of each report, in order. */
  readonly matches: readonly (readonly Match[])[];
}

/**
 * Looks for reports in places.
 *
 * @throws InputError if a place cannot be read at all
 */
export async function lookUp(
  wanted: readonly Wanted[],
  paths: readonly string[],
  { most, ...reading }: LookUp,
): Promise<LookedUp> {
  const opened = await OpenedPlaces.open(paths, reading);
  try {
    const matches = wanted.length === 0 ? [] : await search(wanted, () => opened.entries(), most);
    await addReleases(matches.flat(), opened.repositories);
    return { places: opened.places, matches };
  } finally {
    await opened.close();
  }
}

/** Which release has each commit: only the few that are told are looked up. */
async function addReleases(matches: readonly Match[], repositories: readonly string[]): Promise<void> {
  const known = new Map<string, string | null>();
  for (const match of matches) {
    const { type, ref } = match.where;
    if (type !== "commit") continue;
    if (!known.has(ref)) {
      let release: string | null = null;
      for (const repository of repositories) release ??= await releaseOf(repository, ref);
      known.set(ref, release);
    }
    Object.assign(match, { where: { ...match.where, release: known.get(ref) ?? null } });
  }
}
