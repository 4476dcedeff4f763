import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** Why a place has no line: what `Functions.find` says, or that no line of the address is known. */
const NoLine = z.enum(["twice", "no-function", "other-size", "no-line"]);

const Line = z.strictObject({ symbol: z.string(), file: z.string().nullable(), line: z.int().nullable() });

const Answer = z.union([z.array(Line), NoLine]);
export type Answer = z.infer<typeof Answer>;

const Cached = z.strictObject({
  schema: z.literal("splat-triage-lines/1"),
  banner: z.string().nullable(),
  base: z.string().nullable(),
  tool: z.string(),
  places: z.record(z.string(), Answer),
});

/** Some 100 bytes each. */
const MOST_PLACES = 100_000;

/** What a build id's file said before: a build id names the bytes, so that it is true for good. */
export class LineCache {
  readonly #path: string | null;
  readonly #places: Map<string, Answer>;
  #isChanged = false;
  /** linux_banner of the file, once it was looked for. */
  banner: string | null;
  /** The directory that paths begin with, once it was looked for. */
  base: string | null;
  /** What answered. */
  tool: string | null;

  private constructor(path: string | null, cached: z.infer<typeof Cached> | null) {
    this.#path = path;
    this.#places = new Map(Object.entries(cached?.places ?? {}));
    this.banner = cached?.banner ?? null;
    this.base = cached?.base ?? null;
    this.tool = cached?.tool ?? null;
  }

  /** What cannot be read is taken for empty: it is only a cache. */
  static async open(directory: string, buildId: string | null): Promise<LineCache> {
    if (buildId === null || !/^[0-9a-f]{8,128}$/.test(buildId)) return new LineCache(null, null);
    const path = join(directory, "source", `${buildId}.json`);
    try {
      const cached = Cached.safeParse(JSON.parse(await readFile(path, "utf8")));
      return new LineCache(path, cached.success ? cached.data : null);
    } catch {
      return new LineCache(path, null);
    }
  }

  get(place: string): Answer | undefined {
    return this.#places.get(place);
  }

  set(place: string, answer: Answer): void {
    if (this.#places.size >= MOST_PLACES) return;
    this.#places.set(place, answer);
    this.#isChanged = true;
  }

  /** Whole or not at all; where nothing can be written, nothing is kept. */
  async save(): Promise<void> {
    if (this.#path === null || !this.#isChanged || this.tool === null) return;
    const { banner, base, tool } = this;
    const cached = {
      schema: "splat-triage-lines/1",
      banner,
      base,
      tool,
      places: Object.fromEntries(this.#places),
    };
    const scratch = `${this.#path}.${process.pid}`;
    try {
      await mkdir(join(this.#path, ".."), { recursive: true });
      await writeFile(scratch, JSON.stringify(cached));
      await rename(scratch, this.#path);
      this.#isChanged = false;
    } catch {
      // a home that cannot be written is no reason to tell no lines
    }
  }
}
