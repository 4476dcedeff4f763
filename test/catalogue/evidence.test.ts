import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { annotations } from "../../src/catalogue/index.ts";
import allowed from "../../scripts/evidence-allowed.json" with { type: "json" };

const dir = mkdtempSync(join(tmpdir(), "splat-evidence-"));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const script = buildSync({
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
  entryPoints: [fileURLToPath(new URL("../../scripts/evidence.ts", import.meta.url))],
})
  .outputFiles.map(({ text }) => text)
  .join("");

function run(...trees: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, ["--input-type=module", "-", ...trees], {
    encoding: "utf8",
    input: script,
  });
}

/** A tree that has all that the catalogue speaks of, but for what is allowed to be missing, and what is `without`. */
function makeTree(name: string, without: readonly string[] = []): string {
  const tree = join(dir, name);
  const gone = new Set([...Object.keys(allowed), ...without]);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { flag: "a" });
  };
  for (const { acquiredBy, decidedBy = [], evidence } of annotations()) {
    const text = [...acquiredBy, ...decidedBy]
      .filter((word) => !gone.has(word))
      .map((word) => `${word}();\n`)
      .join("");
    for (const path of ["all.c", ...evidence]) if (!gone.has(path)) write(path, text);
  }
  return tree;
}

test("a tree that has everything is right", () => {
  const { status, stdout } = run(makeTree("whole"));
  expect([stdout, status]).toEqual([expect.stringMatching(/: 0 not found, 16 allowed\n$/), 0]);
});

test("a function that is gone, a file that is gone, one of other things, and an idle reason are named", () => {
  const tree = makeTree("torn", ["lock_set_cmp_fn", "mm/percpu.c"]);
  writeFileSync(join(tree, "fs/pipe.c"), "int hello;\n");
  writeFileSync(join(tree, "kernel/old.c"), "run_workqueue();\n");
  const { status, stdout } = run(tree);
  expect([stdout.split("\n"), status]).toEqual([
    [
      "pcpu_alloc_mutex: no tree has mm/percpu.c",
      "lock_cmp_fn: no tree has lock_set_cmp_fn()",
      "pipe_mutex: fs/pipe.c speaks neither of its classes nor of its functions",
      "evidence-allowed.json: run_workqueue needs no reason, the trees have it",
      expect.stringMatching(/: 3 not found, 15 allowed$/),
      "",
    ],
    1,
  ]);
});

test("what is no tree is refused", () => {
  const none = run(join(dir, "none"));
  expect([none.status, none.stderr]).toEqual([2, expect.stringMatching(/^evidence: .*none/)]);
  mkdirSync(join(dir, "empty"));
  const empty = run(join(dir, "empty"));
  expect([empty.status, empty.stderr]).toEqual([2, expect.stringContaining("no sources of a kernel")]);
  const nothing = run();
  expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringMatching(/^usage: /)]);
});
