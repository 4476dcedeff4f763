import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";

/** src/cli/start.ts: what V8 made of the command is kept for the next start. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");

let home = "";
let code = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "splat-code-"));
  code = join(home, ".cache/splat-triage/code");
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function run(log: string, env: NodeJS.ProcessEnv = { HOME: home }): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, "-f", "json", log], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** The files that are kept, and when each was written. */
function kept(): Record<string, number> {
  return Object.fromEntries(readdirSync(code).map((name) => [name, statSync(join(code, name)).mtimeMs]));
}

const named = (name: string): string =>
  join(code, readdirSync(code).find((file) => file.startsWith(`${name}@`)) ?? "none");

describe("what is kept", () => {
  test("is written once, by its user alone, and changes nothing", () => {
    const without = run(ABBA, {});
    expect(run(CLEAN)).toBe(run(CLEAN, {}));
    expect(Object.keys(kept())).toEqual([expect.stringMatching(/^cli@[0-9a-f]{16}-v\d/)]);
    expect(run(ABBA)).toBe(without);
    const first = kept();
    expect(Object.keys(first)).toHaveLength(2);
    for (const name of Object.keys(first)) expect(statSync(join(code, name)).mode & 0o777).toBe(0o600);
    expect(run(ABBA)).toBe(without);
    expect(kept()).toEqual(first);
  });

  test("is loaded once, however many logs need it", () => {
    const logs = Array.from({ length: 12 }, (_, i) => {
      const log = join(home, `${i}.log`);
      writeFileSync(log, readFileSync(ABBA));
      return log;
    });
    // each loading waits for the end, and Node warns of more than ten that do
    expect(run(home, { HOME: home, NODE_OPTIONS: "--trace-warnings" }).match(/"id": /g)).toHaveLength(
      logs.length,
    );
    rmSync(code, { recursive: true });
  });

  test("goes where XDG_CACHE_HOME says, and nowhere where there is no place or none is wanted", () => {
    run(CLEAN, { HOME: home, XDG_CACHE_HOME: join(home, "xdg") });
    expect(readdirSync(join(home, "xdg/splat-triage/code"))).toHaveLength(1);
    run(CLEAN, { HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" });
    run(CLEAN, {});
    // a home that is not there is not made, and where none can be made nobody tries for ever
    run(CLEAN, { HOME: join(home, "none") });
    run(CLEAN, { XDG_CACHE_HOME: "/proc/none" });
    expect(readdirSync(home)).toEqual(["xdg"]);
    writeFileSync(join(home, ".cache"), "no directory");
    run(CLEAN);
  });

  test("is made anew where it is damaged, or another could have written it", () => {
    const clean = run(CLEAN);
    const path = named("cli");
    const whole = readFileSync(path);
    const damaged = [0.1, 0.3, 0.4, 0.9].map((share) => {
      const bytes = Buffer.from(whole);
      const at = Math.floor(whole.length * share);
      bytes.fill(0xa5, at, at + 8);
      return bytes;
    });
    for (const bytes of [
      ...damaged,
      whole.subarray(0, 100_000),
      Buffer.alloc(whole.length),
      Buffer.alloc(0),
    ]) {
      writeFileSync(path, bytes);
      expect(run(CLEAN)).toBe(clean);
      expect(statSync(path).size).toBeGreaterThan(whole.length / 2);
      expect(readFileSync(path).equals(bytes)).toBe(false);
    }
    chmodSync(path, 0o666);
    run(CLEAN);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("of other versions is thrown away, but for the latest", () => {
    mkdirSync(code, { recursive: true });
    for (let i = 1; i <= 7; i++) {
      writeFileSync(join(code, `cli@${i}`), "");
      utimesSync(join(code, `cli@${i}`), i, i);
    }
    writeFileSync(join(code, "other@1"), "");
    run(CLEAN);
    const names = Object.keys(kept()).toSorted();
    expect(names.filter((name) => name.length < 10)).toEqual(["cli@4", "cli@5", "cli@6", "cli@7", "other@1"]);
    expect(names).toHaveLength(6);
  });
});
