// Writes what the command prints for every fixture, and for every log of the corpora where they lie beside the
// checkout, in every format: one file for each. Run it before and after a change that should change nothing:
//
//   npm run outputs /tmp/before; …; npm run build; npm run outputs /tmp/after; diff -r /tmp/before /tmp/after
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node scripts/outputs.mjs DIR");
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const command = join(root, "bin/splat-triage.js");
const LOG = /\.(?:txt|log|eml|log\.gz)$/;

/** Every log below a directory, as a path from the checkout, sorted. */
function logsBelow(directory) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { recursive: true })
    .map((name) => join(directory, name))
    .filter((path) => LOG.test(path) && statSync(join(root, path)).isFile())
    .toSorted();
}

/** What a run prints on standard output; its status and what it says on standard error after it. */
function run(args) {
  const options = { cwd: root, maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "pipe"] };
  try {
    return execFileSync(process.execPath, [command, ...args], options);
  } catch (error) {
    return Buffer.concat([error.stdout, Buffer.from(`\nstatus ${error.status}\n`), error.stderr]);
  }
}

const corpora = {
  fixtures: logsBelow("fixtures"),
  corpus: [
    "kernel-6.12",
    "kernel-6.12-arm64",
    "builds",
    "transports",
    "wild",
    "seed",
    "fixes",
    "syzkaller",
  ].flatMap((name) => logsBelow(join("../shared/corpus", name))),
};
for (const [name, logs] of Object.entries(corpora)) {
  if (logs.length === 0) continue;
  for (const format of ["json", "ndjson", "table", "markdown", "kernel"])
    writeFileSync(join(out, `${name}.${format}`), run(["-f", format, "--jobs", "1", ...logs]));
  writeFileSync(join(out, `${name}.explain`), run(["explain", ...logs]));
}
writeFileSync(join(out, "graph.json"), run(["graph", "-f", "json", "fixtures/proc"]));
writeFileSync(
  join(out, "diff.json"),
  run(["diff", "-f", "json", "fixtures/circular/abba/dmesg.txt", "fixtures/circular/abbcca/dmesg.txt"]),
);
writeFileSync(join(out, "catalogue.json"), run(["catalogue", "-f", "json"]));
