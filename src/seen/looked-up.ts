import { readStore } from "../history/store/reader.ts";
import { IDENTITY_VERSION } from "../identity/identity.ts";
import type { InputError } from "../read/inputs/index.ts";
import type { Entry } from "./entry.ts";
import { releaseOf } from "./places/commits.ts";
import { PlaceIndex } from "./places/index-file.ts";
import { openPlaces, type StorePlace } from "./places/open.ts";
import type { Match, Seen } from "./schema.ts";
import { search, type Wanted } from "./search.ts";

export interface LookUp {
  /** Where indexes of places are kept. */
  readonly cache: string;
  /** Matches of each report, at most. */
  readonly most: number;
  /** Told of what cannot be read: what can is searched all the same. */
  readonly onDamage: (error: Error) => void;
  /** Told how many mails, commits or logs of a place were read so far. */
  readonly onProgress: (place: string, items: number) => void;
}

export interface LookedUp {
  readonly places: Seen["places"];
  /** Of each report, in order. */
  readonly matches: readonly (readonly Match[])[];
}

/**
 * Looks for reports in places.
 *
 * @throws InputError where a place cannot be read at all
 */
export async function lookUp(
  wanted: readonly Wanted[],
  paths: readonly string[],
  { cache, most, onDamage, onProgress }: LookUp,
): Promise<LookedUp> {
  const indexes: PlaceIndex[] = [];
  const stores: (StorePlace & { entries: number })[] = [];
  try {
    for (const path of paths)
      for (const place of await openPlaces(path, (error: InputError) => onDamage(error))) {
        if (place.type === "store") {
          stores.push({ ...place, entries: 0 });
          continue;
        }
        let items = 0;
        indexes.push(
          await PlaceIndex.open(place, cache, (more) => {
            items += more;
            onProgress(place.path, items);
          }),
        );
      }
    const entries = async function* (): AsyncGenerator<Entry, void, undefined> {
      for (const index of indexes) yield* index.read();
      for (const store of stores) {
        store.entries = 0;
        for await (const entry of storeEntries(store.path, onDamage)) {
          store.entries++;
          yield entry;
        }
      }
    };
    const matches = wanted.length === 0 ? [] : await search(wanted, entries, most);
    const repositories = indexes
      .filter(({ place }) => place.type === "commits")
      .map(({ place }) => place.path);
    await addReleases(matches.flat(), repositories);
    return {
      places: [
        ...indexes.map(({ place: { path, type }, entries: count }) => ({
          place: path,
          type,
          entries: count,
        })),
        ...stores.map(({ path, type, entries: count }) => ({ place: path, type, entries: count })),
      ],
      matches,
    };
  } finally {
    for (const index of indexes) await index.close();
  }
}

async function* storeEntries(
  path: string,
  onDamage: (error: Error) => void,
): AsyncGenerator<Entry, void, undefined> {
  for await (const row of readStore(path, onDamage)) {
    if (row.identity !== IDENTITY_VERSION) continue;
    for (const report of row.reports) {
      yield {
        where: {
          type: "log",
          ref: row.path,
          thread: null,
          date: row.time,
          subject: row.build,
          release: null,
          mends: false,
        },
        gist: report,
        mention: null,
      };
    }
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
