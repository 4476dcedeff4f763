import type { Gist } from "../report/gist-schema.ts";
import { OpenedPlaces, type Reading } from "./places/opened.ts";

/**
 * Finds reports in places by their id.
 *
 * @returns of each id that was seen one report for each place in the code (`siteId`); of an id's reports, those that
 *   have all their parts
 * @throws InputError if a place cannot be read at all
 */
export async function gistsById(
  ids: ReadonlySet<string>,
  paths: readonly string[],
  reading: Reading,
): Promise<ReadonlyMap<string, readonly Gist[]>> {
  const found = new Map<string, Map<string, Gist>>();
  const opened = await OpenedPlaces.open(paths, reading);
  try {
    for await (const { gist } of opened.entries()) {
      if (gist === null || !ids.has(gist.id)) continue;
      const sites = found.get(gist.id) ?? new Map<string, Gist>();
      const before = sites.get(gist.siteId);
      if (before === undefined || before.lacks.length > gist.lacks.length) sites.set(gist.siteId, gist);
      found.set(gist.id, sites);
    }
  } finally {
    await opened.close();
  }
  return new Map([...found].map(([id, sites]) => [id, wholeOnes([...sites.values()])]));
}

function wholeOnes(gists: readonly Gist[]): readonly Gist[] {
  const whole = gists.filter(({ lacks }) => lacks.length === 0);
  return whole.length > 0 ? whole : gists;
}
