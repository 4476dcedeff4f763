import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { FIXTURES } from "./support/fixtures.ts";

/** The pipelines of the docs, with their own words: each step is run as its runner runs it. */

const COMMAND = fileURLToPath(new URL("../bin/splat-triage.js", import.meta.url));
const DOCS = fileURLToPath(new URL("../docs/", import.meta.url));

/** What a boot may leave. Of `lock_a` everybody knows. */
const BOOTS = {
  known: readFileSync(join(FIXTURES, "circular/abba/dmesg.txt")),
  new: readFileSync(join(FIXTURES, "rcu/rcu/dmesg.txt")),
  clean: readFileSync(join(FIXTURES, "clean/kernfs/dmesg.txt")),
  cut: readFileSync(join(FIXTURES, "clean/kernfs/dmesg.txt")).subarray(0, 9000),
};
type Boot = keyof typeof BOOTS;
const NAMES = Object.keys(BOOTS) as Boot[];

let root = "";
let directory = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "splat-triage-ci-"));
  mkdirSync(join(root, "bin"));
  program("splat-triage", `exec "${process.execPath}" "${COMMAND}" "$@"`);
  program("npx", 'exec "$@"');
});
afterAll(() => {
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  directory = join(root, String(++count));
  mkdirSync(join(directory, ".ci"), { recursive: true });
  const known = "- class: lock_a\n  note: everybody knows\n";
  for (const name of ["known.yaml", ".ci/known.yaml"]) writeFileSync(join(directory, name), known);
});

function program(name: string, script: string, place = join(root, "bin")): void {
  const path = join(place, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** Runs lines of a shell in the job's directory, after a boot. */
function run(shell: readonly string[], script: string, boot: Boot): Ran {
  writeFileSync(join(directory, "console.log"), BOOTS[boot]);
  program("boot.sh", 'exec cat "$(dirname "$0")/console.log"', directory);
  const [file = "", ...args] = shell;
  const { status, stdout, stderr } = spawnSync(file, [...args, "-c", script], {
    cwd: directory,
    encoding: "utf8",
    env: {
      PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`,
      GITHUB_STEP_SUMMARY: join(directory, "summary.md"),
    },
  });
  return { status, output: stdout + stderr };
}

function blocks(page: string, language: "yaml" | "sh"): string[] {
  const text = readFileSync(join(DOCS, page), "utf8");
  return text
    .split("\n```")
    .flatMap((piece) => (piece.startsWith(`${language}\n`) ? [piece.slice(language.length + 1)] : []));
}

const Steps = z.array(z.looseObject({ run: z.string().optional() }));
const Job = z.looseObject({
  script: z.array(z.string()),
  allow_failure: z.strictObject({ exit_codes: z.int() }).optional(),
  artifacts: z.looseObject({ reports: z.record(z.string(), z.string()).optional() }),
});

/** The run steps of a workflow, as GitHub's runner runs those that name no shell: until one fails. */
function gitHub(page: string, boot: Boot): Ran {
  const steps = blocks(page, "yaml").flatMap((text) => Steps.safeParse(parse(text)).data ?? []);
  expect(steps.some((step) => step.run !== undefined)).toBe(true);
  let output = "";
  for (const { run: script } of steps) {
    if (script === undefined) continue;
    const ran = run(["bash", "-e"], script, boot);
    output += ran.output;
    if (ran.status !== 0) return { status: ran.status, output };
  }
  return { status: 0, output };
}

/** A job's script, as GitLab's runner runs it; and what becomes of the pipeline. */
function gitLab(
  page: string,
  boot: Boot,
): Ran & { readonly passes: boolean; readonly reports: readonly string[] } {
  const [job] = blocks(page, "yaml").flatMap((text) =>
    Object.values((parse(text) ?? {}) as Record<string, unknown>).flatMap(
      (value) => Job.safeParse(value).data ?? [],
    ),
  );
  if (job === undefined) throw new Error(`${page} has a job`);
  const ran = run(["bash", "-eo", "pipefail"], job.script.join("\n"), boot);
  const isAllowed = ran.status !== null && ran.status === job.allow_failure?.exit_codes;
  return {
    ...ran,
    passes: ran.status === 0 || isAllowed,
    reports: Object.values(job.artifacts.reports ?? {}),
  };
}

describe("GitHub Actions", () => {
  test.each([
    ["known", 0],
    ["new", 1],
    ["clean", 0],
    ["cut", 125],
  ] as const)(
    "docs/known.md: a boot that is %s ends the job with %i, and is in the summary",
    (boot, status) => {
      expect(gitHub("known.md", boot).status).toBe(status);
      expect(readFileSync(join(directory, "summary.md"), "utf8")).toContain("boot.log");
    },
  );

  test.each([
    ["known", 0],
    ["new", 1],
    ["clean", 0],
    ["cut", 125],
  ] as const)("docs/sinks/github.md: a boot that is %s ends with %i", (boot, status) => {
    const ran = gitHub("sinks/github.md", boot);
    expect(ran.status).toBe(status);
    expect(/^::error /m.test(ran.output)).toBe(boot === "new");
    expect(/^::warning /m.test(ran.output)).toBe(boot === "cut");
    expect(existsSync(join(directory, "summary.md"))).toBe(true);
  });

  test.each(NAMES)("docs/sinks/sarif.md: of a boot that is %s there is a file to upload", (boot) => {
    expect(gitHub("sinks/sarif.md", boot).status).toBe(0);
    const sarif = JSON.parse(readFileSync(join(directory, "lockdep.sarif"), "utf8")) as { version: string };
    expect(sarif.version).toBe("2.1.0");
  });
});

describe("GitLab", () => {
  test.each([
    ["known", 0, true],
    ["new", 1, false],
    ["clean", 0, true],
    ["cut", 125, true],
  ] as const)(
    "docs/known.md: a boot that is %s ends with %i; the pipeline passes: %s",
    (boot, status, passes) => {
      expect(gitLab("known.md", boot)).toMatchObject({ status, passes });
    },
  );

  test.each(NAMES.flatMap((boot) => [["sinks/gitlab.md", boot] as const, ["sinks/junit.md", boot] as const]))(
    "docs/%s: of a boot that is %s there is a report",
    (page, boot) => {
      const { passes, reports } = gitLab(page, boot);
      expect(passes).toBe(true);
      expect(reports).toHaveLength(1);
      for (const report of reports) expect(readFileSync(join(directory, report), "utf8")).toMatch(/^[<[]/);
    },
  );
});

test("a machine for each test, as NIPA has: what is new fails, what proves nothing is tried again", () => {
  const script = blocks("known.md", "sh").find((text) => text.startsWith("#!/bin/sh"));
  if (script === undefined) throw new Error("docs/known.md has a script");
  writeFileSync(join(directory, "check.sh"), script);
  for (const name of NAMES) writeFileSync(join(directory, name), BOOTS[name]);
  writeFileSync(join(directory, "flaky"), BOOTS.cut);
  // the second boot of `flaky` goes to its end
  program("boot.sh", 'echo "$1" >> boots; cat "$1"; cp clean flaky', directory);
  const { stdout } = spawnSync("sh", ["check.sh", "flaky", ...NAMES, "new"], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}` },
  });
  expect(stdout.split("\n")).toEqual([
    "ok flaky",
    "ok known",
    "not ok new",
    "ok clean",
    expect.stringMatching(/^skip cut: splat-triage: cannot tell: cut\.log: /),
    "not ok new",
    "",
  ]);
  const boots = readFileSync(join(directory, "boots"), "utf8").trimEnd().split("\n");
  expect(boots).toEqual(["flaky", "flaky", "known", "new", "clean", "cut", "cut", "new"]);
  expect(readFileSync(join(directory, "new.yaml"), "utf8").match(/^- id: /gm)).toHaveLength(1);
  expect(readFileSync(join(directory, "new.crash"), "utf8")).toContain("suspicious RCU usage");
});
