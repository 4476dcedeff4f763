// `npm run fuzz:guided -- [--target NAME] [--seconds N | --runs N] [--libc LOADER] [FILE…]`: the invariants of test/fuzz under
// Jazzer.js, which is libFuzzer for JavaScript: what reaches code that nothing reached before is kept and changed again.
// FILEs are run once, as to see again what was found. Exit status: 0 nothing found, 1 something, 2 it cannot run.
//
// Everything is kept in .fuzz/TARGET, so that the next run goes on where the last one ended.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, "../..");

/** What Jazzer.js 4 was linked with; other systems than Linux have no such number. */
const NEEDED_GLIBC = "2.38";
/** Nothing that is as short as these inputs takes longer, on however slow a machine. */
const HANGS_AFTER_MS = 60_000;
const DEFAULT_SECONDS = "60";

function fail(message) {
  console.error(`fuzz:guided: ${message}`);
  process.exit(2);
}

/**
 * Bundles what stands in test/fuzz; packages are left out, and so no code of others is counted as reached.
 * @param {string} contents
 * @param {string} outfile
 * @param {"cjs" | "esm"} format
 */
async function bundle(contents, outfile, format) {
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
    outfile,
    format,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    logLevel: "warning",
    logOverride: { "empty-import-meta": "silent" },
    define: {
      __VERSION__: '"0.0.0"',
      // the fixtures are looked for beside the file that says where they are
      "import.meta.url": JSON.stringify(String(pathToFileURL(join(root, "test/support/fixtures.ts")))),
    },
  });
}

/**
 * How node is started so that it has a C library that is new enough.
 * @param {string | undefined} loader of another library than the machine's
 */
function nodeWith(loader) {
  if (loader !== undefined) return [loader, "--library-path", dirname(loader), process.execPath];
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (glibcVersionRuntime !== undefined && isOlder(glibcVersionRuntime, NEEDED_GLIBC))
    fail(
      `Jazzer.js needs glibc ${NEEDED_GLIBC}, and this machine has ${glibcVersionRuntime}. On Debian, harness/fetch-libc ` +
        'fetches a newer one to run beside it: npm run fuzz:guided -- --libc "$(harness/fetch-libc)"',
    );
  return [process.execPath];
}

function isOlder(version, wanted) {
  const [[major, minor], [wantedMajor, wantedMinor]] = [version, wanted].map((text) =>
    text.split(".").map(Number),
  );
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** What the command line asks for. */
function asked() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        target: { type: "string", default: "log" },
        seconds: { type: "string" },
        runs: { type: "string" },
        libc: { type: "string" },
      },
    });
    for (const name of ["seconds", "runs"])
      if (values[name] !== undefined && !/^[1-9]\d{0,8}$/.test(values[name]))
        fail(`--${name}: a number is wanted`);
    return { ...values, files: positionals.map((file) => resolve(file)) };
  } catch (error) {
    return fail(error.message);
  }
}

const { target, seconds, runs, libc, files } = asked();
const node = nodeWith(libc);
let jazzer = "";
try {
  jazzer = require.resolve("@jazzer.js/core/dist/cli.js");
} catch {
  fail("@jazzer.js/core is not installed: npm ci");
}

const kept = join(root, ".fuzz");
const beginning = join(kept, "seeds.mjs");
await bundle('export * from "./seeds.ts"; export { TARGETS } from "./targets.ts";', beginning, "esm");
const { TARGETS, MOST_BYTES, seedsFor, dictionaryFor } = await import(pathToFileURL(beginning));
if (!Object.hasOwn(TARGETS, target)) fail(`--target: one of ${Object.keys(TARGETS).join(", ")}`);

const directory = join(kept, target);
const [seeds, corpus, findings] = ["seeds", "corpus", "findings"].map((name) => join(directory, name));
rmSync(seeds, { recursive: true, force: true });
for (const path of [seeds, corpus, findings]) mkdirSync(path, { recursive: true });
for (const [i, seed] of (await seedsFor(target)).entries())
  writeFileSync(join(seeds, String(i).padStart(4, "0")), seed);
const dictionary = join(directory, "dictionary");
writeFileSync(dictionary, dictionaryFor(target));
const entry = join(directory, "target.cjs");
await bundle(
  `import { TARGETS } from "./targets.ts"; export const fuzz = TARGETS[${JSON.stringify(target)}];`,
  entry,
  "cjs",
);

const inputs = files.length > 0 ? files : [corpus, seeds];
const limit = runs === undefined ? `-max_total_time=${seconds ?? DEFAULT_SECONDS}` : `-runs=${runs}`;
const libFuzzer = [limit, `-dict=${dictionary}`, `-max_len=${MOST_BYTES}`, `-artifact_prefix=${findings}/`];
const started = Date.now();
const [command, ...before] = node;
const child = spawn(
  command,
  [
    ...before,
    jazzer,
    entry,
    ...inputs,
    `--timeout=${HANGS_AFTER_MS}`,
    "--disableBugDetectors=.*",
    "--",
    ...libFuzzer,
  ],
  { cwd: directory, stdio: ["ignore", "inherit", "pipe"] },
);
child.once("error", ({ message }) => fail(message));

/** The last line that counts: `#683939 DONE cov: 15017 ft: … corp: 812/2Mb …`. */
let count = null;
for await (const line of createInterface({ input: child.stderr })) {
  count = /^#(\d+)\s+\w+\s+cov: (\d+) .*?corp: (\d+)/.exec(line) ?? count;
  // of every input that is kept there is a line
  if (!/^#\d+\s+(?:NEW|REDUCE)\s/.test(line)) console.error(line);
}
const status = child.exitCode ?? (await once(child, "exit"))[0];
if (count !== null) {
  const [, done, edges, few] = count;
  console.log(`${target}: ${done} inputs, ${edges} edges of the code reached, by ${few} inputs in ${corpus}`);
}
const found = readdirSync(findings)
  .map((name) => join(findings, name))
  .filter((path) => statSync(path).mtimeMs >= started);
if (status === 0) console.log("nothing found");
else if (found.length === 0) console.log("it ended with an error");
for (const path of found)
  console.log(`found: ${path}\nagain: npm run fuzz:guided -- --target ${target} ${relative(root, path)}`);
process.exitCode = status === 0 ? 0 : 1;
