import { describe, expect, test } from "vitest";
import { suspectsOf } from "../../src/analyze/index.ts";
import { readPatch } from "../../src/patch/patch.ts";
import { fillIn } from "../../src/render/reports/findings/prose.ts";
import { SUSPECT_PROSE } from "../../src/render/reports/suspects-prose.ts";
import type { Suspect } from "../../src/report/analysis-schema.ts";
import type { Report } from "../../src/report/schema.ts";
import { fixtureReports } from "../catalogue/corpus.ts";
import { circular } from "./report.ts";

/** Made by hand: what patches do to the functions of a report, in the shape of a diff. */
function patchOf(path: string, header: string, ...lines: string[]): string {
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  const old = lines.length - count("+");
  return [
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -10,${old} +10,${lines.length - count("-")} @@ ${header}`,
    ...lines,
    "",
  ].join("\n");
}

/** The two versions of one patch: which of the functions takes the task's scopes off the mask that is tested last? */
function tracksNotifiers(scopesIn: "helper" | "caller"): string {
  const scopes = "\tallowed = current_gfp_context(allowed);";
  return (
    patchOf(
      "mm/page_alloc.c",
      "static struct lockdep_map reclaim_map =",
      "-static bool __need_fs_reclaim(gfp_t allowed)",
      "+static bool __need_reclaim(gfp_t allowed)",
      " {",
      `${scopesIn === "helper" ? " " : "-"}${scopes}`,
      " \tif (!(allowed & __GFP_DIRECT_RECLAIM))",
      " \t\treturn false;",
      "-\tif (!(allowed & __GFP_FS))",
      "-\t\treturn false;",
      " \treturn true;",
      " }",
    ) +
    patchOf(
      "mm/page_alloc.c",
      "void __fs_reclaim_release(void)",
      " void fs_reclaim_acquire(gfp_t allowed)",
      " {",
      "-\tif (__need_fs_reclaim(allowed))",
      "-\t\t__fs_reclaim_acquire();",
      ...(scopesIn === "caller" ? [`+${scopes}`] : []),
      "+\tif (__need_reclaim(allowed)) {",
      "+\t\tif (allowed & __GFP_FS)",
      "+\t\t\t__fs_reclaim_acquire();",
      "+\t\tlock_map_acquire(&__mmu_notifier_invalidate_range_start_map);",
      "+\t\tlock_map_release(&__mmu_notifier_invalidate_range_start_map);",
      "+\t}",
      " }",
    )
  );
}

function ask(report: Report, text: string): Suspect {
  const patch = readPatch(text);
  if (patch === null) throw new Error("no patch");
  const [answer] = suspectsOf(report, [{ asked: "x.patch", patch }]);
  if (answer === undefined) throw new Error("no answer");
  expect(
    fillIn(SUSPECT_PROSE[answer.because.code as keyof typeof SUSPECT_PROSE], answer.because.args),
  ).not.toEqual([]);
  return answer;
}

describe("the two versions of a patch, on the report that the first one made", async () => {
  const reports = await fixtureReports();
  const of = (name: string): Report => {
    const found = reports.find(({ log }) => log === name);
    if (found === undefined) throw new Error(`${name}: no report`);
    return found.report;
  };
  const splat = of("circular/xfs-ilock-next");

  test("the one that tests a mask without the task's scopes is to blame", () => {
    expect(ask(splat, tracksNotifiers("helper"))).toMatchObject({
      takesPart: "cycle",
      edges: [0],
      because: {
        code: "patch-records-edge",
        args: { recorder: "fs_reclaim_acquire", scope: "NOFS", frame: "xfs_trans_ijoin" },
      },
      revert: "helps",
    });
  });

  test("the one that applies them first is not, and still nothing is promised of its revert", () => {
    expect(ask(splat, tracksNotifiers("caller"))).toMatchObject({
      takesPart: "no",
      edges: [],
      because: { code: "patch-keeps-recording" },
      revert: "cannot-tell",
    });
  });

  test("both add the edge to the notifier's class", () => {
    for (const version of ["helper", "caller"] as const)
      expect(ask(of("circular/mmunotifier-6-1"), tracksNotifiers(version))).toMatchObject({
        takesPart: "cycle",
        because: { code: "patch-takes-lock", args: { to: "mmu_notifier_invalidate_range_start" } },
        revert: "helps",
      });
  });

  test("outside of a scope, it cannot be told", () => {
    expect(ask(of("circular/fsreclaim-6-1"), tracksNotifiers("helper"))).toMatchObject({
      takesPart: "stack",
      because: { code: "patch-changes-recorder" },
      revert: "cannot-tell",
    });
  });
});

const report = circular([
  ["&dev->lock → fs_reclaim", "fs_reclaim_acquire __kmalloc dev_grow dev_ioctl"],
  ["fs_reclaim → rtnl_mutex", "mutex_lock_nested rtnl_lock dev_shrink do_shrink_slab kswapd"],
  ["rtnl_mutex → &dev->lock", "mutex_lock_nested dev_stop dev_close"],
]);

describe("what a patch does to an edge", () => {
  test.each<[name: string, header: string, lines: string[], answer: object]>([
    [
      "takes a lock",
      "static void dev_stop(struct dev *d)",
      ["+\tmutex_lock(&d->dev->lock);", " \treturn;"],
      { takesPart: "cycle", revert: "helps", edges: [2], because: { code: "patch-takes-lock" } },
    ],
    [
      "takes one by the name that the catalogue knows",
      "static int dev_shrink(void)",
      [" \tint freed;", "+\trtnl_lock();"],
      { takesPart: "cycle", revert: "helps", edges: [1], because: { code: "patch-takes-lock" } },
    ],
    [
      "takes one by a guard",
      "static void dev_stop(struct dev *d)",
      ["+\tguard(mutex)(&dev->lock);"],
      { takesPart: "cycle", revert: "helps", because: { code: "patch-takes-lock" } },
    ],
    [
      "calls what takes it",
      "static void dev_close(struct dev *d)",
      [" \tint x;", "+\tdev_stop(d);"],
      {
        takesPart: "cycle",
        revert: "helps",
        edges: [2],
        because: { code: "patch-adds-call", args: { callee: "dev_stop" } },
      },
    ],
    [
      "allocates",
      "static int dev_grow(struct dev *d)",
      ["+\td->x = kzalloc(8, d->mask);"],
      { takesPart: "cycle", revert: "helps", edges: [0], because: { code: "patch-adds-call" } },
    ],
    [
      "lets an allocation reclaim",
      "static int dev_grow(struct dev *d)",
      ["-\td->x = kzalloc(8, GFP_NOFS);", "+\td->x = kzalloc(8, GFP_KERNEL);"],
      { takesPart: "cycle", revert: "helps", because: { code: "patch-widens-mask" } },
    ],
    [
      "keeps one out of reclaim",
      "static int dev_grow(struct dev *d)",
      ["-\td->x = kzalloc(8, GFP_KERNEL);", "+\td->x = kzalloc(8, GFP_NOFS);"],
      { takesPart: "cycle", revert: "cannot-tell" },
    ],
    [
      "holds a lock for longer",
      "static long dev_ioctl(struct file *f)",
      ["-\tmutex_unlock(&dev->lock);", " \treturn dev_grow(dev);"],
      { takesPart: "cycle", revert: "helps", edges: [0], because: { code: "patch-holds-lock" } },
    ],
    [
      "drops a lock elsewhere",
      "static long dev_ioctl(struct file *f)",
      ["-\tmutex_unlock(&dev->lock);", " \tdev_grow(dev);", "+\tmutex_unlock(&dev->lock);"],
      { takesPart: "cycle", revert: "cannot-tell", because: { code: "patch-changes-order" } },
    ],
    [
      "gives a lock another class",
      "static int dev_probe(struct dev *dev)",
      ["+\tlockdep_set_class(&dev->lock, &dev_key);"],
      { takesPart: "cycle", revert: "cannot-tell", because: { code: "patch-changes-class" } },
    ],
    [
      "changes something else in a stack",
      "static long dev_ioctl(struct file *f)",
      ["-\tint x = 1;", "+\tint x = 2;"],
      { takesPart: "stack", revert: "cannot-tell", because: { code: "patch-in-stack" } },
    ],
    [
      "changes what tells lockdep",
      "void fs_reclaim_acquire(gfp_t mask)",
      ["-\tif (x(gfp_mask))", "+\tif (y(gfp_mask))"],
      { takesPart: "stack", revert: "cannot-tell", because: { code: "patch-changes-recorder" } },
    ],
    [
      "takes a lock of the cycle in a function that no stack has",
      "static int dev_other(struct dev *dev)",
      ["+\tmutex_lock(&dev->lock);"],
      { takesPart: "no", revert: "cannot-tell", because: { code: "patch-elsewhere" } },
    ],
    [
      "takes another device's lock there",
      "static int card_other(struct card *c)",
      ["+\tmutex_lock(&card->lock);"],
      { takesPart: "no", revert: "unlikely", because: { code: "patch-absent" } },
    ],
  ])("%s", (_name, header, lines, answer) => {
    expect(ask(report, patchOf("drivers/dev.c", header, ...lines))).toMatchObject(answer);
  });
});

describe("what is not seen is not ruled out", () => {
  const line = ["-\tint x = 1;", "+\tint x = 2;"];

  test("a function of a header may stand in any other", () => {
    expect(
      ask(report, patchOf("include/linux/dev.h", "static inline int dev_x(void)", ...line)),
    ).toMatchObject({
      takesPart: "no",
      revert: "cannot-tell",
      because: { code: "patch-unclear", args: { hidden: ["dev_x"] } },
    });
  });

  test("lines whose function the hunk does not show", () => {
    expect(ask(report, patchOf("drivers/dev.c", "", ...line))).toMatchObject({ revert: "cannot-tell" });
  });

  test("a patch that is cut", () => {
    const cut = patchOf("drivers/other.c", "static int other(void)", ...line).replace("-10,1", "-10,9");
    expect(ask(report, cut)).toMatchObject({
      revert: "cannot-tell",
      because: { code: "patch-unclear", args: { cut: true } },
    });
  });

  test("a report that lacks a stack", () => {
    const bare = circular([
      ["lock_a → lock_b", ""],
      ["lock_b → lock_a", "mutex_lock take_ba"],
    ]);
    expect(ask(bare, patchOf("drivers/other.c", "static int other(void)", ...line))).toMatchObject({
      revert: "cannot-tell",
      because: { code: "patch-unclear", args: { damaged: true } },
    });
  });

  test("documentation is no code", () => {
    expect(ask(report, patchOf("Documentation/dev.rst", "", ...line))).toMatchObject({
      takesPart: "no",
      revert: "unlikely",
    });
  });
});
