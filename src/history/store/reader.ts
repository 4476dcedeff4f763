import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { BootRow } from "../schema.ts";
import { FRESH_SUFFIX, PACK_SUFFIX, StoreLayout } from "./layout.ts";
import { codeOf, StoreError } from "./store-error.ts";

/** Whether a directory is a store. */
export async function isStore(path: string): Promise<boolean> {
  try {
    await readFile(new StoreLayout(path).marker);
    return true;
  } catch {
    return false;
  }
}

/** Boots of a file, each parsed when it is asked for. Take all of them before the next file's. */
export type FileRows = Generator<BootRow, void, undefined>;

/**
 * All boots of a store, file by file, each once, in no order that means anything. Memory grows by the digest of each log, and
 * by one pack. What is added meanwhile may be among them or not.
 *
 * @param onDamage is called for a file that cannot be read; the others are
 * @throws StoreError if there is no store
 */
export async function* readStore(
  path: string,
  onDamage: (error: StoreError) => void,
): AsyncGenerator<FileRows, void, undefined> {
  const seen = new Set<string>();
  for await (const { rows } of partsOf(path, onDamage)) yield* rows(seen);
}

/** A pack, or all logs that are in none yet. Logs may be in several parts. */
export interface StorePart {
  /** The pack's name, which is the digest of what it holds; null: it is not a pack. */
  readonly pack: string | null;
  /**
   * Reads its boots.
   *
   * @param seen logs that are left out; those of this part are added
   */
  readonly rows: (seen: Set<string>) => AsyncGenerator<FileRows, void, undefined>;
}

/**
 * The parts of a store, of which none is read before it is asked for.
 *
 * @param onDamage is called for a file that cannot be read, as it is read
 * @throws StoreError if there is no store
 */
export async function* partsOf(
  path: string,
  onDamage: (error: StoreError) => void,
): AsyncGenerator<StorePart, void, undefined> {
  if (!(await isStore(path))) throw new StoreError(`${path}: not a store of \`history add\``);
  const layout = new StoreLayout(path);
  const packs = new Set<string>();
  async function* newPacks(): AsyncGenerator<StorePart, void, undefined> {
    for (const name of await namesIn(layout.packs, PACK_SUFFIX)) {
      if (packs.has(name)) continue;
      packs.add(name);
      const file = join(layout.packs, name);
      const rows: StorePart["rows"] = async function* (seen) {
        const text = await orNull(unpacked(file), file, onDamage);
        if (text !== null && text !== "gone") yield rowsOf(text, file, seen, onDamage);
      };
      yield { pack: basename(name, PACK_SUFFIX), rows };
    }
  }
  // in this order: a log that is packed meanwhile is found in the pack
  const fresh = await namesIn(layout.fresh, FRESH_SUFFIX);
  yield* newPacks();
  let isPacked = false;
  const rows: StorePart["rows"] = async function* (seen) {
    for (const name of fresh) {
      if (seen.has(basename(name, FRESH_SUFFIX))) continue;
      const file = join(layout.fresh, name);
      const text = await orNull(readFile(file, "utf8"), file, onDamage);
      if (text === "gone") isPacked = true;
      else if (text !== null) yield rowsOf(text, file, seen, onDamage);
    }
  };
  yield { pack: null, rows };
  if (isPacked) yield* newPacks();
}

async function namesIn(directory: string, suffix: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(suffix)).toSorted();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw new StoreError(`${directory}: cannot be read: ${codeOf(error) ?? String(error)}`, { cause: error });
  }
}

async function unpacked(file: string): Promise<string> {
  const bytes = await promisify(gunzip)(await readFile(file));
  return bytes.toString("utf8");
}

async function orNull(
  reading: Promise<string>,
  file: string,
  onDamage: (error: StoreError) => void,
): Promise<string | null> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "gone";
    onDamage(new StoreError(`${file}: cannot be read: ${codeOf(error) ?? String(error)}`, { cause: error }));
    return null;
  }
}

/** @param seen logs of which rows were given; those of this file are added */
function* rowsOf(
  text: string,
  file: string,
  seen: Set<string>,
  onDamage: (error: StoreError) => void,
): FileRows {
  const own = new Set<string>();
  let damaged = text === "" ? 1 : 0;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const row = rowOf(text.slice(at, end));
    at = end + 1;
    if (row === null) damaged++;
    else if (!seen.has(row.log) || own.has(row.log)) {
      seen.add(row.log);
      own.add(row.log);
      yield row;
    }
  }
  if (damaged > 0)
    onDamage(
      new StoreError(
        `${file}: damaged, ${damaged === 1 ? "a line" : `${damaged} lines`} of it cannot be read`,
      ),
    );
}

function rowOf(line: string): BootRow | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRow(value) ? value : null;
  } catch {
    return null;
  }
}

/** What another version wrote is not read as if it were ours; what we wrote need not be checked field by field. */
function isRow(value: unknown): value is BootRow {
  return (
    typeof value === "object" &&
    value !== null &&
    "schema" in value &&
    value.schema === "splat-triage-history-boot/1"
  );
}
