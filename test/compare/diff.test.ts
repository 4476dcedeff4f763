import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/compare/config.ts";
import { diff, type Side } from "../../src/compare/diff.ts";
import { type Change, Diff } from "../../src/compare/diff-schema.ts";
import { renderDiffMarkdown } from "../../src/render/diff/markdown.ts";
import { renderDiffTable } from "../../src/render/diff/table.ts";
import { triage } from "../../src/triage/triage.ts";
import { logLines } from "../support/fixtures.ts";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");

const CLEAN = logLines("clean/kernfs");
const ABBA = logLines("circular/abba");
const FS_RECLAIM = logLines("circular/fsreclaim");
const SHRINKER = logLines("circular/shrinker");
const RCU = logLines("rcu/rcu");
const NO_LOCKDEP = CLEAN.filter((line) => !line.includes("Lock dependency"));

/** Logs, each of one boot or more. */
async function sideOf(logs: readonly (readonly string[])[], config: string | null = null): Promise<Side> {
  const inputs = logs.map((lines, i) => ({
    name: `${i}.log`,
    chunks: [Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1")],
  }));
  return { document: await triage(inputs), config: config === null ? null : readConfig(config), graph: null };
}

async function diffOf(
  old: readonly (readonly string[])[],
  fresh: readonly (readonly string[])[],
): Promise<Diff> {
  const result = diff(await sideOf(old), await sideOf(fresh));
  // what is written fits the schema, and the names of the contract are there
  expect(Diff.parse(result)).toEqual(result);
  return result;
}

async function onlyChange(
  old: readonly (readonly string[])[],
  fresh: readonly (readonly string[])[],
): Promise<Change> {
  const { changes } = await diffOf(old, fresh);
  const [change, ...more] = changes;
  if (change === undefined || more.length > 0) throw new Error(`${changes.length} changes`);
  return change;
}

const titleOf = ({ title }: Change): string => title;

describe("a report is", () => {
  test("new where the old side could have shown it", async () => {
    const change = await onlyChange([CLEAN, CLEAN], [ABBA, CLEAN]);
    expect(change).toMatchObject({
      title: "possible deadlock in take_ba",
      kind: "circular",
      status: "new",
      old: { hits: 0, observed: 2 },
      new: { hits: 1, observed: 2 },
      newEdges: [
        { from: "lock_a", to: "lock_b" },
        { from: "lock_b", to: "lock_a" },
      ],
      goneEdges: [],
      firstSeen: { old: null, new: { source: "0.log" } },
    });
  });

  test("gone where the new side could have shown it", async () => {
    const change = await onlyChange([ABBA], [CLEAN]);
    expect(change).toMatchObject({
      status: "gone",
      old: { hits: 1, observed: 1 },
      new: { hits: 0, observed: 1 },
      newEdges: [],
      goneEdges: [
        { from: "lock_a", to: "lock_b" },
        { from: "lock_b", to: "lock_a" },
      ],
    });
  });

  test("in both, whatever closed the cycle or took the locks, and says so", async () => {
    const change = await onlyChange([FS_RECLAIM], [SHRINKER]);
    expect(change).toMatchObject({ status: "both", old: { hits: 1 }, new: { hits: 1 }, newEdges: [] });
    // kmalloc() under lock_a in the one, the shrinker's callback in the other
    expect(change.changed.map(({ from, to }) => `${from} ${to}`)).toContain("fs_reclaim lock_a");
    for (const { old, new: fresh } of change.changed) expect(old).not.toEqual(fresh);
  });

  test("in both without a word where nothing changed", async () => {
    expect(await onlyChange([ABBA], [ABBA, ABBA])).toMatchObject({
      changed: [],
      closedBy: null,
      newEdges: [],
      goneEdges: [],
    });
  });

  test("masked where another had turned lockdep off in every boot, and names that", async () => {
    const { changes } = await diffOf([FS_RECLAIM, FS_RECLAIM], [ABBA]);
    expect(changes.map((change) => [titleOf(change), change.status])).toEqual([
      ["possible deadlock in s_fsreclaim", "masked"],
      ["possible deadlock in take_ba", "masked"],
    ]);
    expect(changes[1]).toMatchObject({
      old: { hits: 0, observed: 0 },
      new: { hits: 1, observed: 1 },
      probability: 0.5,
      unobserved: {
        old: [
          {
            reason: "lockdep-off",
            boots: 2,
            maskedBy: { title: "possible deadlock in s_fsreclaim" },
          },
        ],
        new: [],
      },
    });
  });

  test("masked where lockdep never was on", async () => {
    expect(await onlyChange([NO_LOCKDEP], [ABBA])).toMatchObject({
      status: "masked",
      unobserved: { old: [{ reason: "lockdep-not-on", boots: 1, maskedBy: null }] },
    });
  });

  test("masked where the logs end too early", async () => {
    const init = CLEAN.findIndex((line) => line.includes("as init process"));
    for (const [lines, reason] of [
      [CLEAN.slice(0, init), "no-userspace"],
      [CLEAN.slice(0, init + 1), "ends-early"],
      [["no kernel at all"], "no-kernel"],
    ] as const)
      expect(await onlyChange([lines], [ABBA])).toMatchObject({
        status: "masked",
        unobserved: { old: [{ reason }] },
      });
  });

  test("masked where kernels of that release cannot report it", async () => {
    // since v6.4 an SRCU reader stands between the notifier's class and the locks of its callbacks
    const change = await onlyChange([logLines("circular/mmunotifier-6-1")], [CLEAN]);
    expect(change).toMatchObject({
      status: "masked",
      new: { hits: 0, observed: 0 },
      unobserved: { new: [{ reason: "blind-spot", blindSpot: { id: "reader-between", since: "v6.4" } }] },
    });
    const text = renderDiffTable(await diffOf([logLines("circular/mmunotifier-6-1")], [CLEAN]), {
      width: 100,
      color: false,
    });
    expect(text).toContain("kernels of this release cannot report it. Since v6.4");
  });

  test("not masked by a report that leaves lockdep on", async () => {
    const { changes } = await diffOf([RCU], [ABBA]);
    const abba = changes.find(({ title }) => title.includes("take_ba"));
    expect(abba).toMatchObject({ status: "new", old: { hits: 0, observed: 1 } });
  });

  test("not masked by anything where it needs no lockdep", async () => {
    const sleeping = logLines("sleeping/sleep-irqs-off");
    const { changes } = await diffOf([ABBA], [sleeping]);
    const change = changes.find(({ kind }) => kind === "sleeping");
    expect(change).toMatchObject({ status: "new", old: { hits: 0, observed: 1 } });
  });
});

describe("boots", () => {
  test("are those of a log, too", async () => {
    const change = await onlyChange([[...CLEAN, ...CLEAN, ...CLEAN]], [[...ABBA, ...CLEAN]]);
    expect(change).toMatchObject({ old: { hits: 0, observed: 3 }, new: { hits: 1, observed: 2 } });
  });

  test("count once however often they show it", async () => {
    const report = RCU.slice(
      RCU.findIndex((line) => line.includes("======")),
      -3,
    );
    const later = [...report, ...RCU.slice(-3)].map((line) => line.replace(/^\[ *\d+\./, "[   99."));
    const twice = [...RCU.slice(0, -3), ...later];
    expect((await sideOf([twice])).document.reports.length).toBe(2);
    expect((await onlyChange([CLEAN], [twice])).new).toEqual({ hits: 1, observed: 1 });
  });

  test("0 of 3 against 2 of 2: 0.97", async () => {
    const change = await onlyChange([CLEAN, CLEAN, CLEAN], [ABBA, ABBA]);
    // of Beta(1, 4) and Beta(3, 1): 1 - 3 · B(3, 5) = 1 - 3 · 2! · 4! / 7!
    expect(change.probability).toBeCloseTo(1 - (3 * 2 * 24) / 5040, 12);
    // with one boot each it is modest
    expect((await onlyChange([CLEAN], [ABBA])).probability).toBeCloseTo(5 / 6, 12);
  });

  test("are counted and named on both sides", async () => {
    const { old, new: fresh } = await diffOf([FS_RECLAIM, CLEAN, NO_LOCKDEP], [["no kernel"]]);
    expect(old).toMatchObject({ boots: 3, lockdepOffBoots: 1, lockdepUnknownBoots: 1 });
    expect(old.kernels.map(({ release }) => release)).toContain("6.12.117");
    expect(fresh).toMatchObject({ boots: 0, kernels: [] });
  });
});

async function caveats(
  old: readonly (readonly string[])[],
  fresh: readonly (readonly string[])[],
  configs: readonly [string, string] | null = null,
): Promise<unknown> {
  const result = diff(await sideOf(old, configs?.[0]), await sideOf(fresh, configs?.[1]));
  expect(result.comparable).toBe(result.caveats.length === 0);
  return result.caveats;
}

describe("builds that cannot be compared are called so", () => {
  const CONFIG =
    "CONFIG_PROVE_LOCKING=y\nCONFIG_LOCKDEP_BITS=15\n# CONFIG_PREEMPT is not set\nCONFIG_EXT4_FS=y\n";

  test("not without a reason", async () => {
    expect(await caveats([CLEAN], [ABBA], [CONFIG, CONFIG.replace("EXT4_FS=y", "EXT4_FS=m")])).toEqual([]);
  });

  test("by their configuration, as far as it decides what is reported", async () => {
    const other = CONFIG.replace("BITS=15", "BITS=16").replace(
      "# CONFIG_PREEMPT is not set",
      "CONFIG_PREEMPT=y",
    );
    expect(await caveats([CLEAN], [CLEAN], [CONFIG, other])).toEqual([
      { code: "config", option: "CONFIG_LOCKDEP_BITS", old: "15", new: "16" },
      { code: "config", option: "CONFIG_PREEMPT", old: null, new: "y" },
    ]);
  });

  test("by what their boots say", async () => {
    const other = CLEAN.map((line) =>
      line.replace(/#4 SMP /, "#4 SMP PREEMPT_RT ").replace(/(MAX_LOCKDEP_ENTRIES:\s+)32768/, "$165536"),
    );
    expect(await caveats([CLEAN], [other])).toEqual([
      {
        code: "traits",
        old: ["MAX_LOCKDEP_ENTRIES=32768"],
        new: ["MAX_LOCKDEP_ENTRIES=65536", "PREEMPT_RT"],
      },
    ]);
  });

  test("by how far their logs go", async () => {
    const init = CLEAN.findIndex((line) => line.includes("as init process"));
    expect(await caveats([CLEAN], [CLEAN.slice(0, init - 20)])).toEqual([
      { code: "coverage", what: "userspace", old: 1, new: 0 },
      { code: "coverage", what: "end", old: 1, new: 0 },
    ]);
    const late = CLEAN.map((line) => line.replace(/^\[ {4}5\./, "[   50."));
    expect(await caveats([CLEAN], [late])).toMatchObject([{ code: "duration", old: 5.21136 }]);
  });

  test("by boots without lockdep, or none", async () => {
    expect(await caveats([NO_LOCKDEP], [CLEAN])).toContainEqual({ code: "lockdep-never-on", side: "old" });
    expect(await caveats([CLEAN], [["x"]])).toContainEqual({ code: "no-boots", side: "new" });
  });

  test("by several kernels on one side", async () => {
    expect(await caveats([CLEAN, logLines("circular/fsreclaim-6-1")], [CLEAN])).toContainEqual({
      code: "mixed-kernels",
      side: "old",
      kernels: [expect.stringMatching(/^6\.1\./) as string, "6.12.117 #4"],
    });
  });

  test("a text that is no configuration is none", () => {
    expect(readConfig("hello\nworld")).toBeNull();
    expect(readConfig("# CONFIG_X is not set\n")?.get("LOCKDEP")).toBeNull();
    expect(readConfig("CONFIG_LOCKDEP=y\r\n")?.get("LOCKDEP")).toBe("y");
  });
});

/** The four boots of one build. */
function build(name: string): string[][] {
  return [1, 2, 3, 4].map((i) =>
    readFileSync(join(CORPUS, "builds", name, `boot-${i}.log`), "latin1")
      .split("\n")
      .slice(0, -1),
  );
}

describe.skipIf(!existsSync(CORPUS))("the two builds of ../shared/corpus", () => {
  test("the notifier's recursion is new with its edge, the kmalloc one is in both", async () => {
    const { changes, comparable } = await diffOf(build("reverted"), build("patched"));
    expect(comparable).toBe(true);
    const recursion = changes.find(({ cycle }) => cycle.length === 3);
    expect(recursion).toMatchObject({
      cycle: ["fs_reclaim", "mmu_notifier_invalidate_range_start", "lock_a"],
      status: "new",
      // boot 2 was turned off by the other report on both sides, boot 4 by a third one on the new side
      old: { hits: 0, observed: 3 },
      new: { hits: 1, observed: 2 },
    });
    expect(recursion?.newEdges).toContainEqual({
      from: "fs_reclaim",
      to: "mmu_notifier_invalidate_range_start",
    });
    expect(changes.find(({ title }) => title.includes("s_fsreclaim"))).toMatchObject({
      status: "both",
      old: { hits: 1, observed: 4 },
      new: { hits: 1, observed: 2 },
    });
    for (const { probability } of changes) expect(probability).toBeLessThan(0.9);
  });
});

describe("in text", () => {
  const paper = { width: 100, color: false };

  test("the table says what became of each report, over how many boots, and what hid it", async () => {
    const text = renderDiffTable(await diffOf([FS_RECLAIM, CLEAN], [ABBA, CLEAN]), paper);
    expect(text).toContain("1 new, 1 gone");
    expect(text).toMatch(/^possible deadlock in take_ba +new {2}circular {2}\w{12}$/m);
    expect(text).toContain("boots     old 0 of 1, new 1 of 2 that could show it");
    expect(text).toContain("new edges lock_a → lock_b");
    expect(text).toMatch(
      /unseen in old: 1 boot, lockdep was off after possible deadlock in s_fsreclaim \(\w{12}\)/,
    );
    expect(text).toContain("can well be chance");
  });

  test("what is the same on both sides is told in short, and where there is much of it, listed", async () => {
    const few = renderDiffTable(await diffOf([ABBA], [ABBA]), paper);
    expect(few).toContain("boots     old 1 of 1, new 1 of 1 that could show it");
    expect(few).not.toContain("differs");
    const rest = ["inconsistent/hardirq", "recursive/aa", "unlock-balance/badunlock"].map(logLines);
    // one boot: without times, and without the line that begins another
    const many = [ABBA, ...rest].map((lines) =>
      lines
        .filter((line) => !line.includes("Linux version"))
        .map((line) => line.replace(/^\[.{12}\]\[.{6}\] /, "")),
    );
    const text = renderDiffTable(await diffOf([many.flat()], [many.flat()]), paper);
    expect(text).toMatch(/4 in both\n\n(?:\S.* in both {2}\S+ {2}\w{12}\n){4}$/);
  });

  test("nothing on either side", async () => {
    expect(renderDiffTable(await diffOf([CLEAN], [CLEAN]), paper)).toContain("No report on either side.");
  });

  test("every caveat has its words", async () => {
    const result = diff(
      await sideOf([NO_LOCKDEP], "CONFIG_LOCKDEP=y"),
      await sideOf([["x"]], "CONFIG_SMP=y"),
    );
    const text = renderDiffTable(result, paper);
    expect(text).toContain("The two cannot simply be compared:");
    expect(text).toContain("there is no kernel boot on the new side");
    expect(text).toContain("nothing shows that lockdep was ever on on the old side");
    expect(text).toContain("CONFIG_LOCKDEP was y, is not set");
    expect(renderDiffMarkdown(result)).toContain(
      "- another configuration: `CONFIG_LOCKDEP` was `y`, is `not set`",
    );
  });

  test("nothing of a log reaches a terminal or Markdown raw", async () => {
    const evil = ABBA.map((line) =>
      line.replaceAll("lock_b", "<b>\u001b[2J|`x`").replaceAll("take_ba", "a|b"),
    );
    const result = await diffOf([CLEAN], [evil]);
    expect(renderDiffTable(result, paper)).not.toContain("\u001b");
    const markdown = renderDiffMarkdown(result);
    expect(markdown).not.toContain("\u001b");
    for (const line of markdown.split("\n").filter((each) => each.startsWith("| ")))
      expect(line.split("|").length).toBe(4);
  });
});
