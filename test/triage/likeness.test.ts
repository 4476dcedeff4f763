import { expect, test } from "vitest";
import { tokenize } from "../../grammar/tokenize.ts";
import type { Block } from "../../src/blocks/cutter.ts";
import { Likeness, likenessKey } from "../../src/triage/likeness.ts";

const LINES = [
  "WARNING: possible recursive locking detected",
  "sh/42 is trying to acquire lock:",
  "ffff888000c2f400 (lock_a){+.+.}-{4:4}, at: take_aa+0x1e/0x60",
  "but task is already holding lock:",
  "ffff888000c2f400 (lock_a){+.+.}-{4:4}, at: take_aa+0x16/0x60",
  " #0: ffff888000c30000 (sb_writers#3){.+.+}-{0:0}, at: ksys_write+0x60/0xd0",
];

function blockOf(lines: readonly string[]): Block {
  const tokens = lines.flatMap((line, i) => tokenize(line, i + 1) ?? []);
  expect(tokens).toHaveLength(lines.length);
  const first = { number: 1, text: lines[0] ?? "", time: 1, caller: "T42", transport: "console" as const };
  return { kind: "recursive", tokens, first, lastLine: lines.length, unparsed: 0, damage: [] };
}

const KERNEL = { release: "6.12.0", build: "#1", taint: "Not tainted" };
const KNOWN = new Likeness(blockOf(LINES), KERNEL);

function changed(...changes: readonly (readonly [string, string])[]): Block {
  return blockOf(LINES.map((line) => changes.reduce((text, [from, to]) => text.replace(from, to), line)));
}

test("the values of the block itself are those of one that is the same", () => {
  expect(KNOWN.values).toEqual(["42", "ffff888000c2f400", "ffff888000c30000"]);
  expect(KNOWN.valuesOf(blockOf(LINES), KERNEL)).toEqual(KNOWN.values);
});

test("a block that differs in addresses and pids is alike, and its values are told once each", () => {
  const other = changed(["sh/42", "sh/30123"], ["c2f400", "abcdef"], ["c30000", "123450"]);
  expect(likenessKey(other)).toBe(likenessKey(blockOf(LINES)));
  expect(KNOWN.valuesOf(other, { ...KERNEL })).toEqual(["30123", "ffff888000abcdef", "ffff888000123450"]);
});

test.each([
  ["another function", changed(["take_aa+0x16", "take_ab+0x16"])],
  ["another offset", changed(["take_aa+0x16", "take_aa+0x18"])],
  ["another class", changed(["lock_a", "lock_b"])],
  ["another task's name", changed(["sh/42", "zh/42"])],
  ["a pid that another title tells", changed(["sh/42", "sh/301234"])],
  ["another indent", changed([" #0:", "  #0:"])],
  ["one line less", blockOf(LINES.slice(0, -1))],
  ["another kind", { ...blockOf(LINES), kind: "circular" as const }],
  ["two locks where one was", blockOf(LINES.map((line, i) => (i === 4 ? line.replace("c2f400", "c2f408") : line)))],
  ["one lock where two were", changed(["c30000", "c2f400"])],
])("%s makes it another", (_what, other) => {
  expect(KNOWN.valuesOf(other, KERNEL)).toBeNull();
}); // prettier-ignore

test("another kernel makes it another", () => {
  expect(KNOWN.valuesOf(blockOf(LINES), { ...KERNEL, build: "#2" })).toBeNull();
  expect(KNOWN.valuesOf(blockOf(LINES), null)).toBeNull();
});

test("what is damaged or longer than most is like none", () => {
  const block = blockOf(LINES);
  expect(likenessKey({ ...block, damage: [{ code: "truncated", line: 1 }] })).toBeNull();
  expect(likenessKey({ ...block, unparsed: 1 })).toBeNull();
  expect(
    likenessKey({ ...block, tokens: Array.from({ length: 2000 }, () => block.tokens).flat() }),
  ).toBeNull();
});
