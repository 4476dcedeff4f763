import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fixtures, triageBytes } from "../support/fixtures.ts";

interface Sighting {
  readonly fixture: string;
  readonly machine: string;
  readonly id: string;
}

const APART: readonly string[] = [
  // made by an earlier module, in which the function that the id names had another name
  "held-freed/heldfreed-6-1",
  "atomic-scheduling/atomicsched",
  "sleeping/sleepatomic",
  // up to 5.13 another function says it, in its own words
  "rtmutex-deadlock/rtmutex-5-10",
  // 6.1 cannot name the local lock of a module: the class is `(null)`
  "circular/locallock-module-6-1",
];

/** The reports of all fixtures of our own runs, by what was provoked: `pin internal 0`. */
async function byScenario(): Promise<Map<string, Sighting[]>> {
  const found = new Map<string, Sighting[]>();
  for (const { name, directory, bytes } of fixtures()) {
    const origin = JSON.parse(readFileSync(join(directory, "origin.json"), "utf8")) as Record<string, string>;
    const { scenario, kernel, machine } = origin;
    if (origin["from"] !== "our own run" || scenario === undefined || APART.includes(name)) continue;
    const counts = new Map<string, number>();
    for (const { kind, id } of (await triageBytes(bytes)).reports) {
      const nth = counts.get(kind) ?? 0;
      counts.set(kind, nth + 1);
      const key = `${scenario.split(".")[0] ?? ""} ${kind} ${nth}`;
      const sightings = found.get(key) ?? [];
      sightings.push({ fixture: name, machine: `${kernel ?? ""} ${machine ?? ""}`, id });
      found.set(key, sightings);
    }
  }
  return found;
}

const scenarios = [...(await byScenario())].filter(([, sightings]) => sightings.length > 1);

describe("one scenario has one id on every kernel and machine", () => {
  test.each(scenarios)("%s", (_, sightings) => {
    const [first] = sightings;
    expect(sightings.filter(({ id }) => id !== first?.id)).toEqual([]);
  });

  test("also of 7.3, of 32 bits and of other machines", () => {
    const kernels = new Set(scenarios.flatMap(([, all]) => all.map(({ machine }) => machine.split(",")[0])));
    for (const machine of [
      "5.10.223 x86_64",
      "6.12.117 x86_64",
      "7.2.13 x86_64",
      "7.3.4 x86_64",
      "7.3.4 riscv64",
      "7.3.4 arm",
      "6.12.117 s390x",
      "6.12.117 i386",
      "6.1.192 x86_64",
      "7.3.4 arm64",
      "7.3.4 mips",
      "6.12.117 ppc64el",
    ])
      expect([...kernels].filter((kernel) => kernel?.startsWith(machine))).not.toEqual([]);
  });
});
