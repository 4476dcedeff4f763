import { describe, expect, test } from "vitest";
import { KnownIssues, type ListedIssue } from "../../src/known/known-issues.ts";
import type { Lock, Report } from "../../src/report/schema.ts";
import { reportOf } from "../support/reports.ts";

function lockOf(name: string): Lock {
  return { class: name, version: 1, subclass: 0, usage: null, wait: null, address: null, at: null };
}

function issuesOf(...issues: Omit<ListedIssue, "line" | "note">[]): KnownIssues {
  const listed = issues.map((issue, i) => ({ ...issue, note: `n${i}`, line: i + 1 }));
  return new KnownIssues({ file: "k", today: "2026-06-15", issues: listed });
}

function entryOf(issue: Omit<ListedIssue, "line" | "note">, report: Partial<Report>): number | null {
  return issuesOf(issue).mark(reportOf(report)).known?.entry ?? null;
}

describe("an entry", () => {
  test("fits what has all that it names, and nothing else", () => {
    const issue = { kind: "rcu", title: "WARNING: suspicious RCU usage in *", kernel: "<6.13" } as const;
    expect(entryOf(issue, {})).toBe(0);
    expect(entryOf(issue, { kind: "limit" })).toBeNull();
    expect(entryOf(issue, { title: "INFO: WARNING: suspicious RCU usage in f" })).toBeNull();
    expect(entryOf(issue, { kernel: { release: "6.13.1", build: null, taint: null } })).toBeNull();
  });

  test("with a range fits no report whose release nobody knows", () => {
    expect(entryOf({ kind: "rcu", kernel: "<9" }, { kernel: null })).toBeNull();
  });

  test("by id fits this id", () => {
    expect(entryOf({ id: "0123456789ab" }, {})).toBe(0);
    expect(entryOf({ id: "0123456789ab" }, { id: "0123456789ac" })).toBeNull();
  });

  test.each([
    ["f*", "f", true],
    ["*", "", true],
    ["a*a", "a", false],
    ["a*b*c", "abxbc", true],
    ["a*b*b", "ab", false],
    ["*.lock", "x.lock.lock", true],
    ["a.c", "abc", false],
  ])("title %j and %j", (title, text, fits) => {
    expect(entryOf({ title }, { title: text })).toBe(fits ? 0 : null);
  });

  test("by class fits the lock, the one held, and a class of the cycle, whatever the release calls it", () => {
    const cycle = ["&mm->mmap_lock", "b"];
    expect(entryOf({ class: "&mm->mmap_sem" }, { cycle })).toBe(0);
    expect(entryOf({ class: "&mm->mmap_*" }, { cycle: ["&mm->mmap_sem"] })).toBe(0);
    expect(entryOf({ class: "b" }, { lock: lockOf("b") })).toBe(0);
    expect(entryOf({ class: "b" }, { holding: lockOf("b") })).toBe(0);
    expect(entryOf({ class: "&b" }, { cycle })).toBeNull();
  });

  test("by class fits no report in which that lock is merely held, unless holding it is the report", () => {
    const task = { comm: "t", pid: 1, irq: null };
    const held = [{ task, count: 1, locks: [lockOf("rtnl_mutex"), null] }];
    expect(entryOf({ class: "rtnl_mutex" }, { held })).toBeNull();
    expect(entryOf({ class: "rtnl_mutex" }, { held, kind: "held-exit" })).toBe(0);
  });

  test("hides nothing once it expired, and something on its last day", () => {
    expect(entryOf({ kind: "rcu", expires: "2026-06-14" }, {})).toBeNull();
    expect(entryOf({ kind: "rcu", expires: "2026-06-15" }, {})).toBe(0);
  });
});

test("the first entry that fits is the one that is told", () => {
  const issues = issuesOf({ kind: "limit" }, { kind: "rcu" }, { title: "*" });
  expect(issues.mark(reportOf({})).known).toEqual({ entry: 1, note: "n1" });
});

test("expired and stale entries are named", () => {
  const issues = issuesOf({ kind: "limit" }, { kind: "rcu" }, { title: "*", expires: "2020-01-01" });
  const idle = issues.idle([issues.mark(reportOf({}))]);
  expect(idle.map(({ issue, why }) => [issue.line, why])).toEqual([
    [1, "stale"],
    [3, "expired"],
  ]);
});
