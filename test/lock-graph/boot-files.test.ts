import { expect, test } from "vitest";
import { BootFiles } from "../../src/lock-graph/boot-files.ts";
import { lockGraph, readLog } from "../../src/lock-graph/graph-of-logs.ts";
import type { Boot } from "../../src/lock-graph/index.ts";
import { InputError } from "../../src/read/inputs/index.ts";
import { bootFiles, write } from "../support/boots.ts";

const DUMP = write({ classes: { a: "+.+.", b: "+.+." }, dependencies: ["a > b"], chains: ["a", "a b"] });
const LOG = bootFiles("ab")["dmesg"] ?? "";

async function bootsOf(files: Readonly<Record<string, string | undefined>>): Promise<Boot[]> {
  const all = new BootFiles(readLog);
  for (const [name, text = ""] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    // the first chunks alone do not tell what it is
    await all.add({ name, chunks: [bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)] });
  }
  return [...all.boots()];
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(DUMP["lockdep"] ?? "");
  await Promise.resolve();
  throw new InputError("lockdep.gz", "truncated");
}

const shown = (boots: readonly Boot[]): string[] =>
  boots.map(({ name, files, dump, kernel }) =>
    [name, dump === null ? "log" : "dump", kernel?.release ?? "-", ...files].join(" "),
  );

test("a directory with dumps is one boot, and the log beside them is its log", async () => {
  const boots = await bootsOf({
    "boots/ab/dmesg": LOG,
    "boots/ab/lockdep": DUMP["lockdep"],
    "boots/ab/lockdep_chains": DUMP["lockdep_chains"],
    "boots/ba/lockdep_chains": DUMP["lockdep_chains"],
    "boots/c.log": LOG,
  });
  expect(shown(boots)).toEqual([
    "ab dump 6.12.117 boots/ab/lockdep boots/ab/lockdep_chains boots/ab/dmesg",
    "ba dump - boots/ba/lockdep_chains",
    "boots/c.log log 6.12.117 boots/c.log",
  ]);
  expect(boots[0]?.dump).toMatchObject({ classes: { length: 2 }, chains: { length: 2 } });
  expect(boots[0]?.kernel?.build).toBe("#5");
});

test("files of several boots in one directory are told by what their names share", async () => {
  const boots = await bootsOf({
    "x/one.lockdep.gz": DUMP["lockdep"],
    "x/one.lockdep_chains": DUMP["lockdep_chains"],
    "x/proc_lockdep-two.txt": DUMP["lockdep"],
    "x/two-dmesg.txt": LOG,
    "x/three.log": LOG,
  });
  expect(shown(boots)).toEqual([
    "one dump - x/one.lockdep.gz x/one.lockdep_chains",
    "two dump 6.12.117 x/proc_lockdep-two.txt x/two-dmesg.txt",
    "x/three.log log 6.12.117 x/three.log",
  ]);
});

test("a boot has one of each file: a second one is another boot", async () => {
  const boots = await bootsOf({ lockdep: DUMP["lockdep"], "./lockdep": DUMP["lockdep"] });
  expect(shown(boots)).toEqual(["lockdep dump - lockdep", "./lockdep dump - ./lockdep"]);
  expect(shown(await bootsOf({ "a/x/lockdep": DUMP["lockdep"], "b/x/lockdep": DUMP["lockdep"] }))).toEqual([
    "a/x/lockdep dump - a/x/lockdep",
    "b/x/lockdep dump - b/x/lockdep",
  ]);
});

test("all three in one file, from standard input", async () => {
  const boots = await bootsOf({ "-": Object.values(DUMP).join("") });
  expect(shown(boots)).toEqual(["- dump - -"]);
  expect(boots[0]?.dump).toMatchObject({ classes: { length: 2 }, chains: { length: 2 }, damage: [] });
});

test("an input that breaks off is an error, and what came before is kept", async () => {
  const all = new BootFiles(readLog);
  await expect(all.add({ name: "x/lockdep.gz", chunks: broken() })).rejects.toThrow("lockdep.gz: truncated");
  expect([...all.boots()][0]?.dump?.classes?.length).toBe(2);
});

test("as a library: dumps and logs in, a graph out", async () => {
  const inputs = ["ab", "ba"].flatMap((boot) =>
    Object.entries(bootFiles(boot)).map(([name, text]) => ({
      name: `boots/${boot}/${name}`,
      chunks: [Buffer.from(text)],
    })),
  );
  const { sources, cycles } = await lockGraph(inputs);
  expect(sources.map(({ name, kernel }) => `${name} ${kernel ?? "-"}`)).toEqual([
    "ab 6.12.117",
    "ba 6.12.117",
  ]);
  expect(cycles[0]).toMatchObject({ classes: ["lock_a", "lock_b"], strength: "certain" });
});
