import { execFileSync } from "node:child_process";
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

test("the table in the README is what its command prints", () => {
  const root = join(EXAMPLES, "../../..");
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, command = "", table] =
    /```sh\nnpm ci && node (bin\/[^\n]+)\n```\n\n```\n([^`]*)```/.exec(readme) ?? [];
  expect(execFileSync(process.execPath, command.split(" "), { cwd: root, encoding: "utf8" })).toBe(table);
});
