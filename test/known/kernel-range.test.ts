import { expect, test } from "vitest";
import { kernelRange } from "../../src/known/kernel-range.ts";

test.each([
  ["<6.13", "6.12.117-1-amd64", true],
  ["<6.13", "6.13.0", false],
  ["<6.13", "6.13.0-rc2+", true],
  ["<6.13-rc1", "6.13.0-rc1", false],
  ["<=6.12", "6.12.117", true],
  [">6.12", "6.12.117", false],
  [">6.12.5", "6.12.117", true],
  [">=6.1 <6.2", "6.1.192", true],
  [">= 6.1, < 6.2", "6.2.0", false],
  ["6.1", "6.1.192", true],
  ["6.1", "6.10.1", false],
  ["6.13", "6.13.0-rc2", false],
  ["=6.13-rc2", "6.13.0-rc2-next-20241220", true],
  ["6.6 || 6.12", "6.12.1", true],
  ["6.6 || 6.12", "6.7.0", false],
  ["<7", "6.19.0", true],
  [">=v6.13", "v6.13", true],
  ["<6.13", "next", false],
])("%s and %s", (range, release, fits) => {
  expect(kernelRange(range)?.(release)).toBe(fits);
});

test.each(["", "6.x", "~6.1", "<6.13 ||", "6.1 - 6.2", "<"])("'%s' is not a range", (range) => {
  expect(kernelRange(range)).toBeNull();
});
