import { expect, test } from "vitest";
import { Recent } from "../../grammar/recent.ts";

test("the latest are known, and what is asked for stays", () => {
  const recent = new Recent<number>(4);
  for (let i = 0; i < 100; i++) {
    recent.set(`text ${i}`, i);
    expect(recent.get("text 0")).toBe(0);
  }
  expect([96, 97, 98, 99].map((i) => recent.get(`text ${i}`))).toEqual([96, 97, 98, 99]);
  expect(recent.get("text 50")).toBeUndefined();
});
