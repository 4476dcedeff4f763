// Compiles src/read/scan/simd.as.ts and writes it into src/read/scan/wasm.ts: the same bytes for the same source, as the
// compiler's version is fixed. A test does the same and compares, so that neither is changed alone.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const directory = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "read", "scan");
const SOURCE = "simd.as.ts";

export const TARGET = join(directory, "wasm.ts");

/** The text of wasm.ts. */
export async function compiledScanner() {
  let wasm;
  const { error } = await asc.main(
    [SOURCE, "-O3", "--runtime", "stub", "--enable", "simd", "--noAssert", "--outFile", "simd.wasm"],
    {
      readFile: (name) => (name === SOURCE ? readFileSync(join(directory, name), "utf8") : null),
      writeFile: (_name, contents) => (wasm = contents),
      listFiles: () => [],
    },
  );
  if (error !== null) throw error;
  const text = Buffer.from(wasm).toString("base64");
  return `/** ${SOURCE}, compiled by \`npm run scanner\`. */\nexport const WASM =\n  "${text}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await compiledScanner());
