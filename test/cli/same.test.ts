import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";

/** `same` as a script calls it. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const ARM64 = join(FIXTURES, "circular/abba-arm64/dmesg.txt");
const CYCLE = join(FIXTURES, "circular/abbcca/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const TWICE = join(FIXTURES, "rcu/twice/dmesg.txt");

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function same(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "same", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
}

test.each([
  [[ABBA, ARM64], 0, "yes: one bug, 6bb8ce7d879a possible deadlock in take_ba\n"],
  [[ABBA, CYCLE], 1, "no: they share lock_a → lock_b, and are not one cycle\n"],
  [
    [TWICE, ABBA],
    0,
    "yes: one bug, 6bb8ce7d879a possible deadlock in take_ba (of 3 different reports and 1, the closest two)\n",
  ],
  [[ABBA, CLEAN], 125, `cannot tell: there is no report in ${CLEAN}\n`],
] as const)("%j: %i", (logs, status, stdout) => {
  expect(same(...logs)).toMatchObject({ status, stdout, stderr: "" });
});

test("names the part that a damaged report lacks", () => {
  const path = join(directory, "cut.log");
  writeFileSync(path, readFileSync(ABBA, "utf8").split("-> #1")[0] ?? "");
  expect(same(path, ABBA)).toMatchObject({ status: 125, stdout: "cannot tell: the first lacks the cycle\n" });
});

test("ends with 2 where one cannot be read, or is missing", () => {
  expect(same(ABBA, join(directory, "missing"))).toMatchObject({ status: 2, stdout: "" });
  expect(same(ABBA).status).toBe(2);
});
