import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Progress, progressText } from "../../src/cli/io/progress.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const root = mkdtempSync(join(tmpdir(), "splat-triage-manners-"));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let directory = "";
let count = 0;
beforeEach(() => {
  directory = mkdtempSync(join(root, `${++count}-`));
});

function run(args: readonly string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { PATH: process.env["PATH"], ...env },
  });
}

describe("--output", () => {
  test("holds what standard output would have held, which stays empty", () => {
    const file = join(directory, "out.json");
    expect(run(["-o", file, ABBA])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(run([ABBA]).stdout);
    expect(readdirSync(directory)).toEqual(["out.json"]);
  });

  test.each([
    ["diff", "-f", "html", ABBA, ABBA],
    ["graph", "-f", "svg", ABBA],
    ["explain", ABBA],
    ["catalogue", "fs_reclaim"],
  ])("serves %s, too", (...args) => {
    const file = join(directory, "out");
    expect(run([...args, "-o", file])).toMatchObject({ status: 0, stdout: "" });
    expect(readFileSync(file, "utf8")).toBe(run(args).stdout);
  });

  test("leaves the file as it was where the command fails", () => {
    const file = join(directory, "out.json");
    writeFileSync(file, "before");
    expect(run(["-o", file, "-f", "junit", "--limit", "1", ABBA]).status).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("before");
    expect(readdirSync(directory)).toEqual(["out.json"]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("leaves nothing beside it at %s", async (signal) => {
    const file = join(directory, "out.json");
    // standard input never ends, so that it is under way whenever the signal comes
    const child = spawn(process.execPath, [COMMAND, "-o", file], { stdio: ["pipe", "ignore", "inherit"] });
    await vi.waitUntil(() => readdirSync(directory).length > 0, { timeout: 600_000 });
    child.kill(signal);
    const [status, endedBy] = (await once(child, "exit")) as [number | null, string | null];
    expect({ status, endedBy, left: readdirSync(directory) }).toEqual({
      status: null,
      endedBy: signal,
      left: [],
    });
  });

  test("replaces the file behind a link, with the permissions that it had", () => {
    const [file, link] = [join(directory, "out.json"), join(directory, "link")];
    writeFileSync(file, "before", { mode: 0o640 });
    symlinkSync("out.json", link);
    expect(run(["-o", link, ABBA])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(run([ABBA]).stdout);
    expect([lstatSync(link).isSymbolicLink(), statSync(file).mode & 0o777]).toEqual([true, 0o640]);
    expect(readdirSync(directory).toSorted()).toEqual(["link", "out.json"]);
  });

  test("writes to what is no file, and leaves it what it is", () => {
    const pipe = join(directory, "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const script = `cat "$1" & "$2" "$3" -f table -o "$1" "$4"; wait`;
    const { stdout } = spawnSync("sh", ["-c", script, "sh", pipe, process.execPath, COMMAND, ABBA], {
      encoding: "utf8",
    });
    expect(stdout).toBe(run(["-f", "table", ABBA]).stdout);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(run(["-o", directory, ABBA])).toMatchObject({
      status: 2,
      stderr: `splat-triage: ${directory}: is a directory\n`,
    });
  });

  test.skipIf(!existsSync("/dev/full"))("that is full ends in one line", () => {
    expect(run(["-o", "/dev/full", ABBA])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^splat-triage: .*no space left on device.*\n$/) as string,
    });
  });

  test("that cannot be written is named, with the reason", () => {
    const file = join(directory, "no/such/out.json");
    const result = run(["-o", file, ABBA]);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/^splat-triage: .*no\/such\/out\.json: .+\n$/);
  });
});

test("--color decides over the environment", () => {
  const table = ["-f", "table", ABBA];
  expect(run([...table, "--color", "always"], { NO_COLOR: "1" }).stdout).toContain("\x1b[");
  expect(run([...table, "--color", "never"], { FORCE_COLOR: "1" }).stdout).not.toContain("\x1b");
  expect(run([...table, "--color", "auto"], { FORCE_COLOR: "1" }).stdout).toContain("\x1b[");
  expect(run([...table, "--color", "sometimes"]).status).toBe(2);
});

describe("progress", () => {
  test("is told after a second, on a terminal alone, and goes away", async () => {
    vi.useFakeTimers();
    try {
      for (const isTTY of [true, false]) {
        const stderr = Object.assign(new PassThrough(), { isTTY });
        const progress = new Progress({ stderr });
        for await (const chunk of progress.counted([Buffer.alloc(3_000_000)]))
          expect(chunk).toHaveLength(3_000_000);
        progress.found();
        vi.advanceTimersByTime(999);
        expect(stderr.read()).toBeNull();
        vi.advanceTimersByTime(1);
        const told = String(stderr.read());
        expect(told).toBe(isTTY ? "\r\x1b[Kread 3 MB of 1 file, 1 report" : "null");
        progress.end();
        expect(String(stderr.read())).toBe(isTTY ? "\r\x1b[K" : "null");
        vi.advanceTimersByTime(10_000);
        expect(stderr.read()).toBeNull();
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test("counts in words", () => {
    expect(progressText(123_456_789, 2, 0)).toBe("read 123 MB of 2 files, 0 reports");
  });
});

/** What bash would offer behind these words. */
function offered(...words: readonly string[]): string[] {
  const script = [
    `source <("${process.execPath}" "${COMMAND}" completion bash)`,
    `COMP_WORDS=(splat-triage ${words.map((word) => `'${word}'`).join(" ")})`,
    `COMP_CWORD=${words.length}`,
    "_splat_triage",
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: directory });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  test("offers commands, options, and the values that an option takes", () => {
    expect(offered("di")).toContain("diff");
    expect(offered("bisect", "")).toEqual(expect.arrayContaining(["verdict", "run", "plan", "suspects"]));
    expect(offered("--exit")).toEqual(["--exit-code"]);
    expect(offered("diff", "-f", "")).toEqual(["auto", "table", "json", "markdown", "html", "sarif"]);
    expect(offered("--kind", "irq")).toEqual(["irq-order", "irq-inversion"]);
    expect(offered("--sort", "")).toEqual(["count", "time", "title"]);
  });

  test("offers files where a log is wanted", () => {
    writeFileSync(join(directory, "boot.log"), "");
    expect(offered("boot")).toEqual(["boot.log"]);
    expect(offered("explain", "boot")).toEqual(["boot.log"]);
  });

  test.each(["zsh", "fish"])("every command and every option stands in the script of %s", (shell) => {
    const script = run(["completion", shell]).stdout;
    for (const long of ["--exit-code", "--hit-rate", "--against", "--kcidb-origin"])
      expect(script).toContain(shell === "fish" ? `-l ${long.slice(2)}` : long);
    for (const command of ["verdict", "catalogue", "same"]) expect(script).toContain(command);
  });

  test("another shell is refused", () => {
    expect(run(["completion", "tcsh"])).toMatchObject({ status: 2, stdout: "" });
  });
});

test("the manual has every option of the help, and no line of it is a request by chance", () => {
  const page = run(["man"]).stdout;
  for (const args of [["--help"], ["diff", "--help"], ["bisect", "run", "--help"]]) {
    const help = run(args).stdout;
    const longs = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, long = ""]) => long);
    expect(longs.length).toBeGreaterThan(2);
    for (const long of longs) expect(page).toContain(long.replaceAll("-", "\\-"));
  }
  const requests = page.split("\n").filter((line) => /^[.']/.test(line));
  for (const line of requests) expect(line).toMatch(/^\.(?:TH|SH|SS|TP|B|I|br)\b/);
});
