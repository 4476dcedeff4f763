import { expect, test } from "vitest";
import { percent } from "../../../src/render/words/percent.ts";

test.each([
  [0, "0 %"],
  [1, "100 %"],
  [0.5, "50 %"],
  [0.95, "95 %"],
  [0.333, "33 %"],
  [0.0249, "2.5 %"],
  [0.000_123, "0.012 %"],
  // never rounded to what it is not
  [0.995, "99.5 %"],
  [0.998_326, "99.83 %"],
  [0.999_999_99, "above 99.9999 %"],
  [0.000_000_01, "below 0.0001 %"],
])("%d is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});
