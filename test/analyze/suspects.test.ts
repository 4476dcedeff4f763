import { describe, expect, test } from "vitest";
import { analyze, suspectsOf } from "../../src/analyze/index.ts";
import { fillIn } from "../../src/render/reports/findings/prose.ts";
import { SUSPECT_PROSE } from "../../src/render/reports/suspects-prose.ts";
import type { Report } from "../../src/report/schema.ts";
import { corpusReports, hasCorpus } from "../catalogue/corpus.ts";
import { circular, held, lock, makeReport } from "./report.ts";

const TRACKS_NOTIFIERS = "f920e413ff9c";
/** Version 2 of it. */
const DROPPED_VERSION = "cbf7c9d86d75";

/** An allocation in a transaction of XFS, which sets a NOFS scope. */
const inTransaction = circular([
  ["fs_reclaim → &xfs_nondir_ilock_class", "down_write_nested xfs_reclaim_inode do_shrink_slab kswapd"],
  [
    "&xfs_nondir_ilock_class → fs_reclaim",
    "fs_reclaim_acquire kmem_cache_alloc kmem_zone_alloc xfs_inode_item_init xfs_trans_ijoin xfs_setattr_nonsize",
  ],
]);

/** An allocation under a lock that reclaim takes: no notifier anywhere. */
const withoutNotifier = circular(
  [
    ["fs_reclaim → lock_a", "mutex_lock drv_scan do_shrink_slab kswapd"],
    ["lock_a → fs_reclaim", "__fs_reclaim_acquire fs_reclaim_acquire __kmalloc drv_ioctl"],
  ],
  { held: held(lock("sb_writers"), lock("lock_a")) },
);

/** A notifier that is really called, not one that an allocation stands for. */
const realInvalidation = circular([
  [
    "mmu_notifier_invalidate_range_start → lock_a",
    "mutex_lock drv_invalidate __mmu_notifier_invalidate_range_start",
  ],
  [
    "lock_a → mmu_notifier_invalidate_range_start",
    "lock_acquire __mmu_notifier_invalidate_range_start unmap_vmas __alloc_pages_direct_reclaim",
  ],
]);

function ask(report: Report, asked: string): unknown {
  const [answer] = suspectsOf(report, [asked]);
  return answer && { takesPart: answer.takesPart, code: answer.because.code, edges: answer.edges };
}

describe("an annotation or class", () => {
  test.each([
    ["fs_reclaim", { takesPart: "cycle", code: "class-in-cycle", edges: [0, 1] }],
    ["lock_a", { takesPart: "cycle", code: "class-in-cycle", edges: [0, 1] }],
    ["(lock_a){+.+.}-{4:4}", { takesPart: "cycle", code: "class-in-cycle", edges: [0, 1] }],
    ["sb_writers", { takesPart: "held", code: "class-held", edges: [] }],
    ["sb_writers#3", { takesPart: "held", code: "class-held", edges: [] }],
    ["mmu_notifier_invalidate_range_start", { takesPart: "no", code: "class-absent", edges: [] }],
    ["&mm->mmap_sem", { takesPart: "no", code: "class-absent", edges: [] }],
    ["drv_ioctl", { takesPart: "stack", code: "function-in-stack", edges: [1] }],
    ["nothing", { takesPart: "no", code: "unknown", edges: [] }],
  ])("%s", (asked, answer) => {
    expect(ask(withoutNotifier, asked)).toEqual(answer);
  });

  test("an old name of a class asks for the class", () => {
    const report = circular([
      ["&mm->mmap_lock → lock_a", "mutex_lock a"],
      ["lock_a → &mm->mmap_lock", "down_read b"],
    ]);
    expect(ask(report, "&mm->mmap_sem")).toEqual({
      takesPart: "cycle",
      code: "class-in-cycle",
      edges: [0, 1],
    });
  });

  test("another lock of the same entry is another lock", () => {
    const report = circular([
      ["genl_mutex → lock_a", "mutex_lock a"],
      ["lock_a → genl_mutex", "mutex_lock b"],
    ]);
    expect(ask(report, "cb_lock")).toMatchObject({ takesPart: "no", code: "class-absent" });
    expect(ask(report, "genl_mutex")).toMatchObject({ takesPart: "cycle" });
  });

  test("of another report's workqueue nothing is said", () => {
    const report = circular([
      ["(wq_completion)one → lock_a", "mutex_lock work process_one_work"],
      ["lock_a → (wq_completion)one", "__flush_workqueue stop"],
    ]);
    expect(ask(report, "(wq_completion)two")).toMatchObject({ takesPart: "no", code: "class-absent" });
    expect(ask(report, "wq_completion")).toMatchObject({ takesPart: "cycle" });
  });
});

describe("a commit", () => {
  test.each([TRACKS_NOTIFIERS, "f920e41", "mm: track mmu notifiers in fs_reclaim_acquire/release"])(
    "%s adds one edge, and none of this cycle",
    (asked) => {
      const [answer] = suspectsOf(withoutNotifier, [asked]);
      expect(answer).toMatchObject({
        asked,
        annotation: "mmu_notifier_invalidate_range_start",
        takesPart: "no",
        edges: [],
        because: { code: "commit-edge-absent" },
        revert: "unlikely",
        commit: { sha: TRACKS_NOTIFIERS, release: "v5.11" },
      });
      expect(fillIn(SUSPECT_PROSE["commit-edge-absent"], answer?.because.args ?? {})).toEqual([
        "This commit adds only edges to mmu_notifier_invalidate_range_start. None of this cycle's edges (fs_reclaim → lock_a, lock_a → fs_reclaim) is one of them, so reverting it should not make this report go away; a run without it may simply have missed the race.",
      ]);
    },
  );

  test("its version in linux-next is no twin: it records allocations within scopes, too", () => {
    expect(suspectsOf(withoutNotifier, [DROPPED_VERSION])[0]).toMatchObject({
      takesPart: "stack",
      edges: [1],
      because: { code: "commit-records-other", args: { recorded: true } },
      // a caller may have opened a scope
      revert: "cannot-tell",
      commit: { sha: DROPPED_VERSION, release: "linux-next" },
    });
    expect(suspectsOf(inTransaction, [DROPPED_VERSION])[0]).toMatchObject({
      takesPart: "cycle",
      edges: [1],
      because: {
        code: "commit-records-edge",
        args: { scope: "NOFS", frame: "xfs_trans_ijoin", mendedIn: TRACKS_NOTIFIERS },
      },
      revert: "helps",
    });
    expect(suspectsOf(inTransaction, [TRACKS_NOTIFIERS])[0]).toMatchObject({ takesPart: "no" });
  });

  test("is not blamed for an edge that a real invalidation made", () => {
    expect(ask(realInvalidation, TRACKS_NOTIFIERS)).toEqual({
      takesPart: "no",
      code: "commit-edge-absent",
      edges: [],
    });
    expect(ask(realInvalidation, "23b68395c7c7")).toEqual({
      takesPart: "cycle",
      code: "commit-class-in-cycle",
      edges: [0, 1],
    });
  });

  test("takes part where no stack speaks against it", () => {
    const report = circular([
      ["lock_a → mmu_notifier_invalidate_range_start", ""],
      ["mmu_notifier_invalidate_range_start → lock_a", ""],
    ]);
    expect(ask(report, TRACKS_NOTIFIERS)).toEqual({
      takesPart: "cycle",
      code: "commit-edge-in-cycle",
      edges: [0],
    });
  });

  test.each([
    ["d92a8cfcb37e", { takesPart: "cycle", code: "commit-class-in-cycle", edges: [0, 1] }],
    ["da1c55f1b272", { takesPart: "no", code: "commit-adds-nothing", edges: [] }],
    ["491f2927ae09", { takesPart: "no", code: "commit-fixes-class", edges: [] }],
    ["f0f44752f5f6", { takesPart: "no", code: "commit-edge-absent", edges: [] }],
    ["8129ed29644b", { takesPart: "held", code: "commit-extends-class", edges: [] }],
    ["5accdf82ba25", { takesPart: "held", code: "commit-class-held", edges: [] }],
    ["0123456789ab", { takesPart: "no", code: "unknown-commit", edges: [] }],
  ])("%s", (asked, answer) => {
    expect(ask(withoutNotifier, asked)).toEqual(answer);
  });
});

test("nothing is asked, nothing is answered; several questions, as many answers", () => {
  expect(analyze(makeReport()).suspects).toEqual([]);
  expect(analyze(makeReport(), ["a", "b"]).suspects.map(({ asked }) => asked)).toEqual(["a", "b"]);
});

describe.skipIf(!hasCorpus)("the builds of the seed thread", async () => {
  const logged = await corpusReports("builds/patched");
  const of = (boot: string): Report => {
    const found = logged.find(({ log }) => log.endsWith(`${boot}.log`));
    if (found === undefined) throw new Error(`${boot}: no report`);
    return found.report;
  };

  test("boot 1: the patch is in the cycle of an MMU notifier", () => {
    const { findings, suspects } = analyze(of("boot-1"), [TRACKS_NOTIFIERS]);
    expect(findings[0]).toMatchObject({ code: "mmu-notifier-recursion", certainty: "certain" });
    expect(suspects[0]).toMatchObject({ takesPart: "cycle", edges: [0] });
  });

  test("boot 4: the same with GFP_NOIO, and why that did not help", () => {
    const { findings, suspects } = analyze(of("boot-4"), [TRACKS_NOTIFIERS]);
    expect(findings[0]).toMatchObject({
      code: "mmu-notifier-recursion",
      certainty: "certain",
      args: {
        mask: "without __GFP_FS",
        noHelp: ["GFP_NOFS", "GFP_NOIO", "memalloc_nofs_save()", "memalloc_noio_save()"],
      },
    });
    expect(suspects[0]).toMatchObject({ takesPart: "cycle", edges: [0] });
  });

  test("boot 2: kmalloc against reclaim; the patch, has no part in it", () => {
    const { findings, suspects } = analyze(of("boot-2"), [
      TRACKS_NOTIFIERS,
      "mmu_notifier_invalidate_range_start",
    ]);
    expect(findings[0]).toMatchObject({ code: "alloc-under-reclaim-lock" });
    expect(suspects[0]).toMatchObject({
      takesPart: "no",
      because: { code: "commit-edge-absent" },
      revert: "unlikely",
    });
    expect(suspects[1]).toMatchObject({ takesPart: "no" });
  });
});
