import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "splat-new-kind-"));
  for (const path of [
    "grammar",
    "scripts",
    "src",
    "test",
    "tsconfig.json",
    "package.json",
    ".prettierrc.json",
    // what the compiler needs, too: test/fuzz imports it
    "fixtures/circular/fsreclaim/report.json",
  ])
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => {
  rmSync(copy, { recursive: true });
});

function newKind(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = join(copy, "scripts/new-kind.mjs");
  return spawnSync(process.execPath, [script, ...args], { cwd: copy, encoding: "utf8" });
}

/** What the compiler says of the copy: each file and the first line about it. */
function complaints(): string[] {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", "tsconfig.json"], {
    cwd: copy,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => /^\S+\(\d+,\d+\): error/.test(line));
}

test("npm run new-kind begins a kind, and the compiler names what is left to say", () => {
  const files = [
    "src/kinds/index.ts",
    "src/kinds/cant-sleep.ts",
    "fixtures/cant-sleep/first/origin.json",
    "test/kinds/cant-sleep.test.ts",
  ];
  const { status, stdout } = newKind("cant-sleep");
  expect({ status, files: stdout.split("\n").slice(0, files.length) }).toEqual({ status: 0, files });
  execFileSync(join(ROOT, "node_modules/.bin/prettier"), ["--check", ...files], { cwd: copy });

  // no headline has it yet; how it is decorated and what it does to lockdep nobody can guess
  expect(complaints()).toEqual([
    expect.stringMatching(
      /^src\/kinds\/cant-sleep\.ts.*missing the following properties.*: banner, lockdep$/,
    ),
    expect.stringMatching(/^src\/kinds\/index\.ts.*'"cant-sleep"' does not exist in type 'Record</),
  ]);
  expect(newKind("cant-sleep")).toMatchObject({
    status: 2,
    stderr: "src/kinds/cant-sleep.ts is there already\n",
  });
});

test.each([[], ["Cant Sleep"], ["../x"], ["a", "b"]])("npm run new-kind refuses %j", (...args) => {
  const before = readFileSync(join(copy, "src/kinds/index.ts"), "utf8");
  expect(newKind(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining("usage: ") as string });
  expect(readFileSync(join(copy, "src/kinds/index.ts"), "utf8")).toBe(before);
});
