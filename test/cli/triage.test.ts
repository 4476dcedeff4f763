import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const TWICE = join(FIXTURES, "rcu/twice/dmesg.txt");

interface Run {
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
}

function run(args: readonly string[], { input = "", env = {} }: Run = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"], ...env },
    maxBuffer: 1 << 28,
  });
}

function documentOf(result: SpawnSyncReturns<string>): Document {
  return Document.parse(JSON.parse(result.stdout));
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("json", () => {
  test("is what a pipe gets, and validates against the schema that the command prints", () => {
    const schema: unknown = JSON.parse(run(["schema"]).stdout);
    if (typeof schema !== "object" || schema === null) throw new Error("the schema is no object");
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const log of [ABBA, CLEAN, TWICE, join(FIXTURES, "irq-order/hardsafe3/dmesg.txt")]) {
      const result = run([], { input: readFileSync(log) });
      const document: unknown = JSON.parse(result.stdout);
      expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
      expect(result).toMatchObject({ status: 0, stderr: "" });
    }
    expect(validate({ schema: "splat-triage/2" })).toBe(false);
  });

  test("names standard input '-' and files as given", () => {
    expect(documentOf(run([], { input: readFileSync(ABBA) })).sources[0]?.name).toBe("-");
    expect(documentOf(run([ABBA])).sources[0]?.name).toBe(ABBA);
    expect(
      documentOf(run(["-", CLEAN], { input: readFileSync(ABBA) })).sources.map(({ name }) => name),
    ).toEqual(["-", CLEAN]);
  });

  test("tells where lockdep turned itself off, and by which report", () => {
    const [source] = documentOf(run([TWICE])).sources;
    // two suspicious RCU usages leave it on; the circular report, the third, does not
    expect(source?.lockdep).toEqual({ state: "off", offAt: { line: 327, reason: "report", report: 2 } });
    expect(documentOf(run([CLEAN])).sources[0]?.lockdep).toEqual({ state: "on", offAt: null });
  });

  test("is the same for the same bytes", () => {
    expect(run([TWICE]).stdout).toBe(run([TWICE]).stdout);
  });
});

test("ndjson: a line a report, with its source spelled out", () => {
  const lines = run(["-f", "ndjson", TWICE, ABBA]).stdout.trimEnd().split("\n");
  const reports = lines.map((line) => JSON.parse(line) as { kind: string; source: { name: string } });
  expect(reports.map(({ kind, source }) => [kind, source.name])).toEqual([
    ["rcu", TWICE],
    ["rcu", TWICE],
    ["circular", TWICE],
    ["circular", ABBA],
  ]);
});

test("kernel: the report as the console showed it, without prefixes", () => {
  const printed = run(["-f", "kernel", join(FIXTURES, "held-user/userret/dmesg.txt")]).stdout;
  // lines 240 to 247 of the log, and the empty line that lockdep prints before the box
  const log = readFileSync(join(FIXTURES, "held-user/userret/dmesg.txt"), "latin1")
    .split("\n")
    .slice(238, 247);
  expect(printed.trimEnd().split("\n")).toEqual(log.map((line) => line.replace(/^\[.*?\]\[.*?\] /, "")));
});

describe("the table", () => {
  test("has no colour in a pipe, follows NO_COLOR and FORCE_COLOR, and keeps to the width", () => {
    const plain = run(["-f", "table", ABBA], { env: { COLUMNS: "60" } }).stdout;
    expect(plain).not.toContain("\x1b");
    expect(plain).toContain("lock_a → lock_b → lock_a");
    expect(plain).toContain("possible deadlock in take_ba");
    expect(run(["-f", "table", ABBA], { env: { FORCE_COLOR: "1" } }).stdout).toContain("\x1b[");
    expect(run(["-f", "table", ABBA], { env: { FORCE_COLOR: "0" } }).stdout).not.toContain("\x1b");
    expect(run(["-f", "table", ABBA], { env: { NO_COLOR: "1" } }).stdout).not.toContain("\x1b");
  });
});

describe("exit status", () => {
  test("0 with and without reports; with --exit-code 1 where there is one", () => {
    expect(run([ABBA]).status).toBe(0);
    expect(run(["--exit-code", ABBA]).status).toBe(1);
    expect(run(["--exit-code", CLEAN]).status).toBe(0);
    expect(run(["--exit-code", "-f", "ndjson"], { input: readFileSync(ABBA) }).status).toBe(1);
  });

  test.each([
    [["--bogus"], "splat-triage: unknown option '--bogus'"],
    [["-f", "xml"], "splat-triage: option '-f, --format <format>' argument 'xml' is invalid"],
    [["--follow", "dmesg.txt"], "splat-triage: --follow reads standard input, not files"],
    [["/nowhere/at/all"], "splat-triage: /nowhere/at/all: no such file"],
  ])("2 and one line on standard error: %j", (args, message) => {
    const result = run(args);
    expect(result.status).toBe(2);
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(result.stderr).toContain(message);
  });

  test("2 where one of several inputs fails; the others are done", () => {
    const result = run([ABBA, "/nowhere/at/all", TWICE]);
    expect(result.status).toBe(2);
    expect(result.stderr).toBe("splat-triage: /nowhere/at/all: no such file\n");
    expect(documentOf(result).summary.reports).toBe(4);
  });

  test("2 for a directory without logs; a directory of logs is walked in order", () => {
    const empty = join(directory, "empty");
    mkdirSync(empty);
    expect(run([empty])).toMatchObject({ status: 2, stderr: expect.stringContaining(empty) as string });
    const boots = join(directory, "boots");
    mkdirSync(boots);
    copyFileSync(TWICE, join(boots, "boot-2.log"));
    copyFileSync(ABBA, join(boots, "boot-1.log"));
    expect(documentOf(run([boots])).sources.map(({ name }) => name)).toEqual([
      join(boots, "boot-1.log"),
      join(boots, "boot-2.log"),
    ]);
  });
});

describe("input that is no kernel log", () => {
  test.each([
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.from([0])],
    ["every byte", Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7919) % 256))],
    ["newlines", Buffer.from("\n".repeat(1000))],
    ["one long line", Buffer.from("x".repeat(3_000_000))],
  ])("%s: an empty summary", (_name, input) => {
    const result = run([], { input });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const { summary, sources } = documentOf(result);
    expect(summary).toEqual({ reports: 0, unique: 0, damaged: 0, byKind: {} });
    expect(sources[0]).toMatchObject({ bytes: input.length, lockdep: { state: "unknown", offAt: null } });
  });

  test("a table says that no report proves nothing there", () => {
    expect(run(["-f", "table"], { input: "hello\n" }).stdout).toMatch(/no report.*nothing/is);
  });
});

test("a closed pipe ends it quietly", async () => {
  const child = spawn("sh", ["-c", `"${process.execPath}" "${COMMAND}" "${TWICE}"; echo "status $?" >&2`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.destroy();
  await new Promise((resolve) => child.on("close", resolve));
  expect(stderr).toBe("status 0\n");
});

test("--follow prints a report as soon as it is whole, while standard input stays open", async () => {
  const child = spawn(process.execPath, [COMMAND, "--follow"], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  child.stdout.setEncoding("utf8");
  const first = new Promise<void>((resolve) => {
    child.stdout.on("data", (text: string) => {
      lines.push(...text.split("\n").filter((line) => line !== ""));
      resolve();
    });
  });
  child.stdin.write(readFileSync(ABBA));
  await first;
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([
    documentOf(run([ABBA])).reports[0]?.id,
  ]);
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.stdin.end();
  expect(await closed).toBe(0);
  expect(lines).toHaveLength(1);
});

test("--follow --boots prints a boot as soon as the next begins, before the reports of that", async () => {
  const child = spawn(process.execPath, [COMMAND, "--follow", "--boots"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8");
  const bootIsThere = new Promise<void>((resolve) => {
    child.stdout.on("data", (text: string) => {
      printed += text;
      if (printed.includes("splat-triage-boot/1")) resolve();
    });
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.stdin.write(readFileSync(ABBA));
  child.stdin.write(readFileSync(TWICE));
  await bootIsThere;
  child.stdin.end(readFileSync(CLEAN));
  expect(await closed).toBe(0);
  const whole = join(directory, "three-boots.log");
  writeFileSync(whole, Buffer.concat([ABBA, TWICE, CLEAN].map((log) => readFileSync(log))));
  const { sources, reports } = documentOf(run([whole]));
  const [abba, ...twice] = reports.map(({ id }) => id);
  const told = printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(told).toMatchObject([
    { id: abba },
    { source: { result: "reported" }, boot: sources[0]?.boots[0], reports: [abba] },
    ...twice.map((id) => ({ id })),
    { boot: sources[0]?.boots[1], reports: twice },
    { boot: sources[0]?.boots[2], reports: [] },
  ]);
});

test.each([
  ["a trace without end", "circular/abba-arm64", 1, 181],
  ["the first few bytes of a log", "spinlock-debug/spin-bad-magic", 221, 251],
])("--follow takes %s for whole after a quiet moment", async (_what, name, from, to) => {
  const log = readFileSync(join(FIXTURES, name, "dmesg.txt"), "latin1").split("\n");
  const child = spawn(process.execPath, [COMMAND, "--follow"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  const first = new Promise<string>((resolve) => child.stdout.once("data", resolve));
  child.stdin.write(`${log.slice(from - 1, to).join("\n")}\n`);
  expect(JSON.parse(await first)).toMatchObject({ kind: name.split("/")[0], complete: true });
  const closed = new Promise((resolve) => child.on("close", resolve));
  child.stdin.end();
  expect(await closed).toBe(0);
});

test("help teaches by example, and the version is the package's", () => {
  const help = run(["--help"]);
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toContain("dmesg | splat-triage");
  const { version } = JSON.parse(readFileSync(join(FIXTURES, "../package.json"), "utf8")) as {
    version: string;
  };
  expect(run(["--version"]).stdout).toBe(`${version}\n`);
});

test("compressed logs are read as they are", () => {
  const packed = join(directory, "dmesg.txt.gz");
  writeFileSync(packed, readFileSync(join(FIXTURES, "selftest/6-12/dmesg.txt.gz")));
  expect(documentOf(run([packed])).summary.reports).toBe(251);
});

test.each(["junit", "ktap", "kcidb", "squad", "html"])(
  "-f %s tells of absence, so no report may be left out",
  (format) => {
    expect(run(["-f", format, "--kind", "rcu", ABBA])).toMatchObject({
      status: 2,
      stderr: `splat-triage: --kind: -f ${format} also says what was not reported, so it needs all reports\n`,
    });
  },
);

test("-f github adds its summary to the file that the runner names", () => {
  const file = join(directory, "summary.md");
  writeFileSync(file, "before\n");
  const result = run(["-f", "github", ABBA], { env: { GITHUB_STEP_SUMMARY: file } });
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(file, "utf8")).toMatch(/^before\n1 report: circular\n/);
  const nowhere = run(["-f", "github", ABBA], {
    env: { GITHUB_STEP_SUMMARY: join(directory, "no/such/file") },
  });
  expect(nowhere.status).toBe(2);
  expect(nowhere.stderr).toContain("no/such/file");
});
