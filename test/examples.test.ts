import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXAMPLES, examples } from "../scripts/examples.mjs";

test("the examples of the docs are what the command prints: npm run examples", () => {
  const made = [...examples()];
  expect(readdirSync(EXAMPLES).toSorted()).toEqual(made.map(({ file }) => file).toSorted());
  for (const { file, text } of made)
    expect({ file, text: readFileSync(join(EXAMPLES, file), "utf8") }).toEqual({ file, text });
});
