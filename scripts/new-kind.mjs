// Starts a new kind of report: its file in src/kinds, its line in the list there, its fixture folder and its test.
// `npm run typecheck` then names what is missing:
//
//   npm run new-kind -- cant-sleep
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const USAGE = "usage: npm run new-kind -- NAME, of lower-case words with hyphens between them: cant-sleep";

const [name = "", ...more] = process.argv.slice(2);
if (!/^[a-z]{1,20}(?:-[a-z]{1,20}){0,3}$/.test(name) || more.length > 0) stop(USAGE);

const root = process.cwd();
const identifier = name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
const list = join(root, "src/kinds/index.ts");
const files = {
  [`src/kinds/${name}.ts`]: `import { asPrinted } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import type { KindDefinition } from "./kind.ts";
import { allDumps, headlineText } from "./print/boxes.ts";
import { heldLines } from "./print/locks.ts";
import { heldSentence } from "./tell/story.ts";

export const ${identifier}: KindDefinition = {
  requires: ["task", "backtrace"],
  build: () => ({}),

  title: asPrinted,
  bug: lockAndSite,
  lacks: functionLacks,

  print: (report) => [headlineText(report), ...heldLines(report), ...allDumps(report)],
  story: (report) => [heldSentence(report)],
};
`,
  [`fixtures/${name}/first/origin.json`]: `${JSON.stringify(
    { from: "", kernel: "", machine: "", scenario: "", licence: "", sha256: "" },
    null,
    2,
  )}\n`,
  [`test/kinds/${name}.test.ts`]: `import { expect, test } from "vitest";
import { logLines, triageLines } from "../support/fixtures.ts";

// expected values come from the log, read by eye, never from the program
test("${name}: the report says what its log says", async () => {
  const { reports } = await triageLines(logLines("${name}/first"));
  expect(reports).toMatchObject([{ kind: "${name}", title: "", task: null, lock: null, complete: true }]);
});
`,
};

const taken = Object.keys(files).find((file) => existsSync(join(root, file)));
if (taken !== undefined) stop(`${taken} is there already`);

const before = readFileSync(list, "utf8");
writeFileSync(list, withKind(before));
for (const [file, text] of Object.entries(files)) {
  mkdirSync(join(root, file, ".."), { recursive: true });
  writeFileSync(join(root, file), text);
}
for (const file of ["src/kinds/index.ts", ...Object.keys(files)]) console.log(file);
console.log(
  '\nCONTRIBUTING.md, "Adding a kind of report", explains the next steps; npm run typecheck names what is missing.',
);

/** The list with one kind more: its import among the others, its row after them. */
function withKind(text) {
  const lines = text.split("\n");
  const next = lines.findIndex((line) => (importedBy(line) ?? "") > name);
  const last = lines.findLastIndex((line) => importedBy(line) !== undefined) + 1;
  lines.splice(next < 0 ? last : next, 0, `import { ${identifier} } from "./${name}.ts";`);
  const end = lines.findIndex((line) => line.startsWith("} as const satisfies Record<Kind,"));
  if (end < 0) stop(`the list of kinds was not found in ${list}`);
  lines.splice(end, 0, identifier === name ? `  ${name},` : `  "${name}": ${identifier},`);
  return lines.join("\n");
}

function importedBy(line) {
  return /^import .* from "\.\/([\w-]+)\.ts";$/.exec(line)?.[1];
}

function stop(why) {
  console.error(why);
  process.exit(2);
}
