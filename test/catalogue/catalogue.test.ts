import { describe, expect, test } from "vitest";
import * as z from "zod";
import { COMMITS } from "../../src/catalogue/commits.ts";
import { annotationOf, annotations, annotationsOf, matchesOf } from "../../src/catalogue/index.ts";
import { circular, held, lock, makeReport } from "../analyze/report.ts";
import { documentedOrder, ORDERS } from "../../src/catalogue/orders.ts";
import { Annotation, KnownCommit } from "../../src/catalogue/schema.ts";
import { classNames, corpusReports, fixtureReports, Golden, hasCorpus, type LoggedReport } from "./corpus.ts";
import { isLinear } from "../support/growth.ts";

const ENTRIES = annotations();

/** How an edge of these two stands to what is written down. */
function wayOf(from: string, to: string): unknown {
  return documentedOrder([from], [to])?.way;
}

/** Everything of an entry that must be linear in the length of a class name. */
function patternsOf({ patterns = [], shapes = [], usages = [] }: Annotation): RegExp[] {
  return [...patterns, ...shapes, ...usages];
}

describe("the data", () => {
  test("fits the schema", () => {
    expect(z.array(Annotation).safeParse(ENTRIES).error).toBeUndefined();
    expect(
      z.record(z.string().regex(/^[0-9a-f]{12}$/), KnownCommit).safeParse(COMMITS).error,
    ).toBeUndefined();
  });

  test("has 166 entries, each id once", () => {
    expect(ENTRIES).toHaveLength(166);
    expect(new Set(ENTRIES.map(({ id }) => id)).size).toBe(ENTRIES.length);
  });

  test("names only commits and entries that are there, and every commit is named", () => {
    const named = new Set<string>();
    const ids: string[] = [];
    for (const { commits = [], fixedBy = [], related = [] } of ENTRIES) {
      for (const sha of [...commits.map((commit) => commit.sha), ...fixedBy]) named.add(sha);
      ids.push(...related);
    }
    for (const [sha, { adds }] of Object.entries(COMMITS)) {
      ids.push(...(adds?.annotations ?? []));
      for (const { to, mendedIn } of adds?.records ?? []) {
        ids.push(to);
        named.add(sha);
        if (mendedIn !== undefined) named.add(mendedIn);
      }
      for (const { from, to } of adds?.edges ?? []) ids.push(to, ...(from === undefined ? [] : [from]));
    }
    expect([...named].toSorted()).toEqual(Object.keys(COMMITS).toSorted());
    expect(ids.filter((id) => annotationOf(id) === null)).toEqual([]);
  });

  test("orders name entries that are there, each step once, and where they are written", () => {
    for (const { steps, source } of ORDERS) {
      const names = steps.flat().filter((step) => typeof step === "string");
      expect({ source, unknown: names.filter((name) => annotationOf(name) === null) }).toEqual({
        source: expect.stringMatching(/\.(?:[ch]|rst)\b/) as string,
        unknown: [],
      });
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test("an order is found in both directions, and between its steps alone", () => {
    expect(wayOf("i_rwsem", "mmap_lock")).toBe("along");
    expect(wayOf("i_mmap_rwsem", "i_rwsem")).toBe("against");
    expect(wayOf("&q->rq_qos_mutex", "elevator_lock")).toBe("against");
    expect(wayOf("btrfs_tree", "&fs_info->commit_root_sem")).toBe("against");
    expect(wayOf("&matrix_dev->lock", "&kvm->lock")).toBe("against");
    expect(wayOf("&kvm->srcu", "&kvm->slots_lock")).toBe("against");
    expect(wayOf("i_rwsem", "i_rwsem")).toBeUndefined();
    expect(wayOf("i_rwsem", "lock_a")).toBeUndefined();
  });

  test("gives every entry a way to be found", () => {
    const lost = ENTRIES.filter(
      (entry) => patternsOf(entry).length === 0 && !entry.names?.length && !entry.shared?.length,
    );
    expect(lost).toEqual([]);
  });

  test("says frames wherever the name alone does not tell", () => {
    const unsure = ENTRIES.filter(({ shared, onlyWith }) => shared !== undefined || onlyWith === "frames");
    expect(unsure.filter(({ frames, id }) => frames === undefined && id !== "lock_cmp_fn")).toEqual([]);
  });

  test("never calls a name certain that only looks like one", () => {
    for (const name of [
      "something_work",
      "lock",
      "lock#4",
      "my_srcu",
      "foo.rw_sem",
      "drivers/x.c:12",
      "&a->wait",
    ])
      for (const { certainty } of matchesOf(name))
        expect({ name, certainty }).toEqual({ name, certainty: "possible" });
  });

  test("has patterns that are linear in the length of the name", () => {
    const parts = ["a", "(", "&", "->", ".", "_srcu", "x.work", '"', "[", "timer", " ", "/", "\\", "-"];
    const matching = (size: number) => {
      const names = parts
        .map((part) => part.repeat(size))
        .flatMap((long) => [long, `(${long})!`, `&${long}->seq!`]);
      return () => {
        for (const entry of ENTRIES)
          for (const pattern of patternsOf(entry)) for (const name of names) pattern.test(name);
      };
    };
    expect(isLinear(1_000, matching)).toBe(true);
  });
});

describe("annotationsOf", () => {
  test("tells the cycle's classes from those held beside, with their commits", () => {
    const report = circular(
      [
        ["fs_reclaim → lock_a", "mutex_lock drv_scan"],
        ["lock_a → fs_reclaim", "fs_reclaim_acquire __kmalloc"],
      ],
      { held: held(lock("sb_writers"), lock("lock_a")) },
    );
    const found = annotationsOf(report);
    expect(found.map(({ id, where, certainty }) => [id, where, certainty])).toEqual([
      ["fs_reclaim", "cycle", "certain"],
      ["sb_writers", "held", "certain"],
    ]);
    expect(found[0]?.commits[0]).toEqual({
      sha: "d92a8cfcb37e",
      subject: "locking/lockdep: Rework FS_RECLAIM annotation",
      release: "v4.14",
      role: "introduces",
    });
  });

  test("knows a state of a lock, where reclaim was one", () => {
    const usage = { from: "RECLAIM_FS-ON-W", to: "IN-RECLAIM_FS-W" };
    expect(
      annotationsOf(makeReport({ kind: "inconsistent", usage, lock: lock("&ip->i_lock") })),
    ).toMatchObject([
      { id: "xfs_ilock", certainty: "possible" },
      { id: "reclaim_fs_usage", class: "&ip->i_lock", where: "cycle", certainty: "certain" },
    ]);
  });

  test("takes the functions around a lock for what its name does not say", () => {
    expect(verdictsOf("some_work", "__flush_work flush_work stop")).toEqual([["static_work", "possible"]]);
    expect(verdictsOf("some_work", "mutex_lock stop")).toEqual([]);
    expect(verdictsOf("&p->lock", "mutex_lock seq_read_iter vfs_read")).toEqual([
      ["seq_file_lock", "likely"],
    ]);
    expect(verdictsOf("&p->lock", "mutex_lock drv_op")).toEqual([]);
    expect(verdictsOf("&mm->mmap_lock", "lock_acquire __might_fault drv_op")).toEqual([
      ["mmap_lock", "certain"],
      ["might_fault_mmap_lock", "certain"],
    ]);
  });

  test("looks up ten times as many names in ten times the time", () => {
    // none is looked up twice, for what was found is remembered
    let asked = 0;
    const looking = (size: number) => () => {
      for (let i = 0; i < size; i++) matchesOf(`&drv${asked++}->lock`);
    };
    expect(isLinear(50, looking)).toBe(true);
  });
});

describe("the classes of all logs, against the list that was read by eye", () => {
  test("of the fixtures", async () => {
    const golden = new Golden(new URL("classes.golden.txt", import.meta.url));
    const lines = linesOf(await fixtureReports());
    golden.write(lines);
    expect(lines).toEqual(golden.lines());
  });

  test.skipIf(!hasCorpus)("of the corpus beside the checkout", async () => {
    const golden = new Golden(new URL("classes.corpus.golden.txt", import.meta.url));
    const lines = linesOf(await corpusReports());
    golden.write(lines);
    expect(lines).toEqual(golden.lines());
  });
});

/** What a class stands for where it is taken by these functions. */
function verdictsOf(name: string, stack: string): unknown {
  const report = circular([
    [`lock_a → ${name}`, stack],
    [`${name} → lock_a`, "mutex_lock b"],
  ]);
  return annotationsOf(report).map(({ id, certainty }) => [id, certainty]);
}

/** One line for each class and what it stands for. */
function linesOf(logged: readonly LoggedReport[]): string[] {
  const lines = new Set<string>();
  for (const { report } of logged) {
    const known = annotationsOf(report);
    for (const name of classNames(report)) {
      const verdicts = known.filter((annotation) => annotation.class === name);
      if (verdicts.length === 0) lines.add(`${name}\t-`);
      for (const { id, certainty } of verdicts) lines.add(`${name}\t${id}\t${certainty}`);
    }
  }
  return [...lines].toSorted();
}
