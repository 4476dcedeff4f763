import { expect, test } from "vitest";
import { areClear, layoutOf, usageOf } from "../../../src/lock-graph/proc/index.ts";

test.each([
  ["+.+.", { writes: true, reads: false, inInterrupt: false }],
  [".+.+", { writes: false, reads: true, inInterrupt: false }],
  ["++++", { writes: true, reads: true, inInterrupt: false }],
  ["-.-.", { writes: true, reads: false, inInterrupt: true }],
  ["..-.", { writes: true, reads: false, inInterrupt: true }],
  [".?.+", { writes: false, reads: true, inInterrupt: true }],
  ["....", { writes: false, reads: false, inInterrupt: false }],
  ["+.+.-.", { writes: true, reads: false, inInterrupt: false }],
])("since 2.6.30: %s", (usage, known) => {
  expect(usageOf(usage, "pairs")).toEqual(known);
});

test.each([
  ["--..", { writes: true, reads: false, inInterrupt: false }],
  ["..--", { writes: false, reads: true, inInterrupt: false }],
  ["++..", { writes: true, reads: false, inInterrupt: true }],
  ["--.?", { writes: true, reads: true, inInterrupt: true }],
])("before 2.6.30: %s", (usage, known) => {
  expect(usageOf(usage, "halves")).toEqual(known);
});

test("the commonest usage tells the layout", () => {
  expect(layoutOf(["+.+.", "+.+.", "--..", "...."])).toBe("pairs");
  expect(layoutOf(["--..", "--..", "..--", "+..."])).toBe("halves");
  expect(layoutOf(["--..", "--..", "+.+...", "+.+...", "......"])).toBe("pairs");
  expect(layoutOf([])).toBe("pairs");
});

test("keys are clear only where they are addresses", () => {
  expect(areClear(["ffffffff81c44030", "ffffffff81c44031", "ffff888000bda938"])).toBe(false);
  expect(areClear(["ffffffff81c44030", "ffffffff81cd55c8", "ffff888000bda938"])).toBe(true);
  // v4.15 and newer, without no_hash_pointers
  expect(areClear(["0000000012ab34ce", "00000000deadbeec"])).toBe(false);
  expect(areClear(["c03c1a40", "c03b9f00", "c05d2f30", "f7e01235"])).toBe(true);
  expect(areClear(["5f3c1a41", "a03b9f07", "c05d2f30", "17e01235"])).toBe(false);
  expect(areClear([null, null])).toBe(false);
  expect(areClear([])).toBe(false);
});
