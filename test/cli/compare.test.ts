import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diff } from "../../src/compare/diff-schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

/** `diff` and `bisect verdict` as a user calls them. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const FS_RECLAIM = join(FIXTURES, "circular/fsreclaim/dmesg.txt");
const TWICE = join(FIXTURES, "rcu/twice/dmesg.txt");

function run(args: readonly string[], input: string | Buffer = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"] },
  });
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function diffOf(result: SpawnSyncReturns<string>): Diff {
  return Diff.parse(JSON.parse(result.stdout));
}

describe("diff", () => {
  test("of two logs: JSON in a pipe", () => {
    const result = run(["diff", CLEAN, ABBA]);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(diffOf(result)).toMatchObject({
      schema: "splat-triage-diff/1",
      changes: [{ title: "possible deadlock in take_ba", status: "new" }],
    });
  });

  test("of directories with one log per boot, and of several files", () => {
    for (const [side, logs] of [
      ["old", [CLEAN, CLEAN]],
      ["new", [ABBA, CLEAN]],
    ] as const) {
      mkdirSync(join(directory, side), { recursive: true });
      for (const [i, log] of logs.entries())
        writeFileSync(join(directory, side, `boot-${i}.log`), readFileSync(log));
    }
    const byDirectory = diffOf(run(["diff", join(directory, "old"), join(directory, "new")]));
    expect(byDirectory.changes).toMatchObject([
      { status: "new", old: { hits: 0, observed: 2 }, new: { hits: 1, observed: 2 } },
    ]);
    const byFile = diffOf(run(["diff", "--old", CLEAN, CLEAN, "--new", ABBA, CLEAN]));
    expect(byFile.changes[0]).toMatchObject({ old: { observed: 2 }, new: { observed: 2 } });
    const half = diffOf(run(["diff", "--new", ABBA, "--", join(directory, "old")]));
    expect(half.changes[0]).toMatchObject({ old: { observed: 2 }, new: { hits: 1 } });
  });

  test("table and Markdown", () => {
    expect(run(["diff", "-f", "table", CLEAN, ABBA]).stdout).toContain("1 new");
    expect(run(["diff", "-f", "markdown", CLEAN, ABBA]).stdout).toContain(
      "## new: possible deadlock in `take_ba`",
    );
  });

  test("of directories with copies of /proc/lockdep: those are no boots, and their edges are compared, too", () => {
    const [ab, ba] = ["ab", "ba"].map((name) => join(FIXTURES, "proc", name));
    const result = diffOf(run(["diff", ab ?? "", ba ?? ""]));
    expect([result.old.boots, result.old.lockdepUnknownBoots, result.comparable]).toEqual([1, 0, true]);
    const own = result.graph?.edges.filter(({ from, to }) =>
      [from, to].every((name) => /^lock_[ab]$/.test(name)),
    );
    expect(own?.map(({ only, from, to }) => [only, from, to])).toEqual([
      ["new", "lock_b", "lock_a"],
      ["old", "lock_a", "lock_b"],
    ]);
    expect(run(["diff", "-f", "table", ab ?? "", ba ?? ""]).stdout).toContain("+ lock_b → lock_a");
    expect(run(["diff", "-f", "markdown", ab ?? "", ba ?? ""]).stdout).toContain("## Lock graphs");
    expect(diffOf(run(["diff", CLEAN, ABBA])).graph).toBeNull();
  });

  test("with configurations, packed or not", () => {
    const [old, fresh] = [join(directory, "old.config"), join(directory, "config.gz")];
    writeFileSync(old, "CONFIG_PROVE_LOCKING=y\nCONFIG_LOCKDEP_BITS=15\n");
    writeFileSync(fresh, gzipSync("CONFIG_PROVE_LOCKING=y\nCONFIG_LOCKDEP_BITS=16\n"));
    const result = diffOf(run(["diff", "--old-config", old, "--new-config", fresh, CLEAN, ABBA]));
    expect(result).toMatchObject({
      comparable: false,
      caveats: [{ code: "config", option: "CONFIG_LOCKDEP_BITS", old: "15", new: "16" }],
    });
  });

  test.each([
    ["one side only", ["diff", ABBA], "two sides"],
    ["three logs", ["diff", ABBA, ABBA, CLEAN], "--old and --new"],
    ["standard input twice", ["diff", "-", "-"], "only once"],
    [
      "a configuration that is none",
      ["diff", "--old-config", ABBA, ABBA, CLEAN],
      "not a kernel configuration",
    ],
    ["a configuration that is not there", ["diff", "--old-config", "/nowhere", ABBA, CLEAN], "/nowhere"],
  ])("refuses %s in one line", (_name, args, reason) => {
    const result = run(args);
    expect(result.status).toBe(2);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain(reason);
    expect(result.stderr.trim().split("\n").length).toBe(1);
  });

  test("tells of a log that cannot be read, and compares the rest", () => {
    const result = run(["diff", "--old", CLEAN, "/nowhere", "--new", ABBA]);
    expect(result.status).toBe(2);
    expect(result.stderr).toBe("splat-triage: /nowhere: no such file\n");
    expect(diffOf(result).changes).toMatchObject([{ status: "new" }]);
  });
});

describe("schema", () => {
  test("of a comparison, which a comparison fits", () => {
    const schema: unknown = JSON.parse(run(["schema", "diff"]).stdout);
    if (typeof schema !== "object" || schema === null) throw new Error("the schema is no object");
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(JSON.parse(run(["diff", CLEAN, ABBA]).stdout))).toBe(true);
    expect(validate({ schema: "splat-triage-diff/1" })).toBe(false);
  });

  test.each(["reports", "diff", "graph", "plan", "run", "journal", "suspects"])("of %s names it", (what) => {
    expect(run(["schema", what]).stdout).toContain(`"splat-triage${what === "reports" ? "" : `-${what}`}/1"`);
  });

  test("of nothing else", () => {
    expect(run(["schema", "x"])).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("bisect verdict tells git bisect run", () => {
  test("old and new, where the fix is looked for", () => {
    const find = ["bisect", "verdict", "--find", "fix", "--target", ABBA];
    const still = run([...find, ABBA]);
    expect(still.status).toBe(0);
    expect(still.stderr).toContain("splat-triage: old, not fixed: ");
    const clean = run([...find, "--no-end-check", CLEAN]);
    expect(clean.status).toBe(1);
    expect(clean.stderr).toContain("splat-triage: new, fixed: ");
    expect(run(["bisect", "verdict", "--find", "both", "--target", ABBA, ABBA]).status).toBe(2);
  });

  test.each([
    ["1: the target is there", [ABBA], 1, "bad: "],
    ["0: it is not, and lockdep was on to the end", [CLEAN], 0, "good: "],
    ["125: another report had turned lockdep off", [FS_RECLAIM], 125, "possible deadlock in s_fsreclaim"],
    ["1: one of several logs shows it", [CLEAN, FS_RECLAIM, ABBA], 1, "bad: "],
    ["125: one of several logs says nothing", [CLEAN, FS_RECLAIM], 125, "cannot tell: "],
    ["0: but one good boot is enough", ["--enough", "1", CLEAN, FS_RECLAIM], 0, "1 more boot"],
    ["125: a log cannot be read", [CLEAN, "/nowhere"], 125, "/nowhere: no such file"],
    ["1: whatever other logs cannot be read", [ABBA, "/nowhere"], 1, "bad: "],
  ])("%s", (_name, args, status, reason) => {
    const result = run(["bisect", "verdict", "--target", ABBA, ...args]);
    expect([result.status, result.stdout]).toEqual([status, ""]);
    expect(result.stderr).toContain(reason);
  });

  test("of a directory with copies of /proc/lockdep beside the log what the log says", () => {
    const files = ["dmesg", "lockdep.gz", "lockdep_chains.gz", "lockdep_stats"];
    const paths = files.map((file) => join(FIXTURES, "proc/clean", file));
    const clean = run(["bisect", "verdict", "--target", "no such lock*", ...paths]);
    expect([clean.status, clean.stderr]).toEqual([0, expect.stringMatching(/^splat-triage: good: .*dmesg/)]);
  });

  test("what standard input says", () => {
    const target = ["bisect", "verdict", "--target", "possible deadlock in take_ba"];
    expect(run(target, readFileSync(ABBA)).status).toBe(1);
    expect(run(target, readFileSync(CLEAN)).status).toBe(0);
    expect(run(target, "").status).toBe(125);
    expect(run(target, readFileSync(CLEAN).subarray(0, 9000)).status).toBe(125);
  });

  test("nothing about a log that ends before the target's does, unless it is told not to care", () => {
    const lines = readFileSync(CLEAN, "latin1").split("\n");
    const early = lines.slice(0, lines.findIndex((line) => line.includes("as init process")) + 1);
    const input = early.map((line) => `${line}\n`).join("");
    expect(run(["bisect", "verdict", "--target", ABBA], input).status).toBe(125);
    expect(run(["bisect", "verdict", "--no-end-check", "--target", ABBA], input).status).toBe(0);
  });

  test.each([
    ["no target", ["bisect", "verdict", ABBA], "--target"],
    ["an empty target", ["bisect", "verdict", "--target", "", ABBA], "empty"],
    ["a target without a report", ["bisect", "verdict", "--target", CLEAN, ABBA], "no report in it"],
    ["a target with several", ["bisect", "verdict", "--target", TWICE, ABBA], "more than one report"],
    ["a target that is not there", ["bisect", "verdict", "--target", "log:/nowhere", ABBA], "/nowhere"],
    ["not enough", ["bisect", "verdict", "--enough", "0", "--target", ABBA, ABBA], "enough"],
  ])("2 for %s", (_name, args, reason) => {
    const result = run(args);
    expect([result.status, result.stdout]).toEqual([2, ""]);
    expect(result.stderr).toContain(reason);
    expect(result.stderr).not.toMatch(/^ {4}at /m);
  });
});
