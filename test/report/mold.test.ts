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

const real = "42";
const realAt = "ffff888000c2f400";

test("what is made has the values in it, and the rest in common", () => {
  const mold = moldOf({
    sample: make(pid, address),
    samples,
    real: make(real, realAt),
    values: [real, realAt],
  });
  const made = mold?.([real, realAt]) ?? {};
  expect(made).toEqual(make(real, realAt));
  const another = mold?.(["43", realAt]) ?? {};
  expect(another).toEqual(make("43", realAt));
  expect(Object.values(another)[0]).toBe(Object.values(made)[0]);
  expect(Object.keys(made)).toEqual(["rest", "task", "text", "list"]);
});

test.each([
  ["a number that is counted with", (value: string) => ({ pid: Number(value) + 1 })],
  ["a text as wide as its value", (value: string) => ({ text: value.padStart(12) })],
  ["a part of a value", (value: string) => ({ text: value.slice(1) })],
  ["a condition on a value", (value: string) => ({ is: Number(value) > 100_000_000 })],
  ["a field that depends on a value", (value: string) => (value === pid ? { is: 1 } : { is: 1, more: 2 })],
  ["a list that does", (value: string) => ({ list: value === pid ? [] : [1] })],
  ["the order of fields", (value: string) => (value === pid ? { is: 1, more: 2 } : { more: 2, is: 1 })],
  ["nothing in place of something", (value: string) => ({ is: value === pid ? null : { more: 2 } })],
])("there is no mold of what depends on more than where a value stands: %s", (_what, made) => {
  expect(moldOf({ sample: made(pid), samples, real: made(real), values: [real, realAt] })).toBeNull();
});

test("there is no mold where a real value is a sample, so that nothing shows where it goes", () => {
  const data = { pid: Number(pid) };
  expect(moldOf<object>({ sample: data, samples, real: { ...data }, values: [pid, realAt] })).toBeNull();
});

test("what only looks like a value is part of the text", () => {
  expect(partsOf("fa5affff at", indicesOf(samples))).toEqual([[0, 11]]);
});
