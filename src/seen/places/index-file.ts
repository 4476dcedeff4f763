import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { IDENTITY_VERSION } from "../../identity/identity.ts";
import { InputError } from "../../read/inputs/index.ts";
import type { Entry } from "../entry.ts";
import type { Place, Plan, Unit } from "./place.ts";
import { type CountedUnit, DamagedIndex, Segment, SegmentWriter } from "./segment.ts";

/** Changes whenever what an index holds does, or how it is found. */
const INDEX_VERSION = 4;

const VERSION = `${INDEX_VERSION}.${IDENTITY_VERSION}`;

/** Where indexes are kept: as the XDG Base Directory Specification says. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_CACHE_HOME"];
  const isAbsolute = base?.startsWith("/") === true;
  return join(isAbsolute ? (base ?? "") : join(env["HOME"] ?? homedir(), ".cache"), "splat-triage");
}

/**
 * What was read of a place, on disk: so much of it as is still true is not read again.
 *
 * It is a chain of segments, each at most half as long as the one before: what is new becomes the next one, together with those
 * that are too short to come before it. So a renewal writes what is new, and now and then what was new before. A file
 * is renamed into place and never changed, and each names the one that it follows: where two processes renew an index at once,
 * a segment that follows none that is there counts for nothing, and what it held is read again.
 */
export class PlaceIndex {
  readonly place: Place;
  readonly #base: string;
  /** What is to be taken away at the end. */
  readonly #forgotten: string | null;
  #chain: Segment[] = [];

  private constructor(place: Place, base: string, forgotten: string | null) {
    this.place = place;
    this.#base = base;
    this.#forgotten = forgotten;
  }

  /**
   * Brings the index of a place up to date.
   *
   * @param cache where indexes are kept; where nothing can be written there, this one is forgotten afterwards
   * @param count is called with how many mails, commits or logs were read
   */
  static async open(place: Place, cache: string, count: (items: number) => void): Promise<PlaceIndex> {
    const name = createHash("sha256")
      .update(await realpath(place.path))
      .digest("hex")
      .slice(0, 32);
    const { path, isKept } = await writableDirectory(join(cache, "seen"));
    const index = new PlaceIndex(place, join(path, name), isKept ? null : path);
    try {
      await index.#load();
      try {
        await index.#renew(count);
      } catch (error) {
        if (!(error instanceof DamagedIndex)) throw error;
        await index.#forgetChain();
        await index.#renew(count);
      }
      return index;
    } catch (error) {
      await index.close();
      throw error;
    }
  }

  /** How many entries there are. */
  get entries(): number {
    return this.#chain.at(-1)?.end.entries ?? 0;
  }

  /** How many attachments and ends of mails could not be read. */
  get unread(): number {
    return this.#chain.at(-1)?.end.unread ?? 0;
  }

  /** @throws InputError if somebody else wrote into the index: it is made anew the next time */
  async *read(): AsyncGenerator<Entry, void, undefined> {
    try {
      for (const [segment, isGone] of this.#alive()) yield* segment.entries(isGone);
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error;
      await rm(this.#fileOf(0), { force: true });
      throw new InputError(this.place.path, "its cached index was damaged, and has been removed: try again");
    }
  }

  async close(): Promise<void> {
    await this.#forgetChain();
    if (this.#forgotten !== null) await rm(this.#forgotten, { recursive: true, force: true });
  }

  #fileOf(number: number): string {
    return `${this.#base}${number === 0 ? "" : `.${number}`}.ndjson`;
  }

  async #load(): Promise<void> {
    for (;;) {
      const segment = await Segment.open(this.#fileOf(this.#chain.length));
      if (segment === null) return;
      const { version, after } = segment.end;
      if (version !== VERSION || after !== (this.#chain.at(-1)?.end.id ?? null)) {
        await segment.close();
        return;
      }
      this.#chain.push(segment);
    }
  }

  async #forgetChain(): Promise<void> {
    const chain = this.#chain;
    this.#chain = [];
    for (const segment of chain) await segment.close();
  }

  /** The segments, each with what later ones say of its units. */
  *#alive(): Generator<[Segment, (key: string) => boolean], void, undefined> {
    const gone = this.#chain.map(({ end }) => new Set(end.gone));
    for (const [i, segment] of this.#chain.entries()) {
      const later = gone.slice(i + 1).filter(({ size }) => size > 0);
      yield [segment, (key) => later.some((keys) => keys.has(key))];
    }
  }

  async *#units(): AsyncGenerator<CountedUnit, void, undefined> {
    for (const [segment, isGone] of this.#alive())
      for await (const unit of segment.units()) if (!isGone(unit.key)) yield unit;
  }

  async #renew(count: (items: number) => void): Promise<void> {
    const last = this.#chain.at(-1)?.end ?? null;
    const units = (): AsyncIterable<Unit> => this.#units();
    const plan = await this.place.plan(last === null ? null : { position: last.position, units });
    if (plan.gone === null) await this.#forgetChain();
    const path = `${this.#base}.${randomUUID()}`;
    const writer = await SegmentWriter.create(path);
    try {
      for await (const unit of plan.read(count)) await writer.put(unit);
      const isSame = writer.size === 0 && plan.gone?.size === 0 && plan.position === last?.position;
      if (isSame) {
        await writer.close();
        await rm(path);
      } else await this.#append(writer, path, plan);
    } catch (error) {
      await writer.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Makes what was written the next segment, with those that are too short to stay before it. */
  async #append(writer: SegmentWriter, path: string, { gone, position }: Plan): Promise<void> {
    const lost = await this.#countOf(gone ?? new Set());
    const entries = this.entries - lost.entries + writer.entries;
    const unread = this.unread - lost.unread + writer.unread;
    let number = this.#chain.length;
    let { size } = writer;
    while (number > 0 && (this.#chain[number - 1]?.size ?? 0) <= 2 * size)
      size += this.#chain[--number]?.size ?? 0;
    for (const [i, [segment, wasGone]] of [...this.#alive()].entries())
      if (i >= number)
        for await (const line of segment.lines((key) => wasGone(key) || gone?.has(key) === true))
          await writer.copy(line);
    const replaced = this.#chain.slice(number);
    await writer.finish({
      schema: "splat-triage-seen-index/1",
      version: VERSION,
      place: this.place.path,
      id: randomUUID(),
      after: this.#chain[number - 1]?.end.id ?? null,
      // what those before have; of the first segment nothing is
      gone: number === 0 ? [] : [...new Set([...replaced.flatMap(({ end }) => end.gone), ...(gone ?? [])])],
      position,
      entries,
      unread,
    });
    const written = await Segment.open(path);
    if (written === null) throw new InputError(path, "what was just written cannot be read");
    this.#chain = [...this.#chain.slice(0, number), written];
    for (const segment of replaced) await segment.close();
    await rename(path, this.#fileOf(number));
    for (let old = number + 1; old < number + replaced.length; old++)
      await rm(this.#fileOf(old), { force: true });
  }

  /** What the units of these keys have. */
  async #countOf(keys: ReadonlySet<string>): Promise<{ readonly entries: number; readonly unread: number }> {
    const lost = { entries: 0, unread: 0 };
    if (keys.size > 0)
      for await (const { key, count, unread } of this.#units())
        if (keys.has(key)) {
          lost.entries += count;
          lost.unread += unread;
        }
    return lost;
  }
}

/** Where nothing can be kept, what is read is kept for this run alone. */
async function writableDirectory(
  directory: string,
): Promise<{ readonly path: string; readonly isKept: boolean }> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const probe = join(directory, `.${randomUUID()}`);
    await (await open(probe, "wx")).close();
    await rm(probe);
    return { path: directory, isKept: true };
  } catch {
    const path = join(tmpdir(), `splat-triage-seen-${randomUUID()}`);
    await mkdir(path, { mode: 0o700 });
    return { path, isKept: false };
  }
}
