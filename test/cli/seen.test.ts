import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diff } from "../../src/compare/diff-schema.ts";
import { Document } from "../../src/report/schema.ts";
import { Seen } from "../../src/seen/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { TestRepository } from "../support/git.ts";
import { COMMIT_MESSAGE, mailOf, REPORT } from "../support/seen-places.ts";

/** `seen` and `--in` as a maintainer calls them. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CPUHP = join(FIXTURES, "circular/cpuhp/dmesg.txt");

let directory = "";
let mbox = "";
let kernel: TestRepository;
let fix = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
  mbox = join(directory, "list.mbox");
  writeFileSync(
    mbox,
    mailOf({
      id: "first@x",
      date: "Mon, 02 Nov 2026 10:00:00 +0000",
      subject: "deadlock in splat",
      body: REPORT,
    }) +
      mailOf({
        id: "patch@x",
        parent: "first@x",
        subject: "[PATCH] splat: take lock_a first",
        body: [
          ...REPORT,
          "---",
          "diff --git a/splat.c b/splat.c",
          "--- a/splat.c",
          "+++ b/splat.c",
          "@@ -1 +1 @@",
          "-a",
          "+b",
        ],
      }),
  );
  kernel = new TestRepository(join(directory, "linux"));
  kernel.git(
    "commit",
    "--quiet",
    "--allow-empty",
    "--message",
    ["splat: take lock_a first", "", ...REPORT.map((line) => `  ${line}`)].join("\n"),
  );
  fix = kernel.git("rev-parse", "HEAD");
  kernel.git(
    "commit",
    "--quiet",
    "--allow-empty",
    "--message",
    ["splat: more", "", ...COMMIT_MESSAGE].join("\n"),
  );
  kernel.git("tag", "-a", "v6.13-rc2", "-m", "v6.13-rc2");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function run(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], XDG_CACHE_HOME: join(directory, "cache") },
  });
}

describe("seen", () => {
  test("tells where, by what mail or commit, and since which release", () => {
    const result = run("seen", ABBA, "--in", mbox, kernel.directory);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const seen = Seen.parse(JSON.parse(result.stdout));
    expect(seen.reports).toMatchObject([
      { report: { id: "6bb8ce7d879a", source: ABBA, line: 242, title: "possible deadlock in take_ba" } },
    ]);
    const [first, ...others] = seen.reports[0]?.matches ?? [];
    expect(first).toMatchObject({ relation: "same", where: { mends: true } });
    expect(others.map(({ relation }) => relation)).toEqual(["same", "same", "similar"]);
    expect(seen.reports[0]?.matches.find(({ where }) => where.ref === fix)?.where).toMatchObject({
      type: "commit",
      release: "v6.13",
      mends: true,
    });
    const table = run("seen", "-f", "table", ABBA, "--in", mbox, kernel.directory).stdout;
    expect(table).toMatch(/same, 2026-11-02: deadlock in splat\n +mail first@x\n/);
    expect(table).toContain("fixed in v6.13");
  });

  test("looks for each report of a mailbox among the others", () => {
    const seen = Seen.parse(JSON.parse(run("seen", mbox, "--in", mbox).stdout));
    expect(seen.reports.map(({ matches }) => matches.map(({ where }) => where.ref))).toEqual([
      ["patch@x"],
      ["first@x"],
    ]);
  });

  test("says so where a report was not met, and where there is none", () => {
    expect(run("seen", "-f", "table", CPUHP, "--in", mbox).stdout).toContain("not met there");
    const clean = join(FIXTURES, "clean/kernfs/dmesg.txt");
    expect(run("seen", "-f", "table", clean, "--in", mbox).stdout).toBe("no report to look for\n");
  });

  test("tells what of the mails it could not read", () => {
    const path = join(directory, "packed.mbox");
    writeFileSync(
      path,
      mailOf({ id: "zip@x", subject: "see the log", body: [] }).replace(
        /\n\n[^]*$/,
        "\nContent-Type: application/zip; name=dmesg.zip\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAI\n\n",
      ),
    );
    const stderr = `splat-triage: ${path}: not read: 1 attachment or end of a mail\n`;
    expect(run("seen", ABBA, "--in", path)).toMatchObject({ status: 0, stderr });
    expect(run(ABBA, "--in", path)).toMatchObject({ status: 0, stderr });
  });

  test("wants a place, and one that is there", () => {
    expect(run("seen", ABBA)).toMatchObject({ status: 2, stdout: "" });
    expect(run("seen", ABBA, "--in", join(directory, "nowhere"))).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `splat-triage: ${join(directory, "nowhere")}: no such file\n`,
    });
  });
});

/** A list's mails, which are not in this repository. */
const ARCHIVE = fileURLToPath(new URL("../../../shared/corpus/archive/linux-btrfs.mbox.gz", import.meta.url));

test.skipIf(!existsSync(ARCHIVE))("the story of docs/seen.md is what the command prints", () => {
  const mails = gunzipSync(readFileSync(ARCHIVE))
    .toString("latin1")
    .split(/^(?=From \S+ .*\d\d:\d\d:\d\d)/m);
  const report = mails.find((mail) => /^Message-ID: <fc1835f305289eb8@/im.test(mail)) ?? "";
  writeFileSync(join(directory, "report.eml"), report, "latin1");
  copyFileSync(ARCHIVE, join(directory, "linux-btrfs.mbox.gz"));
  const args = ["seen", "-f", "table", "report.eml", "--limit", "1", "--in", "linux-btrfs.mbox.gz"];
  const { stdout } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], XDG_CACHE_HOME: join(directory, "cache") },
  });
  const docs = readFileSync(fileURLToPath(new URL("../../docs/seen.md", import.meta.url)), "utf8");
  expect(docs).toContain(`\`\`\`\n${stdout}\`\`\`\n`);
  expect(stdout).toContain("with a patch");
});

describe("--in", () => {
  test("sums it up for each report", () => {
    const result = run("--in", mbox, "--in", kernel.directory, ABBA, CPUHP);
    expect(result.status).toBe(0);
    const { reports } = Document.parse(JSON.parse(result.stdout));
    expect(reports.map(({ seen }) => [seen?.mails, seen?.commits, seen?.logs])).toEqual([
      [2, expect.any(Number), 0],
      [0, 0, 0],
    ]);
    expect(reports[0]?.seen?.mends).toContainEqual({
      type: "commit",
      ref: fix,
      subject: "splat: take lock_a first",
      release: "v6.13",
      certainty: "certain",
    });
    const table = run("--in", mbox, "--in", kernel.directory, "-f", "table", ABBA).stdout;
    expect(table).toMatch(
      new RegExp(
        `met +in 2 mails, \\d commits? since 20\\d\\d-\\d\\d, fixed in v6\\.13 by\\s+${fix.slice(0, 12)}`,
      ),
    );
    expect(run("--in", mbox, "-f", "markdown", ABBA).stdout).toMatch(
      /^\| met \| in 2 mails since 2026-11, with a patch in `patch@x` \|$/m,
    );
  });

  test("is the last that explain says", () => {
    const story = run("explain", ABBA, "--in", mbox, "--in", kernel.directory).stdout;
    const [, last] = story.split("\nEarlier reports of it\n");
    expect(last?.split("\n\n")[0]?.replaceAll(/\s+/g, " ")).toMatch(
      new RegExp(
        `^ It was seen in 2 mails, \\d commits? since 20\\d\\d-\\d\\d, fixed in v6\\.13 by ${fix.slice(0, 12)}\\.$`,
      ),
    );
    expect(run("explain", CPUHP, "--in", mbox).stdout).toContain("None in the places that were searched.");
    expect(run("explain", ABBA).stdout).not.toContain("Earlier reports of it");
  });

  test("diff marks where else it was met: the logs of both sides do not count", () => {
    const store = join(directory, "diff.store");
    const clean = join(FIXTURES, "clean/kernfs/dmesg.txt");
    const other = join(directory, "other.log");
    writeFileSync(other, readFileSync(ABBA, "latin1").replaceAll("splat ba:1", "splat ba:7"), "latin1");
    run("history", "add", store, ABBA, other, clean);
    const { stdout, status } = run("diff", clean, ABBA, "--in", store, "--in", mbox);
    expect(status).toBe(0);
    expect(
      Diff.parse(JSON.parse(stdout)).changes.map(({ id, seen }) => [id, seen?.logs, seen?.mails]),
    ).toEqual([["6bb8ce7d879a", 1, 2]]);
    for (const format of ["table", "markdown", "html"])
      expect(run("diff", clean, ABBA, "--in", store, "-f", format).stdout).toMatch(
        /met[^\n]*in 1 log since 20/,
      );
    expect(run("diff", clean, ABBA).stdout).not.toContain('"seen"');
  });

  test("is not for --follow, and ends with 2 where a place cannot be read", () => {
    expect(run("--follow", "--in", mbox).status).toBe(2);
    expect(run("--in", join(directory, "nowhere"), ABBA)).toMatchObject({ status: 2, stdout: "" });
  });
});
