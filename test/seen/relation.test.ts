import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gistOf } from "../../src/identity/gist.ts";
import type { Gist } from "../../src/report/gist-schema.ts";
import { closest } from "../../src/seen/closest.ts";
import { relationOf } from "../../src/seen/relation.ts";
import { FIXTURES, triageBytes, triageLines } from "../support/fixtures.ts";

async function gistsOf(fixture: string): Promise<Gist[]> {
  const { reports } = await triageBytes(readFileSync(join(FIXTURES, fixture, "dmesg.txt")));
  return reports.map(gistOf);
}

async function onlyOf(fixture: string, without: (line: string) => boolean = () => false): Promise<Gist> {
  const lines = readFileSync(join(FIXTURES, fixture, "dmesg.txt"), "utf8").split("\n");
  const { reports } = await triageLines(lines.filter((line) => !without(line)));
  const [only] = reports;
  if (only === undefined || reports.length > 1) throw new Error(`${fixture}: one report is expected`);
  return gistOf(only);
}

describe("whole reports", () => {
  test("of one id are one bug, whatever the architecture", async () => {
    const [x86, arm64] = [await onlyOf("circular/abba"), await onlyOf("circular/abba-arm64")];
    expect(relationOf(x86, arm64)).toEqual({ answer: "yes", why: "id", moved: [] });
  });

  test("of one id may have locks that other functions take, and it is told which", async () => {
    const one = await onlyOf("circular/abba");
    const other = { ...one, edges: one.edges.map((edge) => ({ ...edge, taker: `new_${edge.taker}` })) };
    const relation = relationOf(one, other);
    expect(relation).toMatchObject({ answer: "yes", why: "id" });
    expect("moved" in relation && relation.moved[0]).toEqual({
      from: "lock_a",
      to: "lock_b",
      takers: ["take_ab", "new_take_ab"],
    });
  });

  test("of two ids share edges, classes, or nothing", async () => {
    const abba = await onlyOf("circular/abba");
    const cycle = await onlyOf("circular/abbcca");
    expect(relationOf(abba, cycle)).toMatchObject({
      answer: "no",
      why: "edges",
      edges: [{ from: "lock_a", to: "lock_b" }],
    });
    expect(relationOf(abba, await onlyOf("circular/mmap-lock"))).toEqual({
      answer: "no",
      why: "classes",
      classes: ["lock_a"],
    });
    const [rcu] = await gistsOf("rcu/twice");
    if (rcu === undefined) throw new Error("no report");
    expect(relationOf(await onlyOf("circular/cpuhp"), rcu)).toEqual({ answer: "no", why: "kind" });
  });

  test("of one cycle by common names, at other sites, are two bugs", async () => {
    const one = await onlyOf("circular/abba");
    const other = { ...one, id: "000000000000", edges: one.edges.map((edge) => ({ ...edge, taker: "x" })) };
    expect(relationOf(one, other)).toMatchObject({ answer: "no", why: "sites" });
  });
});

/** What tells the cycle: the chain, and the picture. */
const chain = (line: string): boolean => /-> #\d|\block\(/.test(line);

describe("damaged reports", () => {
  test("without their cycle are not told apart, even where their ids are equal", async () => {
    const whole = await onlyOf("circular/abba");
    const damaged = await onlyOf("circular/abba", chain);
    expect(damaged.lacks).toEqual(["cycle"]);
    expect(relationOf(damaged, damaged)).toMatchObject({ answer: "cannot-tell" });
    expect(relationOf(whole, damaged)).toEqual({
      answer: "cannot-tell",
      why: "lacks",
      lacks: [{ side: "second", lack: "cycle" }],
    });
  });

  test("are another bug where they name a lock that the other's cycle has not", async () => {
    const damaged = await onlyOf("circular/abba", chain);
    expect(relationOf(damaged, await onlyOf("circular/cpuhp"))).toMatchObject({ answer: "no" });
    expect(relationOf(await onlyOf("circular/cpuhp"), damaged)).toMatchObject({ answer: "no" });
  });

  test("that lack nothing of what an id rests on are compared as whole ones are", async () => {
    const whole = await onlyOf("circular/abba");
    const damaged = await onlyOf("circular/abba", (line) =>
      /\block\(lock_|Possible unsafe|DEADLOCK/.test(line),
    );
    expect(damaged).toMatchObject({ complete: false, lacks: [] });
    expect(relationOf(whole, damaged)).toMatchObject({ answer: "yes" });
  });
});

test("of several reports on either side the closest two decide", async () => {
  const twice = await gistsOf("rcu/twice");
  expect(closest(twice, [await onlyOf("circular/abba")])?.relation).toMatchObject({ answer: "yes" });
  expect(closest(twice, [])).toBeNull();
});
