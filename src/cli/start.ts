import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import module, { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/**
 * Starts the command, bundled as CommonJS, with what V8 made of it the last time. Reading that takes a third of the time
 * that compiling takes.
 */

/** What is loaded so begins with a digest of the rest: V8 takes any text of the same length for the same. */
const DIGEST = /^\/\/([0-9a-f]{16})\n/;

/** Where compiled code is kept; null: nowhere. */
function directory(env: NodeJS.ProcessEnv): string | null {
  const [base = "", home = ""] = [env["XDG_CACHE_HOME"], env["HOME"]];
  if (env["NODE_DISABLE_COMPILE_CACHE"]) return null;
  if (isAbsolute(base)) return join(base, "splat-triage", "code");
  return isAbsolute(home) ? join(home, ".cache", "splat-triage", "code") : null;
}

/**
 * What was kept. It is run like the program itself: nobody else may have written it, and it has to be whole, for V8
 * looks at little more than its length. A digest would take longer than to have it there twice.
 */
function keptAt(path: string): Buffer | undefined {
  try {
    const { uid, mode } = statSync(path);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
    const twice = readFileSync(path);
    const half = twice.length >> 1;
    const code = twice.subarray(0, half);
    return half > 0 && code.equals(twice.subarray(half)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Of other versions of a script, or of Node, so many stay. */
const MOST_KEPT = 4;

/** Keeps the code of a script for the next time; where that fails, all is as without. */
function keep(script: Script, path: string): void {
  try {
    const folder = dirname(path);
    // no home is made if there is none, and Node goes on forever where there can be none, as below an automounter's
    for (const made of [dirname(dirname(folder)), dirname(folder), folder])
      if (!existsSync(made)) mkdirSync(made, { mode: 0o700 });
    const code = script.createCachedData();
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, Buffer.concat([code, code]), { mode: 0o600, flag: "wx" });
    renameSync(temporary, path);
    const series = `${basename(path).split("@", 1)[0] ?? ""}@`;
    const others = readdirSync(folder)
      .filter((name) => name.startsWith(series) && name !== basename(path))
      .map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }))
      .toSorted((a, b) => b.time - a.time);
    for (const { name } of others.slice(MOST_KEPT)) rmSync(join(folder, name), { force: true });
  } catch {
    // it was a try to be faster
  }
}

/** What was imported, by its path: each is loaded once. */
const imported: Record<string, unknown> = {};

type Wrapped = (exports: unknown, require: NodeJS.Require, module: object) => void;

/** Does what require() does. scripts/build.mjs has `module.importer` called in place of import(). */
function load(file: string): unknown {
  // ASCII alone
  const source = readFileSync(file, "latin1");
  const digest = DIGEST.exec(source)?.[1];
  const folder = digest === undefined ? null : directory(process.env);
  const name = `${basename(file, ".cjs")}@${digest}-${process.version}-${process.arch}`;
  const path = folder === null ? null : join(folder, name);
  const cachedData = path === null ? undefined : keptAt(path);
  const script = new Script(`(function(exports,require,module){${source}\n})`, {
    filename: file,
    cachedData,
  });
  if (path !== null && (cachedData === undefined || script.cachedDataRejected === true))
    process.once("exit", () => {
      keep(script, path);
    });
  const importer = async (specifier: string): Promise<unknown> => {
    if (specifier.startsWith("node:")) return import(specifier) as Promise<unknown>;
    const target = join(dirname(file), specifier);
    if (specifier.endsWith(".cjs")) return (imported[target] ??= load(target));
    return import(pathToFileURL(target).href) as Promise<unknown>;
  };
  const loaded = { exports: {}, importer };
  (script.runInThisContext() as Wrapped)(loaded.exports, createRequire(file), loaded);
  return loaded.exports;
}

const major = Number(process.versions.node.split(".")[0]);
// What a log becomes is short-lived: a young generation that stays at its first size takes 30 to 130 MB less, for hardly
// any time. Later versions may not know the flag.
if (major >= 20 && major <= 24) {
  setFlagsFromString("--semi-space-growth-factor=1");
  // It is collected in less time than it takes to wake other threads for it, above all where all processors are busy.
  setFlagsFromString("--no-parallel-scavenge");
  // The old one is collected once it has grown by 60 %, and not when it is some times as large.
  setFlagsFromString("--heap-growing-percent=60");
  // Most patterns are tried a few times on a short log, which takes less time than compiling them.
  setFlagsFromString("--regexp-tier-up-ticks=30");
}
// Node 22 and later optimise later, and with a baseline compiler, by themselves: a sixth less CPU on a busy log.
if (major < 22) {
  setFlagsFromString("--sparkplug");
  setFlagsFromString("--interrupt-budget=400000");
}
// from Node 22 on: what is imported later, as formats and other commands
(module as { readonly enableCompileCache?: () => void }).enableCompileCache?.();
load(join(__dirname, "cli.cjs"));
