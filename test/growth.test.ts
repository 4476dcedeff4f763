import { expect, test } from "vitest";
import { isLinear } from "./support/growth.ts";

function steps(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.sqrt(i);
  return sum;
}

test("what takes the square of the time is told from what takes ten times the time", () => {
  expect(isLinear(10_000, (size) => () => steps(size))).toBe(true);
  expect(isLinear(300, (size) => () => steps(size * size))).toBe(false);
});
