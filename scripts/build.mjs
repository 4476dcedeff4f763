// Builds dist/: the command and the library, each with everything bundled, the types, and the licences of it all.
//
// Everything is written to a directory beside dist/ that then takes its place, so a build that fails leaves
// the last good one alone, and a build can be run again over an old one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { noticesOf } from "./notices.mjs";
import { writeTypes } from "./types.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dist = join(root, "dist");
const fresh = `${dist}.${process.pid}`;
const old = `${fresh}.old`;

/**
 * The script of a page is text to the command. Short names are given to it alone, so that a page does not change with
 * what else is bundled.
 * @type {import("esbuild").Plugin}
 */
const pageScript = {
  name: "page-script",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]render[\\/]html[\\/]browser\.ts$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), {
        loader: "ts",
        minify: true,
        target: "es2020",
      });
      const [, text] = /^export (function browser\(.*\})\s*$/s.exec(code) ?? [];
      if (text === undefined) throw new Error(`${path}: not one exported function`);
      return { contents: `export const browser = ${JSON.stringify(text)};` };
    });
  },
};

/**
 * Modules of plain data that is made of the grammar: each start of the command would take its patterns apart anew.
 * @type {import("esbuild").Plugin}
 */
const madeByBuild = {
  name: "made-by-build",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/](?:grammar[\\/]words|scan[\\/]pieces)\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false });
      const [{ text }] = outputFiles;
      const made = await import(`data:text/javascript,${encodeURIComponent(text)}`);
      const constants = Object.entries(made).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`,
      );
      return { contents: constants.join("\n") };
    });
  },
};

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  // a native module that is installed apart, if at all
  external: ["@duckdb/node-api"],
  format: "esm",
  platform: "node",
  target: "node20",
  // Compiling the text is a fifth of the start-up with a report, and short names make it a third shorter.
  minify: true,
  // they are in the notices, whole
  legalComments: "none",
  sourcemap: false,
  metafile: true,
  define: { __VERSION__: JSON.stringify(pkg.version) },
  plugins: [pageScript, madeByBuild],
  logLevel: "warning",
};

/**
 * commander loads node:child_process for subcommands that are programs of their own, which we have none of. It
 * costs a tenth of the start-up, so it is left out.
 * @type {import("esbuild").Plugin}
 */
const withoutChildProcess = {
  name: "without-child-process",
  setup(bundler) {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: "none", namespace: "no-child-process" } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: "no-child-process" }, () => ({
      contents: "module.exports = {};",
    }));
  },
};

/** What import() loads: a log without a report loads neither the parser nor zod. */
const lazy = new Map();

/** What every log with a report loads: CommonJS as the command itself, for src/cli/start.ts. */
const REPORTS = "cli/triage-splats";

/**
 * Leaves what import() loads outside, as a separate file in dist/cli/. The rest is one file: each more would
 * cost a millisecond at every start.
 * @type {import("esbuild").Plugin}
 */
const lazyOutside = {
  name: "lazy-outside",
  setup(bundler) {
    bundler.onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const source = relative(join(root, "src"), join(resolveDir, path));
      const name = `cli/${source.replace(/\.ts$/, "").replaceAll(/[\\/]/g, "-")}`;
      lazy.set(name, join("src", source));
      return { path: `./${name}${name === REPORTS ? ".cjs" : ".js"}`, external: true };
    });
  },
};

/** Modules of Node that take milliseconds to load, and of which the command imports functions alone. */
const SLOW = /^node:(?:crypto|zlib|(?:fs|stream|timers)\/promises)$/;

/**
 * Loads them when they are first called: a clean log calls none.
 * @type {import("esbuild").Plugin}
 */
const slowLater = {
  name: "slow-later",
  setup(bundler) {
    bundler.onResolve({ filter: SLOW }, ({ kind, path }) =>
      kind === "import-statement" ? { path, namespace: "later", sideEffects: false } : undefined,
    );
    bundler.onLoad({ filter: SLOW, namespace: "later" }, async ({ path }) => {
      const functions = Object.entries(await import(path)).filter(([, value]) => typeof value === "function");
      const contents = functions
        .filter(([name]) => name !== "default")
        .map(([name]) => `export const ${name} = (...args) => loaded().${name}(...args);`);
      // each require() of what is loaded takes longer than hashing a bug
      const loaded = `let it; const loaded = () => (it ??= require("${path}"));`;
      return { contents: [loaded, ...contents].join("\n") };
    });
  },
};

/** What src/cli/start.ts loads: begins with a digest of itself, and has import() replaced by what it is given. */
async function bundleLoaded(name, entry) {
  const outfile = join(fresh, `${name}.cjs`);
  await bundle({
    ...common,
    entryPoints: [entry],
    outfile,
    format: "cjs",
    plugins: [madeByBuild, withoutChildProcess, lazyOutside, slowLater],
    banner: { js: "const __import=module.importer??(name=>import(name));" },
  });
  const text = readFileSync(outfile, "utf8").replaceAll(/(?<![\w$])import\("/g, '__import("');
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  writeFileSync(outfile, `//${digest}\n${text}`);
}

// commander and cli-table3 are CommonJS and call require() for Node's own modules.
const banner = {
  js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
};

/** Everything that was bundled. */
const inputs = new Set();

/** @param {import("esbuild").BuildOptions} options */
async function bundle(options) {
  const { metafile } = await build(options);
  for (const output of Object.values(metafile.outputs))
    for (const path of Object.keys(output.inputs)) inputs.add(path);
}

/** The library for both kinds of importers: `import` gets dist/index.js, `require()` dist/cjs/index.js. */
const library = { ...common, entryPoints: { index: "src/index.ts" }, minify: false };

try {
  await bundle({
    ...common,
    entryPoints: ["src/cli/start.ts"],
    outfile: join(fresh, "start.cjs"),
    format: "cjs",
  });
  await bundleLoaded("cli", "src/cli/main.ts");
  await bundleLoaded(REPORTS, lazy.get(REPORTS));
  // The others are for one format or command each, and share.
  const others = Object.fromEntries([...lazy].filter(([name]) => name !== REPORTS));
  // started, not imported: see src/cli/io/threads.ts
  others["cli/thread"] = "src/cli/io/thread.ts";
  await bundle({
    ...common,
    entryPoints: others,
    outdir: fresh,
    splitting: true,
    chunkNames: "cli/[name]-[hash]",
    banner,
  });
  await bundle({ ...library, outdir: fresh, splitting: true, chunkNames: "lib/[name]-[hash]", banner });
  await bundle({ ...library, outdir: join(fresh, "cjs"), format: "cjs" });
  await writeTypes(root, [join(fresh, "types"), join(fresh, "cjs/types")]);
  // what lies there is CommonJS, and its types are read as such
  writeFileSync(join(fresh, "cjs/package.json"), '{"type":"commonjs"}\n');
  writeFileSync(join(fresh, "THIRD-PARTY-NOTICES.txt"), noticesOf(root, inputs));
  // What packages install beside the command, out of the same definitions as its help.
  for (const [file, ...args] of [
    ["man/splat-triage.1", "man"],
    ["completions/splat-triage.bash", "completion", "bash"],
    ["completions/_splat-triage", "completion", "zsh"],
    ["completions/splat-triage.fish", "completion", "fish"],
  ]) {
    const path = join(fresh, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, execFileSync(process.execPath, [join(fresh, "cli.cjs"), ...args]));
  }
  try {
    renameSync(dist, old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(fresh, dist);
} catch (error) {
  // esbuild and tsc have said what is wrong already.
  if (!Array.isArray(error.errors) && typeof error.status !== "number") console.error(error);
  console.error("build failed");
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
}
