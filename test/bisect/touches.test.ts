import { describe, expect, test } from "vitest";
import { CatalogueTouches, sitesOf, TouchReader } from "../../src/bisect/touches.ts";

const SHA = "1".repeat(40);
const sites = sitesOf([
  {
    id: "abc",
    title: "possible deadlock in take_ba",
    cycle: ["fs_reclaim", "lock_a"],
    functions: ["take_ba", "fs_reclaim_acquire"],
    files: ["mm/ba.c"],
    annotations: ["fs_reclaim", "mmu_notifier_invalidate_range_start"],
  },
]);

function read(...lines: readonly string[]): ReturnType<TouchReader["touches"]> {
  const reader = new TouchReader(sites);
  for (const text of [SHA, ...lines]) reader.line(text);
  return reader.touches(SHA);
}

describe("what a commit changes", () => {
  test.each([
    [
      "within a function",
      ["@@ -3 +3 @@ int take_ba(struct x *x)", "-\treturn 0;", "+\treturn 1;"],
      "take_ba",
    ],
    ["of a merge", ["@@@ -3,1 -3,1 +3,1 @@@ static int __must_check(1) take_ba(void)", "++ x"], "take_ba"],
  ])("%s", (_what, lines, name) => {
    expect(read("diff --git a/x.c b/x.c", "--- a/x.c", "+++ b/x.c", ...lines)).toEqual([
      { code: "function", functions: [name] },
    ]);
  });

  test("a line that names a function, but not the function that the hunk stands in", () => {
    expect(
      read("diff --git a/x.c b/x.c", "@@ -3,0 +4 @@ int other(int (*take_ba)(void))", "+\ttake_ba(x);"),
    ).toEqual([{ code: "call", functions: ["take_ba"] }]);
  });

  test("a file of the report", () => {
    expect(read("diff --git a/mm/ba.c b/mm/ba.c", "--- a/mm/ba.c", "+++ /dev/null")).toEqual([
      { code: "file", files: ["mm/ba.c"] },
    ]);
  });

  test("not what only looks like a header, or like a part of a name", () => {
    const hunk = ["diff --git a/x.c b/x.c", "--- a/x.c", "+++ b/x.c", "@@ -1 +1 @@"];
    expect(
      read(...hunk, "--- a/mm/ba.c", "+++ b/mm/ba.c", "+my_take_ba();", "+take_bad();", "+take_ba;"),
    ).toEqual([]);
  });

  test("is known of commits that were read", () => {
    expect(read()).toEqual([]);
    expect(new TouchReader(sites).touches(SHA)).toBeNull();
  });
});

describe("what the catalogue says of a commit", () => {
  const catalogue = new CatalogueTouches(sites);
  const of = (sha: string, subject: string): unknown => catalogue.of(sha.padEnd(40, "0"), subject);

  test("by its hash", () => {
    // d92a8cfcb37e ("locking/lockdep: Rework FS_RECLAIM annotation"), v4.14
    expect(of("d92a8cfcb37e", "whatever")).toEqual([
      { code: "catalogue", annotation: "fs_reclaim", role: "introduces", by: "sha" },
    ]);
  });

  test("of a backport by its subject, but not by a part of it", () => {
    expect(of("0", "locking/lockdep: Rework FS_RECLAIM annotation")).toEqual([
      { code: "catalogue", annotation: "fs_reclaim", role: "introduces", by: "subject" },
    ]);
    expect(of("0", "Rework FS_RECLAIM annotation")).toEqual([]);
    expect(of("0", "")).toEqual([]);
  });

  test("nothing of annotations that are not in the report", () => {
    expect(new CatalogueTouches(sitesOf([])).of("d92a8cfcb37e", "")).toEqual([]);
  });
});
