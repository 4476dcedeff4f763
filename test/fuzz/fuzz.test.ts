import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";
import { randomOf } from "../support/random.ts";
import { assertLog, readInChunks } from "./invariants.ts";
import { mutated } from "./mutate.ts";

/** `npm run fuzz` gives a million; FUZZ_SEED begins elsewhere. */
const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 1500);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

/** More logs, where they are at hand, for long runs: the seeds of the short one stay what they are. */
const CORPUS = join(import.meta.dirname, "../../../shared/corpus");
const LONG = 10_000;

function logs(): Buffer[] {
  const folders = INPUTS > LONG && existsSync(CORPUS) ? [FIXTURES, CORPUS] : [FIXTURES];
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(?:txt|log|json|eml|mbox)$/.test(path) && !/(?:report|origin)\.json$/.test(path))
      .toSorted()
      .map((path) => readFileSync(join(folder, path))),
  );
}

test(
  `${INPUTS} damaged logs: what must hold of any log does`,
  { timeout: INPUTS * 2_000 + 600_000 },
  async () => {
    const all = logs();
    expect(all.length).toBeGreaterThan(60);
    let slowest = { nanosecondsAByte: 0, seed: 0 };
    for (let i = 0; i < INPUTS; i++) {
      const seed = SEED + i;
      const random = randomOf(seed);
      const log = all[Math.floor(random() * all.length)] ?? Buffer.alloc(0);
      const other = all[Math.floor(random() * all.length)] ?? Buffer.alloc(0);
      const bytes = mutated(log, other, random);
      const start = process.hrtime.bigint();
      try {
        const document = await readInChunks(bytes, 1 + Math.floor(random() * bytes.length * 1.5));
        const nanosecondsAByte = Number(process.hrtime.bigint() - start) / Math.max(1, bytes.length);
        if (i > 100 && nanosecondsAByte > slowest.nanosecondsAByte) slowest = { nanosecondsAByte, seed };
        await assertLog(bytes, document);
      } catch (error) {
        throw new Error(`seed ${seed}, ${bytes.length} bytes`, { cause: error });
      }
    }
    if (INPUTS > LONG)
      console.log(`slowest: ${slowest.nanosecondsAByte.toFixed(0)} ns a byte, seed ${slowest.seed}`);
  },
);
