import type { Document } from "../../report/schema.ts";
import type { Asked } from "../../seen/document.ts";
import { counted } from "../../render/words/parts.ts";
import { own, printable, type Safe, safe } from "../../render/words/safe.ts";
import type { Gist } from "../../report/gist-schema.ts";
import type { LookedUp } from "../../seen/looked-up.ts";
import type { Reading } from "../../seen/places/opened.ts";
import type { Wanted } from "../../seen/search.ts";
import { tell, tellFailure } from "./errors.ts";
import { ProgressLine } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** So many mails and commits of one bug are counted. */
const MOST_COUNTED = 1000;

/**
 * Says of each report where it was seen before.
 *
 * @returns whether all of the places could be read
 */
export async function addMetBefore(
  document: Reported,
  places: readonly string[],
  terminal: Terminal,
): Promise<boolean> {
  const { wantedOf } = await import("../../seen/document.ts");
  return addTo(() => wantedOf(document), places, terminal);
}

/**
 * The same for both sides of a comparison: where else it was seen, the logs of neither side count.
 *
 * @returns whether all of the places could be read
 */
export async function addMetElsewhere(
  sides: readonly Reported[],
  places: readonly string[],
  terminal: Terminal,
): Promise<boolean> {
  const { refsOfAll, wantedOf } = await import("../../seen/document.ts");
  const theirs = sides.flatMap(refsOfAll);
  return addTo(() => sides.flatMap((side) => wantedOf(side, theirs)), places, terminal);
}

type Reported = Pick<Document, "sources" | "reports">;

async function addTo(
  ask: () => readonly Asked[],
  places: readonly string[],
  terminal: Terminal,
): Promise<boolean> {
  if (places.length === 0) return true;
  const { metBefore } = await import("../../seen/document.ts");
  const asked = ask();
  const { matches, failed } = await lookUpIn(
    asked.map(({ wanted }) => wanted),
    places,
    MOST_COUNTED,
    terminal,
  );
  for (const [i, { of }] of asked.entries())
    for (const report of of) report.seen = metBefore(matches[i] ?? []);
  return !failed;
}

/**
 * Looks for reports in places, tells on standard error how far that came, and what could not be read.
 *
 * @throws InputError if a place cannot be read at all
 */
export async function lookUpIn(
  wanted: readonly Wanted[],
  places: readonly string[],
  most: number,
  terminal: Terminal,
): Promise<LookedUp & { readonly failed: boolean }> {
  const { lookUp } = await import("../../seen/looked-up.ts");
  const [found, failed] = await telling(terminal, (reading) => lookUp(wanted, places, { ...reading, most }));
  for (const { place, unread } of found.places)
    if (unread > 0)
      await tell(
        `${place}: not read: ${counted(unread, "attachment or end of a mail", "attachments or ends of mails")}`,
        terminal,
      );
  return { ...found, failed };
}

/**
 * Finds reports of places by their ids, and tells the same.
 *
 * @throws InputError if a place cannot be read at all
 */
export async function lookUpIds(
  ids: ReadonlySet<string>,
  places: readonly string[],
  terminal: Terminal,
): Promise<{ readonly found: ReadonlyMap<string, readonly Gist[]>; readonly failed: boolean }> {
  const { gistsById } = await import("../../seen/gists-by-id.ts");
  const [found, failed] = await telling(terminal, (reading) => gistsById(ids, places, reading));
  return { found, failed };
}

/** @returns what was found, and whether something could not be read */
async function telling<Found>(
  terminal: Terminal,
  find: (reading: Reading) => Promise<Found>,
): Promise<readonly [Found, boolean]> {
  const { cacheDirectory } = await import("../../seen/places/index-file.ts");
  const damages: Error[] = [];
  let last: Safe = own("looking");
  const line = new ProgressLine(terminal, () => last);
  const reading: Reading = {
    cache: cacheDirectory(terminal.env),
    onDamage: (error) => damages.push(error),
    onProgress: (place, items) => {
      last = safe`${printable(place)}: ${items} read`;
    },
  };
  const found = await find(reading).finally(() => line.end());
  // places are read twice, and damaged ones complain twice
  for (const damage of new Map(damages.map((error) => [error.message, error])).values())
    await tellFailure(damage, terminal);
  return [found, damages.length > 0];
}
