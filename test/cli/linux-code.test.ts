import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CodeExcerpt } from "../../src/report/code-schema.ts";
import { Document, type Report } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { TestRepository } from "../support/git.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const LOG = join(FIXTURES, "circular/abba/dmesg.txt");

/** The functions of the log, and what a hostile tree or log may hold. */
const SPLAT = `static noinline void take_ab(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
}

static noinline void take_ba(void)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);	/* \x1b]0;owned\x07 <script> \`\`\` */
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}
`;
const MAKEFILE = "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\n";
const MAINTAINERS = "Maintainers List\n\nTHE REST\nL:	all@example.org\nF:	*\nF:	*/\n";

let repository: TestRepository;
let directory = "";
let tree = "";
let brought = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-code-"));
  repository = new TestRepository(join(directory, "linux"));
  tree = repository.directory;
  for (const name of ["kernel/fork.c", "include/linux/x.h", "drivers/splat/main.c"])
    mkdirSync(dirname(join(tree, name)), { recursive: true });
  writeFileSync(join(tree, "include/linux/x.h"), "");
  repository.commit("begin", {
    MAINTAINERS,
    Makefile: MAKEFILE,
    "kernel/fork.c": "",
    "drivers/splat/main.c": SPLAT.replace("	mutex_lock(&lock_a);	/*", "	/*"),
  });
  repository.git("tag", "v6.11");
  brought = repository.commit("splat: take lock_a \x1b[31m, too", { "drivers/splat/main.c": SPLAT });
  repository.git("tag", "v6.12-rc3");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function run(args: readonly string[], input = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"] },
  });
}

function codeOf(args: readonly string[], log: string): Report["code"] {
  const { stdout, stderr, status } = run(["-f", "json", "--linux", tree, ...args, "-"], log);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return Document.parse(JSON.parse(stdout)).reports[0]?.code;
}

const log = readFileSync(LOG, "latin1");

function lined(place: string): string {
  return log.replaceAll("take_ba+0x24/0x3e", `take_ba+0x24/0x3e ${place}`);
}

/** What is shown of take_ba(). */
function line(text: string): CodeExcerpt | undefined {
  return codeOf([], text)?.find(({ symbol }) => symbol === "take_ba");
}

describe("--linux shows the lines of the code", () => {
  test("of the only call that each edge can mean, the edge to look at first", () => {
    expect(codeOf([], log)).toMatchObject([
      { edge: 1, symbol: "take_ba", file: "drivers/splat/main.c", line: 12, by: "only-call", first: 9 },
      { edge: 0, symbol: "take_ab", file: "drivers/splat/main.c", line: 4, by: "only-call", first: 1 },
    ]);
    expect(codeOf([], log)?.[1]?.lines).toEqual(SPLAT.split("\n").slice(0, 7));
  });

  test("of a frame's own line, where the tree is of the kernel's release and the line of its function", () => {
    expect(line(lined("drivers/splat/main.c:11"))).toMatchObject({ line: 11, by: "debug-info" });
    expect(line(lined("drivers/splat/main.c:4"))).toMatchObject({ line: 12, by: "only-call" });
    const other = lined("drivers/splat/main.c:11").replaceAll("6.12.117", "6.12.118");
    expect(line(other)).toMatchObject({ line: 12, by: "only-call" });
  });

  test("and of no file outside of the tree, whatever the log says", () => {
    writeFileSync(join(directory, "outside.c"), SPLAT);
    for (const file of ["../outside.c", "/etc/passwd", "drivers/splat/../../../outside.c", "MAINTAINERS"])
      expect(codeOf([], log.replaceAll("0x24/0x3e", `0x24/0x3e ${file}:12`))).not.toContainEqual(
        expect.objectContaining({ symbol: "take_ba" }),
      );
  });

  test.each([
    ["explain", ["explain"], "\x1b]0;"],
    // a fence that is longer than any of the code
    ["explain -f markdown", ["explain", "-f", "markdown"], "\n```\n"],
    ["-f html", ["-f", "html"], "<script> ```"],
    ["-f mail", ["-f", "mail"], "\x1b]0;"],
  ])("%s prints them, and what is hostile in them harmlessly", (_name, args, harm) => {
    const { stdout, stderr } = run([...args, "--linux", tree, "--blame", LOG]);
    expect(stderr).toBe("");
    expect(stdout).toContain(" 9  static noinline void take_ba(void)");
    expect(stdout).toContain(" 12      mutex_lock(");
    expect(stdout).toContain("\\x1b]0;owned\\x07");
    const [, code = ""] = /static noinline void take_ba\(void\)([^]*)$/.exec(stdout) ?? [];
    expect(code.slice(0, code.indexOf("Last changed"))).not.toContain(harm);
    expect(stdout).toContain(brought.slice(0, 12));
  });
});

describe("--range", () => {
  test("lists the commits that touch the functions that take the locks", () => {
    const { stdout, stderr, status } = run(["--linux", tree, "--range", "v6.11..v6.12-rc3", LOG]);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(Document.parse(JSON.parse(stdout)).reports[0]?.touching).toEqual([
      {
        sha: brought,
        subject: "splat: take lock_a \x1b[31m, too",
        touches: [{ code: "function", functions: ["take_ba"] }],
      },
    ]);
    const text = run(["explain", "--linux", tree, "--range", "v6.11..v6.12-rc3", LOG]).stdout;
    expect(text).toContain(
      `  ${brought.slice(0, 12)} ("splat: take lock_a \\x1b[31m, too")\n    changes lines at take_ba\n`,
    );
  });

  test("none of a range without such a commit, and an error for what is not a range", () => {
    repository.commit("elsewhere", { "kernel/fork.c": "int fork;\n" });
    const text = run(["explain", "--linux", tree, "--range", "v6.12-rc3..HEAD", LOG]).stdout;
    expect(text).toContain("No commit changes or calls the functions that take these locks.");
    expect(run(["--linux", tree, "--range", "v6.11..v9", LOG]).status).toBe(2);
    expect(run(["--range", "v6.11..v9", LOG])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--range needs the history of a kernel tree: give --linux") as string,
    });
  });
});

describe("--blame", () => {
  test("tells who last changed the line of the edge to look at, and since which release", () => {
    const [first, second] = codeOf(["--blame"], log) ?? [];
    expect(first?.blame).toEqual({
      sha: brought,
      subject: "splat: take lock_a \x1b[31m, too",
      date: "2023-11-14",
      release: "v6.12",
    });
    expect(second?.blame).toBeUndefined();
    const text = run(["explain", "--linux", tree, "--blame", LOG]).stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain("2023-11-14, first in v6.12.");
  });

  test("of a line that is not committed nobody is told", () => {
    writeFileSync(join(tree, "drivers/splat/main.c"), SPLAT.replace("lock_a);	/*", "lock_a); /*"));
    expect(codeOf(["--blame"], log)?.[0]).not.toHaveProperty("blame");
    repository.git("checkout", "--quiet", ".");
  });

  test("runs no program that the tree names", () => {
    writeFileSync(join(tree, ".gitattributes"), "*.c diff=evil\n");
    repository.git("config", "diff.evil.textconv", "touch owned; cat");
    expect(codeOf(["--blame"], log)?.[0]?.line).toBe(12);
    expect(() => readFileSync(join(tree, "owned"))).toThrow("ENOENT");
  });

  test("wants a tree", () => {
    expect(run(["--blame", LOG])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--blame needs the history of a kernel tree: give --linux") as string,
    });
  });
});
