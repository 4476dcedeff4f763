import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Suspects } from "../../src/bisect/suspects-schema.ts";
import { GitRepository } from "../../src/cli/bisect/git.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { commandsOf, type TestCommit, TestRepository } from "../support/git.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const FSRECLAIM = join(FIXTURES, "circular/fsreclaim/dmesg.txt");
const RCU = join(FIXTURES, "rcu/twice/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");

const ESCAPE = "\x1b]0;owned\x07 | `x` [a](b) @all";

/** A driver, whose function s_fsreclaim() is the one of the log that takes the lock. */
function driver(line: string, more = ""): string {
  return `int before(void)\n{\n\treturn 0;\n}\n\nint s_fsreclaim(void)\n{\n\tint x = 0;\n\t${line}\n\treturn x;\n}\n\nint after(void)\n{\n\t${more}\n\treturn 0;\n}\n`;
}

const COMMITS: readonly TestCommit[] = [
  { subject: "the good end", parents: [], files: { "drivers/splat.c": driver("a();") } },
  { subject: "nothing of interest", parents: [0], files: { "other.c": "int other;\n" } },
  { subject: ESCAPE, parents: [1], files: { "other.c": "int another;\n" } },
  { subject: "take the lock", parents: [2], files: { "drivers/splat.c": driver("b();") } },
  { subject: "locking/lockdep: Rework FS_RECLAIM annotation", parents: [3] },
  { subject: "call it", parents: [4], files: { "drivers/splat.c": driver("b();", "s_fsreclaim();") } },
  { subject: "a branch", parents: [3], files: { "branch.c": "int branch;\n" } },
  { subject: "a merge", parents: [5, 6], files: { "branch.c": "int branch;\n" } },
];

let repository: TestRepository;
const shas: string[] = [];
beforeAll(() => {
  repository = new TestRepository();
  repository.import(commandsOf(COMMITS));
  for (const i of COMMITS.keys()) shas.push(repository.git("rev-parse", `work-${i}`));
});
afterAll(() => {
  repository.remove();
});

function sha(commit: number): string {
  return shas[commit] ?? "";
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "bisect", "suspects", ...args], {
    encoding: "utf8",
    cwd: repository.directory,
    env: { PATH: process.env["PATH"], COLUMNS: "200", ...env },
  });
}

interface Tested {
  readonly commit: string;
  readonly results: readonly ("bad" | "good" | "unusable")[];
}

const HEAD = '{"schema":"splat-triage-journal/1","target":"x","identity":2}';

function journal(name: string, tests: readonly Tested[], more: readonly string[] = []): string {
  const path = join(repository.directory, name);
  const runs = tests.flatMap(({ commit, results }) =>
    results.map((result, i) =>
      JSON.stringify({ commit, run: i + 1, result, reason: "as told", seconds: 1, kernel: null }),
    ),
  );
  writeFileSync(path, `${[HEAD, ...runs, ...more].join("\n")}\n`);
  return path;
}

function suspects(args: readonly string[]): Suspects {
  const { status, stdout, stderr } = run(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return Suspects.parse(JSON.parse(stdout));
}

function of(document: Suspects, commit: number): Suspects["commits"][number] | undefined {
  return document.commits.find((one) => one.commit === sha(commit));
}

describe("bisect suspects", () => {
  test("gives each commit of the range its probability", () => {
    // 4 missed once in a history that has 3 and below; 7 shows it always: B(3, 1) = 1/3 against B(3, 2) = 1/12
    const path = journal("two.ndjson", [
      { commit: sha(7), results: ["bad", "bad"] },
      { commit: sha(4).slice(0, 12), results: ["good", "unusable"] },
    ]);
    const document = suspects(["--journal", path, "work-0..main"]);
    expect(document.range).toEqual({ good: sha(0), bad: sha(7), commits: 7 });
    expect(document.tests).toEqual({ commits: 2, hits: 2, runs: 3 });
    const sum = 3 * (1 / 3) + 4 * (1 / 12);
    expect(document.commits.map(({ commit }) => shas.indexOf(commit)).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
    for (const commit of [5, 6, 7]) expect(of(document, commit)?.probability).toBeCloseTo(1 / 3 / sum, 8);
    for (const commit of [1, 2, 3, 4]) expect(of(document, commit)?.probability).toBeCloseTo(1 / 12 / sum, 8);
    expect(of(document, 4)).toMatchObject({ hits: 0, runs: 1, unusable: 1 });
    // of 5, 6 and their merge 7, each of the first two rules out one
    expect([5, 6]).toContain(shas.indexOf(document.next?.commit ?? ""));
    expect(document.next?.by).toBe("midpoint");
    expect(document.notes).toEqual([{ code: "no-report" }]);
  });

  test("with a given hit rate", () => {
    const path = journal("rate.ndjson", [{ commit: sha(3), results: ["good", "good"] }]);
    const document = suspects(["--journal", path, "--hit-rate", "0.5", "work-0..main"]);
    expect(document.rate).toEqual({ known: 0.5, mean: 0.5 });
    expect(of(document, 1)?.probability).toBeCloseTo(0.25 / (3 * 0.25 + 4), 8);
    expect(document.next?.by).toBe("information");
  });

  test("of the commit that fixed it: what still shows the report is older", () => {
    const tests = [
      { commit: sha(0), results: ["bad", "good"] },
      { commit: sha(3), results: ["bad"] },
      { commit: sha(7), results: ["good", "good", "good"] },
    ] as const;
    const path = journal("fix.ndjson", tests);
    const text = readFileSync(path, "utf8").replace('"identity":2', '"identity":2,"find":"fix"');
    writeFileSync(path, text);
    const document = suspects(["--journal", path, "work-0..main"]);
    expect(document).toMatchObject({ find: "fix", notes: [{ code: "no-report" }] });
    // 6 and 5 both come after 3, on two branches; each may have fixed what the other still has
    for (const commit of [1, 2, 3]) expect(of(document, commit)?.probability).toBe(0);
    for (const commit of [4, 5, 6, 7]) expect(of(document, commit)?.probability).toBeCloseTo(1 / 4, 8);
    // two of three runs of the old end and of 3 show it: (1 + 2) of (2 + 3)
    expect(document.rate).toEqual({ known: null, mean: 0.6 });
    const table = run(["-f", "table", "--journal", path, "work-0..main"]).stdout;
    expect(table).toMatch(/^find {6}the commit that fixed it$/m);
    const bug = suspects(["--journal", path, "--find", "bug", "work-0..main"]);
    expect(bug.notes).toContainEqual({ code: "other-search", journal: "fix", asked: "bug" });
  });

  test("tells which commits touch the annotation, the functions and the files of the report", () => {
    const path = journal("touch.ndjson", [{ commit: sha(7), results: ["bad"] }]);
    const document = suspects(["--journal", path, "--report", FSRECLAIM, "work-0..main"]);
    expect(of(document, 3)?.touches).toEqual([{ code: "function", functions: ["s_fsreclaim"] }]);
    expect(of(document, 4)?.touches).toEqual([
      { code: "catalogue", annotation: "fs_reclaim", role: "introduces", by: "subject" },
    ]);
    expect(of(document, 5)?.touches).toEqual([{ code: "call", functions: ["s_fsreclaim"] }]);
    for (const commit of [1, 2, 6, 7]) expect(of(document, commit)?.touches).toEqual([]);
    // it does not count in the probability
    expect(new Set(document.commits.map(({ probability }) => probability))).toHaveProperty("size", 1);
    expect(document.notes).toEqual([]);
  });

  test("takes the report from the journal", () => {
    const report = {
      id: "abc",
      title: "x",
      cycle: ["a"],
      functions: ["after"],
      files: ["drivers/splat.c"],
      annotations: [],
    };
    const bad = { commit: sha(7), run: 1, result: "bad", reason: "", seconds: 1, kernel: null, report };
    const path = journal("report.ndjson", [], [JSON.stringify(bad)]);
    const document = suspects(["--journal", path, "work-0..main"]);
    expect(of(document, 3)?.touches).toEqual([{ code: "file", files: ["drivers/splat.c"] }]);
    expect(of(document, 5)?.touches).toEqual([
      { code: "function", functions: ["after"] },
      { code: "file", files: ["drivers/splat.c"] },
    ]);
    // a log of another report is not the journal's
    const other = run(["--journal", path, "--report", RCU, "work-0..main"]);
    expect(other).toMatchObject({
      status: 2,
      stderr: `splat-triage: ${RCU}: none of its reports is the one in the journal\n`,
    });
  });

  test("tells what does not fit", () => {
    const path = journal(
      "odd.ndjson",
      [
        { commit: sha(0), results: ["bad"] },
        { commit: "deadbeef", results: ["good"] },
        { commit: sha(7), results: ["bad"] },
        { commit: sha(5), results: ["unusable"] },
      ],
      ['{"commit":'],
    );
    const { notes, commits } = suspects(["--journal", path, "work-1..main"]);
    expect(notes).toEqual([
      { code: "untestable", commits: [sha(5)] },
      { code: "damaged-journal", lines: [6] },
      { code: "hit-on-good", commits: [sha(0)] },
      { code: "not-in-repository", commits: ["deadbeef"] },
      { code: "no-report" },
    ]);
    expect(commits).toHaveLength(6);
    const outside = journal("outside.ndjson", [{ commit: sha(6), results: ["bad"] }]);
    expect(suspects(["--journal", outside, "work-3..work-5"]).notes).toEqual([
      { code: "no-tests" },
      { code: "outside", commits: [sha(6)] },
      { code: "no-report" },
    ]);
    expect(suspects(["--journal", outside, "work-5..work-6"]).notes).toContainEqual({
      code: "good-is-no-ancestor",
    });
    const both = journal("both.ndjson", [
      { commit: sha(5), results: ["bad"] },
      { commit: sha(6), results: ["bad"] },
    ]);
    const contradiction = suspects(["--journal", both, "work-3..main"]);
    expect(contradiction.notes).toContainEqual({ code: "contradictory" });
    expect(contradiction).toMatchObject({ next: null, credible: { commits: 0 }, rate: { mean: null } });
    expect(run(["-f", "table", "--journal", both, "work-3..main"]).stdout).toContain(
      "no single commit explains",
    );
  });

  test("lets nothing that people wrote reach a terminal or Markdown", () => {
    const path = journal("hostile.ndjson", [{ commit: sha(2), results: ["bad"] }]);
    const table = run(["-f", "table", "--journal", path, "work-0..main"]).stdout;
    expect(table).toContain(String.raw`\x1b]0;owned\x07 | ${"`x`"} [a](b) @all`);
    expect(table).not.toContain("\x1b");
    const markdown = run(["-f", "markdown", "--journal", path, "work-0..main"]).stdout;
    const [row = ""] = markdown.split("\n").filter((text) => text.includes("owned") && text.startsWith("|"));
    // in one code span of two backticks, and its bar does not end the cell
    expect(row).toContain(String.raw`${"``"}\x1b]0;owned\x07 \x7c ${"`x`"} [a](b) @all${"``"}`);
    expect(run(["--journal", path, "work-0..main"]).stdout).not.toContain("\x1b");
  });

  test("for a person: the suspects, the likeliest first, and the next", () => {
    const path = journal("table.ndjson", [
      { commit: sha(7), results: ["bad", "good", "bad"] },
      { commit: sha(3), results: Array.from({ length: 20 }, () => "good" as const) },
    ]);
    const lines = run(["-f", "table", "--journal", path, "--report", FSRECLAIM, "work-0..main"]).stdout.split(
      "\n",
    );
    expect(lines[0]).toBe(
      `range     ${sha(0).slice(0, 12)}..${sha(7).slice(0, 12)}: 7 commits, 2 tested, 2 hits in 23 runs`,
    );
    expect(lines).toContain(
      "suspects  4 commits with 95 % probability; what a commit touches does not count in it",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^25 % +${sha(4).slice(0, 12)} locking/lockdep: Rework FS_RECLAIM annotation \\(not tested\\)$`,
        ),
      ),
    );
    expect(lines).toContain("           introduces fs_reclaim (catalogue, by its subject)");
    // one of the three below the misses: B(3, 22) / (4 B(3, 2) + 3 B(3, 22))
    const less = lines.indexOf("less likely, and touching the report:");
    expect(lines.slice(less + 1, less + 3)).toEqual([
      `0.049 %    ${sha(3).slice(0, 12)} take the lock (0 of 20 runs)`,
      "           changes lines at s_fsreclaim",
    ]);
    expect(lines.at(-2)).toBe("2 more commits, together 0.099 %");
  });
});

describe("a range too long to read every change", () => {
  const LONG = 1100;
  let long: TestRepository;
  beforeAll(() => {
    long = new TestRepository();
    const commits = Array.from({ length: LONG + 1 }, (_, i) => ({
      subject: `change ${i}`,
      parents: i === 0 ? [] : [i - 1],
      files: { "drivers/splat.c": driver(`a(${i});`) },
    }));
    long.import(commandsOf(commits));
  });
  afterAll(() => {
    long.remove();
  });

  test("reads those of the suspects, and says so", () => {
    const tested = { commit: long.git("rev-parse", "main~100"), results: ["good", "good", "good"] } as const;
    // with this rate all before main~100 share 1000 * 0.001 against 100
    const path = journal("long.ndjson", [tested]);
    const options = ["--journal", path, "--repo", long.directory, "--report", FSRECLAIM];
    const document = suspects([...options, "--hit-rate", "0.9", "work-0..main"]);
    // 95 % of 101 parts, one for each commit after it
    const looked = Math.ceil(0.95 * (100 + 1000 * 0.001));
    expect(document.credible.commits).toBe(looked);
    expect(document.notes).toEqual([{ code: "not-all-looked-at", looked, reason: "likeliest-only" }]);
    const read = document.commits.filter(({ touches }) => touches !== null);
    expect(read.every(({ credible }) => credible)).toBe(true);
    expect(read.map(({ touches }) => touches)).toEqual(
      Array.from({ length: looked }, () => [{ code: "function", functions: ["s_fsreclaim"] }]),
    );
  });

  test("ends where the changes are larger than anybody waits for", async () => {
    const git = await GitRepository.open(long.directory);
    let lines = 0;
    const cut = await git.changes(
      long.git("rev-list", "main").split("\n"),
      { milliseconds: 60_000, bytes: 1000 },
      () => {
        lines++;
      },
    );
    expect(cut).toBe("size");
    expect(lines).toBeGreaterThan(0);
  });
});

describe("what cannot be is one line on standard error, exit 2", () => {
  test.each([
    ["main..work-0", "main..work-0: no commit in this range: is BAD older than GOOD?"],
    ["nowhere..main", "nowhere..main: no commit nowhere in this repository"],
    ["work-0...main", "work-0...main: not a range: give GOOD..BAD"],
    ["main", "main: not a range: give GOOD..BAD"],
    ["--output=x..main", "--output=x..main: --output=x is not a revision"],
    ["work-0..-x", "work-0..-x: -x is not a revision"],
  ])("%s", (range, reason) => {
    const path = journal("range.ndjson", []);
    const result = run(["--journal", path, "--", range]);
    expect(result).toMatchObject({ status: 2, stdout: "", stderr: `splat-triage: ${reason}\n` });
  });

  test("no repository, no journal, no report", () => {
    const path = journal("none.ndjson", []);
    const empty = join(repository.directory, "..", `${Date.now()}-none`);
    expect(run(["--journal", path, "--repo", empty, "a..b"]).stderr).toContain(`${empty}: no such directory`);
    const plain = run(["--journal", path, "--repo", FIXTURES, "a..b"], {
      GIT_CEILING_DIRECTORIES: join(FIXTURES, ".."),
    });
    expect(plain).toMatchObject({ status: 2, stderr: `splat-triage: ${FIXTURES}: not a git repository\n` });
    expect(run(["--journal", "missing", "work-0..main"]).stderr).toBe(
      "splat-triage: missing: no such file\n",
    );
    expect(run(["--journal", CLEAN, "work-0..main"]).stderr).toBe(
      `splat-triage: ${CLEAN}: not the journal of a bisection\n`,
    );
    expect(run(["--journal", path, "--report", CLEAN, "work-0..main"]).stderr).toBe(
      `splat-triage: ${CLEAN}: there is no report in it\n`,
    );
    expect(run(["work-0..main"]).status).toBe(2);
  });

  test("a shallow clone that lacks commits of the range", () => {
    const clone = join(repository.directory, "shallow");
    mkdirSync(clone);
    const source = pathToFileURL(repository.directory).href;
    execFileSync("git", ["clone", "--quiet", "--depth=3", "--branch=main", source, clone], {
      env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    });
    const path = journal("shallow.ndjson", []);
    expect(run(["--journal", path, "--repo", clone, `${sha(0)}..main`])).toMatchObject({
      status: 2,
      stderr: `splat-triage: ${sha(0)}..main: no commit ${sha(0)} in this repository; the clone is shallow: git fetch --unshallow\n`,
    });
  });
});
