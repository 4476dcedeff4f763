import { describe, expect, test } from "vitest";
import { catalogueDocument, commitsBySha, searchCatalogue } from "../../src/catalogue/index.ts";
import { CatalogueDocument } from "../../src/catalogue/document.ts";

function found(query: string): string[] {
  return searchCatalogue(query).map(({ annotation }) => annotation.id);
}

describe("searchCatalogue", () => {
  test("lists everything where nothing is asked", () => {
    expect(searchCatalogue("")).toHaveLength(166);
  });

  test.each([
    ["fs_reclaim", "fs_reclaim"],
    ["((console_sem).lock){-.-.}-{2:2}", "console_sem"],
    ["(console_sem).lock", "console_sem"],
    ["kn->active#123", "kn_active"],
    ["&type->i_mutex_dir_key#3/1", "i_rwsem"],
    ["(wq_completion)events", "wq_completion"],
    ["cpu_hotplug_lock.rw_sem", "cpu_hotplug_lock"],
    ["s_active", "kn_active"],
    ["&mm->mmap_sem", "mmap_lock"],
    ["Write/Read", "ocfs2_lockres"],
  ])("finds the class %s", (query, id) => {
    expect(found(query)[0]).toBe(id);
  });

  test.each([
    ["f920e413ff9c", "f920e413ff9c"],
    ["f920e41", "f920e413ff9c"],
    [`f920e413ff9c${"0".repeat(28)}`, "f920e413ff9c"],
    // named by no entry: by the edges that it adds
    ["cbf7c9d86d75", "cbf7c9d86d75"],
    ["CBF7C9D86D75", "cbf7c9d86d75"],
  ])("finds the commit %s", (query, sha) => {
    expect(searchCatalogue(query)).toMatchObject([
      { annotation: { id: "fs_reclaim" }, by: "commit", commits: [sha] },
      { annotation: { id: "mmu_notifier_invalidate_range_start" }, commits: [sha] },
    ]);
  });

  test("takes no fewer than seven digits of a hash", () => {
    expect(commitsBySha("f920e4")).toEqual([]);
  });

  test("finds words of a subject, a subsystem, words of the text", () => {
    expect(found("track mmu notifiers").slice(0, 2)).toEqual([
      "fs_reclaim",
      "mmu_notifier_invalidate_range_start",
    ]);
    expect(found("rcu").slice(0, 3)).toEqual(["rcu_read_lock", "rcu_read_lock_bh", "rcu_read_lock_sched"]);
    expect(found("GFP_NOIO")).toContain("mmu_notifier_invalidate_range_start");
    expect(found("no such thing anywhere")).toEqual([]);
  });
});

describe("the listing", () => {
  test("as a document that survives JSON", () => {
    const document = catalogueDocument("fs_reclaim", searchCatalogue("fs_reclaim"));
    expect(CatalogueDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(document.annotations[0]).toMatchObject({
      id: "fs_reclaim",
      foundBy: "id",
      classes: { names: ["fs_reclaim"] },
      commits: [
        { sha: "d92a8cfcb37e", role: "introduces", release: "v4.14", verified: true },
        { sha: "f920e413ff9c", role: "extends" },
        {},
        {},
        {},
      ],
    });
  });
});
