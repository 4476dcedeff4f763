import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logOf } from "../bench/logs.mjs";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdout: number | "pipe" = "pipe",
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    stdio: ["ignore", stdout, "pipe"],
    env: { PATH: process.env["PATH"], ...env },
    maxBuffer: 1 << 28,
    timeout: 600_000,
  });
}

function documentOf({ stdout }: SpawnSyncReturns<string>): Document {
  return Document.parse(JSON.parse(stdout));
}

// the whole command, several times, on a machine that may be busy
let directory = "";
const at = (name: string): string => join(directory, name);
const large: string[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-failing-"));
  // together enough for several threads
  for (const seed of [1, 2, 3]) {
    large.push(at(`large-${seed}.log`));
    const log = [...logOf({ bytes: 4e6, every: 50e3, seed })].join("");
    writeFileSync(at(`large-${seed}.log`), log, "latin1");
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("several threads", () => {
  const alone = ["--jobs", "1"];
  const together = ["--jobs", "3"];

  test.each(["json", "ndjson", "kernel", "table", "markdown"])(
    "give what one gives, in its order: %s",
    (format) => {
      const one = run([...alone, "-f", format, ...large]);
      expect(one.stdout.length).toBeGreaterThan(1000);
      expect(run([...together, "-f", format, ...large]).stdout === one.stdout).toBe(true);
    },
  );

  test("do the others where one input fails", () => {
    const broken = at("broken.log.gz");
    writeFileSync(broken, gzipSync(readFileSync(large[0] ?? "")).subarray(0, 100_000));
    const args = [large[0] ?? "", at("none"), broken, large[1] ?? ""];
    const [one, many] = [run([...alone, ...args]), run([...together, ...args])];
    expect(many).toMatchObject({ status: 2, stderr: one.stderr });
    expect(many.stderr.trimEnd().split("\n")).toEqual([
      `splat-triage: ${at("none")}: no such file`,
      `splat-triage: ${broken}: the gzip archive is truncated`,
    ]);
    expect(many.stdout === one.stdout).toBe(true);
    const { sources } = documentOf(many);
    expect(sources.map(({ name }) => name)).toEqual([large[0], broken, large[1]]);
  });

  test("give what one gives of many small logs, and of what is none", () => {
    for (const part of ["small", "small/of-one-rack", "programs"]) mkdirSync(at(part));
    for (let seed = 1; seed <= 320; seed++) {
      const log = [...logOf({ bytes: 30e3, reports: seed % 20 === 7 ? 2 : 0, seed })].join("");
      writeFileSync(at(`small/${seed % 3 === 0 ? "of-one-rack/" : ""}${seed}.log`), log, "latin1");
    }
    for (const name of ["programs/vmlinux", "small/vmlinux", "small/of-one-rack/vmlinux"])
      writeFileSync(at(name), `\x7fELF ${"BUG: MAX_LOCK_DEPTH too low!\n".repeat(99)}`, "latin1");
    writeFileSync(at("small/77-broken.log.gz"), gzipSync(readFileSync(ABBA)).subarray(0, 3000));
    const args = [at("programs"), at("small"), ABBA, at("small/vmlinux")];
    for (const format of ["json", "table"]) {
      const [one, many] = [run([...alone, "-f", format, ...args]), run([...together, "-f", format, ...args])];
      expect(many).toMatchObject({ status: 2, stderr: one.stderr });
      expect(many.stderr.trimEnd().split("\n").slice(0, 2)).toEqual([
        `splat-triage: ${at("programs")}: no log file in this directory`,
        `splat-triage: ${at("small/77-broken.log.gz")}: the gzip archive is truncated`,
      ]);
      expect(many.stdout === one.stdout).toBe(true);
      if (format !== "json") continue;
      const { sources, summary } = documentOf(many);
      expect(sources).toHaveLength(323);
      // a program that was named is read
      expect(sources.at(-1)).toMatchObject({ name: at("small/vmlinux"), lines: 99 });
      expect(summary.reports).toBeGreaterThanOrEqual(33);
    }
  });

  test("that die lose nothing: their files are read again", () => {
    const deadly = at("deadly.cjs");
    // in threads only, and at their first sign of life
    writeFileSync(
      deadly,
      'const { isMainThread, parentPort } = require("node:worker_threads");\n' +
        'if (!isMainThread) parentPort.once("message", () => setTimeout(() => process.exit(7), 50));\n',
    );
    const whole = run([...alone, ...large]);
    const result = run([...together, ...large], { NODE_OPTIONS: `--require ${deadly}` });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(result.stdout === whole.stdout).toBe(true);
  });
});

describe("where output goes", () => {
  test.skipIf(!existsSync("/dev/full")).each(["json", "table", "kernel"])(
    "a full disk is told: %s",
    (format) => {
      const full = openSync("/dev/full", "w");
      const result = run(["-f", format, ABBA], {}, full);
      closeSync(full);
      expect(result.status).toBe(2);
      expect(result.stderr).toMatch(/^splat-triage: .*no space left on device.*\n$/i);
    },
  );

  test("a directory for temporary files that is not there is told, once it is needed", () => {
    const env = { TMPDIR: at("nowhere") };
    expect(run([ABBA], env).status).toBe(0);
    const result = run(["--jobs", "1", ...large], env);
    expect(result.status).toBe(2);
    expect(result.stderr).toBe(
      `splat-triage: ${at("nowhere")}: what was found cannot be kept there: no such file\n`,
    );
  });

  test("nothing is left in it", () => {
    const temporary = mkdtempSync(at("temporary-"));
    expect(run(["--jobs", "1", ...large], { TMPDIR: temporary }).status).toBe(0);
    expect(spawnSync("ls", ["-A", temporary], { encoding: "utf8" }).stdout).toBe("");
  });
});

describe("special files", () => {
  test("/proc files of size 0 are read to their end", () => {
    expect(documentOf(run(["/proc/version"])).sources[0]).toMatchObject({ lines: 1 });
  });

  test("a FIFO is read until its writer is done", async () => {
    const fifo = at("fifo");
    expect(spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", fifo]).status).toBe(0);
    const child = spawn(process.execPath, [COMMAND, "-f", "ndjson", fifo], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    spawnSync("sh", ["-c", 'cat "$1" > "$2"', "sh", ABBA, fifo]);
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ kind: "circular", complete: true });
  });

  test("a file that grows is read as far as it goes", async () => {
    const path = at("growing.log");
    writeFileSync(path, readFileSync(ABBA));
    const child = spawn(process.execPath, [COMMAND, path], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    for (let i = 0; i < 20; i++) appendFileSync(path, "[    9.000000][    T1] and so on\n");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(Document.parse(JSON.parse(text)).summary.reports).toBe(1);
  });
});

test("a report of half a million lines is cut, and says so", () => {
  const path = at("endless.log");
  writeFileSync(path, [...logOf({ bytes: 30e6, frames: 500_000 })].join(""), "latin1");
  const { summary, reports } = documentOf(run(["-f", "json", path]));
  expect(summary.reports).toBe(1);
  expect(reports[0]?.damage.map(({ code }) => code)).toContain("too-long");
});
