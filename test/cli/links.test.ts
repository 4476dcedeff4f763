import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";

/** Links to the kernel's sources, as terminals take them: OSC 8. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const LOG = join(FIXTURES, "internal/pin-7-3/dmesg.txt");

let directory = "";
let tree = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-links-"));
  tree = join(directory, "li nux");
  const files = {
    MAINTAINERS: "X\n\nLOCKING\nM:\tAda <ada@example.org>\nF:\tkernel/locking/\n",
    Makefile: "",
    "include/x.h": "",
    "kernel/locking/lockdep.c": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  writeFileSync(join(directory, "secret.c"), "");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What a terminal would take for addresses, in the order in which they come. */
function links(log: string, args: readonly string[], env: Record<string, string> = {}): string[] {
  const { stdout, status } = spawnSync(process.execPath, [COMMAND, ...args, log], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], FORCE_COLOR: "1", FORCE_HYPERLINK: "1", ...env },
  });
  expect(status).toBe(0);
  const addresses = stdout
    .split("\x1b]8;;")
    .slice(1)
    .map((piece) => piece.slice(0, piece.indexOf("\x1b\\")));
  // each is ended by an empty one
  expect(addresses.map((address) => address === "")).toEqual(addresses.map((_, i) => i % 2 === 1));
  return addresses.filter((address) => address !== "");
}

/** A report in whose stacks a symboliser named the file of one function. */
function logNaming(file: string): string {
  const path = join(directory, "named.log");
  const text = readFileSync(join(FIXTURES, "circular/abba/dmesg.txt"), "latin1");
  writeFileSync(path, text.replaceAll(/take_ba\+0x\w+\/0x\w+/g, `$& ${file}:5689`), "latin1");
  const { stdout } = spawnSync(process.execPath, [COMMAND, "-f", "table", path], { encoding: "utf8" });
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(`take_ba (${file}:5689)`);
  return path;
}

test("places in the code are links into the tree that was named", () => {
  const address = `file://${hostname()}${tree.replace(" ", "%20")}/kernel/locking/lockdep.c#5689`;
  expect(links(LOG, ["-f", "table", "--linux", tree])).toEqual([address]);
  expect(new Set(links(LOG, ["explain", "--linux", tree]))).toEqual(new Set([address]));
  const built = logNaming("/build/linux-7.3/kernel/locking/lockdep.c");
  expect(new Set(links(built, ["-f", "table", "--linux", tree]))).toEqual(new Set([address]));
});

test("there are none without a tree, without colours, or where the terminal takes none", () => {
  expect(links(LOG, ["-f", "table"])).toEqual([]);
  expect(links(LOG, ["-f", "table", "--color", "never", "--linux", tree])).toEqual([]);
  expect(links(LOG, ["-f", "table", "--linux", tree], { FORCE_HYPERLINK: "0" })).toEqual([]);
  expect(links(LOG, ["-f", "markdown", "--linux", tree])).toEqual([]);
});

test.each(["../secret.c", "kernel/../../secret.c", "/etc/passwd", "kernel/none.c"])(
  "a log that names %s links nothing",
  (file) => {
    expect(links(logNaming(file), ["-f", "table", "--linux", tree])).toEqual([]);
  },
);
