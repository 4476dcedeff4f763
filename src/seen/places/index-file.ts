import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { IDENTITY_VERSION } from "../../identity/identity.ts";
import type { Entry } from "../entry.ts";
import type { Place, UnitEntries } from "./place.ts";

/** Changes whenever what an index holds does, or how it is found. */
const INDEX_VERSION = 2;

interface Head {
  readonly schema: "splat-triage-seen-index/1";
  readonly version: string;
  readonly place: string;
  readonly position: string;
}

/** Where indexes are kept: as the XDG Base Directory Specification says. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_CACHE_HOME"];
  const isAbsolute = base?.startsWith("/") === true;
  return join(isAbsolute ? (base ?? "") : join(env["HOME"] ?? homedir(), ".cache"), "splat-triage");
}

/** What was read of a place, on disk: so much of it as is still true is not read again. */
export class PlaceIndex {
  readonly place: Place;
  readonly #file: string;
  /** What is to be taken away at the end. */
  readonly #forgotten: string | null;
  /** How many entries there are. */
  entries = 0;

  private constructor(place: Place, file: string, forgotten: string | null) {
    this.place = place;
    this.#file = file;
    this.#forgotten = forgotten;
  }

  /**
   * Brings the index of a place up to date.
   *
   * @param cache where indexes are kept; where nothing can be written there, this one is forgotten afterwards
   * @param count is told how many mails, commits or logs were read
   */
  static async open(place: Place, cache: string, count: (items: number) => void): Promise<PlaceIndex> {
    const name = createHash("sha256")
      .update(await realpath(place.path))
      .digest("hex")
      .slice(0, 32);
    const { path, isKept } = await writableDirectory(join(cache, "seen"));
    const index = new PlaceIndex(place, join(path, `${name}.ndjson`), isKept ? null : path);
    try {
      await index.#renew(count, true);
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error;
      index.entries = 0;
      await index.#renew(count, false);
    }
    return index;
  }

  async *read(): AsyncGenerator<Entry, void, undefined> {
    for await (const unit of unitsOf(this.#file)) yield* unit.entries;
  }

  async close(): Promise<void> {
    if (this.#forgotten !== null) await rm(this.#forgotten, { recursive: true, force: true });
  }

  async #renew(count: (items: number) => void, usesOld: boolean): Promise<void> {
    const version = `${INDEX_VERSION}.${IDENTITY_VERSION}`;
    const head = await headOf(this.#file);
    const isOurs = usesOld && head?.version === version;
    const plan = await this.place.plan(isOurs ? head.position : null);
    const fresh = `${this.#file}.${randomUUID()}`;
    const file = await open(fresh, "wx", 0o600);
    try {
      const first: Head = {
        schema: "splat-triage-seen-index/1",
        version,
        place: this.place.path,
        position: plan.position,
      };
      await file.write(`${JSON.stringify(first)}\n`);
      const put = async (unit: UnitEntries): Promise<void> => {
        this.entries += unit.entries.length;
        await file.write(`${JSON.stringify(unit)}\n`);
      };
      const kept = new Set<string>();
      if (isOurs)
        for await (const unit of unitsOf(this.#file))
          if (plan.keeps(unit)) {
            kept.add(unit.key);
            await put(unit);
          }
      for await (const unit of plan.read(kept, count)) await put(unit);
      await file.close();
      await rename(fresh, this.#file);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(fresh, { force: true });
      throw error;
    }
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

/** Every line as JSON, null for one that is none; nothing of a file that is not there. */
async function* linesOf(file: string): AsyncGenerator<unknown, void, undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch {
    return;
  }
  let rest = Buffer.alloc(0);
  // no readline: it ends lines where JSON does not
  for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = buffer.indexOf(0x0a); end >= 0; end = buffer.indexOf(0x0a, start)) {
      yield parsed(buffer.toString("utf8", start, end));
      start = end + 1;
    }
    rest = Buffer.from(buffer.subarray(start));
  }
  if (rest.length > 0) yield null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

async function headOf(file: string): Promise<Head | null> {
  for await (const value of linesOf(file)) return isHead(value) ? value : null;
  return null;
}

function isHead(value: unknown): value is Head {
  return (
    typeof value === "object" &&
    value !== null &&
    "schema" in value &&
    value.schema === "splat-triage-seen-index/1"
  );
}

function isUnit(value: unknown): value is UnitEntries {
  return typeof value === "object" && value !== null && "entries" in value && Array.isArray(value.entries);
}

/** @throws DamagedIndex where a line is none of ours */
async function* unitsOf(file: string): AsyncGenerator<UnitEntries, void, undefined> {
  let isFirst = true;
  for await (const value of linesOf(file)) {
    if (isUnit(value)) yield value;
    else if (!isFirst) throw new DamagedIndex(file);
    isFirst = false;
  }
}

/** Somebody else wrote into it: the place is read anew. */
class DamagedIndex extends Error {}
