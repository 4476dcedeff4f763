import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { expect, test } from "vitest";
import { BODY, HEADLINES, KERNELS, type LineRow } from "../../grammar/lines.ts";

const DOC = fileURLToPath(new URL("../../docs/formats.md", import.meta.url));
const BEGIN = "<!-- lines: GOLDEN=write npx vitest run test/grammar/releases.test.ts -->\n";
const END = "<!-- end of lines -->";

/** Rows by what they print and since when; what has been printed all the time says so. */
async function table(): Promise<string> {
  const rows: readonly LineRow[] = [...HEADLINES, ...BODY];
  const text = [
    "| line | example | first | last |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ({ name, example, first = `≤ ${KERNELS[0]}`, last }) =>
        `| ${name} | \`${example}\` | ${last !== undefined && first.startsWith("≤") && older(last) ? "" : first} | ${last ?? ""} |`,
    ),
  ].join("\n");
  return format(text, { parser: "markdown", printWidth: 120 });
}

/** Whether a release came before all that were read. */
function older(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  const [oldMajor = 0, oldMinor = 0] = KERNELS[0].split(".").map(Number);
  return major < oldMajor || (major === oldMajor && minor < oldMinor);
}

test("docs/formats.md shows each line of the grammar with the releases that print it", async () => {
  const doc = readFileSync(DOC, "utf8");
  const [begin, end] = [doc.indexOf(BEGIN), doc.indexOf(END)];
  expect(begin).toBeGreaterThan(0);
  const whole = `${doc.slice(0, begin)}${BEGIN}\n${await table()}\n${doc.slice(end)}`;
  if (process.env["GOLDEN"] === "write") writeFileSync(DOC, whole);
  expect(readFileSync(DOC, "utf8")).toBe(whole);
});
