import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { KINDS } from "../src/report/names.ts";

const HARNESS = new URL("../harness/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, HARNESS), "utf8");
}

function rowsOf(table: string): string[][] {
  return read(table)
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
}

test("the table of scenarios and the module name the same", () => {
  const inModule = [...read("splat.c").matchAll(/^\t\{ "([\w-]+)", \w+ \},$/gm)].map(([, name = ""]) => name);
  const inTable = rowsOf("scenarios.tsv")
    .slice(1)
    .map(([name = ""]) => name);
  expect(inModule).toHaveLength(inTable.length);
  expect(new Set(inModule)).toEqual(new Set(inTable));
});

test("each scenario has a kind and a text that its report must hold", () => {
  const kinds: readonly string[] = [...KINDS, "clean"];
  const bad = rowsOf("scenarios.tsv")
    .slice(1)
    .filter(([, kind = "", headline, what]) => !kinds.includes(kind) || !headline || !what);
  expect(bad).toEqual([]);
});

test("each machine has all columns and its configuration", () => {
  const [head = [], ...machines] = rowsOf("machines.tsv");
  expect(head).toEqual(["arch", "kernel-arch", "cross", "image", "qemu", "console"]);
  const bad = machines.filter(
    (row) =>
      row.length !== head.length || !existsSync(fileURLToPath(new URL(`config/${row[0]}.config`, HARNESS))),
  );
  expect(bad).toEqual([]);
});
