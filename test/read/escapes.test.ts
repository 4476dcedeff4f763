import fc from "fast-check";
import { expect, test } from "vitest";
import { asTyped, isMangled } from "../../src/read/transports/escapes.ts";

const PIECES = [
  "<p>",
  "</pre>",
  "<br>",
  "<BR />",
  "^M",
  "[1m",
  "[0;31m",
  "\u00a0",
  "\u2026",
  "<",
  ">",
  "a",
  " ",
  "m",
];

test("a line that is not mangled stays as it is", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }), (pieces) => {
      const text = pieces.join("");
      expect(isMangled(text) || asTyped(text) === text).toBe(true);
    }),
    { numRuns: 2000, seed: 5 },
  );
});

test.each([" <TASK>", " </TASK>", "<NMI>", "Code: 90 <0f> 0b", "RIP: 0010:[<ffffffff81000000>]"])(
  "'%s' as the kernel prints it is no line of a web page",
  (text) => {
    expect(isMangled(text)).toBe(false);
  },
);
