import { expect, test } from "vitest";
import { blindSpotsOf, hasRelease } from "../../src/catalogue/blind-spots.ts";
import type { Kind } from "../../src/report/schema.ts";

const NOTIFIER = ["fs_reclaim", "mmu_notifier_invalidate_range_start", "lock_a"];

function ids(cycle: readonly string[], release: string | null, kind: Kind = "circular"): string[] {
  return blindSpotsOf({ kind, cycle, release }).map(({ id, certainty }) => `${certainty} ${id}`);
}

test("a lock taken in an MMU notifier: reported by 5.11 to 6.3, and by none after", () => {
  expect(ids(NOTIFIER, "6.1.99")).toEqual([]);
  expect(ids(NOTIFIER, "6.3.13")).toEqual([]);
  expect(ids(NOTIFIER, "6.4.0-rc1")).toEqual(["certain reader-between"]);
  expect(ids(NOTIFIER, "6.12.117-amd64")).toEqual(["certain reader-between"]);
  expect(ids(NOTIFIER, "7.0.1")).toEqual(["certain reader-between"]);
  expect(ids(NOTIFIER, "5.10.200")).toEqual(["likely edge-not-yet-recorded"]);
  expect(ids(NOTIFIER, "5.3.1")).toContain("certain not-yet-a-class");
});

test("tells since when, and by which commits", () => {
  expect(blindSpotsOf({ kind: "circular", cycle: NOTIFIER, release: "6.12.117" })).toMatchObject([
    {
      since: "v6.4",
      until: null,
      classes: ["mmu_notifier_invalidate_range_start", "lock_a"],
      commits: [
        { sha: "f0f44752f5f6", release: "v6.4" },
        { sha: "9de0c9bbcedf", release: "v5.10" },
      ],
    },
  ]);
});

test("the order matters: nothing is hidden before the notifier", () => {
  expect(ids(["lock_a", "mmu_notifier_invalidate_range_start", "srcu"], "6.12.0")).toEqual([]);
});

test("classes that older kernels do not have", () => {
  expect(ids(["fs_reclaim", "lock_a"], "4.13.16")).toEqual(["certain not-yet-a-class"]);
  expect(ids(["fs_reclaim", "lock_a"], "4.14.0")).toEqual([]);
  expect(ids(["lock_a", "srcu"], "6.3.0")).toEqual(["certain grace-period-unordered"]);
  expect(ids(["lock_a", "srcu"], "6.4.0")).toEqual([]);
});

test("device locks are not validated, unless a number shows that it is another mutex", () => {
  expect(ids(["&dev->mutex", "lock_a"], "6.12.0")).toEqual(["likely not-validated"]);
  expect(ids(["&dev->mutex#3", "lock_a"], "6.12.0")).toEqual([]);
  expect(ids(["&dev->mutex", "lock_a"], "2.6.33")).toEqual([]);
});

test("wait contexts are compared since v5.7", () => {
  expect(ids([], "5.6.19", "wait-context")).toEqual(["certain no-wait-types"]);
  expect(ids([], "5.7.0", "wait-context")).toEqual([]);
});

test("nothing is said of unknown releases, plain locks, and other kinds", () => {
  expect(ids(NOTIFIER, null)).toEqual([]);
  expect(ids(NOTIFIER, "next-20261122")).toEqual([]);
  expect(ids(["lock_a", "lock_b"], "6.12.0")).toEqual([]);
  expect(ids(NOTIFIER, "6.12.0", "held-exit")).toEqual([]);
  expect(ids([], "6.12.0")).toEqual([]);
});

test("releases are compared by number", () => {
  expect(hasRelease("5.9.16", "v5.10")).toBe(false);
  expect(hasRelease("5.10.0", "v5.10")).toBe(true);
  expect(hasRelease("2.6.34", "v2.6.34")).toBe(true);
  expect(hasRelease("2.6.33.7", "v2.6.34")).toBe(false);
  expect(hasRelease("10.0.0", "v9.1")).toBe(true);
  expect(hasRelease(null, "v5.10")).toBe(null);
});
