import { join } from "node:path";
import { expect, test } from "vitest";
import { hasCorpus } from "../catalogue/corpus.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { type Judged, judgeFixes, judgeVerdicts } from "./known-fixes.ts";

/** Where the fix went another way than what the kernel documents or the rules say. */
const NOT_FIRST = [
  // Documentation/virt/kvm/locking.rst has the other order; s390 gave in
  "70dc0e38f1.eml",
];

function shareOf(part: readonly Judged[], of: readonly Judged[]): number {
  return part.length / of.length;
}

test("the edge to look at is the one that the fix broke, its code is named, and the first finding is of its sort", async () => {
  const judged = await judgeFixes(join(FIXTURES, "fixes"));
  expect(judged.filter(({ isEdge }) => !isEdge).map(({ name }) => name)).toEqual(NOT_FIRST);
  expect(judged.filter(({ isEdge, isNext }) => !isEdge && !isNext)).toEqual([]);
  expect(judged.filter(({ isCategory }) => !isCategory)).toEqual([]);
  expect(
    shareOf(
      judged.filter(({ isEdge, isFunction }) => isEdge && isFunction),
      judged,
    ),
  ).toBeGreaterThanOrEqual(0.8);
});

test.skipIf(!hasCorpus)(
  "nothing is certain that a maintainer contradicts, in mailboxes beside the checkout",
  async () => {
    const judged = await judgeVerdicts(join(import.meta.dirname, "../../../shared/corpus/archive"));
    expect(judged.filter(({ report }) => report === null).map(({ name }) => name)).toEqual([]);
    expect(
      judged.flatMap(({ name, contradicted }) => contradicted.map(({ code }) => `${name}: ${code}`)),
    ).toEqual([]);
    const withEdge = judged.filter(({ edge }) => edge !== null);
    expect(
      shareOf(
        withEdge.filter(({ isEdge }) => isEdge),
        withEdge,
      ),
    ).toBeGreaterThanOrEqual(0.8);
    expect(
      shareOf(
        judged.filter(({ isCategory }) => isCategory),
        judged,
      ),
    ).toBeGreaterThanOrEqual(0.8);
  },
);
