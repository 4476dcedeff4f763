import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GraphDocument } from "../../src/lock-graph/index.ts";
import { bootFiles, bootOf, codes, documentOf, strengths } from "../support/boots.ts";

/** The keys of lock_a and lock_b in the boots ab and ba. */
const A = "ffffffff81d2b588";
const B = "ffffffff81d2b4e8";

/** Boots of the same kernel in which other locks were taken one under the other. */
function renamed(from: readonly [string, string], to: readonly [string, string]): Record<string, string> {
  const names = new Map([
    [`${A} lock_a`, from],
    [`${B} lock_b`, to],
  ]);
  return Object.fromEntries(
    Object.entries(bootFiles("ab")).map(([file, text]) => [
      file,
      text.replaceAll(
        /(ffffffff81d2b588|ffffffff81d2b4e8)(\] | OPS:[^:]*:[^:]*:[^:]*: )(lock_[ab])/g,
        (all, key: string, middle: string, name: string) => {
          const [newKey, newName] = names.get(`${key} ${name}`) ?? [];
          return newKey === undefined ? all : `${newKey}${middle}${newName}`;
        },
      ),
    ]),
  );
}

/** As %p prints keys early in a boot. */
function hide(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text.replaceAll(/^ffff[0-9a-f]{12}|(?<=^(?: -> )?\[)ffff[0-9a-f]{12}/gm, "(____ptrval____)"),
    ]),
  );
}

const abOf = (): ReturnType<typeof bootOf> => bootOf("ab", bootFiles("ab"));
const baOf = (): ReturnType<typeof bootOf> => bootOf("ba", bootFiles("ba"));

describe("real boots of 6.12", () => {
  test("two boots with opposite orders: the cycle that neither reported, first and certain", async () => {
    const document = documentOf(await abOf(), await baOf());
    expect(GraphDocument.parse(document)).toEqual(document);
    const [first, ...rest] = document.cycles;
    expect(first).toMatchObject({
      classes: ["lock_a", "lock_b"],
      span: "boots",
      strength: "certain",
      reported: [],
      edges: [
        { from: "lock_a", to: "lock_b", evidence: "dependency", sources: [0], by: "lock", over: [] },
        { from: "lock_b", to: "lock_a", evidence: "dependency", sources: [1], by: "lock", over: [] },
      ],
    });
    expect(first?.reasons[0]).toEqual({
      code: "never-in-one-boot",
      speaks: "for",
      args: { boots: ["ab", "ba"] },
    });
    expect(rest.filter(({ strength }) => strength !== "possible")).toEqual([]);
    expect(document.sources.map(({ build, keys, lockdep }) => ({ build, keys, lockdep }))).toEqual([
      { build: 0, keys: "clear", lockdep: "on" },
      { build: 0, keys: "clear", lockdep: "on" },
    ]);
  });

  test("an MMU notifier that allocates: the cycle that 6.12 cannot report, with the reason why", async () => {
    const boot = await bootOf("mmunotifier", bootFiles("mmunotifier"));
    const [first, ...rest] = documentOf(boot).cycles;
    expect(first).toMatchObject({
      classes: ["fs_reclaim", "mmu_notifier_invalidate_range_start", "lock_a"],
      span: "boot",
      strength: "likely",
      edges: [
        { evidence: "dependency", over: [] },
        { evidence: "chain", over: ["srcu"] },
        { evidence: "dependency", over: [] },
      ],
    });
    expect(first?.reasons).toContainEqual({
      code: "reader-between",
      speaks: "for",
      args: {
        from: "mmu_notifier_invalidate_range_start",
        to: "lock_a",
        over: ["srcu"],
        since: "v6.4",
        commit: "f0f44752f5f6",
      },
    });
    expect(rest.filter(({ strength }) => strength !== "possible")).toEqual([]);
  });

  test("the same with GFP_ATOMIC: nothing above possible", async () => {
    const files = bootFiles("mmunotifier");
    const chains = (files["lockdep_chains"] ?? "")
      .split("\n\n")
      .filter((chain) => !/lock_a\n(?:.*\n)*.*fs_reclaim/.test(chain))
      .join("\n\n");
    const lockdep = (files["lockdep"] ?? "").replace(/(: lock_a\n(?: -> .*\n)*?) -> .*fs_reclaim\n/, "$1");
    expect(lockdep).not.toBe(files["lockdep"]);
    expect(chains.length).toBeLessThan(files["lockdep_chains"]?.length ?? 0);
    const { cycles } = documentOf(await bootOf("atomic", { lockdep, lockdep_chains: chains }));
    expect(cycles.filter(({ strength }) => strength !== "possible")).toEqual([]);
    expect(cycles.filter(({ classes }) => classes.includes("lock_a"))).toEqual([]);
  });

  test.each(["ab", "ba", "clean"])(
    "%s alone: nothing above possible, and every knot has a reason",
    async (name) => {
      const { cycles } = documentOf(await bootOf(name, bootFiles(name)));
      expect(cycles.length).toBeGreaterThan(0);
      for (const cycle of cycles) {
        expect(cycle.strength).toBe("possible");
        expect(cycle.reasons.some(({ speaks }) => speaks === "against")).toBe(true);
      }
      const knots = cycles.map(({ classes }) => classes);
      expect(knots).toContainEqual(["&mm->mmap_lock", "&vma->vm_lock->lock"]);
      expect(knots).toContainEqual(["&dev->mutex", "serial_mutex", "port_mutex"]);
      expect(cycles.find(({ classes }) => classes.includes("&dev->mutex"))).toMatchObject({
        reasons: expect.arrayContaining([expect.objectContaining({ code: "novalidate" })]) as unknown,
      });
    },
  );

  test("three boots with an edge each of a cycle of three", async () => {
    const C = "ffffffff81d2b448";
    const boots = await Promise.all([
      abOf(),
      bootOf("bc", renamed([B, "lock_b"], [C, "lock_c"])),
      bootOf("ca", renamed([C, "lock_c"], [A, "lock_a"])),
    ]);
    for (const boot of boots)
      expect(documentOf(boot).cycles.filter(({ strength }) => strength !== "possible")).toEqual([]);
    const [first, ...rest] = documentOf(...boots).cycles;
    expect(first).toMatchObject({
      classes: ["lock_a", "lock_b", "lock_c"],
      strength: "certain",
      span: "boots",
    });
    expect(first?.edges.map(({ sources }) => sources)).toEqual([[0], [1], [2]]);
    expect(rest.filter(({ strength }) => strength !== "possible")).toEqual([]);
  });

  test("all of them: both cycles, of two builds", async () => {
    const boots = await Promise.all([
      abOf(),
      baOf(),
      ...["clean", "mmunotifier"].map((name) =>
        bootOf(name, bootFiles(name), { kernel: { release: "6.12.117", build: "#6", taint: null } }),
      ),
    ]);
    const document = documentOf(...boots);
    expect(strengths(document).slice(0, 2)).toEqual([
      "certain: lock_a → lock_b",
      "likely: fs_reclaim → mmu_notifier_invalidate_range_start → lock_a",
    ]);
    expect(
      strengths(document)
        .slice(2)
        .every((line) => line.startsWith("possible")),
    ).toBe(true);
    expect(document.sources.map(({ build }) => build)).toEqual([0, 0, 1, 1]);
    const reversed = documentOf(...boots.toReversed());
    expect(strengths(reversed)).toEqual(strengths(document));
    expect(reversed.classes.map(({ name }) => name)).toEqual(document.classes.map(({ name }) => name));
  });

  test("keys hidden: names tell classes apart, and the cycle is no more than likely", async () => {
    const document = documentOf(
      await bootOf("ab", hide(bootFiles("ab"))),
      await bootOf("ba", hide(bootFiles("ba"))),
    );
    expect(document.sources.map(({ keys }) => keys)).toEqual(["hidden", "hidden"]);
    expect(document.cycles[0]).toMatchObject({ classes: ["lock_a", "lock_b"], strength: "likely" });
    expect(codes(document.cycles[0] ?? ({ reasons: [] } as never))).toContain("hidden-keys");
    expect(document.cycles.slice(1).filter(({ strength }) => strength !== "possible")).toEqual([]);
  });

  test("no chains: the class past which lockdep did not look stands in the cycle, with what speaks against it", async () => {
    const [first] = documentOf(await bootOf("hashed", bootFiles("hashed"))).cycles;
    expect(first).toMatchObject({
      classes: ["fs_reclaim", "mmu_notifier_invalidate_range_start", "srcu", "lock_a"],
      strength: "possible",
    });
    expect(codes(first ?? ({ reasons: [] } as never))).toContain("read-only-class");
  });

  test("builds that swap an order: likely at most, across builds", async () => {
    const moved = Object.fromEntries(
      Object.entries(bootFiles("ba")).map(([name, text]) => [
        name,
        // another build: every static key elsewhere, by no common offset
        text.replaceAll(/ffffffff8[12]([0-9a-f]{6})/g, (_, low: string) => {
          const place = Number.parseInt(low, 16);
          return `ffffffff8${1 + (place % 2)}${((place * 3) & 0xfffff8).toString(16).padStart(6, "0")}`;
        }),
      ]),
    );
    const document = documentOf(
      await abOf(),
      await bootOf("ba", moved, { kernel: { release: "6.13.1", build: "#1", taint: null } }),
    );
    expect(document.sources.map(({ build }) => build)).toEqual([0, 1]);
    expect(document.cycles[0]).toMatchObject({
      classes: ["lock_a", "lock_b"],
      strength: "likely",
      span: "builds",
    });
  });
});

test("whatever becomes of a dump on its way, it is read, fits the schema, and is judged the same twice", async () => {
  const whole = bootFiles("mmunotifier");
  const lines = Object.entries(whole)
    .filter(([name]) => name !== "dmesg")
    .map(([name, text]) => [name, text.split("\n")] as const);
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("cut", "drop", "double", "swap", "garble"),
    noise: fc.string({ unit: "binary", maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (all) => {
      const files = Object.fromEntries(
        lines.map(([name, text]) => {
          const own = [...text];
          for (const { at, how, noise } of all) {
            const line = Math.floor(at * (own.length - 2));
            if (how === "cut") own.length = Math.max(2, line);
            else if (how === "drop") own.splice(line, 7);
            else if (how === "double") own.splice(line, 0, own[line] ?? "");
            else if (how === "swap") own.push(...own.splice(line, 3));
            else own[line] = noise;
          }
          return [name, own.join("\n")];
        }),
      );
      const document = documentOf(await bootOf("damaged", files));
      expect(GraphDocument.parse(document)).toEqual(document);
      expect(documentOf(await bootOf("damaged", files))).toEqual(document);
    }),
    { numRuns: 25, seed: 7 },
  );
});
