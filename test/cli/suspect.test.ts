import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Document } from "../../src/report/schema.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const LOG = join(FIXTURES, "circular/xfs-ilock-next/dmesg.txt");

const BEFORE = `static bool __need_fs_reclaim(gfp_t mask)
{
	mask = current_gfp_context(mask);
	return mask & __GFP_FS;
}

void fs_reclaim_acquire(gfp_t mask)
{
	if (__need_fs_reclaim(mask))
		__fs_reclaim_acquire();
}
`;
const AFTER = `static bool __need_fs_reclaim(gfp_t mask)
{
	mask = current_gfp_context(mask);
	return mask & __GFP_DIRECT_RECLAIM;
}

void fs_reclaim_acquire(gfp_t mask)
{
	if (__need_fs_reclaim(mask) && (mask & __GFP_FS))
		__fs_reclaim_acquire();
}
`;

let directory = "";
let tree = "";
let diff = "";
let sha = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-suspect-"));
  tree = join(directory, "linux");
  mkdirSync(join(tree, "mm"), { recursive: true });
  git("init", "--quiet");
  commit(BEFORE, "mm: begin");
  commit(AFTER, "mm: test the mask outside");
  sha = git("rev-parse", "HEAD").trim();
  diff = git("diff", "HEAD~1", "HEAD");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function git(...args: readonly string[]): string {
  const who = ["-c", "user.name=A Tester", "-c", "user.email=a@example.org"];
  const result = spawnSync("git", [...who, ...args], { cwd: tree, encoding: "utf8" });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

function commit(text: string, subject: string): void {
  writeFileSync(join(tree, "mm/page_alloc.c"), text);
  git("add", ".");
  git("commit", "--quiet", "-m", subject);
}

function run(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
}

function suspects(...args: readonly string[]): unknown {
  const result = run("-f", "json", ...args, LOG);
  expect(result.status).toBe(0);
  return Document.parse(JSON.parse(result.stdout)).reports.flatMap((report) => report.suspects);
}

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

const BLAMED = {
  takesPart: "cycle",
  because: { code: "patch-records-edge", args: { scope: "NOFS", frame: "xfs_trans_ijoin" } },
  revert: "helps",
};

describe("--suspect with a patch", () => {
  test("a diff, packed or not, and git show", () => {
    expect(suspects("--suspect", file("a.diff", diff))).toMatchObject([BLAMED]);
    expect(suspects("--suspect", file("a.diff.gz", gzipSync(diff)))).toMatchObject([BLAMED]);
    expect(suspects("--suspect", file("shown", git("show", "HEAD")))).toMatchObject([BLAMED]);
  });

  test("a mail whose body is encoded", () => {
    const body = Buffer.from(`It broke.\n\n${diff}`).toString("base64").replaceAll(/.{76}/g, "$&\n");
    const mail = `From: A Tester <a@example.org>\nSubject: [PATCH] mm\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${body}\n`;
    expect(suspects("--suspect", file("a.eml", mail))).toMatchObject([BLAMED]);
  });

  test("a commit of a tree that git knows", () => {
    expect(suspects("--linux", tree, "--suspect", sha.slice(0, 12))).toMatchObject([
      { asked: sha.slice(0, 12), ...BLAMED },
    ]);
    expect(suspects("--suspect", sha)).toMatchObject([
      { takesPart: "no", because: { code: "unknown-commit" }, revert: "cannot-tell" },
    ]);
    expect(run("explain", "--linux", tree, "--suspect", sha, LOG).stdout).toContain(
      "suspect the patch, not the locks",
    );
  });

  test("what a bisection led to stands in the mail, in full, as the tree or the catalogue knows it", () => {
    const mail = (...args: readonly string[]): string => run("-f", "mail", ...args, LOG).stdout;
    const short = sha.slice(0, 12);
    const who = "Ada Lovelace <ada@example.org>";
    expect(mail("--linux", tree, "--bisected", short, "--reported-by", who)).toContain(
      `\nReported-by: ${who}\nFixes: ${short} ("mm: test the mask outside")\n#regzbot introduced: ${sha}\n`,
    );
    expect(mail("--bisected", "cbf7c9d86d75")).toContain(
      '\nFixes: cbf7c9d86d75 ("mm: track mmu notifiers in fs_reclaim_acquire/release")\n',
    );
    // reverting it would not help: the bisection went wrong
    const wrong = mail("--bisected", "f920e413ff9c");
    expect(wrong).toContain("A bisection led to f920e413ff9c");
    expect(wrong).not.toMatch(/^(?:Fixes|#regzbot)/m);
    // nobody knows it
    expect(mail("--bisected", "0123456789ab")).toMatch(/\n\n#regzbot introduced: 0123456789ab\n/);
    expect(run("-f", "mail", "--bisected", "HEAD", LOG).status).toBe(2);
    expect(run("-f", "mail", "--reported-by", "Ada", LOG).status).toBe(2);
  });

  test("that the tree has no MAINTAINERS is said, beside the answer", () => {
    const result = run("-f", "json", "--linux", tree, "--suspect", sha, LOG);
    expect(result).toMatchObject({
      status: 0,
      stderr: `splat-triage: ${tree}: not a Linux kernel tree: it has no MAINTAINERS\n`,
    });
    expect(run("-f", "json", "--linux", tree, "--suspect", "fs_reclaim", LOG).status).toBe(2);
  });

  test("beside the names of the catalogue, in the order asked", () => {
    expect(
      suspects("--suspect", "fs_reclaim", "--suspect", file("b.diff", diff), "--suspect", "f920e413ff9c"),
    ).toMatchObject([
      { because: { code: "class-in-cycle" }, revert: null },
      BLAMED,
      { takesPart: "no", revert: "unlikely" },
    ]);
  });

  test("a file without a patch, or none at all, is an error", () => {
    const none = file("none.patch", "nothing\n");
    expect(run("--suspect", none, LOG)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `splat-triage: ${none}: not a patch: it contains no diff hunk\n`,
    });
    const missing = join(directory, "missing.patch");
    const result = run("--suspect", missing, LOG);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain(`${missing}: `);
  });
});
