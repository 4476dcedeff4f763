import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diff } from "../../src/compare/diff.ts";
import { Diff } from "../../src/compare/diff-schema.ts";
import { targetOf } from "../../src/compare/target.ts";
import { verdictOn } from "../../src/compare/verdict.ts";
import { renderDiffMarkdown } from "../../src/render/diff/markdown.ts";
import { renderDiffTable } from "../../src/render/diff/table.ts";
import { renderExplanation } from "../../src/render/explain/index.ts";
import { jsonText } from "../../src/render/words/json.ts";
import { printReport } from "../../src/render/reports/kernel.ts";
import { renderMarkdown } from "../../src/render/reports/markdown.ts";
import { renderTable } from "../../src/render/reports/table.ts";
import { verdictText } from "../../src/render/bisect/verdict-prose.ts";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES, triageBytes } from "../support/fixtures.ts";
import { mutated, randomOf } from "./mutate.ts";

/** `npm run fuzz` gives a million; FUZZ_SEED begins elsewhere. */
const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 1500);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

/** What a terminal, or a browser, would obey or hide; a line break is ours. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** More logs, where they are at hand, for long runs: the seeds of the short one stay what they are. */
const CORPUS = join(import.meta.dirname, "../../../shared/corpus");
const LONG = 10_000;

function logs(): Buffer[] {
  const folders = INPUTS > LONG && existsSync(CORPUS) ? [FIXTURES, CORPUS] : [FIXTURES];
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(?:txt|log|json|eml|mbox)$/.test(path) && !/(?:report|origin)\.json$/.test(path))
      .toSorted()
      .map((path) => readFileSync(join(folder, path))),
  );
}

test(
  `${INPUTS} damaged logs: no error, a valid document, harmless text`,
  { timeout: INPUTS * 2_000 + 600_000 },
  async () => {
    const all = logs();
    expect(all.length).toBeGreaterThan(60);
    let slowest = { nanosecondsAByte: 0, seed: 0 };
    for (let i = 0; i < INPUTS; i++) {
      const seed = SEED + i;
      const random = randomOf(seed);
      const log = all[Math.floor(random() * all.length)] ?? Buffer.alloc(0);
      const other = all[Math.floor(random() * all.length)] ?? Buffer.alloc(0);
      const bytes = mutated(log, other, random);
      const start = process.hrtime.bigint();
      try {
        const document = await triageBytes(bytes, 1 + Math.floor(random() * bytes.length * 1.5));
        const nanosecondsAByte = Number(process.hrtime.bigint() - start) / Math.max(1, bytes.length);
        if (i > 100 && nanosecondsAByte > slowest.nanosecondsAByte) slowest = { nanosecondsAByte, seed };
        Document.parse(JSON.parse(jsonText(document)));
        const side = { document, config: null, graph: null };
        const compared = diff(side, side);
        expect(Diff.parse(compared)).toEqual(compared);
        const texts = [
          renderDiffTable(compared, { width: 80, color: false }),
          renderDiffMarkdown(compared),
          verdictText(verdictOn(document, targetOf("lock_a")), "lock_a"),
          renderTable(document, { width: 80, color: false }),
          renderMarkdown(document),
          renderExplanation(document, { width: 80, color: false }),
          // the kernel prints tabs, too
          ...document.reports.map((report) => printReport(report).replaceAll("\t", " ")),
          jsonText(document, 2),
        ];
        for (const text of texts) expect(HARMFUL.exec(text)).toBeNull();
      } catch (error) {
        throw new Error(`seed ${seed}, ${bytes.length} bytes`, { cause: error });
      }
    }
    if (INPUTS > LONG)
      console.log(`slowest: ${slowest.nanosecondsAByte.toFixed(0)} ns a byte, seed ${slowest.seed}`);
  },
);
