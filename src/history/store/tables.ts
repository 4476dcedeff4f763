import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COLUMNS_VERSION } from "../columns.ts";
import { BootTables, type TablePaths } from "../parquet.ts";
import { StoreLayout } from "./layout.ts";
import { partsOf, type StorePart } from "./reader.ts";
import { codeOf, StoreError } from "./store-error.ts";

/**
 * A store as Parquet files, for a database. Those of packs are kept beside the packs, for neither changes any more; those
 * of logs that are in no pack, of a pack that is damaged, and of a store that cannot be written are made for this run alone.
 *
 * A log may be in several files, as it may be in several parts of the store.
 */
export class StoreTables {
  /** A pair of files for each part of the store, and at least one. */
  readonly files: readonly TablePaths[];
  readonly #scratch: string;

  private constructor(files: readonly TablePaths[], scratch: string) {
    this.files = files;
    this.#scratch = scratch;
  }

  /**
   * Makes the tables that are missing.
   *
   * @param onDamage is called for a part that cannot be read; the others are
   * @param onProgress is called with how many boots came into tables so far
   * @throws StoreError if there is no store, or no place for a table
   */
  static async open(
    path: string,
    onDamage: (error: StoreError) => void,
    onProgress: (boots: number) => void,
  ): Promise<StoreTables> {
    const layout = new StoreLayout(path);
    let damages = 0;
    let boots = 0;
    const parts = partsOf(path, (error) => {
      damages++;
      onDamage(error);
    });
    const files: TablePaths[] = [];
    let scratch: string | null = null;
    try {
      for await (const part of parts) {
        const kept = part.pack === null ? null : keptPaths(layout, part.pack);
        if (kept !== null && (await isWhole(kept.boots)) && (await isWhole(kept.reports))) {
          files.push(kept);
          continue;
        }
        scratch ??= await scratchDirectory(layout);
        const before = damages;
        const made = pathsIn(scratch, String(files.length));
        boots += await write(part, made);
        onProgress(boots);
        files.push(kept === null || damages > before ? made : await keep(made, kept));
      }
      if (scratch === null) throw new RangeError("what is in no pack is a part, too");
      return new StoreTables(files, scratch);
    } catch (error) {
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
      if (codeOf(error) === null) throw error;
      throw new StoreError(`${path}: its tables cannot be written: ${codeOf(error) ?? ""}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true });
  }
}

function pathsIn(directory: string, name: string): TablePaths {
  return {
    boots: join(directory, `${name}.boots.parquet`),
    reports: join(directory, `${name}.reports.parquet`),
  };
}

function keptPaths(layout: StoreLayout, pack: string): TablePaths {
  return pathsIn(join(layout.tables, String(COLUMNS_VERSION)), pack);
}

/** In the store, so that what is made there is renamed into place; elsewhere if nothing can be written there. */
async function scratchDirectory(layout: StoreLayout): Promise<string> {
  try {
    const scratch = await mkdtemp(join(layout.temporary, "tables-"));
    await mkdir(join(layout.tables, String(COLUMNS_VERSION)), { recursive: true });
    return scratch;
  } catch {
    return mkdtemp(join(tmpdir(), "splat-triage-tables-"));
  }
}

/** @returns how many boots there are */
async function write(part: StorePart, paths: TablePaths): Promise<number> {
  const tables = new BootTables(paths);
  for await (const rows of part.rows(new Set())) for (const row of rows) await tables.add(row);
  const { boots } = await tables.end();
  return boots;
}

/** @returns where the tables are now: where they were, if they cannot be kept */
async function keep(made: TablePaths, kept: TablePaths): Promise<TablePaths> {
  try {
    await rename(made.reports, kept.reports);
  } catch {
    return made;
  }
  try {
    await rename(made.boots, kept.boots);
    return kept;
  } catch {
    return { boots: made.boots, reports: kept.reports };
  }
}

/** The last that a Parquet file has. */
const MAGIC = "PAR1";

/** A machine that lost its power may have left an empty file of that name. */
async function isWhole(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, size - MAGIC.length);
      return buffer.toString("latin1") === MAGIC;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
