import type { BootRow } from "../../history/schema.ts";
import { readStore } from "../../history/store/reader.ts";
import { IDENTITY_VERSION } from "../../identity/identity.ts";
import type { Entry } from "../entry.ts";
import type { Seen, Where } from "../schema.ts";
import { PlaceIndex } from "./index-file.ts";
import { openPlaces } from "./open.ts";

/** How places are read. */
export interface Reading {
  /** Where indexes of places are kept. */
  readonly cache: string;
  /** Told of what cannot be read: what can is read all the same. */
  readonly onDamage: (error: Error) => void;
  /** Told how many mails, commits or logs of a place were read so far. */
  readonly onProgress: (place: string, items: number) => void;
}

/** Places of which all indexes are up to date. Close them when they are done with. */
export class OpenedPlaces {
  readonly #indexes: readonly PlaceIndex[];
  readonly #stores: readonly StoreEntries[];

  private constructor(indexes: readonly PlaceIndex[], stores: readonly StoreEntries[]) {
    this.#indexes = indexes;
    this.#stores = stores;
  }

  /** @throws InputError if a place cannot be read at all */
  static async open(
    paths: readonly string[],
    { cache, onDamage, onProgress }: Reading,
  ): Promise<OpenedPlaces> {
    const indexes: PlaceIndex[] = [];
    const stores: StoreEntries[] = [];
    const opened = new OpenedPlaces(indexes, stores);
    try {
      for (const path of paths)
        for (const place of await openPlaces(path, onDamage)) {
          if (place.type === "store") {
            stores.push(new StoreEntries(place.path, onDamage));
            continue;
          }
          let items = 0;
          const count = (more: number): void => {
            items += more;
            onProgress(place.path, items);
          };
          indexes.push(await PlaceIndex.open(place, cache, count));
        }
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /** Everything in all of them; as often as it is asked for. */
  async *entries(): AsyncGenerator<Entry, void, undefined> {
    for (const index of this.#indexes) yield* index.read();
    for (const store of this.#stores) yield* store.read();
  }

  /** What was read; of a store it is known how much only when its entries were asked for. */
  get places(): Seen["places"] {
    return [
      ...this.#indexes.map(({ place: { path, type }, entries, unread }) => ({
        place: path,
        type,
        entries,
        unread,
      })),
      ...this.#stores.map(({ path, entries }) => ({
        place: path,
        type: "store" as const,
        entries,
        unread: 0,
      })),
    ];
  }

  /** The repositories whose commits are among the entries. */
  get repositories(): string[] {
    return this.#indexes.flatMap(({ place: { path, type } }) => (type === "commits" ? [path] : []));
  }

  async close(): Promise<void> {
    for (const index of this.#indexes) await index.close();
  }
}

/** The reports of a store. It needs no index: it is one. */
class StoreEntries {
  readonly path: string;
  readonly #onDamage: (error: Error) => void;
  /** How many there were when they were last read. */
  entries = 0;

  constructor(path: string, onDamage: (error: Error) => void) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  async *read(): AsyncGenerator<Entry, void, undefined> {
    let entries = 0;
    for await (const rows of readStore(this.path, this.#onDamage))
      for (const row of rows) {
        if (row.identity !== IDENTITY_VERSION) continue;
        entries += row.reports.length;
        yield* entriesOf(row);
      }
    this.entries = entries;
  }
}

function entriesOf({ path, time, build, reports }: BootRow): Entry[] {
  const where: Where = {
    type: "log",
    ref: path,
    thread: null,
    date: time,
    subject: build,
    release: null,
    mends: false,
  };
  return reports.map((gist) => ({ where, gist, mention: null }));
}
