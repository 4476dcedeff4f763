import { join } from "node:path";
import { expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";
import { judgeFixes } from "./known-fixes.ts";

/** Where the fix went another way than what the kernel documents or the rules say. */
const NOT_FIRST = [
  // Documentation/virt/kvm/locking.rst has the other order; s390 gave in
  "70dc0e38f1.eml",
];

test("the edge to look at is the one that the fix broke, and its code is named", async () => {
  const judged = await judgeFixes(join(FIXTURES, "fixes"));
  expect(judged.filter(({ isEdge }) => !isEdge).map(({ fix }) => fix.file)).toEqual(NOT_FIRST);
  expect(judged.filter(({ isEdge, isNext }) => !isEdge && !isNext)).toEqual([]);
  const named = judged.filter(({ isEdge, isFunction }) => isEdge && isFunction);
  expect(named.length / judged.length).toBeGreaterThanOrEqual(0.8);
});
