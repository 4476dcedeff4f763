import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

/** What a terminal would obey, or hide; a line break is ours. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * An attack as a log holds it, and as it is to be seen. A whole sequence for a terminal is taken for what dmesg or a
 * recorded terminal put around the kernel's text, and is left out like other prefixes.
 */
const ATTACKS: readonly (readonly [name: string, bytes: Buffer, shown: string])[] = [
  ["title", Buffer.from("\x1b]0;owned\x07"), ""],
  ["hyperlink", Buffer.from("\x1b]8;;http://evil\x1b\\"), ""],
  ["clipboard", Buffer.from("\x1b]52;c;ZXZpbA==\x07"), ""],
  ["C1", Buffer.from("\u009b2J"), "\\u{9b}2J"],
  ["bidi", Buffer.from("\u202egpj"), "\\u{202e}gpj"],
  ["no-utf8", Buffer.from([0xff, 0x9b]), "\\xff\\x9b"],
];

function run(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [COMMAND, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-attack-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A real report whose task and lock are named by an attacker. */
function logWith(attack: Buffer): Buffer {
  const log = readFileSync(join(FIXTURES, "circular/abba/dmesg.txt"), "latin1");
  const name = attack.toString("latin1");
  return Buffer.from(
    log.replaceAll("splat ba:1", `x${name}`).replaceAll("(lock_a)", `(lock${name})`),
    "latin1",
  );
}

test("a line from which a whole sequence was taken stays in the JSON as it was", () => {
  const path = join(directory, "whole.log");
  writeFileSync(path, logWith(Buffer.from("\x1b]52;c;ZXZpbA==\x07")));
  const { stdout } = run([path]);
  expect(HARMFUL.exec(stdout)).toBeNull();
  const { reports } = JSON.parse(stdout) as { reports: [{ complete: boolean; damage: { what?: string }[] }] };
  expect(reports[0].complete).toBe(true);
  const raw = reports[0].damage.map(({ what }) => what ?? "");
  expect(raw).toContainEqual(expect.stringContaining("-> #0 (lock\x1b]52;c;ZXZpbA==\x07)"));
  // colours are no part of what the kernel printed
  writeFileSync(path, logWith(Buffer.from("\x1b[31m")));
  expect(run([path]).stdout).not.toContain("control-sequences");
});

describe.each(ATTACKS)("%s in a comm and a class", (name, bytes, shown) => {
  let path = "";
  beforeAll(() => {
    path = join(directory, `${name}.log`);
    writeFileSync(path, logWith(bytes));
  });

  test.each([
    ["-f", "table"],
    ["-f", "markdown"],
    ["-f", "kernel"],
    ["explain"],
    ["explain", "-f", "markdown"],
  ])("is only shown: %s %s", (...args) => {
    const { stdout, stderr, status } = run([...args.filter((arg) => arg !== undefined), path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(HARMFUL.exec(stdout)).toBeNull();
    expect(stdout).toContain(`lock${shown}`);
  });

  test.each(["json", "ndjson"])("is recoverable from %s, which is plain text itself", (format) => {
    const { stdout } = run(["-f", format, path]);
    expect(HARMFUL.exec(stdout)).toBeNull();
    const value = JSON.parse(stdout) as { reports?: [{ cycle: string[] }]; cycle?: string[] };
    const lock = (value.reports?.[0].cycle ?? value.cycle ?? []).find((text) => text !== "lock_b") ?? "";
    // U+DC80 to U+DCFF are bytes that were no UTF-8
    const parts = Array.from(lock, (character) =>
      /[\udc80-\udcff]/.test(character) && character.length === 1
        ? Buffer.from([character.charCodeAt(0) - 0xdc00])
        : Buffer.from(character),
    );
    const kept = shown === "" ? [] : [bytes];
    expect(Buffer.concat(parts)).toEqual(Buffer.concat([Buffer.from("lock"), ...kept]));
  });
});

describe("names of files", () => {
  const NAME = "a\x1b]0;owned\x07\u202eb.log";

  test("in errors", () => {
    const { stderr, status } = run([join(directory, "none", NAME)]);
    expect(status).toBe(2);
    expect(HARMFUL.exec(stderr)).toBeNull();
    expect(stderr).toContain("a\\x1b]0;owned\\x07\\u{202e}b.log: no such file");
  });

  test("that look like options", () => {
    const { stderr, status } = run([`--${NAME}`]);
    expect(status).toBe(2);
    expect(HARMFUL.exec(stderr)).toBeNull();
  });

  test.each([["table"], ["markdown"], ["json"], ["ndjson"]])("in %s", (format) => {
    const folder = join(directory, "names");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, NAME), readFileSync(join(FIXTURES, "circular/abba/dmesg.txt")));
    const { stdout, status } = run(["-f", format, folder]);
    expect(status).toBe(0);
    expect(HARMFUL.exec(stdout)).toBeNull();
    expect(stdout).toMatch(/\\x1b|\\u001b/);
  });

  test("and a query of the catalogue", () => {
    for (const format of ["table", "json"]) {
      const { stdout, stderr } = run(["catalogue", "-f", format, "\x1b]0;owned\x07"]);
      expect(HARMFUL.exec(stdout + stderr)).toBeNull();
    }
  });
});
