import type { Gist } from "../report/gist-schema.ts";
import type { Entry } from "./entry.ts";
import { featuresOf, featuresOfGist } from "./features.ts";
import type { Match } from "./schema.ts";
import { Frequencies, LIKELY, POSSIBLE, scoreOf, weigh, type Weighed } from "./score.ts";

/** A report that is looked for. */
export interface Wanted {
  readonly gist: Gist;
  /** Of the mail in which it stands. */
  readonly subject: string | null;
  /** Where it stands itself: a message-id, a path. */
  readonly refs: ReadonlySet<string>;
}

/** Gives all entries of all places; called twice. */
export type Entries = () => AsyncIterable<Entry>;

/**
 * Looks for reports among all entries, which are read twice: first to learn what is rare among them.
 *
 * @param most matches of each report
 * @returns the matches of each report, best first
 */
export async function search(wanted: readonly Wanted[], entries: Entries, most: number): Promise<Match[][]> {
  const frequencies = new Frequencies();
  for await (const entry of entries()) frequencies.add(groupOf(entry), featuresOf(entry));
  const sought = wanted.map((one) => ({
    one,
    own: weigh(featuresOfGist(one.gist, one.subject), frequencies),
    best: new Best(most),
  }));
  for await (const entry of entries()) {
    const theirs = weigh(featuresOf(entry), frequencies);
    for (const { one, own, best } of sought)
      if (!one.refs.has(entry.where.ref)) {
        const match = matchOf(own, entry, theirs, frequencies);
        if (match !== null) best.add(match);
      }
  }
  return sought.map(({ best }) => best.matches);
}

/** Mails of a thread belong together, and in a store the reports of a bug. */
function groupOf({ where, gist }: Entry): string {
  return where.thread ?? (where.type === "log" && gist !== null ? gist.id : where.ref);
}

function matchOf(one: Weighed, entry: Entry, other: Weighed, frequencies: Frequencies): Match | null {
  const [own, theirs] = [one.features, other.features];
  const isSame = own.id !== null && own.id === theirs.id;
  const score = isSame ? 1 : Math.round(scoreOf(one, other, frequencies) * 1000) / 1000;
  if (score < POSSIBLE) return null;
  const shared = (aspect: "classes" | "edges" | "functions"): string[] =>
    [...own[aspect]].filter((name) => theirs[aspect].has(name));
  return {
    relation: isSame ? "same" : "similar",
    certainty: isSame ? "certain" : score >= LIKELY ? "likely" : "possible",
    score,
    id: entry.gist?.id ?? null,
    where: entry.where,
    shares: {
      classes: shared("classes"),
      edges: shared("edges").map((edge) => {
        const [from = "", to = ""] = edge.split(" -> ");
        return { from, to };
      }),
      functions: shared("functions"),
    },
  };
}

/** The best matches so far: one of each mail, commit or log. */
class Best {
  readonly #most: number;
  readonly #byRef = new Map<string, Match>();

  constructor(most: number) {
    this.#most = most;
  }

  add(match: Match): void {
    const key = `${match.where.type} ${match.where.ref}`;
    const before = this.#byRef.get(key);
    if (before !== undefined && inOrder(before, match) <= 0) return;
    this.#byRef.set(key, match);
    // some more are kept, so that this is seldom done
    if (this.#byRef.size <= 8 * this.#most + 64) return;
    const kept = this.matches.map((one) => `${one.where.type} ${one.where.ref}`);
    const isKept = new Set(kept);
    for (const one of this.#byRef.keys()) if (!isKept.has(one)) this.#byRef.delete(one);
  }

  get matches(): Match[] {
    return [...this.#byRef.values()].toSorted(inOrder).slice(0, this.#most);
  }
}

/** Same before similar, then by score; of equals what mends, then the older. */
function inOrder(a: Match, b: Match): number {
  return (
    Number(b.relation === "same") - Number(a.relation === "same") ||
    b.score - a.score ||
    Number(b.where.mends) - Number(a.where.mends) ||
    compare(a.where.date ?? "9", b.where.date ?? "9") ||
    compare(a.where.ref, b.where.ref)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
