import { describe, expect, test } from "vitest";
import { type JournalHead, type JournalRun, parseJournal } from "../../src/bisect/journal.ts";

const HEAD: JournalHead = { schema: "splat-triage-journal/1", target: "class:lock_a", identity: 2 };

function run(commit: string): JournalRun {
  return { commit, run: 1, result: "good", reason: "clean", seconds: 1, kernel: null };
}

function written(...entries: readonly object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

describe("two journals, one behind the other", () => {
  test("of one bisection are one", () => {
    const both = written(HEAD, run("aaaaaaa"), { ...HEAD, find: "bug" }, run("bbbbbbb"));
    expect(parseJournal(both)).toEqual({ head: HEAD, runs: [run("aaaaaaa"), run("bbbbbbb")], damaged: [] });
  });

  test.each<Partial<JournalHead>>([{ target: "class:lock_b" }, { identity: 1 }, { find: "fix" }])(
    "of which one looks for something else, with %o, are not: its lines are told",
    (other) => {
      const both = written(HEAD, run("aaaaaaa"), { ...HEAD, ...other }, run("bbbbbbb"), HEAD, run("ccccccc"));
      expect(parseJournal(both)).toEqual({
        head: HEAD,
        runs: [run("aaaaaaa"), run("ccccccc")],
        damaged: [3, 4],
      });
    },
  );
});
