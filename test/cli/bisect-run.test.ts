import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Journal, JournalHead, JournalRun, parseJournal } from "../../src/bisect/journal.ts";
import { RunSummary } from "../../src/bisect/run-summary.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { GIT_ENV, TestRepository } from "../support/git.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
/** Another report, which turns lockdep off. */
const DECOY = join(FIXTURES, "circular/fsreclaim/dmesg.txt");
/** A report that leaves lockdep on. */
const SLEEPING = join(FIXTURES, "sleeping/sleepatomic/dmesg.txt");
const ABBA_TITLE = "possible deadlock in take_ba";

/** Processes are started, and some are waited for until they are ended. */
const root = mkdtempSync(join(tmpdir(), "splat-triage-"));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let directory = "";
let count = 0;
beforeEach(() => {
  directory = join(root, String(++count));
  mkdirSync(directory);
});

function at(name: string): string {
  return join(directory, name);
}

const ARGS = ["bisect", "run", "--target", ABBA];

function run(args: readonly string[], target = ABBA): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "bisect", "run", "--target", target, ...args], {
    cwd: directory,
    encoding: "utf8",
    env: GIT_ENV,
  });
}

function start(args: readonly string[]): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, [COMMAND, ...ARGS, ...args], {
    cwd: directory,
    env: GIT_ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return child as ChildProcess & { readonly pid: number };
}

function script(name: string, text: string): string {
  writeFileSync(at(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return at(name);
}

/** Prints one log after another, each time that it is run. */
function inTurn(...logs: readonly string[]): string {
  const cases = logs.map((log, i) => `${i + 1}) cat '${log}';;`).join("\n");
  return script("boot", `echo >> '${at("turns")}'\ncase $(wc -l < '${at("turns")}') in\n${cases}\nesac`);
}

function turns(): number {
  return existsSync(at("turns")) ? readFileSync(at("turns"), "utf8").length : 0;
}

function journal(): Journal {
  return parseJournal(readFileSync(at("journal"), "utf8"));
}

function results(): string[] {
  return journal().runs.map(({ result }) => result);
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 500) throw new Error("it does not come");
    await delay(20);
  }
}

/** Whether it still runs; a dead one that nobody asks for is gone, too. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const COMMIT = "1234567890abcdef1234567890abcdef12345678";
const OTHER = "fedcba0987654321fedcba0987654321fedcba09";
const JOURNAL = ["--journal", "journal", "--commit", COMMIT];

describe("a commit", () => {
  test("where the fix is looked for, a commit that shows the report is old, one that does not is new", () => {
    const find = ["--find", "fix", "--hit-rate", "0.9", "--", "cat"];
    const still = run([...find, ABBA]);
    expect(still.status).toBe(0);
    expect(still.stderr).toContain("splat-triage: old, not fixed: run 1 shows");
    const fixed = run([...find, CLEAN]);
    expect(fixed.status).toBe(1);
    expect(fixed.stderr).toContain("splat-triage: new, fixed: in none of");
  });

  test("is bad at the first hit: exit 1, and no run more", () => {
    const result = run(["--hit-rate", "0.3", "--", inTurn(CLEAN, CLEAN, ABBA, CLEAN)]);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toContain(`splat-triage: bad: run 3 shows ${ABBA_TITLE}`);
    expect(turns()).toBe(3);
  });

  test("is good when a miss is unlikely enough: exit 0, a line a run", () => {
    const result = run(["--hit-rate", "0.5", "--confidence", "0.9", "--", "cat", CLEAN]);
    expect(result).toMatchObject({ status: 0, stdout: "" });
    const lines = result.stderr.trimEnd().split("\n");
    // 0.5^4 = 6.25 %
    expect(lines.slice(2).map((line) => line.replace(/\d+\.\d s/, "N s"))).toEqual([
      "run 1 of 4: good (6.12.117 #4, N s); chance of a miss 50 %",
      "run 2 of 4: good (6.12.117 #4, N s); chance of a miss 25 %",
      "run 3 of 4: good (6.12.117 #4, N s); chance of a miss 13 %",
      "run 4 of 4: good (6.12.117 #4, N s); chance of a miss 6.3 %",
      "splat-triage: good: in none of 4 runs; chance of a miss 6.3 %",
    ]);
  });

  test("is not good by runs in which another report turned lockdep off", () => {
    const result = run([
      "--hit-rate",
      "0.5",
      "--confidence",
      "0.7",
      "--",
      inTurn(DECOY, CLEAN, DECOY, CLEAN),
    ]);
    expect(result.status).toBe(0);
    expect(turns()).toBe(4);
    expect(result.stderr).toMatch(/^run 1: unusable \(.*\): lockdep was off since line \d+, after possible/m);
    expect(result.stderr).toMatch(/^run 2, usable 1 of 2: good/m);
    expect(result.stderr).toMatch(/^run 4, usable 2 of 2: good/m);
  });

  test("cannot be told where the same other report masks it twice: exit 125", () => {
    const result = run(["-f", "json", "--", "cat", DECOY]);
    expect(result.status).toBe(125);
    expect(RunSummary.parse(JSON.parse(result.stdout))).toMatchObject({
      result: "unknown",
      reason: "masked",
      runs: [{ maskedBy: "0ae4c703b75b" }, { maskedBy: "0ae4c703b75b" }],
    });
    expect(result.stderr).toMatch(
      /^splat-triage: cannot tell: one other report masks it in run after run: lockdep was off since line \d+, after possible deadlock in .* \(0ae4c703b75b\)$/m,
    );
  });

  test("cannot be told after too many unusable runs in a row: exit 125", () => {
    const result = run(["--max-unusable", "3", "--max-masked", "9", "--", "cat", DECOY]);
    expect(result.status).toBe(125);
    expect(result.stderr).toContain("run 3: unusable");
    expect(result.stderr).not.toContain("run 4");
    expect(result.stderr).toMatch(/^splat-triage: cannot tell: too many runs in a row say nothing/m);
  });

  test("cannot be told when no more runs are allowed: exit 125", () => {
    const result = run(["--hit-rate", "0.3", "--max-runs", "2", "--", "cat", CLEAN]);
    expect(result.status).toBe(125);
    expect(result.stderr).toContain("no more runs than 2 are allowed, and 2 of the 13 needed are done");
  });

  test("cannot be told where the command says so with 125, at once", () => {
    const boot = script("boot", `echo >> '${at("turns")}'; cat '${CLEAN}'; exit 125`);
    const result = run([...JOURNAL, "--", boot]);
    expect(result.status).toBe(125);
    expect(turns()).toBe(1);
    expect(result.stderr).toContain("splat-triage: cannot tell: the command exits with 125");
    expect(results()).toEqual(["unusable"]);
  });

  test("is bad although the command says 125, when its log shows the target", () => {
    expect(run(["--", script("boot", `cat '${ABBA}'; exit 125`)]).status).toBe(1);
  });

  test.each([1, 2, 77, 255])("is judged by the log where the command exits with %i", (status) => {
    const boot = script("boot", `cat '${CLEAN}'; exit ${status}`);
    expect(run(["--hit-rate", "1", "--", boot]).status).toBe(0);
  });

  test("is not good without a log", () => {
    const result = run(["--max-unusable", "1", "--", "true"]);
    expect(result.status).toBe(125);
    expect(result.stderr).toContain("nothing in the log is from a kernel");
  });

  test("is told of by a log that comes compressed", () => {
    writeFileSync(at("log.gz"), gzipSync(readFileSync(ABBA)));
    expect(run(["--", "cat", "log.gz"]).status).toBe(1);
  });

  test("is not good by a compressed log that is cut off, but bad by what can be read of one", () => {
    const whole = gzipSync(readFileSync(CLEAN));
    writeFileSync(at("log.gz"), whole.subarray(0, whole.length - 12));
    const result = run(["--max-unusable", "1", "--", "cat", "log.gz"]);
    expect(result.status).toBe(125);
    expect(result.stderr).toContain("the log cannot be read");
    const bad = gzipSync(Buffer.concat([readFileSync(ABBA), readFileSync(CLEAN)]));
    writeFileSync(at("log.gz"), bad.subarray(0, bad.length - 12));
    expect(run(["--", "cat", "log.gz"]).status).toBe(1);
  });
});

describe("the command", () => {
  test("is run without a shell, with all that stands behind --", () => {
    const boot = script("boot", `for arg; do echo "<$arg>" >> '${at("args")}'; done; cat '${ABBA}'`);
    expect(run(["--", boot, "--target", "$HOME *", "--", "-f"]).status).toBe(1);
    expect(readFileSync(at("args"), "utf8")).toBe("<--target>\n<$HOME *>\n<-->\n<-f>\n");
  });

  test("has its standard error passed through, and nothing to read", () => {
    const boot = script("boot", `echo building >&2; cat; cat '${ABBA}'`);
    const result = run(["--", boot]);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toContain("building\n");
  });

  test("that cannot be started ends git bisect", () => {
    for (const [program, reason] of [
      ["no-such-program", "no such program"],
      [at(""), "permission denied"],
    ] as const) {
      const result = run(["--", program]);
      expect(result.status).toBe(128);
      expect(result.stderr).toContain(`splat-triage: ${program}: cannot be started: ${reason}\n`);
    }
  });

  test("is ended with all that it started when it takes too long, though they ignore SIGTERM", () => {
    const boot = script(
      "boot",
      `trap '' TERM; cat '${CLEAN}'; (trap '' TERM; echo $$ > '${at("pid")}'; while :; do sleep 1; done) & wait`,
    );
    const pids = script("pids", `exec sh -c 'echo $$ > "${at("leader")}"; exec "${boot}"'`);
    const result = run(["--timeout", "0.5", "--max-unusable", "1", "--", pids]);
    expect(result.status).toBe(125);
    expect(result.stderr).toMatch(/^run 1: unusable \(.*\): it was ended after [5-9] s$/m);
    for (const name of ["leader", "pid"])
      expect(isRunning(Number(readFileSync(at(name), "utf8")))).toBe(false);
  });

  test("that takes too long is bad all the same when its log shows the target", () => {
    const result = run(["--timeout", "1", "--", script("boot", `cat '${ABBA}'; sleep 60`)]);
    expect(result.status).toBe(1);
  });

  test("is not waited for by what it leaves behind, which is ended", () => {
    const left = `sleep 3600 && touch '${at("late")}'`;
    const boot = script("boot", `sh -c "${left}" & echo $! > '${at("pid")}'; cat '${CLEAN}'`);
    expect(run(["--hit-rate", "1", "--", boot]).status).toBe(0);
    expect(existsSync(at("late"))).toBe(false);
    expect(isRunning(Number(readFileSync(at("pid"), "utf8")))).toBe(false);
  });

  test("may print for ever: memory stays flat", () => {
    const boot = script("boot", `cat '${CLEAN}'; exec yes '[    9.000000] usb 1-1: new device'`);
    const limited = spawnSync(
      process.execPath,
      ["--max-old-space-size=64", COMMAND, ...ARGS, "--timeout", "3", "--max-unusable", "1", "--", boot],
      { cwd: directory, encoding: "utf8", env: GIT_ENV },
    );
    expect(limited).toMatchObject({ status: 125 });
    expect(limited.stderr).toContain("it was ended after 3 s");
  });

  test("may print reports all night: memory stays flat", () => {
    const log = readFileSync(SLEEPING, "latin1").split("\n");
    const begin = log.findIndex((line) => line.includes("BUG: sleeping function called"));
    const end = log.findIndex((line) => line.includes("</TASK>"));
    writeFileSync(at("report"), `${log.slice(begin, end + 1).join("\n")}\n`.repeat(100), "latin1");
    const boot = script(
      "boot",
      `cat '${CLEAN}'; for i in 1 2 3 4 5 6 7 8 9 10; do cat report report report report report; done`,
    );
    const limited = spawnSync(
      process.execPath,
      ["--max-old-space-size=48", COMMAND, ...ARGS, "--hit-rate", "1", "--", boot],
      { cwd: directory, encoding: "utf8", env: GIT_ENV },
    );
    expect(limited.stderr).toContain("good: in none of 1 run");
    expect(limited.status).toBe(0);
  });

  test("cannot write to the terminal through its log", () => {
    const evil = readFileSync(ABBA, "latin1")
      .replaceAll("6.12.117", "6.12.117\u001b]0;x\u0007")
      .replaceAll("take_ba", "take\u001b[31mba");
    writeFileSync(at("evil"), evil, "latin1");
    const result = run(["--max-runs", "1", "--", "cat", "evil"], "circular locking");
    const controls = result.stderr.split("").filter((character) => character < " " && character !== "\n");
    expect(controls).toEqual([]);
    expect(result.status).toBe(1);
  });
});

describe("--log", () => {
  test("names the file that the command writes; what it prints goes to standard error", () => {
    const boot = script("boot", `echo talk; cp '${ABBA}' console`);
    const result = run(["--log", "console", "--", boot]);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toContain("talk\n");
  });

  test("is removed before each run: what was there is judged by nobody", () => {
    writeFileSync(at("console"), readFileSync(ABBA));
    const never = run(["--log", "console", "--max-unusable", "1", "--", "true"]);
    expect(never.status).toBe(125);
    expect(never.stderr).toContain("the log cannot be read: no such file");
    const firstOnly = script("boot", `[ -e done ] || cp '${CLEAN}' console; touch done`);
    const twice = run(["--log", "console", "--hit-rate", "0.5", "--max-unusable", "1", "--", firstOnly]);
    expect(twice.status).toBe(125);
    expect(twice.stderr).toMatch(/^run 1 of 7: good.*\nrun 2: unusable/m);
  });

  test("is never a directory, nor what is needed for something else", () => {
    mkdirSync(at("dir"));
    expect(run(["--log", "dir", "--", "true"])).toMatchObject({ status: 128 });
    expect(existsSync(at("dir"))).toBe(true);
    writeFileSync(at("bad.log"), readFileSync(ABBA));
    expect(run(["--log", "./bad.log", "--", "true"], "bad.log")).toMatchObject({ status: 2 });
    expect(existsSync(at("bad.log"))).toBe(true);
  });
});

describe("the hit rate", () => {
  test("is unknown at first, and that is said: 99 runs", () => {
    const { stderr } = run(["--max-runs", "1", "--", "cat", CLEAN]);
    expect(stderr).toMatch(/hit rate unknown, so any is as likely .*: 99 runs/);
    expect(stderr).toContain("run 1 of 99: good");
  });

  test("is counted with --hits and --runs", () => {
    const { stderr } = run(["--hits", "1", "--runs", "4", "--max-runs", "1", "--", "cat", CLEAN]);
    expect(stderr).toContain("hit rate by 1 hit in 4 runs: 41 runs");
  });

  test("is learned from the bad commits of the journal", () => {
    const first = run(["--journal", "journal", "--commit", OTHER, "--", inTurn(CLEAN, CLEAN, CLEAN, ABBA)]);
    expect(first.status).toBe(1);
    const { stderr } = run([...JOURNAL, "--max-runs", "1", "--", "cat", CLEAN]);
    expect(stderr).toContain("hit rate by 1 bad commit of the journal (1 hit in 4 runs): 41 runs");
  });
});

describe("the journal", () => {
  test("holds every run, whatever it showed", () => {
    expect(run([...JOURNAL, "--hit-rate", "0.3", "--", inTurn(CLEAN, DECOY, ABBA)]).status).toBe(1);
    const lines = readFileSync(at("journal"), "utf8").trimEnd().split("\n");
    expect(JournalHead.parse(JSON.parse(lines[0] ?? "")).target).toContain(ABBA_TITLE);
    const runs = lines.slice(1).map((line) => JournalRun.parse(JSON.parse(line)));
    expect(runs).toMatchObject([
      { commit: COMMIT, run: 1, result: "good", kernel: { release: "6.12.117", build: "#4" } },
      { commit: COMMIT, run: 2, result: "unusable" },
      {
        commit: COMMIT,
        run: 3,
        result: "bad",
        report: { title: ABBA_TITLE, cycle: ["lock_a", "lock_b"], functions: ["take_ab", "take_ba"] },
      },
    ]);
  });

  test("is taken up again: earlier runs of the commit count, those of others do not", () => {
    const options = ["--hit-rate", "0.5", "--confidence", "0.9"];
    expect(run([...JOURNAL, ...options, "--max-runs", "3", "--", "cat", CLEAN]).status).toBe(125);
    const again = run([...JOURNAL, ...options, "--", "cat", CLEAN]);
    expect(again.status).toBe(0);
    expect(again.stderr).toContain("3 runs of it from before, 3 usable");
    expect(again.stderr).toContain("run 4 of 4: good");
    expect(results()).toHaveLength(4);
    expect(run([...JOURNAL, ...options, "--", "false"]).status).toBe(0);
    const other = run(["--journal", "journal", "--commit", OTHER, ...options, "--", "cat", CLEAN]);
    expect(other.stderr).toContain("run 1 of 4: good");
    expect(results()).toHaveLength(8);
  });

  test("of another target, or with ids of another definition, is refused: git bisect ends", () => {
    expect(run([...JOURNAL, "--hit-rate", "1", "--", "cat", CLEAN]).status).toBe(0);
    const other = run([...JOURNAL, "--", "cat", CLEAN], "lock_a");
    expect(other.status).toBe(128);
    expect(other.stderr).toContain("journal: it is the journal of another target,");
    const text = readFileSync(at("journal"), "utf8").replace(/"identity":\d+/, '"identity":1');
    writeFileSync(at("journal"), text);
    const older = run([...JOURNAL, "--", "cat", CLEAN]);
    expect(older.status).toBe(128);
    expect(older.stderr).toContain("its ids are of definition 1");
    expect(readFileSync(at("journal"), "utf8")).toBe(text);
  });

  test("that is none is left alone", () => {
    for (const text of ["splat\n", readFileSync(CLEAN, "latin1"), '{"schema":"splat-triage/1"}\n']) {
      writeFileSync(at("journal"), text, "latin1");
      const result = run([...JOURNAL, "--", "cat", CLEAN]);
      expect(result.status).toBe(128);
      expect(result.stderr).toContain("not the journal of a bisection");
      expect(readFileSync(at("journal"), "latin1")).toBe(text);
    }
  });

  test("with a last line that was cut loses that line alone, and says so", () => {
    const options = ["--hit-rate", "0.5", "--confidence", "0.9"];
    expect(run([...JOURNAL, ...options, "--max-runs", "2", "--", "cat", CLEAN]).status).toBe(125);
    const whole = readFileSync(at("journal"), "utf8");
    for (let cut = 1; cut < whole.length; cut += 31) {
      const kept = whole.slice(0, -cut);
      writeFileSync(at("journal"), kept);
      const before = parseJournal(kept);
      const result = run([
        ...JOURNAL,
        ...options,
        "--max-runs",
        String(before.runs.length + 1),
        "--",
        "cat",
        CLEAN,
      ]);
      expect(result.status).toBe(125);
      for (const line of before.damaged)
        expect(result.stderr).toContain(`journal:${line}: cannot be read, and is ignored\n`);
      const after = journal();
      expect(after.head).not.toBeNull();
      expect(after.runs).toHaveLength(before.runs.length + 1);
    }
  });

  test("that cannot be written ends git bisect", () => {
    const result = run(["--journal", "no/such/journal", "--commit", COMMIT, "--", "cat", CLEAN]);
    expect(result.status).toBe(128);
    expect(result.stderr).toContain("splat-triage: --journal no/such/journal: no such file");
  });

  test("survives a kill -9, and the next one goes on from there", async () => {
    const boot = script("boot", `echo >> '${at("turns")}'; cat '${CLEAN}'; sleep 0.05`);
    const options = [...JOURNAL, "--hit-rate", "0.01", "--", boot];
    const child = start(options);
    await until(() => turns() > 3);
    child.kill("SIGKILL");
    await once(child, "exit");
    const { runs, damaged } = journal();
    // the last one may have been under way
    expect(runs.length).toBeGreaterThanOrEqual(2);
    expect(damaged.length).toBeLessThanOrEqual(1);
    const next = run([...JOURNAL, "--hit-rate", "0.01", "--max-runs", String(runs.length + 1), "--", boot]);
    expect(next.stderr).toContain(`run ${runs.length + 1} of 459: good`);
  });

  test("may be shared: two at a time lose no run, and count each other's", async () => {
    const boot = script("boot", `cat '${CLEAN}'; sleep 0.02`);
    // 0.9^44 is the first below 1 %
    const options = [...JOURNAL, "--hit-rate", "0.1", "--", boot];
    const both = [start(options), start(options)];
    const statuses = await Promise.all(both.map(async (child) => once(child, "exit")));
    expect(statuses.map(([status]) => status as unknown)).toEqual([0, 0]);
    const { head, runs, damaged } = journal();
    expect(head).not.toBeNull();
    expect(damaged).toEqual([]);
    expect([44, 45]).toContain(runs.length);
  });
});

describe("an interruption", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "by %s ends all that runs, keeps the journal whole, and git bisect ends: exit %i",
    async (signal, status) => {
      const boot = script(
        "boot",
        `echo >> '${at("turns")}'; cat '${CLEAN}'; [ $(wc -l < '${at("turns")}') -lt 3 ] || { sleep 60 & echo $! > '${at("pid")}'; wait; }`,
      );
      const child = start([...JOURNAL, "--", boot]);
      await until(() => existsSync(at("pid")) && readFileSync(at("pid"), "utf8").endsWith("\n"));
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([status, null]);
      expect(isRunning(Number(readFileSync(at("pid"), "utf8")))).toBe(false);
      expect(results()).toEqual(["good", "good"]);
      expect(readFileSync(at("journal"), "utf8").endsWith("\n")).toBe(true);
    },
  );

  test("of those who read along loses neither the journal nor the verdict", async () => {
    const boot = script("boot", `sleep 0.1; cat '${CLEAN}'`);
    const child = start([...JOURNAL, "--hit-rate", "0.5", "-f", "json", "--", boot]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(results()).toHaveLength(7);
  });
});

describe("in a git repository", () => {
  test("the commit is what is checked out", () => {
    const repo = new TestRepository(directory);
    const commit = repo.commit("one", { file: "1" });
    expect(run(["--journal", "../journal-of-head", "--", "cat", ABBA]).status).toBe(1);
    const text = readFileSync(join(root, "journal-of-head"), "utf8");
    expect(parseJournal(text).runs).toMatchObject([{ commit, result: "bad" }]);
  });

  test("the commit is BISECT_HEAD where git bisect checks nothing out", () => {
    const repo = new TestRepository(directory);
    const first = repo.commit("one", { file: "1" });
    repo.commit("two", { file: "2" });
    repo.git("update-ref", "--no-deref", "BISECT_HEAD", first);
    expect(run(["--journal", at("journal"), "--", "cat", ABBA]).status).toBe(1);
    expect(journal().runs).toMatchObject([{ commit: first }]);
  });

  test("--commit may be any name that git knows", () => {
    const repo = new TestRepository(directory);
    const first = repo.commit("one", { file: "1" });
    repo.commit("two", { file: "2" });
    expect(run(["--journal", "journal", "--commit", "HEAD~1", "--", "cat", ABBA]).status).toBe(1);
    expect(journal().runs).toMatchObject([{ commit: first }]);
    const unknown = run(["--journal", "journal", "--commit", "no-such-branch", "--", "cat", ABBA]);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("git knows no such commit");
  });

  test("a run during which another commit was checked out does not count, and ends git bisect", () => {
    const repo = new TestRepository(directory);
    repo.commit("one", { file: "1" });
    const boot = script("boot", `cat '${ABBA}'; git commit -q --allow-empty -m two`);
    const result = run(["--journal", "journal", "--", boot]);
    expect(result.status).toBe(128);
    expect(result.stderr).toContain("came to be at another commit");
    expect(results()).toEqual([]);
  });

  test("a journal outside of one needs --commit", () => {
    const result = run(["--journal", "journal", "--", "cat", ABBA]);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("--journal needs to know the commit, and not a git repository");
    expect(existsSync(at("journal"))).toBe(false);
  });
});

describe("what is printed", () => {
  test("with -f json is one document, which its schema describes", () => {
    const result = run([
      ...JOURNAL,
      "-f",
      "json",
      "--hits",
      "1",
      "--runs",
      "2",
      "--",
      inTurn(CLEAN, DECOY, ABBA),
    ]);
    expect(result.status).toBe(1);
    expect(RunSummary.parse(JSON.parse(result.stdout))).toMatchObject({
      commit: COMMIT,
      result: "bad",
      reason: "hit",
      rate: { from: "counted", known: null, hits: 1, runs: 2 },
      usable: 2,
      unusable: 1,
      runs: [{ run: 1 }, { run: 2 }, { run: 3, report: { title: ABBA_TITLE } }],
    });
  });

  test("--keep copies each log, over nothing that is there", () => {
    const boot = inTurn(CLEAN, ABBA, ABBA);
    expect(run(["--commit", COMMIT, "--keep", "logs", "--hit-rate", "0.3", "--", boot]).status).toBe(1);
    expect(run(["--commit", COMMIT, "--keep", "logs", "--", boot]).status).toBe(1);
    expect(readdirSync(at("logs")).toSorted()).toEqual([
      "1234567890ab-1.2.log",
      "1234567890ab-1.log",
      "1234567890ab-2.log",
    ]);
    expect(readFileSync(at("logs/1234567890ab-1.log"))).toEqual(readFileSync(CLEAN));
    expect(readFileSync(at("logs/1234567890ab-1.2.log"))).toEqual(readFileSync(ABBA));
    const copy = script("copy", `cp '${ABBA}' console`);
    expect(run(["--commit", OTHER, "--keep", "logs", "--log", "console", "--", copy]).status).toBe(1);
    expect(readFileSync(at("logs/fedcba098765-1.log"))).toEqual(readFileSync(ABBA));
  });
});

describe("wrong usage", () => {
  test.each([
    [["--hit-rate", "0", "--", "true"], "--hit-rate"],
    [["--hit-rate", "1.5", "--", "true"], "--hit-rate"],
    [["--confidence", "1", "--", "true"], "--confidence"],
    [["--confidence", "99", "--", "true"], "--confidence"],
    [["--hits", "3", "--", "true"], "--hits and --runs go together"],
    [["--hits", "3", "--runs", "2", "--", "true"], "--hits 3"],
    [["--hit-rate", "0.3", "--hits", "3", "--runs", "9", "--", "true"], "--hit-rate"],
    [["--hit-rate", "0.0000001", "--", "true"], "more than"],
    [["--timeout", "0", "--", "true"], "--timeout"],
    [["--max-runs", "0", "--", "true"], "--max-runs"],
    [["--log", "-", "--", "true"], "--log -"],
    [["--"], "command"],
    [["--", ""], "command"],
    [["--commit", "x y", "--", "true"], "--commit"],
  ])("%j exits with 2 and says why, in one line", (args, why) => {
    const result = run(args);
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toContain(why);
    expect(result.stderr).toMatch(/^splat-triage: [^\n]*\n$/);
  });

  test("is a target that names nothing", () => {
    expect(run(["--", "true"], "").status).toBe(2);
    expect(run(["--", "true"], "id:xyz").status).toBe(2);
    expect(run(["--", "true"], "log:no-such-log").status).toBe(2);
    // taken for a class it would never be found, and the commit be good
    for (const path of ["../bad", "bad.log", "bad.txt.xz"])
      expect(run(["--hit-rate", "1", "--", "cat", CLEAN], path)).toMatchObject({ status: 2 });
    for (const name of ["&inode->i_rwsem/1", "(wq_completion)events/0", "class:bad.log", "../splat.c:130"])
      expect(run(["--hit-rate", "1", "--", "cat", CLEAN], name)).toMatchObject({ status: 0 });
  });
});
