import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GraphDiff } from "../../src/lock-graph/diff-schema.ts";
import { lockOrder } from "../../src/lock-graph/order.ts";
import { GraphWithout } from "../../src/lock-graph/without-schema.ts";
import { GraphDocument } from "../../src/lock-graph/schema.ts";
import { bootFiles, strengths } from "../support/boots.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const PROC = join(FIXTURES, "proc");

function run(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "graph", ...args], {
    encoding: "utf8",
    input: "",
    env: { PATH: process.env["PATH"] },
    maxBuffer: 1 << 28,
  });
}

function documentOf(...args: readonly string[]): GraphDocument {
  const result = run(...args);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return GraphDocument.parse(JSON.parse(result.stdout));
}

function withoutOf(...args: readonly string[]): GraphWithout {
  const result = run(...args);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return GraphWithout.parse(JSON.parse(result.stdout));
}

function explain(log: string, ...graphs: readonly string[]): string {
  const args = graphs.flatMap((name) => ["--graph", join(PROC, name)]);
  const result = spawnSync(
    process.execPath,
    [COMMAND, "explain", ...args, join(FIXTURES, log, "dmesg.txt")],
    { encoding: "utf8", env: { PATH: process.env["PATH"] } },
  );
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return result.stdout.replaceAll(/\s+/g, " ");
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-graph-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("boots of fixtures/proc", () => {
  test("are the files that their origins name", () => {
    for (const boot of readdirSync(PROC)) {
      const { sha256 } = JSON.parse(readFileSync(join(PROC, boot, "origin.json"), "utf8")) as {
        sha256: Record<string, string>;
      };
      const hashes = Object.entries(bootFiles(boot)).map(([name, text]) => [
        name,
        createHash("sha256").update(text).digest("hex"),
      ]);
      expect(Object.fromEntries(hashes)).toEqual(sha256);
    }
  });

  test("ab with ba: two directories, two boots, one cycle", () => {
    const document = documentOf(join(PROC, "ab"), join(PROC, "ba"));
    expect(document.sources).toMatchObject([
      { name: "ab", kernel: "6.12.117", keys: "clear", dump: true, lockdep: "on" },
      { name: "ba", kernel: "6.12.117", keys: "clear", dump: true, lockdep: "on" },
    ]);
    expect(strengths(document)[0]).toBe("certain: lock_a → lock_b");
  });

  test.each([
    ["proc-7-3", 346, 349],
    ["proc-arm64", 352, 353],
  ])("of 7.3, too: %s", (machine, classesOfAb, classesOfBa) => {
    const document = documentOf(join(FIXTURES, machine, "ab"), join(FIXTURES, machine, "ba"));
    // counted in the files: the lines with OPS, and those that only the chains name, which were read later
    expect(document.sources).toMatchObject([
      { name: "ab", kernel: "7.3.4", keys: "clear", dump: true, lockdep: "on", classes: classesOfAb },
      { name: "ba", kernel: "7.3.4", keys: "clear", dump: true, lockdep: "on", classes: classesOfBa },
    ]);
    expect(strengths(document)[0]).toBe("certain: lock_a → lock_b");
  });

  test("a directory of boots is all of them", () => {
    const document = documentOf(PROC);
    expect(document.sources.map(({ name }) => name)).toEqual(["ab", "ba", "clean", "hashed", "mmunotifier"]);
    expect(strengths(document).slice(0, 3)).toEqual([
      "certain: lock_a → lock_b",
      "likely: fs_reclaim → mmu_notifier_invalidate_range_start → lock_a",
      expect.stringMatching(/^possible/) as string,
    ]);
  });

  test("single files of one directory are one boot", () => {
    const files = ["lockdep.gz", "lockdep_chains.gz", "dmesg"].map((name) => join(PROC, "clean", name));
    const document = documentOf(...files);
    expect(document.sources).toMatchObject([{ name: "clean", kernel: "6.12.117" }]);
    expect(document.cycles.filter(({ strength }) => strength !== "possible")).toEqual([]);
  });

  test("the same bytes whatever the run, and the same cycles in whatever order", () => {
    expect(run(PROC).stdout).toBe(run(PROC).stdout);
    const there = documentOf(join(PROC, "ab"), join(PROC, "mmunotifier"), join(PROC, "ba"));
    const back = documentOf(join(PROC, "ba"), join(PROC, "mmunotifier"), join(PROC, "ab"));
    expect(strengths(back)).toEqual(strengths(there));
  });
});

test("a report's cycle joins the graph, with its stacks, and is marked as reported", () => {
  const log = join(FIXTURES, "circular/abba/dmesg.txt");
  const document = documentOf(log);
  expect(document.sources).toMatchObject([{ name: log, dump: false, keys: "hidden", lockdep: "off" }]);
  const [cycle] = document.cycles;
  expect(cycle).toMatchObject({
    classes: ["lock_a", "lock_b"],
    strength: "certain",
    span: "boot",
    edges: [
      { evidence: "report", site: "take_ab" },
      { evidence: "report", site: "take_ba" },
    ],
  });
  expect(cycle?.reported).toEqual(document.sources[0]?.reports);
  expect(document.edges[0]?.stack.length).toBeGreaterThan(3);
});

test("a report and a dump of another boot make one graph", () => {
  const document = documentOf(join(FIXTURES, "circular/abba/dmesg.txt"), join(PROC, "ab"));
  const edge = document.edges.find(({ from, to }) => from === "lock_a" && to === "lock_b");
  expect(edge).toMatchObject({ evidence: "report", sources: [0, 1] });
});

test("--around and --cycles", () => {
  const around = documentOf(join(PROC, "ab"), "--around", "lock_b");
  expect(around.edges.every(({ from, to }) => from === "lock_b" || to === "lock_b")).toBe(true);
  expect(around.edges.map(({ from }) => from)).toContain("lock_a");
  const cycles = documentOf(join(PROC, "ab"), join(PROC, "ba"), "--cycles", "--around", "lock_a");
  expect(cycles.classes.map(({ name }) => name)).toEqual(["lock_a", "lock_b"]);
  expect(run(join(PROC, "ab"), "--around", "no_such")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: 'splat-triage: --around: no class "no_such" in any of the inputs\n',
  });
});

test("--against: what only one of two builds has", () => {
  const result = run(join(PROC, "mmunotifier"), "--against", join(PROC, "clean"), "-f", "json");
  const diff = GraphDiff.parse(JSON.parse(result.stdout));
  expect(diff.edges[0]).toMatchObject({ only: "new", weight: "cycle", from: "lock_a", to: "fs_reclaim" });
  expect(run(join(PROC, "ab"), "--against", join(PROC, "ba"), "-f", "table").stdout).toContain(
    "+ lock_a → lock_b",
  );
  expect(run(join(PROC, "ab"), "--against", join(PROC, "ba"), "-f", "svg")).toMatchObject({
    status: 2,
    stderr: "splat-triage: --against prints a table or json, no picture\n",
  });
});

test.each([
  ["dot", /^digraph locks \{\n/],
  ["mermaid", /^flowchart TD\n/],
  ["svg", /^<\?xml [^]*<svg [^]*<\/svg>\n$/],
  ["table", /^1 boot of 1 build, 3 lock classes/],
])("-f %s of a single report", (format, start) => {
  const result = run(join(FIXTURES, "circular/mmunotifier-6-1/dmesg.txt"), "-f", format);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(result.stdout).toMatch(start);
});

test("a report without an order is an empty graph", () => {
  expect(documentOf(join(FIXTURES, "held-exit/exitlocks/dmesg.txt"))).toMatchObject({
    cycles: [],
    edges: [],
  });
});

test("cut and damaged dumps are read, and say so", () => {
  const path = join(directory, "cut");
  mkdirSync(path);
  const { lockdep = "", lockdep_chains: chains = "" } = bootFiles("mmunotifier");
  writeFileSync(join(path, "lockdep"), lockdep.slice(0, lockdep.length / 2));
  writeFileSync(join(path, "lockdep_chains"), `${chains.slice(0, 50_000)}\nnoise\n${chains.slice(50_000)}`);
  const document = documentOf(path);
  expect(document.sources[0]?.damage.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["truncated", "unparsed"]),
  );
  expect(document.sources[0]?.classes).toBeGreaterThan(200);
});

test("what cannot be read is told in one line, and the rest is printed", () => {
  const result = run(join(PROC, "ab"), join(directory, "missing"));
  expect(result.status).toBe(2);
  expect(result.stderr).toBe(`splat-triage: ${join(directory, "missing")}: no such file\n`);
  expect(GraphDocument.parse(JSON.parse(result.stdout)).sources).toHaveLength(1);
});

test("a dump that is no kernel's gives no stack trace", () => {
  const path = join(directory, "odd");
  mkdirSync(path);
  writeFileSync(join(path, "lockdep"), "all lock classes:\n -> [ffffffff81c44030] nobody\n\0\0\0\xff\xfe\n");
  writeFileSync(
    join(path, "lockdep_chains"),
    "all lock chains:\nirq_context: 77\n[x] y\n\nirq_context: 0\n\n",
  );
  expect(documentOf(path)).toMatchObject({ classes: [], edges: [], cycles: [] });
});

test.each([
  ["graph", []],
  ["graph-diff", ["--against", join(PROC, "clean")]],
  ["graph-order", ["--order"]],
  ["graph-without", ["--without", "lock_a→fs_reclaim"]],
])("the schema that the command prints for %s takes what it writes", (name, options) => {
  const printed = spawnSync(process.execPath, [COMMAND, "schema", name], { encoding: "utf8" }).stdout;
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(printed) as object);
  const document: unknown = JSON.parse(run(join(PROC, "mmunotifier"), ...options).stdout);
  expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
  expect(validate({ schema: "splat-triage/1" })).toBe(false);
});

describe("--without", () => {
  const boots = [join(PROC, "ab"), join(PROC, "ba"), join(PROC, "mmunotifier")];

  test.each(["lock_a→lock_b", "lock_a -> lock_b"])(
    "%s: its cycle is gone, and the others are left",
    (edge) => {
      const { without, gone, left } = withoutOf(...boots, "--without", edge);
      expect(without).toMatchObject([{ from: "lock_a", to: "lock_b", evidence: "dependency" }]);
      expect(gone.map(({ classes }) => classes)).toEqual([["lock_a", "lock_b"]]);
      const whole = documentOf(...boots).cycles;
      const named = whole.filter(
        ({ classes }) => !(classes.includes("lock_a") && classes.includes("lock_b")),
      );
      expect(left.filter(({ wasHidden }) => !wasHidden).map(({ classes }) => classes)).toEqual(
        named.map(({ classes }) => classes),
      );
    },
  );

  test("twice: both edges are taken out", () => {
    const edges = ["--without", "lock_a→lock_b", "--without", "lock_a→fs_reclaim"];
    const { gone } = withoutOf(...boots, ...edges);
    expect(gone.slice(0, 2).map(({ classes }) => classes.join(" "))).toEqual([
      "lock_a lock_b",
      "fs_reclaim mmu_notifier_invalidate_range_start lock_a",
    ]);
  });

  test("the cycle of a report goes with its edge", () => {
    const log = join(FIXTURES, "circular/abba/dmesg.txt");
    expect(withoutOf(log, "--without", "lock_b→lock_a")).toMatchObject({
      gone: [{ classes: ["lock_a", "lock_b"], reported: ["6bb8ce7d879a"] }],
      left: [],
    });
    const { stdout } = run(log, "-f", "table", "--without", "lock_b→lock_a");
    expect(stdout).toBe(
      [
        "without",
        "  lock_b → lock_a in take_ba ← job_thread ← kthread",
        "",
        "1 cycle fewer; no cycle is left that nothing speaks against",
        "",
        "gone: 1",
        "  - lock_a → lock_b: certain, in one boot, reported as 6bb8ce7d879a",
        "",
      ].join("\n"),
    );
  });

  test("an edge that is not there is no answer", () => {
    const result = run(...boots, "--without", "lock_b→nothing");
    expect(result).toMatchObject({ status: 2, stdout: "" });
    expect(result.stderr).toContain('--without: no edge "lock_b→nothing" in any of the inputs');
    expect(run(...boots, "--without", "lock_a→lock_b", "--order").status).toBe(2);
  });
});

describe("explain --graph", () => {
  test("says which order of the cycle's locks keeps most other edges, and is not against the edge to look at", () => {
    // 1326: of the edges of clean and ab those that are waited for, but lock_b → lock_a of the report
    expect(explain("circular/abba", "clean", "ab")).toContain(
      "- take lock_a before lock_b everywhere: that breaks lock_b → lock_a, and keeps the 1,326 other edges of the graph of 3 boots (no order breaks fewer)",
    );
    const { kept } = lockOrder(documentOf(join(PROC, "clean"), join(PROC, "ab")), ["lock_a", "lock_b"]);
    expect(kept).toBe(1326);
  });

  test("says nothing of what is no lock, and nothing without a graph", () => {
    expect(explain("circular/fsreclaim", "clean")).not.toContain("everywhere: that breaks");
    expect(explain("circular/abba")).not.toContain("everywhere: that breaks");
  });
});

test("boots made by a seed are the same each time, and hold the cycles of the real ones, and no other", () => {
  const script = fileURLToPath(new URL("../bench/boots.mjs", import.meta.url));
  const [once, again] = ["once", "again"].map((name) => {
    const path = join(directory, name);
    expect(spawnSync(process.execPath, [script, path, "12", "3"])).toMatchObject({ status: 0 });
    return path;
  });
  const document = documentOf(once ?? "");
  expect(document.sources.filter(({ keys }) => keys === "hidden").map(({ name }) => name)).toEqual([
    "boot0009",
  ]);
  expect(strengths(document).filter((line) => !line.startsWith("possible"))).toEqual([
    "certain: lock_a → lock_b",
    "likely: fs_reclaim → mmu_notifier_invalidate_range_start → lock_a",
  ]);
  expect(documentOf(again ?? "").edges).toEqual(document.edges);
});

test("shared/corpus/proc: the cycles that nobody reported", ({ skip }) => {
  const corpus = join(FIXTURES, "../../shared/corpus/proc");
  if (!existsSync(corpus)) skip();
  expect(strengths(documentOf(join(corpus, "ab"), join(corpus, "ba")))[0]).toBe("certain: lock_a → lock_b");
  expect(strengths(documentOf(join(corpus, "mmunotifier")))[0]).toBe(
    "likely: fs_reclaim → mmu_notifier_invalidate_range_start → lock_a",
  );
  for (const boot of ["ab", "clean"])
    expect(strengths(documentOf(join(corpus, boot))).filter((line) => !line.startsWith("possible"))).toEqual(
      [],
    );
});
