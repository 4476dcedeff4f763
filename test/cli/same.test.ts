import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
    env: { PATH: process.env["PATH"], XDG_CACHE_HOME: directory },
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

describe("ids", () => {
  const ID = "6bb8ce7d879a";
  let store = "";
  beforeAll(() => {
    store = join(directory, "boots.store");
    spawnSync(process.execPath, [COMMAND, "history", "add", store, ABBA, ARM64, CYCLE]);
  });

  test("are looked up in a store, or in whatever seen takes", () => {
    const yes = { status: 0, stdout: `yes: one bug, ${ID} possible deadlock in take_ba\n`, stderr: "" };
    expect(same(ARM64, ID, "--in", store)).toMatchObject(yes);
    expect(same(ID, ID, "--in", join(FIXTURES, "circular/abba"))).toMatchObject(yes);
    const cycle = /"id": "([0-9a-f]{12})"/.exec(
      spawnSync(process.execPath, [COMMAND, CYCLE], { encoding: "utf8" }).stdout,
    )?.[1];
    expect(same(ID, cycle ?? "", "--in", store)).toMatchObject({
      status: 1,
      stdout: "no: they share lock_a → lock_b, and are not one cycle\n",
    });
  });

  test("end with 2 where no place has them, or none is named", () => {
    expect(same(ABBA, "0123456789ab", "--in", store)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `splat-triage: 0123456789ab: no report has this id in ${store}\n`,
    });
    expect(same(ABBA, ID)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `splat-triage: ${ID}: no such file; if it is an id, say with --in where to look it up\n`,
    });
  });
});
