import { describe, expect, test } from "vitest";
import type { Boot, GraphDocument, Reason } from "../../src/lock-graph/index.ts";
import { bootOf, codes, documentOf, strengths, write, type Written } from "../support/boots.ts";

/** Small boots, as lockdep would print them for the order of acquisitions that the comment tells. */
async function graphOf(boots: readonly Written[], rest: Partial<Boot> = {}): Promise<GraphDocument> {
  // classes that every boot has, so that keys can be compared
  const common = Object.fromEntries(["c0", "c1", "c2", "c3", "c4"].map((name) => [name, "+.+."]));
  return documentOf(
    ...(await Promise.all(
      boots.map((boot, i) =>
        bootOf(`boot${i}`, write({ ...boot, classes: { ...common, ...boot.classes } }), rest),
      ),
    )),
  );
}

const MUTEXES = { a: "+.+.", b: "+.+." };
const AB: Written = { classes: MUTEXES, dependencies: ["a > b"], chains: ["a", "a b", "b"] };
const BA: Written = { classes: MUTEXES, dependencies: ["b > a"], chains: ["a", "b", "b a"] };

/** Both orders, with `a` used like that. */
function withUsage(usage: string): Promise<GraphDocument> {
  return graphOf([AB, BA].map((boot) => ({ ...boot, classes: { a: usage, b: "+.+." } })));
}

/** Both orders of two locks whose keys are hidden. */
function withHiddenKeys(name: string): Promise<GraphDocument> {
  return graphOf(
    [`${name} inode_lock`, `inode_lock ${name}`].map((chain) => ({
      classes: { [name]: "+.+.", inode_lock: "+.+." },
      chains: [chain.split(" ")[0] ?? "", chain],
      keys: { [name]: "(____ptrval____)", inode_lock: "(____ptrval____)" },
    })),
  );
}

function inHardirq({ chains = [] }: Written): Written {
  return { classes: { a: "-...", b: "-..." }, chains: chains.map((chain) => `hardirq: ${chain}`) };
}

function argsOf({ cycles }: GraphDocument, code: Reason["code"]): Reason["args"][] {
  return (cycles[0]?.reasons ?? []).filter((reason) => reason.code === code).map(({ args }) => args);
}

describe("edges", () => {
  test("only the last lock of a chain was waited for: trylocks leave no chain of their own", async () => {
    // a; b; trylock a under b, then c0
    const { cycles, edges } = await graphOf([{ ...AB, chains: ["a", "a b", "b", "b a c0"] }]);
    expect(edges.find(({ from, to }) => from === "b" && to === "a")).toMatchObject({
      waits: false,
      evidence: "chain",
    });
    expect(edges.find(({ from, to }) => from === "b" && to === "c0")).toMatchObject({
      waits: true,
      over: ["a"],
    });
    expect(cycles).toMatchObject([{ classes: ["a", "b"], strength: "possible" }]);
    expect(codes(cycles[0] ?? ({} as never))).toContain("trylock-possible");
  });

  test("what stands before an exclusive lock is ordered before what it orders", async () => {
    const { edges } = await graphOf([
      { classes: { a: "+.+.", b: "+.+.", c: "+.+." }, chains: ["a", "a b", "a b c"] },
    ]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(["a b", "b c"]);
  });

  test("readers are looked through, in their interrupt context", async () => {
    const { edges } = await graphOf([
      {
        classes: { a: "-...", r: ".-..", b: "-..." },
        chains: ["hardirq: a", "hardirq: a r", "hardirq: a r b"],
      },
    ]);
    expect(edges.find(({ from, to }) => from === "a" && to === "b")).toMatchObject({
      over: ["r"],
      contexts: ["hardirq"],
      waits: true,
    });
  });

  test("chains of different contexts are not joined", async () => {
    const { edges } = await graphOf([{ classes: MUTEXES, chains: ["a", "softirq: b"] }]);
    expect(edges).toEqual([]);
  });

  test("up to 2.6.32 the address behind an arrow is not the key: the name decides", async () => {
    const boot = await bootOf("old", {
      lockdep: [
        "all lock classes:\nc03c1a40 FD:    2 BD:    1 --..: a\n -> [c15d2f30] b\n\n",
        "c03b9f00 FD:    1 BD:    2 --..: b\n\n",
      ].join(""),
    });
    const document = documentOf(boot);
    expect(document.classes.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(document.classes[0]).toMatchObject({ writes: true, reads: false });
  });
});

describe("strength", () => {
  test("opposite orders of exclusive locks in two boots: what one boot would have reported", async () => {
    const document = await graphOf([AB, BA]);
    expect(strengths(document)).toEqual(["certain: a → b"]);
    expect(codes(document.cycles[0] ?? ({} as never))).toEqual(["never-in-one-boot"]);
  });

  test("both in one boot with lockdep on: it has compared them", async () => {
    const document = await graphOf([
      { classes: MUTEXES, dependencies: ["a > b", "b > a"], chains: ["a", "a b", "b", "b a"] },
    ]);
    expect(strengths(document)).toEqual(["possible: a → b"]);
    expect(argsOf(document, "checked-by-kernel")).toEqual([{ sources: ["boot0"] }]);
  });

  test("a reader between, in one boot: likely from v5.10 on, compared by the kernel before", async () => {
    const boot: Written = {
      classes: { ...MUTEXES, r: ".+.+" },
      dependencies: ["a > r", "r > b", "b > a"],
      chains: ["a", "a r", "a r b", "b", "b a"],
    };
    const modern = await graphOf([boot]);
    expect(strengths(modern)).toEqual(["likely: a → b"]);
    expect(argsOf(modern, "reader-between")).toEqual([
      { from: "a", to: "b", over: ["r"], since: "v5.10", commit: "9de0c9bbcedf" },
    ]);
    const old = await graphOf([boot], { kernel: { release: "5.9.1", build: null, taint: null } });
    expect(strengths(old)).toEqual(["possible: a → b"]);
    expect(argsOf(old, "checked-by-kernel")).toHaveLength(1);
  });

  test("a chain that is lost makes no trylock of a reader", async () => {
    const document = await graphOf([
      {
        classes: { ...MUTEXES, r: ".+.+" },
        dependencies: ["a > r", "r > b", "b > a"],
        // a r is missing
        chains: ["a", "a r b", "b", "b a", "r"],
      },
    ]);
    expect(strengths(document)).toEqual(["likely: a → b"]);
    expect(argsOf(document, "reader-between")).toHaveLength(1);
  });

  test("the edge that a report closed is in a chain of the boot that reported it, and lockdep is off", async () => {
    const boot: Written = { classes: MUTEXES, dependencies: ["a > b"], chains: ["a", "a b", "b", "b a"] };
    const off = await graphOf([boot], { lockdep: "off" });
    expect(strengths(off)).toEqual(["certain: a → b"]);
    expect(argsOf(off, "lockdep-off")).toEqual([{ sources: ["boot0"] }]);
    expect(strengths(await graphOf([boot]))).toEqual(["possible: a → b"]);
  });

  test("readers that wait, in two boots: likely; readers in interrupts: possible", async () => {
    expect(strengths(await withUsage("++++"))).toEqual(["likely: a → b"]);
    const recursive = await withUsage("+?++");
    expect(strengths(recursive)).toEqual(["possible: a → b"]);
    expect(argsOf(recursive, "recursive-read")).toEqual([{ class: "a" }]);
  });

  test("only ever read, in all boots: possible; written in one: not", async () => {
    const reader = { a: ".+.+", b: "+.+." };
    const document = await graphOf([
      { ...AB, classes: reader },
      { ...BA, classes: reader },
    ]);
    expect(strengths(document)).toEqual(["possible: a → b"]);
    expect(argsOf(document, "read-only-class")).toEqual([{ class: "a" }]);
    expect(strengths(await graphOf([{ ...AB, classes: reader }, BA]))).toEqual(["likely: a → b"]);
  });

  test("only ever read: no short cut that hides a longer cycle of locks that are written", async () => {
    // a b c d in a circle, and from each back to the one before through a class that is only read
    const ring = ["a", "b", "c", "d"];
    const back = ["ra", "rb", "rc", "rd"];
    const dependencies = ring.flatMap((name, i) => {
      const next = ring[(i + 1) % ring.length] ?? "";
      return [`${name} > ${next}`, `${next} > ${back[i] ?? ""}`, `${back[i] ?? ""} > ${name}`];
    });
    const classes = Object.fromEntries([
      ...ring.map((name) => [name, "+.+."] as const),
      ...back.map((name) => [name, ".+.+"] as const),
    ]);
    expect(strengths(await graphOf([{ classes, dependencies }]))).toContain("possible: a → b → c → d");
  });

  test("one lock around both orders", async () => {
    const classes = { ...MUTEXES, gate: "+.+." };
    const gated: Written[] = [
      { classes, chains: ["gate", "gate a", "gate a b"] },
      { classes, chains: ["gate", "gate b", "gate b a"] },
    ];
    const document = await graphOf(gated);
    expect(strengths(document)).toEqual(["possible: a → b"]);
    expect(argsOf(document, "gate-lock")).toEqual([{ class: "gate" }]);
    // once without it is enough
    const open = await graphOf([...gated, BA]);
    expect(strengths(open)[0]).toBe("certain: a → b");
    // readers and members of objects are no gate
    const read = gated.map((boot) => ({ ...boot, classes: { ...classes, gate: "++++" } }));
    expect(strengths(await graphOf(read))[0]).toBe("certain: a → b");
  });

  test("a declared nesting", async () => {
    const classes = { "&d->lock": "+.+.", "&d->lock/1": "+.+." };
    const document = await graphOf([
      { classes, chains: ["&d->lock", "&d->lock &d->lock/1"] },
      { classes, chains: ["&d->lock/1", "&d->lock/1 &d->lock"] },
    ]);
    expect(strengths(document)).toEqual(["possible: &d->lock → &d->lock/1"]);
    expect(argsOf(document, "subclass-nesting")).toEqual([{ classes: ["&d->lock", "&d->lock/1"] }]);
  });

  test("classes of the catalogue that have no order", async () => {
    const name = "sched_map-wait-type-override";
    const classes = { a: "+.+.", [name]: "+.+." };
    const document = await graphOf([
      { classes, chains: ["a", `a ${name}`] },
      { classes, chains: [name, `${name} a`] },
    ]);
    expect(argsOf(document, "known-false-positive")).toEqual([
      { class: name, annotation: "wait_type_override" },
    ]);
    expect(document.cycles[0]?.strength).toBe("possible");
  });

  test("all in one interrupt context, and each edge in one boot: said, and no more", async () => {
    const document = await graphOf([inHardirq(AB), inHardirq(BA), {}]);
    expect(strengths(document)).toEqual(["certain: a → b"]);
    expect(argsOf(document, "single-context")).toEqual([{ context: "hardirq" }]);
    expect(argsOf(document, "one-boot-each")).toEqual([{ boots: ["boot0", "boot1"] }]);
  });

  test("a numbered name without keys may be another lock in another boot", async () => {
    const document = await withHiddenKeys("inode_lock#2");
    expect(strengths(document)).toEqual(["possible: inode_lock → inode_lock#2"]);
    expect(argsOf(document, "same-name")).toEqual([{ class: "inode_lock#2" }, { class: "inode_lock" }]);
  });

  test("so may a name that any code gives", async () => {
    expect(strengths(await withHiddenKeys("&priv->lock"))).toEqual(["possible: &priv->lock → inode_lock"]);
    expect(strengths(await withHiddenKeys("&super->lock"))).toEqual(["likely: &super->lock → inode_lock"]);
  });

  test("a short cut past readers does not hide the way that a kernel recorded", async () => {
    const classes = { ...MUTEXES, m: "++++" };
    const document = await graphOf([
      { classes, dependencies: ["a > m", "m > b"], chains: ["a", "a m", "a m b"] },
      { classes, dependencies: ["b > a"], chains: ["b", "b a"] },
    ]);
    expect(strengths(document)).toEqual(["likely: a → m → b"]);
  });
});

test("a knot of hundreds of classes ends soon, and says what it left out", async () => {
  const names = Array.from({ length: 120 }, (_, i) => `k${i}`);
  const classes = Object.fromEntries(names.map((name) => [name, "+.+."]));
  const chains = names.flatMap((from) => [
    from,
    ...names.filter((to) => to !== from).map((to) => `${from} ${to}`),
  ]);
  const document = await graphOf([{ classes, chains }, {}]);
  expect(document.leftOut).toBe(120 * 119 - 600);
  expect(document.cycles.length).toBeGreaterThan(100);
});
