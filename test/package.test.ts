import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

const manifest = json("package.json") as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test("every version is exact", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
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
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string; size: number }[] }];
  const kinds = new Set(
    files.map(({ path }) =>
      path
        .replace(/^dist\/(?:cli|lib)\/[\w.-]+\.js$/, "dist/*/*.js")
        .replace(/^dist\/types\/.*\.d\.ts$/, "dist/types/**.d.ts")
        .replace(/\.LEGAL\.txt$/, ".LEGAL.txt"),
    ),
  );
  expect([...kinds].filter((path) => !path.endsWith(".LEGAL.txt")).toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin/splat-triage.js",
    "dist/*/*.js",
    "dist/THIRD-PARTY-NOTICES.txt",
    "dist/cli.js",
    "dist/completions/_splat-triage",
    "dist/completions/splat-triage.bash",
    "dist/completions/splat-triage.fish",
    "dist/index.js",
    "dist/man/splat-triage.1",
    "dist/types/**.d.ts",
    "package.json",
  ]);
});

test("the licences of all that is bundled are shipped, Graphviz's among them", () => {
  const notices = readFileSync(join(ROOT, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["chevrotain", "commander", "zod", "cli-table3", "postal-mime", "yaml", "@viz-js/viz"])
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
  expect(notices).toContain("Graphviz");
  // what only tests and the build use is not bundled
  expect(notices).not.toMatch(/^(?:vitest|fast-check|esbuild) /m);
});
