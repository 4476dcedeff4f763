import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where a user of the package stands. */
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-package-"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(ROOT, join(directory, "node_modules/splat-triage"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

const manifest = json("package.json") as {
  scripts: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};

test("the library needs nothing at run time: all of it is bundled", () => {
  expect(manifest.dependencies ?? {}).toEqual({});
});

test("what may be installed beside it is optional, and the version that is tested", () => {
  const optional = Object.fromEntries(
    Object.keys(manifest.peerDependencies).map((name) => [name, { optional: true }]),
  );
  expect(manifest.peerDependenciesMeta).toEqual(optional);
  for (const [name, version] of Object.entries(manifest.peerDependencies))
    expect(manifest.devDependencies[name]).toBe(version);
});

test("every version is exact", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(
    versions.filter(([, version]) => !/^(?:npm:[\w-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)),
  ).toEqual([]);
});

test("the lock file says where every package comes from, and what it must be", () => {
  const { packages } = json("package-lock.json") as {
    packages: Record<string, { integrity?: string; link?: true }>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
});

test("installing it runs nothing, and what it needs runs nothing either", () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
  const { packages } = json("package-lock.json") as {
    packages: Record<string, { dev?: true; hasInstallScript?: true }>;
  };
  const running = Object.entries(packages).filter(
    ([path, { dev, hasInstallScript }]) => path !== "" && !dev && hasInstallScript,
  );
  expect(running).toEqual([]);
});

test("the tarball holds the command, the library, its types, and nothing else", () => {
  const output = execFileSync(
    "npm",
    ["pack", "--dry-run", "--json", "--ignore-scripts", `--cache=${directory}/cache`],
    {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const [{ files }] = JSON.parse(output) as [{ files: { path: string; size: number }[] }];
  const kinds = new Set(
    files.map(({ path }) =>
      path
        .replace(/^dist\/(?:cli|lib)\/[\w.-]+\.js$/, "dist/*/*.js")
        .replace(/^(dist\/(?:cjs\/)?types)\/.*\.d\.ts$/, "$1/**.d.ts"),
    ),
  );
  expect([...kinds].toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin/package.json",
    "bin/splat-triage.js",
    "dist/*/*.js",
    "dist/THIRD-PARTY-NOTICES.txt",
    "dist/cjs/index.js",
    "dist/cjs/package.json",
    "dist/cjs/types/**.d.ts",
    "dist/cli.cjs",
    "dist/cli/triage-splats.cjs",
    "dist/completions/_splat-triage",
    "dist/completions/splat-triage.bash",
    "dist/completions/splat-triage.fish",
    "dist/index.js",
    "dist/man/splat-triage.1",
    "dist/start.cjs",
    "dist/types/**.d.ts",
    "package.json",
  ]);
});

test.each(["no lookahead for", "ZodError"])("the command starts without what says %s", (word) => {
  const [library = "", command = ""] = ["dist/cjs/index.js", "dist/cli.cjs"].map((path) =>
    readFileSync(join(ROOT, path), "utf8"),
  );
  expect([library.includes(word), command.includes(word)]).toEqual([true, false]);
});

test("the licences of all that is bundled are shipped, Graphviz's among them", () => {
  const notices = readFileSync(join(ROOT, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["commander", "zod", "cli-table3", "postal-mime", "yaml", "@viz-js/viz"])
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
  expect(notices).toContain("Graphviz");
  // each with its text, not its name alone
  for (const section of notices.split(/^-{20,}$/m).slice(1))
    expect(section).toMatch(/Permission|permission|Redistribution|Apache License|WITHOUT WARRANTY/);
  expect(notices).toContain("Eclipse Public License - v 2.0");
  // what only tests and the build use is not bundled
  expect(notices).not.toMatch(/^(?:vitest|fast-check|esbuild|chevrotain) /m);
});

test("where nothing is installed beside it, only `history query` does not work, and says what it needs", () => {
  const alone = join(directory, "alone");
  for (const part of ["bin", "dist", "package.json"])
    cpSync(join(ROOT, part), join(alone, part), { recursive: true });
  const history = (...args: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [join(alone, "bin/splat-triage.js"), "history", ...args], {
      encoding: "utf8",
    });
  const store = join(directory, "store");
  expect(history("add", store, join(ROOT, "fixtures/circular/abba/dmesg.txt")).status).toBe(0);
  expect(history("list", store).status).toBe(0);
  expect(history("export", store, "-f", "parquet", "--to", join(directory, "tables")).status).toBe(0);
  expect(history("query", store, "SELECT 1")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^splat-triage: history query needs DuckDB, which is not installed: npm install @duckdb\/node-api [^\n]+\n$/,
    ) as string,
  });
});

const READ = `triage([{ name: "x", chunks: [readFileSync(${JSON.stringify(join(ROOT, "fixtures/circular/abba/dmesg.txt"))})] }])`;

describe("the library", () => {
  test.each([
    [
      "require.cjs",
      `const { readFileSync } = require("node:fs"); const { triage } = require("splat-triage");`,
    ],
    ["import.mjs", `import { readFileSync } from "node:fs"; import { triage } from "splat-triage";`],
  ])("is loaded by %s", (name, head) => {
    const path = join(directory, name);
    writeFileSync(path, `${head}\n${READ}.then(({ reports: [{ title }] }) => console.log(title));\n`);
    expect(execFileSync(process.execPath, [path], { encoding: "utf8" })).toBe(
      "possible deadlock in take_ba\n",
    );
  });

  test("has types for TypeScript 5.0 without zod and without Node's, for both kinds of modules", () => {
    const body = `import { triage, type Report } from "splat-triage";
export const title = (report: Report): string => report.edges[0]?.stack[0]?.symbol ?? report.title;
export const all = async (bytes: Uint8Array): Promise<Report[]> =>
  (await triage([{ name: "x", chunks: [bytes] }])).reports;
// @ts-expect-error a title is no number
export const wrong = (report: Report): number => report.title;
`;
    for (const name of ["user.mts", "user.cts"]) writeFileSync(join(directory, name), body);
    const flags =
      "--noEmit --strict --target es2022 --lib es2022 --module node16 --moduleResolution node16".split(" ");
    const tsc = join(ROOT, "node_modules/typescript-5.0/bin/tsc");
    expect(
      execFileSync(process.execPath, [tsc, ...flags, "user.mts", "user.cts"], {
        cwd: directory,
        encoding: "utf8",
      }),
    ).toBe("");
    const types = readdirSync(join(ROOT, "dist/types"), { recursive: true, encoding: "utf8" });
    const texts = types
      .filter((path) => path.endsWith(".d.ts"))
      .map((path) => readFileSync(join(ROOT, "dist/types", path), "utf8"));
    expect(texts.filter((text) => /from "(?:zod|node:)/.test(text))).toEqual([]);
  });
});
