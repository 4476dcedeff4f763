import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/seen/entry.ts";
import { PlaceIndex } from "../../src/seen/places/index-file.ts";
import { openPlaces } from "../../src/seen/places/open.ts";
import { search } from "../../src/seen/search.ts";

/**
 * How well `seen` finds a report again, on an archive of mails in threads: a directory with mailboxes, by default the
 * one beside the checkout. For each report all other mails are searched. Threads are taken for the truth: a match is
 * right in the report's own thread, or with its id.
 *
 *   npm run bench:seen -- DIR
 */

const directory = process.argv[2] ?? "../shared/corpus/archive";
const cache = mkdtempSync(join(tmpdir(), "splat-triage-bench-"));

const entries: Entry[] = [];
for (const file of readdirSync(directory).toSorted()) {
  for (const place of await openPlaces(join(directory, file), (error) => console.error(error.message))) {
    if (place.type === "store") continue;
    const index = await PlaceIndex.open(place, cache, () => undefined);
    for await (const entry of index.read()) entries.push(entry);
    await index.close();
  }
}
rmSync(cache, { recursive: true });

async function* all(): AsyncGenerator<Entry, void, undefined> {
  yield* entries;
}

function mailsBy(key: (entry: Entry) => string | null): ReadonlyMap<string, ReadonlySet<string>> {
  const mails = new Map<string, Set<string>>();
  for (const entry of entries) {
    const of = entry.gist === null ? null : key(entry);
    if (of === null) continue;
    const known = mails.get(of) ?? new Set();
    mails.set(of, known.add(entry.where.ref));
  }
  return mails;
}

/**
 * Mails of two threads with one bug, read and compared by hand: a match of one by the other is right. Of both pairs the
 * report of one mail is cut to a few lines, so that its id says nothing.
 */
const ONE_BUG: readonly (readonly [string, string])[] = [
  // a spinlock recursion of ifconfig on terminate_lock.2, in a patch and in a remark on the one before
  ["93a11c0e72a3c0e4@example.org", "0bd956a7720bca2c@example.org"],
  // two answers to one cover letter within the hour: mutex.c:935 under rcu_gp and sdp->work
  ["93b5682c5c25e859@example.org", "bd6a94d1211c074a@example.org"],
];

function isOneBug(one: string, other: string): boolean {
  return ONE_BUG.some((pair) => pair.includes(one) && pair.includes(other));
}

const ofThread = mailsBy(({ where }) => where.thread);
const ofId = mailsBy(({ gist }) => gist?.id ?? null);

const queries = entries.flatMap(({ gist, where }) => (gist === null ? [] : [{ gist, where }]));

/** How much is left of a report. */
function amountOf({ gist }: (typeof queries)[number]): string {
  if (gist.complete) return "whole";
  return gist.lacks.length === 0 ? "damaged, its id is known" : "damaged, its id is not known";
}

class Share {
  readonly #counts = new Map<string, { right: number; all: number }>();

  add(names: readonly string[], isRight: boolean): void {
    for (const name of names) {
      const count = this.#counts.get(name) ?? { right: 0, all: 0 };
      this.#counts.set(name, count);
      count.all++;
      if (isRight) count.right++;
    }
  }

  print(): void {
    for (const [name, { right, all: total }] of this.#counts)
      console.log(`  ${name.padEnd(32)} ${right} of ${total}  ${((100 * right) / total).toFixed(1)} %`);
  }
}

for (const withSubject of [true, false]) {
  const matches = await search(
    queries.map(({ gist, where }) => ({
      gist,
      subject: withSubject ? where.subject : null,
      refs: new Set([where.ref]),
    })),
    all,
    10,
  );
  const found = new Share();
  const wrong = new Share();
  const doubts: string[] = [];
  for (const [i, query] of queries.entries()) {
    const own = matches[i] ?? [];
    const isRight = (match: (typeof own)[number]): boolean =>
      (match.where.thread !== null && match.where.thread === query.where.thread) ||
      match.id === query.gist.id ||
      isOneBug(match.where.ref, query.where.ref);
    const [best] = own;
    const others = (ofThread.get(query.where.thread ?? "")?.size ?? 1) - 1;
    const namesakes = (ofId.get(query.gist.id)?.size ?? 1) - 1;
    if (others > 0) found.add(["all", query.gist.kind, amountOf(query)], best !== undefined && isRight(best));
    else if (namesakes === 0) {
      const likely = own.find(({ certainty }) => certainty === "likely");
      wrong.add(["all", query.gist.kind, amountOf(query)], likely !== undefined && !isRight(likely));
      if (likely !== undefined)
        doubts.push(
          `  ${likely.score.toFixed(2)}  ${query.where.subject ?? ""} | ${likely.where.subject ?? ""}`,
        );
    }
  }
  console.log(withSubject ? "Reports in mails" : "\nReports of which nobody knows the mail's subject");
  console.log("Best match in the own thread, or of the same id, where the thread has several:");
  found.print();
  console.log("Wrongly called likely, of reports without a namesake:");
  wrong.print();
  if (doubts.length > 0) console.log(["Called likely, right and wrong:", ...doubts].join("\n"));
}
