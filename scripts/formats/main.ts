/**
 * Holds a kernel's print calls against the rows of grammar/lines.ts:
 *
 *     npm run formats -- [--all] TREE [TREE…]
 *
 * Says which format strings no row matches, and which rows no kernel of the trees prints. Exits with 1 when a format is
 * neither matched nor in allowed.json, with 2 when a tree cannot be read.
 */
import { parseArgs } from "node:util";
import allowed from "./allowed.json" with { type: "json" };
import { checkTree } from "./check.ts";
import { report } from "./report.ts";

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { all: { type: "boolean", default: false } },
  });
  if (positionals.length === 0) {
    console.error("usage: npm run formats -- [--all] TREE [TREE...]");
    return 2;
  }
  const results = positionals.map((tree) => checkTree(tree, allowed.formats));
  const { text, unmatched } = report(results, allowed, values.all);
  process.stdout.write(text);
  return unmatched > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`formats: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
