import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BootRow } from "../schema.ts";
import { FRESH_SUFFIX, MARKER_TEXT, StoreLayout } from "./layout.ts";
import { compact } from "./compact.ts";
import { codeOf, StoreError } from "./store-error.ts";

/** So many files of one log each are made a pack: a directory of more is slow to read. */
const WORTH_A_PACK = 4096;

/** Adds logs to a store. */
export class StoreWriter {
  readonly #layout: StoreLayout;
  #written = 0;

  private constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  /**
   * Opens a store, or makes one of a directory that is empty or not there.
   *
   * @throws StoreError if it is something else
   */
  static async open(path: string): Promise<StoreWriter> {
    const layout = new StoreLayout(path);
    try {
      await makeDirectory(path);
      if (!(await exists(layout.marker))) {
        const others = (await readdir(path)).filter((name) => !name.startsWith("."));
        // another process may have made it by now
        if (others.length > 0 && !(await exists(layout.marker)))
          throw new StoreError(`${path}: not a store, and not empty`);
        const marker = join(path, `.${randomUUID()}`);
        await writeFile(marker, MARKER_TEXT);
        await rename(marker, layout.marker);
      }
      for (const directory of [layout.fresh, layout.packs, layout.temporary]) await makeDirectory(directory);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError(`${path}: cannot be written: ${codeOf(error) ?? String(error)}`, { cause: error });
    }
    return new StoreWriter(layout);
  }

  /**
   * Adds the boots of one log: all of them, or none where the process is ended.
   *
   * @returns false if the log is there already
   */
  async add(rows: readonly BootRow[]): Promise<boolean> {
    const [first] = rows;
    if (first === undefined) return false;
    const name = join(this.#layout.fresh, first.log + FRESH_SUFFIX);
    if (await isWhole(name)) return false;
    const temporary = join(this.#layout.temporary, randomUUID());
    try {
      await writeFile(temporary, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      await rename(temporary, name);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new StoreError(`${this.#layout.root}: cannot be written: ${codeOf(error) ?? String(error)}`, {
        cause: error,
      });
    }
    if (++this.#written % WORTH_A_PACK === 0) await compact(this.#layout, WORTH_A_PACK);
    return true;
  }

  async close(): Promise<void> {
    await compact(this.#layout, WORTH_A_PACK);
  }
}

/** One level: where nothing can be made, as in /proc, Node tries forever to make all of them. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** A machine that lost its power may have left an empty file of that name. */
async function isWhole(path: string): Promise<boolean> {
  try {
    return (await readFile(path, "latin1")).endsWith("}\n");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
