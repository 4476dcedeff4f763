import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Paths that look like ours and are not: the kernel's, and those that stand for what a reader makes. */
const NOT_OURS = [
  "scripts/decode_stacktrace.sh",
  "scripts/get_maintainer.pl",
  "scripts/kallsyms.c",
  "scripts/kconfig",
  "src/index.d.ts",
  "src/kinds/cant-sleep.ts",
  "fixtures/cant-sleep/first/",
  "fixtures/KIND/",
  "fixtures/proc/SLUG/",
];

const PATH = /(?<![\w./-])(?:src|test|grammar|scripts|docs|harness|fixtures)\/[\w./-]*[\w/]/g;

const COMMENT = /^\s*(?:\/?\*|\/\/)/;

/** Every path of this repository that a document or a comment names, as `FILE: PATH`. */
function pathsNamed(): string[] {
  const rooms = ["docs", "harness", "src", "test", "grammar", "scripts"];
  const files = [
    ...readdirSync(ROOT),
    ...rooms.flatMap((room) =>
      readdirSync(ROOT + room, { recursive: true, encoding: "utf8" }).map((path) => `${room}/${path}`),
    ),
  ].filter((path) => /\.(?:md|ts|mjs)$/.test(path));
  return files.flatMap((file) => {
    const lines = readFileSync(ROOT + file, "utf8").split("\n");
    const prose = file.endsWith(".md") ? lines : lines.filter((line) => COMMENT.test(line));
    return [...prose.join("\n").matchAll(PATH)].map(([path]) => `${file}: ${path}`);
  });
}

test("paths that documents and comments name are there", () => {
  const named = pathsNamed().filter((entry) => !NOT_OURS.some((path) => entry.includes(`: ${path}`)));
  expect(named.length).toBeGreaterThan(100);
  const missing = named.filter((entry) => !existsSync(ROOT + entry.slice(entry.indexOf(": ") + 2)));
  expect(missing).toEqual([]);
});
