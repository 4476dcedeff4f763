import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diff } from "../../src/compare/diff-schema.ts";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

/**
 * The thread that this project grew from: a tester's revert of a patch made a report go away, and an expert said that the
 * patch cannot matter. docs/suspects.md tells it.
 */
const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const BUILDS = fileURLToPath(new URL("../../../shared/corpus/builds/", import.meta.url));
const SPLAT = join(FIXTURES, "circular/xfs-ilock-next/dmesg.txt");
const FINAL = "f920e413ff9c";
const DROPPED = "cbf7c9d86d75";

/** In words of our own: which mask does the last test see, that with the task's scopes or the caller's? */
function version(scopesLast: boolean): string {
  const applies = "\tm = current_gfp_context(m);";
  return [
    "--- a/mm/page_alloc.c",
    "+++ b/mm/page_alloc.c",
    "@@ -1,6 +1,5 @@",
    "-static bool __need_fs_reclaim(gfp_t m)",
    "+static bool __need_reclaim(gfp_t m)",
    " {",
    scopesLast ? ` \tm &= GFP_LEVEL_MASK;` : ` ${applies}`,
    "-\tif (!(m & __GFP_FS)) return false;",
    " \treturn true;",
    " }",
    scopesLast ? "@@ -10,4 +9,8 @@" : "@@ -10,4 +9,7 @@",
    " void fs_reclaim_acquire(gfp_t m)",
    " {",
    "-\tif (__need_fs_reclaim(m)) __fs_reclaim_acquire();",
    ...(scopesLast ? [`+${applies}`] : []),
    "+\tif (__need_reclaim(m)) {",
    "+\t\tif (m & __GFP_FS) __fs_reclaim_acquire();",
    "+\t\tlock_map_acquire(&__mmu_notifier_invalidate_range_start_map);",
    "+\t}",
    " }",
    "",
  ].join("\n");
}

function run(...args: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout);
}

function answers(log: string, ...asked: readonly string[]): unknown {
  const args = asked.flatMap((one) => ["--suspect", one]);
  return Document.parse(run("-f", "json", ...args, log)).reports[0]?.suspects;
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-thread-"));
  writeFileSync(join(directory, "v2.patch"), version(false));
  writeFileSync(join(directory, "v4.patch"), version(true));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("the tester's report", () => {
  test("version 2 of the patch made it, and reverting that helps", () => {
    const blamed = { takesPart: "cycle", revert: "helps" };
    const why = { args: { scope: "NOFS", frame: "xfs_trans_ijoin", recorder: "fs_reclaim_acquire" } };
    expect(answers(SPLAT, DROPPED, join(directory, "v2.patch"))).toMatchObject([
      { ...blamed, because: { code: "commit-records-edge", ...why } },
      { ...blamed, because: { code: "patch-records-edge", ...why } },
    ]);
  });

  test("the final version has no part in it", () => {
    expect(answers(SPLAT, FINAL, join(directory, "v4.patch"))).toMatchObject([
      { takesPart: "no", revert: "unlikely" },
      { takesPart: "no", revert: "cannot-tell" },
    ]);
  });

  test("what is wrong is what records the edge, not the locks", () => {
    const { reports } = Document.parse(run("-f", "json", SPLAT));
    expect(reports[0]?.findings[0]).toMatchObject({ code: "reclaim-edge-in-scope", certainty: "likely" });
  });
});

describe.skipIf(!existsSync(BUILDS))("one kernel with the final version and without it", () => {
  test("diff says what it brought: cycles through an MMU notifier, and nothing else", () => {
    const { changes } = Diff.parse(
      run("diff", "-f", "json", join(BUILDS, "reverted"), join(BUILDS, "patched")),
    );
    const through = "mmu_notifier_invalidate_range_start";
    for (const { status, newEdges } of changes)
      expect(status).toBe(newEdges.some(({ to }) => to === through) ? "new" : "both");
    expect(changes.map(({ status }) => status).toSorted()).toEqual(["both", "new", "new"]);
  });

  test.each([
    ["boot-1", { takesPart: "cycle", revert: "helps" }],
    ["boot-2", { takesPart: "no", revert: "unlikely" }],
    ["boot-4", { takesPart: "cycle", revert: "helps" }],
  ])("%s: whether the patch takes part", (boot, answer) => {
    expect(answers(join(BUILDS, "patched", `${boot}.log`), FINAL)).toMatchObject([answer]);
  });
});
