import { createReadStream, existsSync, readdirSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze/index.ts";
import { renderExplanation, renderExplanationMarkdown } from "../../src/render/explain/index.ts";
import { KINDS } from "../../src/report/names.ts";
import type { Document, Edge, Report } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";
import { frameOf, reportOf } from "../support/reports.ts";

/** What hides a deadlock from lockdep and leaves it where it is. */
const SILENCES = /NOLOCKDEP|lockdep_off|novalidate|notrack/;

const TERMINAL = { width: 80, color: false };

async function documentOf(fixture: string, ...asked: string[]): Promise<Document> {
  const name = new URL(`../../fixtures/${fixture}/dmesg.txt`, import.meta.url);
  const document = await triage([
    { name: "dmesg.txt", chunks: createReadStream(name) as AsyncIterable<Uint8Array> },
  ]);
  for (const report of document.reports) Object.assign(report, analyze(report, asked));
  return document;
}

async function explained(fixture: string, ...asked: string[]): Promise<string> {
  return renderExplanation(await documentOf(fixture, ...asked), TERMINAL);
}

function documentWith(...reports: Report[]): Document {
  for (const report of reports) Object.assign(report, analyze(report));
  return {
    schema: "splat-triage/1",
    summary: { reports: reports.length, unique: reports.length, damaged: 0, byKind: {} },
    sources: [],
    reports,
  };
}

/** The lines under a title, up to the next blank line before a title. */
function section(text: string, title: string): string {
  const [, rest = ""] = text.split(`\n${title}\n`);
  return rest.split(/\n\n+(?=[A-Z])/)[0] ?? "";
}

/** A text on one line, as if the terminal had no edge. */
function unwrapped(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

describe("memory reclaim and MMU notifiers", () => {
  test("says who allocated under which lock, and which names are no locks", async () => {
    const text = await explained("circular/mmunotifier-6-1");
    const happened = unwrapped(section(text, "What happened"));
    expect(happened).toContain("init/37 ran kmalloc_under_a (called by s_mmunotifier)");
    expect(happened).toContain("lock_a (taken in kmalloc_under_a)");
    expect(happened).toContain(
      "it allocated memory (__kmalloc), and thereby entered fs_reclaim, which is not a lock but a context",
    );
    const names = section(text, "What the names mean");
    expect(names).toContain("fs_reclaim (not a lock, but a context)");
    expect(names).toContain("mmu_notifier_invalidate_range_start (not a lock, but a context)");
  });

  test("draws one task that gets back to its own lock", async () => {
    const text = await explained("circular/mmunotifier-6-1");
    const drawing = section(text, "How this can deadlock");
    expect(drawing.split("\n").slice(3)).toEqual([
      "  init/37                                 the same task, when memory is short",
      "  --------------------------------------  --------------------------------------",
      "  holds lock_a",
      "    in kmalloc_under_a",
      "  allocates memory, which may start",
      "      reclaim:",
      "    fs_reclaim",
      "    in kmalloc_under_a ← s_mmunotifier",
      "    (now)",
      "                                          unmaps pages and calls MMU notifiers:",
      "                                            mmu_notifier_invalidate_range_start",
      "                                            in alloc_worker ← init_rescuer",
      "                                            (recorded at boot)",
      "                                          wants lock_a",
      "                                            in mn_start",
      "                                            (recorded earlier)",
      "                                          and waits for itself: it holds lock_a",
    ]);
  });

  test("says why GFP_NOIO did not help", async () => {
    const text = await explained("circular/mmunotifier-noio-6-1");
    const rules = unwrapped(section(text, "Findings"));
    expect(rules).toContain("The allocation was made without __GFP_FS.");
    expect(rules).toMatch(/GFP_NOIO, .* do not help: .* pages are unmapped all the same/);
    expect(section(text, "How to fix it")).toContain("allocate before lock_a is taken");
  });

  test("draws reclaim as a column of its own, with the shrinker in it", async () => {
    const text = await explained("circular/shrinker");
    const drawing = section(text, "How this can deadlock");
    expect(drawing).toContain("the same task, when memory is short");
    expect(drawing).toMatch(/^ {2}allocates memory, which may start$/m);
    expect(drawing).toMatch(/^ {42}wants lock_a\n {44}in sh_scan ← shrink_slab$/m);
  });

  test("answers what was suspected", async () => {
    const added = unwrapped(section(await explained("circular/mmunotifier-6-1", "f920e413ff9c"), "Suspects"));
    expect(added).toContain("f920e413ff9c takes part in the cycle");
    expect(added).toContain("without the commit lockdep would not have seen this cycle");
    const reclaim = unwrapped(section(await explained("circular/fsreclaim", "f920e413ff9c"), "Suspects"));
    expect(reclaim).toContain("f920e413ff9c does not take part");
    expect(reclaim).toContain("reverting it should not make this report go away");
    const scoped = unwrapped(section(await explained("circular/xfs-ilock-next", "cbf7c9d86d75"), "Suspects"));
    expect(scoped).toContain('"mm: track mmu notifiers in fs_reclaim_acquire/release", in linux-next');
    expect(scoped).toContain("This one runs within an XFS transaction (xfs_trans_ijoin)");
    expect(scoped).toContain("suspect the commit, not the locks");
  });
});

describe("advice", () => {
  test("keeps what silences lockdep apart from what mends", async () => {
    const text = await explained("circular/xfs-ilock-next");
    expect(section(text, "How to silence lockdep, if this is a false positive")).toContain("__GFP_NOLOCKDEP");
    expect(section(text, "How to fix it")).not.toContain("__GFP_NOLOCKDEP");
  });

  test("silences nothing that is certain", async () => {
    for (const certain of ["circular/shrinker", "circular/mmap-lock"])
      expect(await explained(certain)).not.toContain("silence lockdep");
    const fixes = section(await explained("circular/mmunotifier-6-1"), "How to fix it");
    expect(fixes).toContain("GFP_ATOMIC");
    expect(fixes).not.toMatch(SILENCES);
  });

  test.each(readdirSync(new URL("../../fixtures", import.meta.url)).filter((kind) => kind !== "proc"))(
    "never calls it a fix to silence lockdep: %s",
    async (kind) => {
      const root = new URL(`../../fixtures/${kind}/`, import.meta.url);
      for (const name of readdirSync(root).filter((entry) => existsSync(new URL(`${entry}/dmesg.txt`, root))))
        expect(section(await explained(`${kind}/${name}`), "How to fix it")).not.toMatch(SILENCES);
    },
  );
});

describe("cycles of locks", () => {
  test("draws two CPUs that wait for each other", async () => {
    const text = await explained("circular/abba");
    expect(section(text, "How this can deadlock").split("\n").slice(3)).toEqual([
      "  CPU 0: splat ba:1/42 (now)              CPU 1 (recorded earlier)",
      "  --------------------------------------  --------------------------------------",
      "  holds lock_b",
      "    in take_ba",
      "                                          holds lock_a",
      "  wants lock_a",
      "    in take_ba ← job_thread",
      "    waits for CPU 1",
      "                                          wants lock_b",
      "                                            in take_ab ← job_thread",
      "                                            waits for CPU 0",
    ]);
  });

  test("puts what was seen earlier of a longer cycle into one column", async () => {
    const drawing = section(await explained("circular/abbcca"), "How this can deadlock");
    expect(drawing).toContain("CPU 1 and 2 (recorded earlier)");
    expect(drawing).toMatch(/CPU 1 wants lock_b\n {44}in take_ab ← s_abbcca\n {44}waits for CPU 2/);
    expect(drawing).toMatch(/CPU 2 wants lock_c\n {44}in take_bc ← s_abbcca\n {44}waits for CPU 0/);
  });

  test("tells a worker that runs work from a task that waits for it", async () => {
    const drawing = section(await explained("circular/flushwq"), "How this can deadlock");
    expect(drawing).toContain("CPU 0: init/41 (now)                    CPU 1 (recorded earlier)");
    expect(drawing).toMatch(/^ {2}waits for the work of\n {6}\(wq_completion\)splat-wq7\n {4}in s_flushwq/m);
    expect(drawing).toContain("runs the work of splat_work");
  });

  test("says which edge to look at first, and why", async () => {
    expect(unwrapped(section(await explained("circular/kernfs"), "Step by step"))).toContain(
      "Look at kn->active → lock_a first: it is the edge that a fix usually breaks.",
    );
  });

  test("lists the steps one below the other where there is no room for columns", async () => {
    const text = renderExplanation(await documentOf("circular/abba"), { ...TERMINAL, width: 40 });
    expect(text).toContain("  CPU 0: splat ba:1/42 (now):\n    holds lock_b\n      in take_ba\n");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe("interrupts", () => {
  test("draws the interrupt as a column of its own", async () => {
    const drawing = section(await explained("irq-order/hardsafe3"), "How this can deadlock");
    expect(drawing).toContain("  CPU 0, task               CPU 0, interrupt          CPU 1 and 2\n");
    expect(drawing).toMatch(/^ {28}interrupt: wants raw_a\n {30}in take_raw_plain\n {34}← hr_fn$/m);
    expect(drawing).toMatch(/^ {2}holds raw_c, interrupts$/m);
    expect(drawing).toMatch(/^ {54}CPU 1 wants raw_b$/m);
  });

  test("finds both places of an inversion in the details of the classes", async () => {
    const drawing = section(await explained("irq-inversion/inversion"), "How this can deadlock");
    expect(drawing).toMatch(/^ {4}in raw_b_plain$/m);
    expect(drawing).toMatch(/^ {30}in take_raw_plain$/m);
  });

  test("draws a task and the interrupt on top of it", async () => {
    const drawing = section(await explained("inconsistent/hardirq"), "How this can deadlock");
    expect(drawing).toContain("  holds raw_a, interrupts enabled\n    in take_raw_plain\n    (now)");
    expect(drawing).toMatch(/^ {42}interrupt: wants raw_a\n {44}in take_raw_plain ← hr_fn$/m);
  });
});

describe("kinds without a cycle", () => {
  test("rcu: what was read, where, and why it matters", async () => {
    const text = await explained("rcu/rcu");
    expect(unwrapped(section(text, "What happened"))).toContain(
      "At drivers/misc/splat.c:163 RCU objected: suspicious rcu_dereference_check() usage.",
    );
    expect(unwrapped(section(text, "Why it matters"))).toContain("may access data that is being freed");
    expect(text).not.toContain("How this can deadlock");
  });

  test("rcu: sleeping in a section is another matter", async () => {
    const text = await explained("rcu/rcusleep");
    expect(unwrapped(section(text, "Why it matters"))).toContain(
      "An RCU read-side critical section may neither sleep nor wait for RCU",
    );
  });

  test("held-user: which locks went to user space", async () => {
    expect(unwrapped(section(await explained("held-user/userret"), "What happened"))).toBe(
      "The task was init/41, on 6.12.117. It held lock_a (taken in s_userret) and lock_c (taken in s_userret). It returned to user space without releasing that first.",
    );
  });

  test("wait-context: the lock that allows least", async () => {
    expect(unwrapped(section(await explained("wait-context/waitctx"), "What happened"))).toContain(
      "That lock is of wait type 3. raw_a, which is held, allows only wait types up to 2 under it.",
    );
  });

  test.each(KINDS)("%s has something to tell even where a report is empty", (kind) => {
    const text = renderExplanation(documentWith(reportOf({ kind })), TERMINAL);
    expect(section(text, "What happened")).not.toBe("");
    expect(text).not.toMatch(/undefined|null|\bNaN\b/);
  });
});

describe("the document", () => {
  test("tells one bug once, with its count", () => {
    const report = reportOf({});
    const text = renderExplanation(documentWith(report, { ...report, source: 0 }), TERMINAL);
    expect(text.match(/What happened/g)).toHaveLength(1);
    expect(text).toContain("rcu, 0123456789ab, 2 times, lines 10-20");
  });

  test("says what it means that lockdep is off, once", async () => {
    const text = await explained("circular/abba");
    expect(unwrapped(section(text, "Lockdep afterwards"))).toContain(
      "turned itself off at line 242, with this report. No lock was checked from there until the next boot",
    );
    expect(text.match(/No lock was checked/g)).toHaveLength(1);
  });

  test("says that there is nothing to tell", async () => {
    const text = await explained("clean/kernfs");
    expect(text).toMatch(/^No report\.\n/);
  });

  test("colours only what it writes without colour, too", async () => {
    const document = await documentOf("circular/mmunotifier-6-1");
    const colored = renderExplanation(document, { ...TERMINAL, color: true });
    expect(colored).toContain("\x1b[1m");
    expect(stripVTControlCharacters(colored)).toBe(renderExplanation(document, TERMINAL));
  });

  test("writes Markdown with headings and a fenced drawing", async () => {
    const text = renderExplanationMarkdown(await documentOf("circular/mmunotifier-6-1"));
    expect(text).toMatch(/^## possible deadlock in `might_alloc` \(`[0-9a-f]{12}`\)\n\n/);
    expect(text).toContain("\n\n### What happened\n\n`init/37` ran `kmalloc_under_a` (called by");
    expect(text).toMatch(/\n```\ninit\/37 +the same task, when memory is short\n-+ {2}-+\nholds lock_a\n/);
    expect(text).toContain("\n- allocate before `lock_a` is taken\n");
    expect(text).toContain("Only `__GFP_DIRECT_RECLAIM` matters.");
  });
});

describe("text of an attacker", () => {
  const evil = "\x1b]0;owned\x07\u202e```@team <b>[x](http://e)\x01\x02";
  const edge = (from: string, to: string, closes: boolean): Edge => ({
    from,
    to,
    closes,
    acquired: null,
    stack: [frameOf(evil)],
  });
  const lock = {
    class: evil,
    version: 1,
    subclass: 0,
    usage: null,
    wait: null,
    address: null,
    at: frameOf(evil),
  };
  const document = documentWith(
    reportOf({
      kind: "circular",
      title: `possible deadlock in ${evil}`,
      task: { comm: evil, pid: 1, irq: null },
      kernel: { release: evil, build: evil, taint: evil },
      lock,
      holding: { ...lock, class: "b" },
      cycle: [evil, "b"],
      edges: [edge(evil, "b", false), edge("b", evil, true)],
      held: [{ task: { comm: evil, pid: 1, irq: null }, count: 1, locks: [lock] }],
      backtrace: [frameOf(evil)],
    }),
    reportOf({
      id: "1123456789ab",
      rcu: { file: evil, line: 1, message: evil, schedulerActive: 1, debugLocks: 1, notes: [evil] },
      backtrace: [frameOf(evil)],
    }),
  );

  test("cannot steer the terminal", () => {
    const text = renderExplanation(document, TERMINAL);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("\\x1b]0;owned\\x07\\u{202e}");
  });

  test("is nothing but code in Markdown", () => {
    const text = renderExplanationMarkdown(document);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    // without fenced blocks and code spans nothing of it is left
    const rest = text
      .replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, "")
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    expect(rest).not.toMatch(/@team|<b>|\]\(|owned/);
  });
});

describe("kernels before v4.14", () => {
  test("reclaim was a state of a lock, and gets the column of an interrupt", () => {
    const report = reportOf({
      kind: "inconsistent",
      headline: "inconsistent lock state",
      task: { comm: "kswapd0", pid: 30, irq: null },
      lock: {
        class: "tree",
        version: 1,
        subclass: 0,
        usage: null,
        wait: null,
        address: null,
        at: frameOf("evict_node"),
      },
      usage: { from: "RECLAIM_FS-ON-W", to: "IN-RECLAIM_FS-W" },
      registered: { state: "RECLAIM_FS-ON-W", lock: null, stack: [frameOf("grow_tree")] },
    });
    const text = renderExplanation(documentWith(report), TERMINAL);
    expect(unwrapped(section(text, "What happened"))).toContain(
      "Now tree, in evict_node, is taken inside memory reclaim; before, it was held across an allocation that may reclaim, in grow_tree.",
    );
    const drawing = section(text, "How this can deadlock");
    expect(drawing).toContain("CPU 0, task                             the same task, in reclaim");
    expect(drawing).toMatch(/^ {42}reclaim: wants tree\n {44}in evict_node$/m);
  });
});

function toldOfPreemption(symbol: string): string {
  const preemptionDisabledAt = [{ ...frameOf(symbol), offset: null }];
  const sleeping = {
    file: "a.c",
    line: 1,
    inAtomic: 1,
    irqsDisabled: 0,
    nonBlock: 0,
    preemptCount: "1",
    preemptExpected: "0",
    rcuDepth: 0,
    rcuExpected: 0,
    stackOverrun: false,
  };
  return renderExplanation(
    documentWith(reportOf({ kind: "sleeping", sleeping, preemptionDisabledAt })),
    TERMINAL,
  );
}

test("where preemption was switched off is left out where the kernel did not keep it", () => {
  expect(toldOfPreemption("drv_take")).toContain("disabled in drv_take");
  expect(toldOfPreemption("0x0")).not.toMatch(/disabled in|0x0/);
});
