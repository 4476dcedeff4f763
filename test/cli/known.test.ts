import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

/** Known issues, as a CI job has them. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const TWICE = join(FIXTURES, "rcu/twice/dmesg.txt");

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
}

function knownFile(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test("reports are marked, counted, and the rest decides the exit status", () => {
  const known = knownFile("rcu.yaml", "- kind: rcu\n  note: both of them\n  link: https://example.org/1\n");
  const result = run(["--known", known, "--exit-code", TWICE]);
  const { summary, reports } = Document.parse(JSON.parse(result.stdout));
  expect(result).toMatchObject({ status: 1, stderr: "" });
  expect(summary).toMatchObject({ reports: 3, known: 2 });
  expect(reports.map(({ known: entry }) => entry)).toEqual([
    { entry: 0, note: "both of them", link: "https://example.org/1" },
    { entry: 0, note: "both of them", link: "https://example.org/1" },
    null,
  ]);
});

test("without --known nothing is said of it, and where nothing was found it is 0", () => {
  const plain = run([TWICE]).stdout;
  expect(plain).not.toContain('"known"');
  const known = knownFile("none.yaml", "");
  expect(Document.parse(JSON.parse(run(["--known", known, CLEAN]).stdout)).summary.known).toBe(0);
});

test("every format says what is known, and why", () => {
  const known = knownFile("note.yaml", "- class: lock_a\n  note: a test \u202emodule\n");
  for (const format of ["table", "markdown"]) {
    const { stdout } = run(["--known", known, "-f", format, ABBA]);
    expect(stdout).toMatch(/1 known/);
    expect(stdout).toMatch(/known .*a test .*\\u\{202e\}module/);
  }
  expect(run(["--known", known, "-f", "ndjson", ABBA]).stdout).toContain('"known":{"entry":0,');
});

test("stale and expired entries are named, and an expired one hides nothing", () => {
  const known = knownFile(
    "old.yaml",
    "- kind: limit\n  note: never seen\n- kind: circular\n  note: for a while\n  expires: 2026-03-31\n",
  );
  const [before, after] = ["1774915200", "1775001600"].map((epoch) =>
    run(["--known", known, "--exit-code", ABBA], { SOURCE_DATE_EPOCH: epoch }),
  );
  expect(before).toMatchObject({
    status: 0,
    stderr: `splat-triage: ${known}:1: fits no report: never seen\n`,
  });
  expect(after).toMatchObject({
    status: 1,
    stderr: `splat-triage: ${known}:1: fits no report: never seen\nsplat-triage: ${known}:3: expired on 2026-03-31, hides nothing any more: for a while\n`,
  });
});

test("a list that cannot be read hides nothing and shows nothing", () => {
  const broken = knownFile("broken.yaml", "- kind: rcu\n  note: a\n- kind: [\n");
  for (const [file, reason] of [
    [broken, `${broken}:`],
    [join(directory, "missing.yaml"), "missing.yaml: no such file"],
  ] as const) {
    const result = run(["--known", file, ABBA]);
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toContain(reason);
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
  }
});

test("many files are read by threads, and marked all the same", () => {
  const logs = join(directory, "many");
  mkdirSync(logs);
  const filler = "<6>[    9.000000] usb 1-1: nothing of note\n".repeat(110_000);
  writeFileSync(join(logs, "a.log"), readFileSync(ABBA, "utf8") + filler);
  writeFileSync(join(logs, "b.log"), readFileSync(TWICE, "utf8") + filler);
  const known = knownFile("many.yaml", "- kind: rcu\n  note: a\n");
  for (const jobs of ["1", "2"]) {
    const { stdout } = run(["--known", known, "--jobs", jobs, logs]);
    expect(Document.parse(JSON.parse(stdout)).summary).toMatchObject({ reports: 4, known: 2 });
  }
});

test("--write-known adds each bug once, keeps the rest as it was, and leaves nothing else behind", () => {
  const folder = join(directory, "written");
  mkdirSync(folder);
  const path = join(folder, "known.yaml");
  const text = "# ours\n-   kind: circular # one day\n    note: a\n";
  writeFileSync(path, text);
  expect(run(["--known", path, "--write-known", path, TWICE, ABBA]).status).toBe(0);
  const once = readFileSync(path, "utf8");
  expect(once.startsWith(text)).toBe(true);
  expect(once.slice(text.length).match(/^- id: "[0-9a-f]{12}"\n  note: ".+"$/gm)).toHaveLength(2);
  const again = run(["--known", path, "--write-known", path, "--exit-code", TWICE, ABBA]);
  expect(again).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(path, "utf8")).toBe(once);
  expect(readdirSync(folder)).toEqual(["known.yaml"]);
});

test("--write-known adds no id that the file has, and writes to nothing but files", () => {
  const path = join(directory, "again.yaml");
  expect(run(["--write-known", path, ABBA]).status).toBe(0);
  const once = readFileSync(path, "utf8");
  expect(run(["--write-known", path, ABBA]).status).toBe(0);
  expect(readFileSync(path, "utf8")).toBe(once);
  const link = join(directory, "link.yaml");
  symlinkSync("again.yaml", link);
  expect(run(["--write-known", link, TWICE]).status).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8").startsWith(once)).toBe(true);
  const pipe = join(directory, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  expect(run(["--write-known", pipe, ABBA])).toMatchObject({ status: 2 });
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test("--write-known makes the file, but not of a report whose damage leaves in doubt which bug it is", () => {
  const path = join(directory, "made.yaml");
  const whole = readFileSync(ABBA, "utf8");
  const start = whole.indexOf("-> #1");
  const cut = knownFile("cut.log", whole.slice(0, start));
  const result = run(["--write-known", path, cut, TWICE]);
  expect(result.stderr).toMatch(
    /made\.yaml: not added, for its damage leaves in doubt which bug it is: [0-9a-f]{12}/,
  );
  expect(readFileSync(path, "utf8").match(/^- id/gm)).toHaveLength(3);
});

/** What a patch checker does: the tree without the patch tells what is known, the one with it must add nothing. */
const CHECK = `
set -u
tool() { "$NODE" "$COMMAND" "$@"; }
tool --write-known known.yaml "$1" > /dev/null 2>&1
tool --known known.yaml --exit-code -f table "$2" > report.txt 2>> report.txt
case $? in
  0) echo pass ;;
  1) echo fail ;;
  125) echo unknown ;;
  *) echo error ;;
esac
`;

test("a script that checks patches fails on what is new, and on nothing else", () => {
  const script = knownFile("check.sh", CHECK);
  const check = (before: string, after: string): string => {
    rmSync(join(directory, "known.yaml"), { force: true });
    return spawnSync("sh", [script, before, after], {
      cwd: directory,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], NODE: process.execPath, COMMAND },
    }).stdout.trim();
  };
  expect(check(TWICE, TWICE)).toBe("pass");
  expect(check(TWICE, ABBA)).toBe("pass");
  expect(check(ABBA, TWICE)).toBe("fail");
  expect(check(CLEAN, ABBA)).toBe("fail");
  expect(check(ABBA, join(directory, "missing.log"))).toBe("error");
});
