import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { parseJournal, talliesOf } from "../../src/bisect/journal.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { GIT_ENV, TestRepository } from "../support/git.ts";
import { randomOf } from "../support/random.ts";

/**
 * The story of docs/bisect.md: a repository whose commits choose which real log their kernel prints, and the real git
 * that bisects it. Of two 6.1 kernels one tracks MMU notifiers in fs_reclaim_acquire() and reports a recursion, the
 * other does not.
 */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

function logOf(name: string): string {
  return join(FIXTURES, name, "dmesg.txt");
}

/** The notifier's driver, with the commit that makes lockdep see it, and without. */
const REPORT = logOf("circular/mmunotifier-6-1");
const CLEAN = logOf("clean/mmunotifier-6-1-reverted");
/** A driver that allocates under a lock of reclaim, on both kernels: it is told of first, and turns lockdep off. */
const DECOY_BEFORE = logOf("circular/fsreclaim-6-1-reverted");
const DECOY_AFTER = logOf("circular/fsreclaim-6-1");

/** How a kernel boots: it prints one log in so many of a hundred boots, and another in the rest. */
interface Scenario {
  readonly shown: string;
  readonly percent: number;
  readonly otherwise: string;
}

/**
 * Boots the kernel of the commit that is checked out. The same boot of the same kernel shows the same, whatever was
 * booted in between.
 */
const BOOT = `
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
const { number, shown, percent, otherwise } = JSON.parse(readFileSync("scenario", "utf8"));
const boots = new URL("boots", import.meta.url);
appendFileSync(boots, number + "\\n");
const boot = readFileSync(boots, "utf8").split("\\n").filter((line) => line === String(number)).length;
const dice = createHash("sha256").update(number + " " + boot).digest().readUInt32BE() / 2 ** 32;
process.stdout.write(readFileSync(dice * 100 < percent ? shown : otherwise));
`;

const COMMITS = 24;

/** A repository, linux, with one commit after another; beside it what boots it, and the log of the bug. */
class Story {
  readonly directory = mkdtempSync(join(tmpdir(), "splat-triage-story-"));
  readonly commits: readonly string[];
  readonly #repository = new TestRepository(join(this.directory, "linux"));

  /** @param scenarioOf each commit; the first is known to be good, the last to be bad */
  constructor(scenarioOf: (commit: number) => Scenario) {
    writeFileSync(join(this.directory, "boot.mjs"), BOOT);
    copyFileSync(REPORT, join(this.directory, "bad.log"));
    mkdirSync(join(this.directory, "bin"));
    const start = `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`;
    writeFileSync(join(this.directory, "bin/splat-triage"), start, { mode: 0o755 });
    this.commits = Array.from({ length: COMMITS }, (_, number) => {
      const scenario = JSON.stringify({ number, ...scenarioOf(number) });
      return this.#repository.commit(`change ${number}`, { scenario });
    });
  }

  run(program: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    const PATH = [join(this.directory, "bin"), GIT_ENV.PATH].join(delimiter);
    return spawnSync(program, args, {
      cwd: this.#repository.directory,
      encoding: "utf8",
      env: { ...GIT_ENV, PATH },
    });
  }

  /** `git bisect run` from the first commit to the last. */
  bisect(...command: readonly string[]): SpawnSyncReturns<string> {
    this.#repository.git("bisect", "start", this.at(COMMITS - 1), this.at(0));
    return this.run("git", "bisect", "run", ...command);
  }

  at(commit: number): string {
    return this.commits[commit] ?? "";
  }

  /** Numbers of the commits that git was told are good, bad or to be skipped. */
  marks(): Record<"good" | "bad" | "skip", number[]> {
    const log = this.#repository.git("bisect", "log");
    const of = (mark: string): number[] =>
      [...log.matchAll(new RegExp(`^git bisect ${mark} ([0-9a-f]{40})$`, "gm"))].map(([, commit = ""]) =>
        this.commits.indexOf(commit),
      );
    return { good: of("good"), bad: of("bad"), skip: of("skip") };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** Each is some dozens of processes. */
let story: Story | null = null;
afterEach(() => {
  story?.remove();
  story = null;
});

/** As told in the documentation. */
const VERDICT = [
  "sh",
  "-c",
  "node ../boot.mjs > ../boot.log; splat-triage bisect verdict --target ../bad.log ../boot.log",
];

const RUN = ["splat-triage", "bisect", "run", "--target", "../bad.log", "--journal", "../journal"] as const;
const BOOT_IT = ["--", "node", "../boot.mjs"] as const;

function foundBy({ stdout }: SpawnSyncReturns<string>): string[] {
  return [...stdout.matchAll(/^([0-9a-f]{40}) is the first bad commit$/gm)].map(([, commit = ""]) => commit);
}

test.each([1, 16, 23])("clean tests lead git bisect to the commit, number %i of 23", (firstBad) => {
  story = new Story((commit) => ({
    shown: commit < firstBad ? CLEAN : REPORT,
    percent: 100,
    otherwise: CLEAN,
  }));
  const result = story.bisect(...VERDICT);
  expect(result.status).toBe(0);
  expect(foundBy(result)).toEqual([story.at(firstBad)]);
  expect(story.marks().skip).toEqual([]);
});

describe("a report that shows in 30 % of the runs", () => {
  const FIRST_BAD = 9;
  const flaky = (): Story =>
    new Story((commit) => ({
      shown: commit < FIRST_BAD ? CLEAN : REPORT,
      percent: 30,
      otherwise: CLEAN,
    }));

  test("is missed by one boot a commit, and git blames another one", () => {
    story = flaky();
    const result = story.bisect(...VERDICT);
    expect(result.status).toBe(0);
    expect(foundBy(result)).not.toEqual([story.at(FIRST_BAD)]);
  });

  test("is found where the hit rate is known", () => {
    story = flaky();
    const result = story.bisect(...RUN, "--hit-rate", "0.3", ...BOOT_IT);
    expect(result.status).toBe(0);
    expect(foundBy(result)).toEqual([story.at(FIRST_BAD)]);
    const tallies = talliesOf(parseJournal(readFileSync(join(story.directory, "journal"), "utf8")).runs);
    const { good, bad } = story.marks();
    for (const [commit, { hits, runs }] of tallies) {
      const number = story.commits.indexOf(commit);
      // 0.7^13 is the first below 1 %; a hit ends it earlier
      expect({ hits, enough: runs >= 13 }).toEqual(
        number < FIRST_BAD ? { hits: 0, enough: true } : { hits: 1, enough: false },
      );
      expect(number < FIRST_BAD ? good : bad).toContain(number);
    }
  });

  test("is found where the rate is learned, which begins at the bad commit; the suspects agree", () => {
    story = flaky();
    const first = story.run(...RUN, ...BOOT_IT);
    expect(first.status).toBe(1);
    expect(first.stderr).toContain("hit rate unknown");
    const result = story.bisect(...RUN, ...BOOT_IT);
    expect(result.status).toBe(0);
    expect(result.stdout + result.stderr).toContain("hit rate by 1 bad commit of the journal");
    expect(foundBy(result)).toEqual([story.at(FIRST_BAD)]);
    const range = `${story.at(0)}..${story.at(COMMITS - 1)}`;
    const suspects = story.run(
      "splat-triage",
      "bisect",
      "suspects",
      "-f",
      "table",
      "--journal",
      "../journal",
      range,
    );
    expect(suspects.status).toBe(0);
    expect(suspects.stdout).toContain(story.at(FIRST_BAD).slice(0, 12));
  });

  test("ends git bisect when it is interrupted, and goes on from the journal", () => {
    story = flaky();
    const boots = join(story.directory, "boots");
    // the first commit is bad at its fifth boot; the second one is interrupted in its third, which does not end by itself,
    // and goes on from the two before
    const boot = `node ../boot.mjs; [ $(wc -l < ../boots) -ne 8 ] || { kill -INT $(cat ../runner); exec sleep 60; }`;
    const wrapped = `echo $$ > ../runner; exec ${RUN.join(" ")} --hit-rate 0.3 -- sh -c '${boot}'`;
    const runner = ["sh", "-c", wrapped] as const;
    const ended = story.bisect(...runner);
    expect(ended.status).not.toBe(0);
    expect(foundBy(ended)).toEqual([]);
    expect(existsSync(boots)).toBe(true);
    const before = parseJournal(readFileSync(join(story.directory, "journal"), "utf8")).runs.length;
    expect(before).toBe(7);
    const again = story.run("git", "bisect", "run", ...runner);
    expect(again.status).toBe(0);
    expect(foundBy(again)).toEqual([story.at(FIRST_BAD)]);
    expect(again.stdout + again.stderr).toContain("2 runs of it from before, 2 usable\n");
  });
});

/** Of the decoys another report is printed, and then no more. */
function masked(firstBad: number, decoys: ReadonlySet<number>): Story {
  return new Story((commit) => {
    const [decoy, own] = commit < firstBad ? [DECOY_BEFORE, CLEAN] : [DECOY_AFTER, REPORT];
    return { shown: decoys.has(commit) ? decoy : own, percent: 100, otherwise: CLEAN };
  });
}

describe("a decoy report that masks it on half of the commits", () => {
  const random = randomOf(6);
  const shuffled = Array.from({ length: COMMITS - 2 }, (_, i) => ({ commit: i + 1, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ commit }) => commit);
  const half = (sees: readonly number[]): ReadonlySet<number> =>
    new Set(shuffled.filter((commit) => !sees.includes(commit)).slice(0, COMMITS / 2));

  test.each([4, 17])(
    "leads to number %i all the same, where it and the one before can be tested",
    (firstBad) => {
      const decoys = half([firstBad, firstBad - 1]);
      story = masked(firstBad, decoys);
      const result = story.bisect(...VERDICT);
      expect(result.status).toBe(0);
      expect(foundBy(result)).toEqual([story.at(firstBad)]);
      const { good, bad, skip } = story.marks();
      expect(skip.length).toBeGreaterThan(0);
      for (const commit of skip) expect(decoys).toContain(commit);
      for (const commit of good) expect(commit).toBeLessThan(firstBad);
      for (const commit of bad) expect(commit).toBeGreaterThanOrEqual(firstBad);
    },
  );

  test("else leads to the shortest row of commits that cannot be told apart", () => {
    const firstBad = 11;
    const decoys = new Set([...half([8, 13]), 9, 10, 11, 12]);
    story = masked(firstBad, decoys);
    const result = story.bisect(...VERDICT);
    expect(foundBy(result)).toEqual([]);
    const [, list = ""] =
      /The first bad commit could be any of:\n((?:[0-9a-f]{40}\n)+)/.exec(result.stdout) ?? [];
    const { commits } = story;
    const left = list
      .trim()
      .split("\n")
      .map((commit) => commits.indexOf(commit));
    expect(left.toSorted((a, b) => a - b)).toEqual([9, 10, 11, 12, 13]);
  });
});
