/**
 * Holds the catalogue against kernel trees:
 *
 *     npm run evidence -- TREE [TREE…]
 *
 * Says which functions of an entry no tree has, and which files of its evidence no tree has, or say nothing of it.
 * evidence-allowed.json gives the reason for each that is right all the same: what is gone since, or was there between.
 * Exits with 1 when one has no reason, or a reason no use; with 2 when a tree cannot be read.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ENTRIES } from "../src/catalogue/entries/index.ts";
import type { Annotation } from "../src/catalogue/schema.ts";
import allowed from "./evidence-allowed.json" with { type: "json" };

const WORD = /[A-Za-z_]\w*/g;
/** What macros append to the name of a class: DEFINE_WW_CLASS(), ww_mutex_init(). */
const APPENDED = /_(?:mutex|acquire)$/;

function functionsOf({ acquiredBy, decidedBy = [] }: Annotation): string[] {
  return [...acquiredBy, ...decidedBy];
}

/** What the files of an entry's evidence should speak of. */
function subjectsOf(entry: Annotation): Set<string> {
  const { names = [], shared = [], patterns = [] } = entry;
  const spelled = [...names, ...shared, ...patterns.map(({ source }) => source.replace(/\\./g, " "))];
  const words = spelled.flatMap((text) => text.match(WORD) ?? []);
  return new Set([...words, ...words.map((word) => word.replace(APPENDED, "")), ...functionsOf(entry)]);
}

/** Which of `wanted` are a word of some source, and the words of each of `files`. */
function readTree(
  tree: string,
  wanted: ReadonlySet<string>,
  files: ReadonlySet<string>,
): { readonly found: ReadonlySet<string>; readonly wordsOf: ReadonlyMap<string, ReadonlySet<string>> } {
  const found = new Set<string>();
  const wordsOf = new Map<string, ReadonlySet<string>>();
  for (const path of readdirSync(tree, { recursive: true, encoding: "utf8" })) {
    if (!/\.[chS]$/.test(path)) continue;
    const words = new Set(readFileSync(join(tree, path), "latin1").match(WORD));
    for (const word of words) if (wanted.has(word)) found.add(word);
    if (files.has(path)) wordsOf.set(path, words);
  }
  if (!wordsOf.has("kernel/locking/lockdep.c") && found.size === 0)
    throw new Error(`${tree}: no sources of a kernel in it`);
  return { found, wordsOf };
}

function main(trees: readonly string[]): number {
  if (trees.length === 0) {
    console.error("usage: npm run evidence -- TREE [TREE...]");
    return 2;
  }
  const wanted = new Set(ENTRIES.flatMap(functionsOf));
  const files = new Set(ENTRIES.flatMap(({ evidence }) => evidence));
  const read = trees.map((tree) => readTree(tree, wanted, files));

  const faults = new Map<string, string>();
  for (const entry of ENTRIES) {
    for (const name of functionsOf(entry))
      if (!read.some(({ found }) => found.has(name))) faults.set(name, `${entry.id}: no tree has ${name}()`);
    const subjects = subjectsOf(entry);
    for (const file of entry.evidence) {
      const texts = read.flatMap(({ wordsOf }) => wordsOf.get(file) ?? []);
      if (texts.length === 0) faults.set(file, `${entry.id}: no tree has ${file}`);
      else if (!texts.some((words) => [...subjects].some((subject) => words.has(subject))))
        faults.set(file, `${entry.id}: ${file} speaks neither of its classes nor of its functions`);
    }
  }

  const reasons = new Map(Object.entries(allowed));
  const open = [...faults].filter(([key]) => !reasons.has(key)).map(([, text]) => text);
  const idle = [...reasons.keys()].filter((key) => !faults.has(key));
  for (const text of open) console.log(text);
  for (const key of idle) console.log(`evidence-allowed.json: ${key} needs no reason, the trees have it`);
  console.log(
    `${ENTRIES.length} entries, ${wanted.size} functions, ${files.size} files: ${open.length} not found, ${faults.size - open.length} allowed`,
  );
  return open.length + idle.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`evidence: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
