import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { FRESH_SUFFIX, PACK_SUFFIX, type StoreLayout } from "./layout.ts";
import { codeOf } from "./store-error.ts";

/** What a killed process left behind is taken away after this. */
const STALE_MILLISECONDS = 24 * 60 * 60 * 1000;

/** One pack holds at most so many logs: it is unpacked in memory. */
const MOST_LOGS = 8192;

/**
 * Makes packs of files of one log each, where there are so many. Two processes may do so at once: a log that both pack is
 * there twice, and readers take it once. The files go only after the pack is in place.
 */
export async function compact(layout: StoreLayout, atLeast: number): Promise<void> {
  const names = (await readdir(layout.fresh)).filter((name) => name.endsWith(FRESH_SUFFIX)).toSorted();
  if (names.length < atLeast) return;
  for (let start = 0; start < names.length; start += MOST_LOGS)
    await pack(layout, names.slice(start, start + MOST_LOGS));
  await clean(layout.temporary);
}

async function pack(layout: StoreLayout, names: readonly string[]): Promise<void> {
  const texts: string[] = [];
  const packed: string[] = [];
  for (const name of names) {
    const text = await textOf(join(layout.fresh, name));
    // what is damaged stays where readers name it; what is gone, another process packed
    if (text === null || !text.endsWith("}\n")) continue;
    texts.push(text);
    packed.push(name);
  }
  if (texts.length === 0) return;
  const text = texts.join("");
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 32);
  const temporary = join(layout.temporary, randomUUID());
  await writeFile(temporary, await promisify(gzip)(text, { level: 6 }));
  await rename(temporary, join(layout.packs, digest + PACK_SUFFIX));
  for (const name of packed) await unlink(join(layout.fresh, name)).catch(unlessGone);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    unlessGone(error);
    return null;
  }
}

function unlessGone(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}

async function clean(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > STALE_MILLISECONDS)
        await rm(path, { force: true, recursive: true });
    } catch (error) {
      unlessGone(error);
    }
  }
}
