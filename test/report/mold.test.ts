import { expect, test } from "vitest";
import { moldOf } from "../../src/report/mold.ts";
import { indicesOf, partsOf, samplesOf } from "../../src/report/sample.ts";

const samples = samplesOf([
  { isNumber: true, length: 9 },
  { isNumber: false, length: 16 },
]);
const [pid = "", address = ""] = samples;

test("samples are as long as the addresses they stand for, and differ", () => {
  expect(address).toHaveLength(16);
  expect(new Set(samples).size).toBe(2);
});

function make(value: string, at: string): object {
  return {
    rest: { frames: [1, 2, 3] },
    task: { pid: Number(value), comm: "init" },
    text: `lock at ${at}, by ${value}`,
    list: [at, "x"],
  };
}

test("what is made has the values in it, and the rest in common", () => {
  const mold = moldOf(make(pid, address), samples);
  const made = mold(["42", "ffff888000c2f400"]);
  expect(made).toEqual(make("42", "ffff888000c2f400"));
  const another = mold(["43", "ffff888000c2f400"]);
  expect(Object.values(another)[0]).toBe(Object.values(made)[0]);
  expect(Object.keys(made)).toEqual(["rest", "task", "text", "list"]);
});

test.each([
  ["a number that is counted with", (value: string) => ({ pid: Number(value) + 1 })],
  ["a text as wide as its value", (value: string) => ({ text: value.padStart(12) })],
  ["a part of a value", (value: string) => ({ text: value.slice(1) })],
  ["a condition on a value", (value: string) => ({ is: Number(value) > 100_000_000 })],
  ["a field that depends on a value", (value: string) => (value === pid ? { is: 1 } : { is: 1, more: 2 })],
])("what is made shows %s, as it is not what it should be", (_what, made: (value: string) => object) => {
  expect(moldOf(made(pid), samples)(["42", "ffff888000c2f400"])).not.toEqual(made("42"));
});

test("what only looks like a value is part of the text", () => {
  expect(partsOf("fa5affff at", indicesOf(samples))).toEqual([[0, 11]]);
});
