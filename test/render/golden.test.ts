import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderExplanation } from "../../src/render/explain/index.ts";
import { renderTable } from "../../src/render/reports/table.ts";
import { KINDS } from "../../src/report/names.ts";
import { fixtures, triageBytes } from "../support/fixtures.ts";

const TOLD = "told.txt";
const PAPER = { width: 80, color: false };

/**
 * What a person is told of one log of each kind, in the table and as a story, beside the log: read it against that.
 * `npx vitest run test/render/golden.test.ts -u` writes them anew.
 */
test.each(KINDS)("%s is told as it was when a person read it against its log", async (kind) => {
  const ofKind = fixtures().filter(({ name }) => name.startsWith(`${kind}/`));
  const fixture = ofKind.find(({ directory }) => existsSync(join(directory, TOLD))) ?? ofKind[0];
  if (fixture === undefined) throw new Error(`no fixture of ${kind}`);
  const document = await triageBytes(fixture.bytes);
  const texts = [
    "$ splat-triage -f table dmesg.txt",
    renderTable(document, PAPER),
    "$ splat-triage explain dmesg.txt",
    renderExplanation(document, PAPER),
  ];
  await expect(texts.join("\n")).toMatchFileSnapshot(join(fixture.directory, TOLD));
});
