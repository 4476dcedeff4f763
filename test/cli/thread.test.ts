import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const THREAD = join(FIXTURES, "thread");
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

function at(build: string, boot: string): string {
  return join(THREAD, build, `${boot}.txt`);
}

describe("one kernel built three times: without the patch, with version 2, with version 4", () => {
  const BOOTS = ["fsreclaim", "fsreclaim-nofs", "mmunotifier", "mmunotifier-nofs"] as const;
  const RECLAIM = "fs_reclaim lock_a";
  const NOTIFIER = "fs_reclaim mmu_notifier_invalidate_range_start lock_a";

  test("are the files that their origin names", () => {
    const { sha256 } = JSON.parse(readFileSync(join(THREAD, "origin.json"), "utf8")) as {
      sha256: Record<string, string>;
    };
    for (const [name, sum] of Object.entries(sha256))
      expect(
        createHash("sha256")
          .update(readFileSync(join(THREAD, name)))
          .digest("hex"),
      ).toBe(sum);
    expect(Object.keys(sha256)).toHaveLength(3 * BOOTS.length);
  });

  test.each([
    // an allocation in a NOFS scope under a lock that reclaim takes is no fault, and only version 2 reports it
    ["reverted", [RECLAIM, null, null, null]],
    ["v2", [RECLAIM, RECLAIM, NOTIFIER, NOTIFIER]],
    // in that scope version 4 still tells of notifiers, for reclaim calls them all the same
    ["v4", [RECLAIM, null, NOTIFIER, "lock_a mmu_notifier_invalidate_range_start"]],
  ])("%s: what each boot reports", (build, cycles) => {
    const found = BOOTS.map((boot) => {
      const { reports, sources } = Document.parse(run("-f", "json", at(build, boot)));
      return [sources[0]?.result, reports[0]?.cycle.join(" ") ?? null];
    });
    expect(found).toEqual(cycles.map((cycle) => [cycle === null ? "clean" : "reported", cycle]));
  });

  test("diff says what version 2 brought: edges through the notifier, and a place that was none before", () => {
    const { changes } = Diff.parse(run("diff", "-f", "json", join(THREAD, "reverted"), join(THREAD, "v2")));
    expect(changes.map(({ status, old, new: now }) => [status, old.hits, now.hits])).toEqual([
      ["new", 0, 2],
      ["both", 1, 2],
    ]);
    const table = spawnSync(
      process.execPath,
      [COMMAND, "diff", "-f", "table", join(THREAD, "reverted"), join(THREAD, "v2")],
      { encoding: "utf8" },
    ).stdout;
    expect(table).toContain("lock_a → fs_reclaim  old fsreclaim; new fsreclaim, fsreclaim_nofs");
  });

  test("--suspect says why: it records what stands in a scope", () => {
    const v2 = at("v2", "fsreclaim-nofs");
    const why = { args: { scope: "NOFS", frame: "fsreclaim_nofs", recorder: "fs_reclaim_acquire" } };
    expect(answers(v2, DROPPED, join(directory, "v2.patch"), FINAL)).toMatchObject([
      { takesPart: "cycle", revert: "helps", because: { code: "commit-records-edge", ...why } },
      { takesPart: "cycle", revert: "helps", because: { code: "patch-records-edge", ...why } },
      { takesPart: "no", revert: "unlikely" },
    ]);
    // the same lock without a scope: it is a deadlock, whatever the patch
    expect(answers(at("v2", "fsreclaim"), DROPPED)).toMatchObject([
      { takesPart: "stack", revert: "cannot-tell" },
    ]);
  });

  test("version 4 is cleared of it, and is what brought the notifier's", () => {
    expect(answers(at("v4", "fsreclaim"), FINAL)).toMatchObject([{ takesPart: "no", revert: "unlikely" }]);
    for (const boot of ["mmunotifier", "mmunotifier-nofs"])
      expect(answers(at("v4", boot), FINAL)).toMatchObject([{ takesPart: "cycle", revert: "helps" }]);
    const { changes } = Diff.parse(run("diff", "-f", "json", join(THREAD, "reverted"), join(THREAD, "v4")));
    const through = "mmu_notifier_invalidate_range_start";
    for (const { status, newEdges } of changes)
      expect(status).toBe(newEdges.some(({ to }) => to === through) ? "new" : "both");
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
