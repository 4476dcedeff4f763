import { type Aspect, ASPECTS, type Features, keyOf, shareOf, WEIGHT } from "./features.ts";

/**
 * How alike two reports are. `npm run bench:seen` measures what the numbers below are worth: they were chosen on one
 * archive of mails, so that the best match of a report is in its own thread, and `likely` is seldom wrong.
 */

/** So many threads at the least: in a place of three mails nothing is known to be rare. */
const FEWEST_GROUPS = 200;

/** Counts in how many threads, bugs or commits a name stands: what all have tells nothing. */
export class Frequencies {
  readonly #groups = new Map<string, number>();
  readonly #having = new Map<string, Set<number>>();

  /** @param group what belongs together: the mails of a thread quote one another */
  add(group: string, features: Features): void {
    let number = this.#groups.get(group);
    if (number === undefined) this.#groups.set(group, (number = this.#groups.size));
    for (const aspect of ASPECTS)
      for (const name of features[aspect]) {
        const key = keyOf(aspect, name);
        const having = this.#having.get(key);
        if (having === undefined) this.#having.set(key, new Set([number]));
        else having.add(number);
      }
  }

  weightOf(aspect: Aspect, name: string): number {
    const groups = Math.max(FEWEST_GROUPS, this.#groups.size) + 1;
    const having = this.#having.get(keyOf(aspect, name))?.size ?? 0;
    const rarity = Math.log(groups / (having + 0.5)) / Math.log(groups);
    return WEIGHT[aspect] * shareOf(aspect, name) * Math.min(1, Math.max(0, rarity));
  }
}

/** So much must be named at the least: with one class in common two scraps are not one bug. */
const LEAST_WEIGHT = 1.5;
/** How much it counts that all of the lesser one is in the other, beside how much of both is shared. */
const CONTAINED = 0.7;
const TITLE_BONUS = 0.15;
const OTHER_KIND = 0.55;
/** A text without a report says less of what it means. */
const MENTION = 0.8;
/** Two whole reports of different ids are different bugs, but for what the id does not see. */
const OTHER_ID = 0.85;
/** What all tasks hold says little of one bug. */
const HELD_DUMP = 0.85;

/** From here on it is likely the same bug; below `POSSIBLE` it is not worth telling. */
export const LIKELY = 0.75;
export const POSSIBLE = 0.4;

/** What is compared, with its own weight. */
export interface Weighed {
  readonly features: Features;
  readonly weight: number;
}

export function weigh(features: Features, frequencies: Frequencies): Weighed {
  let weight = 0;
  for (const aspect of ASPECTS)
    for (const name of features[aspect]) weight += frequencies.weightOf(aspect, name);
  return { features, weight };
}

/** @returns 0 to 1 */
export function scoreOf(one: Weighed, other: Weighed, frequencies: Frequencies): number {
  const [a, b] = [one.features, other.features];
  let shared = 0;
  for (const aspect of ASPECTS)
    for (const name of a[aspect]) if (b[aspect].has(name)) shared += frequencies.weightOf(aspect, name);
  for (const name of a.classes) if (b.held.has(name)) shared += frequencies.weightOf("held", name);
  for (const name of b.classes) if (a.held.has(name)) shared += frequencies.weightOf("held", name);
  const isOneTitle = a.title !== null && a.title === b.title;
  if (shared === 0 && !isOneTitle) return 0;
  const contained = shared / Math.max(LEAST_WEIGHT, Math.min(one.weight, other.weight));
  const common = shared === 0 ? 0 : shared / (one.weight + other.weight - shared);
  let score = CONTAINED * contained + (1 - CONTAINED) * common + (isOneTitle ? TITLE_BONUS : 0);
  if (a.kinds.size > 0 && b.kinds.size > 0 && !overlap(a.kinds, b.kinds)) score *= OTHER_KIND;
  if (a.isMention || b.isMention) score *= MENTION;
  if (a.id !== null && b.id !== null && a.id !== b.id) score *= OTHER_ID;
  if (a.kinds.has("held-dump")) score *= HELD_DUMP;
  return Math.min(1, score);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const name of a) if (b.has(name)) return true;
  return false;
}
