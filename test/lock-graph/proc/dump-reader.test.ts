import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Dump, DumpReader, dumpFileOf, HARDIRQ, SOFTIRQ } from "../../../src/lock-graph/proc/index.ts";
import type { Chain } from "../../../src/lock-graph/proc/chains.ts";
import { FIXTURES } from "../../support/fixtures.ts";

const AB = join(FIXTURES, "proc/ab");

function fixture(path: string): string {
  const bytes = readFileSync(join(FIXTURES, "proc", path));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

async function read(texts: readonly string[], chunkSize = 65_536): Promise<Dump> {
  const reader = new DumpReader();
  for (const text of texts) {
    const file = dumpFileOf(text.split(/\r?\n/));
    if (file === null) throw new Error(`no dump: ${text.slice(0, 40)}`);
    const bytes = Buffer.from(text);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
    await reader.read(file, chunks);
  }
  return reader.end();
}

const codes = ({ damage }: Dump): string[] => damage.map(({ code, what }) => `${code}: ${what}`);

function listed(chains: Dump["chains"]): Chain[] {
  return [...(chains ?? [])];
}

describe("a boot of 6.12", () => {
  const files = ["ab/lockdep.gz", "ab/lockdep_chains.gz", "ab/lockdep_stats"].map(fixture);

  test("has as many classes, dependencies and chains as lines that show one", async () => {
    const dump = await read(files);
    const lines = files.map((text) => text.split("\n"));
    expect(dump.classes?.length).toBe(lines[0]?.filter((line) => / OPS: +\d/.test(line)).length);
    expect(dump.classes?.reduce((sum, { after }) => sum + after.length, 0)).toBe(
      lines[0]?.filter((line) => line.startsWith(" -> ")).length,
    );
    expect(dump.chains?.length).toBe(lines[1]?.filter((line) => line.startsWith("irq_context: ")).length);
    expect(listed(dump.chains).reduce((sum, { classes }) => sum + classes.length, 0)).toBe(
      lines[1]?.filter((line) => line.startsWith("[")).length,
    );
    expect(dump.stats?.get("lock-classes")).toBe(463);
    expect(dump.stats?.get("debug_locks")).toBe(1);
    expect(dump.stats?.get("dependency chain hlocks used")).toBe(6641);
    expect(dump.damage).toEqual([]);
  });

  test("keeps a class as printed", async () => {
    const { classes } = await read(files);
    expect(classes?.find(({ name }) => name === "lock_a")).toEqual({
      key: "ffffffff81d2b588",
      name: "lock_a",
      ops: 1,
      forward: 2,
      backward: 2,
      usage: "+.+.",
      after: [{ key: "ffffffff81d2b4e8", name: "lock_b" }],
    });
  });

  test("tells the interrupt contexts of chains apart", async () => {
    const { chains } = await read(files);
    const count = (context: number): number =>
      listed(chains).filter((chain) => chain.context === context).length;
    const lines = fixture("ab/lockdep_chains.gz");
    expect([count(0), count(HARDIRQ), count(SOFTIRQ)]).toEqual(
      ["0", "hardirq", "softirq"].map((word) => lines.split(`irq_context: ${word}\n`).length - 1),
    );
  });

  test.each([1, 7, 100, 4096])("is the same in chunks of %i bytes", async (size) => {
    expect(await read(files, size)).toEqual(await read(files));
  });

  test("is the same with CR before each newline, and in one file", async () => {
    expect(await read(files.map((text) => text.replaceAll("\n", "\r\n")))).toEqual(await read(files));
    expect(await read([files.join("")])).toEqual(await read(files));
  });
});

describe("layouts", () => {
  const rest = { ops: null, forward: null, backward: null, usage: null, after: [] };

  test("2.6.24: the key behind an arrow is another address than the class's own", async () => {
    const { classes, damage } = await read([
      "all lock classes:\nc03c1a40 FD:    2 BD:    1 --..: cpu_add_remove_lock\n -> [c05d2f30] callback_mutex\n\n" +
        "c03b9f00 FD:    1 BD:    2 --..: callback_mutex\n\n",
    ]);
    expect(damage).toEqual([]);
    expect(classes?.[0]).toEqual({
      ...rest,
      key: "c03c1a40",
      name: "cpu_add_remove_lock",
      forward: 2,
      backward: 1,
      usage: "--..",
      after: [{ key: "c05d2f30", name: "callback_mutex" }],
    });
  });

  test("2.6.30 to 4.13: six usage characters", async () => {
    const { classes } = await read([
      "all lock classes:\nffffffff81a1c8e0 OPS:       4 FD:    1 BD:    1 +.+.?.: fs_lock\n\n",
    ]);
    expect(classes?.[0]).toMatchObject({ usage: "+.+.?.", ops: 4, name: "fs_lock" });
  });

  test("without CONFIG_PROVE_LOCKING: neither usage nor empty lines, since 5.14", async () => {
    const { classes, damage } = await read([
      "all lock classes:\nffffffff85163290: cgroup_mutex\nffffffff85154dd8: (console_sem).lock\n",
    ]);
    expect(classes).toEqual([
      { ...rest, key: "ffffffff85163290", name: "cgroup_mutex" },
      { ...rest, key: "ffffffff85154dd8", name: "(console_sem).lock" },
    ]);
    expect(damage).toEqual([]);
  });

  test("before 5.14 without CONFIG_PROVE_LOCKING: usage that says nothing", async () => {
    const { classes } = await read(["all lock classes:\nffffffff9af63350 ....: cgroup_mutex\n\n"]);
    expect(classes).toEqual([{ ...rest, key: "ffffffff9af63350", name: "cgroup_mutex", usage: "...." }]);
  });

  test("since 5.7: chains with their context in words", async () => {
    const words = ["0", "softirq", "hardirq", "hardirq|softirq"];
    const { chains } = await read([
      `all lock chains:\n${words.map((word) => `irq_context: ${word}\n[c03c1a40] a\n\n`).join("")}`,
    ]);
    expect(listed(chains).map(({ context }) => context)).toEqual([0, SOFTIRQ, HARDIRQ, HARDIRQ | SOFTIRQ]);
  });

  test("up to 5.6: chains with the number of their context", async () => {
    const { chains, chainClasses } = await read([
      "all lock chains:\nirq_context: 0\n[c03c1a40] a\n[c03b9f00] b\n\nirq_context: 1\n[c03b9f00] b\n\n" +
        "irq_context: 2\n[c03b9f00] b\n\nirq_context: 3\n[c03b9f00] b\n\n",
    ]);
    expect(listed(chains)).toEqual([
      { context: 0, classes: [0, 1] },
      { context: SOFTIRQ, classes: [1] },
      { context: HARDIRQ, classes: [1] },
      { context: HARDIRQ | SOFTIRQ, classes: [1] },
    ]);
    expect(chainClasses).toEqual([
      { key: "c03c1a40", name: "a" },
      { key: "c03b9f00", name: "b" },
    ]);
  });

  test("chains whose room ran out", async () => {
    const { chains } = await read(["(buggered) all lock chains:\nirq_context: 0\n[c03c1a40] a\n\n"]);
    expect(chains?.length).toBe(1);
  });

  test("2.6.24: statistics with other names", async () => {
    const { stats, damage } = await read([
      " lock-classes:                          311 [max: 2048]\n max recursion depth:                    10\n" +
        " find-mask backwards recursions:        77\n debug_locks:                             1\n",
    ]);
    expect([...(stats ?? [])]).toEqual([
      ["lock-classes", 311],
      ["max recursion depth", 10],
      ["find-mask backwards recursions", 77],
      ["debug_locks", 1],
    ]);
    expect(damage).toEqual([]);
  });

  test.each(["(____ptrval____)", "(ptrval)", "(____ptrval____)"])("keys hidden behind %s", async (word) => {
    const { classes } = await read([
      `all lock classes:\n${word} FD:    1 BD:    1 +.+.: a\n -> [${word}] b: c\n\n`,
    ]);
    expect(classes?.[0]).toMatchObject({ key: null, name: "a", after: [{ key: null, name: "b: c" }] });
  });

  test("names may be any text", async () => {
    const names = [
      " -> [c03c1a40] x",
      "a: b",
      "[x] (&y)->z",
      "FD:    1 BD:    1 +.+.: z",
      '"><script>',
      "\x1b[2J",
      "\u2028x",
    ];
    const { classes, damage } = await read([
      `all lock classes:\n${names.map((name) => `c03c1a40 FD:    1 BD:    1 +.+.: ${name}\n\n`).join("")}`,
    ]);
    expect(classes?.map(({ name }) => name)).toEqual(names);
    expect(damage).toEqual([]);
  });
});

describe("damage", () => {
  const classes = fixture("ab/lockdep.gz");
  const chains = fixture("ab/lockdep_chains.gz");
  const stats = fixture("ab/lockdep_stats");

  test("cut within a line, after a line, and after a whole class", async () => {
    const end = classes.indexOf("\n\n", 20_000);
    expect(codes(await read([classes.slice(0, end - 3)]))).toEqual(["truncated: the end of lockdep"]);
    expect(codes(await read([classes.slice(0, end + 1)]))).toEqual(["truncated: the end of lockdep"]);
    expect(codes(await read([classes.slice(0, end + 2)]))).toEqual([]);
    const dump = await read([classes.slice(0, end + 2), stats]);
    expect(codes(dump)).toEqual([`missing: ${463 - (dump.classes?.length ?? 0)} of 463 classes in lockdep`]);
  });

  test("a chain that is cut is left out: its last lock is not known", async () => {
    const cut = "irq_context: 0\n[ffffffff81c44030] cpu_hotplug_lock\n";
    const at = chains.indexOf(cut, 100) + cut.length;
    const dump = await read([chains.slice(0, at)]);
    expect(codes(dump)).toEqual(["truncated: the end of lockdep_chains"]);
    expect(dump.chains?.length).toBe(chains.slice(0, at).split("irq_context").length - 2);
  });

  test("a head that is lost: the rest is known by its lines", async () => {
    const dump = await read([classes.slice(classes.indexOf("\nffff", 5000) + 1)]);
    expect(dump.classes?.length).toBeGreaterThan(300);
    const rest = await read([chains.slice(chains.indexOf("irq_context", 5000))]);
    expect(rest.chains?.length).toBeGreaterThan(1000);
  });

  test("foreign lines are counted, and a chain with one in it is left out", async () => {
    const noise = "[   12.345678][   T43] usb 1-1: new device\n";
    const dump = await read([
      `all lock chains:\nirq_context: 0\n[c03c1a40] a\n${noise}[c03b9f00] b\n\nirq_context: 0\n[c03b9f00] b\n\n`,
    ]);
    expect(listed(dump.chains).map(({ classes: held }) => held.length)).toEqual([1]);
    expect(codes(dump)).toEqual(["unparsed: a line of lockdep_chains", "unparsed: a line of lockdep_chains"]);
    const many = await read([`all lock classes:\n${noise.repeat(20)}`]);
    expect(codes(many).at(-1)).toBe("unparsed: 12 more lines of lockdep");
  });

  test("a line without end does not fill the memory", async () => {
    const dump = await read([
      `all lock classes:\nc03c1a40 FD:    1 BD:    1 +.+.: ${"x".repeat(5_000_000)}\n\n`,
    ]);
    expect(dump.classes?.[0]?.name.length).toBeLessThan(20_000);
  });

  test("a chain deeper than any kernel's is left out", async () => {
    const deep = `irq_context: 0\n${"[c03c1a40] a\n".repeat(100_000)}\n`;
    const dump = await read([`all lock chains:\n${deep}irq_context: 0\n[c03b9f00] b\n\n`]);
    expect(listed(dump.chains).map(({ classes: held }) => held.length)).toEqual([1]);
    expect(codes(dump)).toContain("unparsed: a line of lockdep_chains");
  });

  test("cut anywhere, it never throws, and never gives more than is there", async () => {
    const whole = await read([chains]);
    for (let end = 200; end < 30_000; end += 997) {
      const cut = await read([chains.slice(0, end)]);
      expect(listed(cut.chains)).toEqual(listed(whole.chains).slice(0, cut.chains?.length));
    }
  });
});

test("a log is no dump", () => {
  expect(dumpFileOf(readFileSync(join(AB, "dmesg"), "utf8").split("\n"))).toBe(null);
  for (const line of ["", "all lock classes", "deadbeef: fault", "lock-classes: 3", "irq_context:"])
    expect(dumpFileOf([line])).toBe(null);
});

test("every file of shared/corpus/proc is read without damage", async ({ skip }) => {
  const corpus = join(FIXTURES, "../../shared/corpus/proc");
  if (!existsSync(corpus)) skip();
  for (const boot of readdirSync(corpus)) {
    const files = readdirSync(join(corpus, boot)).filter((name) => name.startsWith("lockdep"));
    const dump = await read(files.map((name) => readFileSync(join(corpus, boot, name), "utf8")));
    expect({ boot, damage: dump.damage }).toEqual({ boot, damage: [] });
  }
});
