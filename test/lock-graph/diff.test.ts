import { expect, test } from "vitest";
import { diffGraphs } from "../../src/lock-graph/index.ts";
import { GraphDiff } from "../../src/lock-graph/diff-schema.ts";
import { bootFiles, bootOf, documentOf, write, type Written } from "../support/boots.ts";

async function graphOf(written: Written): Promise<ReturnType<typeof documentOf>> {
  return documentOf(await bootOf("boot", write(written)));
}

test("edges of a new cycle first, then between known classes, then of new ones", async () => {
  const classes = { fs_reclaim: "+.+.", mmu_notifier_invalidate_range_start: "+.+.", a: "+.+.", b: "+.+." };
  const old = await graphOf({ classes, chains: ["a", "b"] });
  const now = await graphOf({
    classes: { ...classes, fresh: "+.+.", r: ".+.+" },
    dependencies: [
      "a > b",
      "a > fresh",
      "fs_reclaim > mmu_notifier_invalidate_range_start",
      "fs_reclaim > r",
      "r > b",
      "b > fs_reclaim",
    ],
    chains: ["b", "b fs_reclaim", "fs_reclaim", "fs_reclaim r", "fs_reclaim r b"],
  });
  const diff = diffGraphs(old, now);
  expect(GraphDiff.parse(diff)).toEqual(diff);
  expect(diff.cycles.map(({ only, cycle }) => [only, ...cycle.classes])).toEqual([
    ["new", "b", "fs_reclaim"],
  ]);
  expect(diff.edges.map(({ weight, from, to }) => `${weight}: ${from} ${to}`)).toEqual([
    "cycle: b fs_reclaim",
    "annotated: fs_reclaim mmu_notifier_invalidate_range_start",
    "known-classes: a b",
    "new-class: a fresh",
    "new-class: fs_reclaim r",
    "new-class: r b",
  ]);
  expect(diff.classes.map(({ only, name }) => `${only} ${name}`)).toEqual(["new fresh", "new r"]);
});

test("numbers of names do not count", async () => {
  const old = await graphOf({ classes: { "x#2": "+.+.", x: "+.+.", a: "+.+." }, dependencies: ["a > x#2"] });
  const now = await graphOf({ classes: { "x#3": "+.+.", x: "+.+.", a: "+.+." }, dependencies: ["a > x#3"] });
  expect(diffGraphs(old, now)).toMatchObject({ edges: [], classes: [], cycles: [] });
});

test("names that a release changed are one", async () => {
  const old = await graphOf({
    classes: { "&mm->mmap_sem": "++++", a: "+.+." },
    dependencies: ["a > &mm->mmap_sem"],
  });
  const now = await graphOf({
    classes: { "&mm->mmap_lock": "++++", a: "+.+." },
    dependencies: ["a > &mm->mmap_lock"],
  });
  expect(diffGraphs(old, now)).toMatchObject({ edges: [], classes: [] });
});

test("the notifier's boot against the clean one: the lock's edge into the cycle stands first", async () => {
  const [clean, notifier] = await Promise.all(
    ["clean", "mmunotifier"].map(async (name) => documentOf(await bootOf(name, bootFiles(name)))),
  );
  if (clean === undefined || notifier === undefined) throw new Error("no boots");
  const { edges, cycles } = diffGraphs(clean, notifier);
  expect(edges[0]).toMatchObject({ only: "new", weight: "cycle", from: "lock_a", to: "fs_reclaim" });
  expect(cycles.map(({ only }) => only)).toEqual(["new"]);
  expect(diffGraphs(notifier, clean).cycles.map(({ only }) => only)).toEqual(["old"]);
  expect(diffGraphs(clean, clean)).toMatchObject({ edges: [], classes: [], cycles: [] });
});
