import assert from "node:assert/strict";
import * as z from "zod";
import { suspectsOf } from "../../src/analyze/suspects.ts";
import { JournalHead, JournalRun, parseJournal, talliesOf } from "../../src/bisect/journal.ts";
import { parseKnown, withIssues } from "../../src/known/known-file.ts";
import { KnownIssues, type ListedIssue } from "../../src/known/known-issues.ts";
import { lockGraph } from "../../src/lock-graph/graph-of-logs.ts";
import { GraphDocument } from "../../src/lock-graph/schema.ts";
import { readPatch } from "../../src/patch/patch.ts";
import { render } from "../../src/render/formats.ts";
import { jsonText } from "../../src/render/words/json.ts";
import { Suspect } from "../../src/report/analysis-schema.ts";
import { Document } from "../../src/report/schema.ts";
import reported from "../../fixtures/circular/fsreclaim/report.json" with { type: "json" };
import { assertHarmless, assertLog, assertTexts, readInChunks } from "./invariants.ts";

/** Reads bytes as one kind of input, and throws where something does not hold of what was read. */
export type Check = (bytes: Buffer) => Promise<void> | void;

/** A report that patches and known issues are held against. */
const DOCUMENT = Document.parse(reported);

/** Everything that is parsed, by the name that `--target` takes. */
export const TARGETS = {
  /** A log. */
  log: async (bytes) => assertLog(bytes, await readInChunks(bytes, 61)),
  /** A patch, or a mail with one: `--suspect FILE`. */
  patch: async (bytes) => {
    const patch = readPatch(bytes.toString());
    assert.deepEqual(readPatch(bytes.toString()), patch);
    if (patch === null) return;
    const reports = DOCUMENT.reports.map((report) => {
      const suspects = suspectsOf(report, [{ asked: "x.patch", patch }]);
      assert.deepEqual(z.array(Suspect).parse(JSON.parse(jsonText(suspects))), suspects);
      return { ...report, suspects };
    });
    await assertTexts({ ...DOCUMENT, reports });
  },
  /** Copies of /proc/lockdep, lockdep_chains and lockdep_stats, one after another: `graph`. */
  proc: async (bytes) => {
    const graph = await lockGraph([{ name: "proc/lockdep", chunks: bytes }]);
    assert.deepEqual(GraphDocument.parse(JSON.parse(jsonText(graph))), graph);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 61) }, (_, i) =>
      bytes.subarray(61 * i, 61 * (i + 1)),
    );
    assert.deepEqual(
      await lockGraph([{ name: "proc/lockdep", chunks }]),
      graph,
      "the chunks make a difference",
    );
    // pictures are laid out by a library that takes a second for some
    for (const format of ["table", "json", "dot", "mermaid"] as const)
      assertHarmless(await render("graph", format, { graph, around: null, cyclesOnly: false }), format);
  },
  /** A file of known issues: `--known FILE`, `--write-known FILE`. */
  known: async (bytes) => {
    const text = bytes.toString();
    const issues = unlessRefused(() => parseKnown("known.yaml", text));
    if (issues === null) return;
    assert.deepEqual(parseKnown("known.yaml", text), issues);
    const known = new KnownIssues({ file: "known.yaml", today: "2026-11-28", issues });
    await assertTexts({ ...DOCUMENT, reports: DOCUMENT.reports.map((report) => known.mark(report)) });
    const added = { id: "123456789012", note: "it's 6.10: no" };
    const longer = unlessRefused(() => withIssues("known.yaml", text, [added]));
    if (longer === null) return;
    assert.deepEqual(
      parseKnown("known.yaml", longer).map(withoutLine),
      [...issues.map(withoutLine), added],
      "adding an entry changes others",
    );
  },
  /** The journal of a bisection: `bisect suspects --journal FILE`. */
  journal: (bytes) => {
    const text = bytes.toString();
    const { head, runs } = parseJournal(text);
    assert.deepEqual(JournalHead.nullable().parse(head), head);
    assert.deepEqual(z.array(JournalRun).parse(runs), runs);
    // a line is a head or a run, or it is named
    for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
      const alone = parseJournal(line);
      assert.equal((alone.head === null ? 0 : 1) + alone.runs.length + alone.damaged.length, 1);
    }
    const again = [...(head === null ? [] : [head]), ...runs]
      .map((entry) => JSON.stringify(entry))
      .join("\n");
    assert.deepEqual(parseJournal(again), { head, runs, damaged: [] });
    const total = [...talliesOf(runs).values()].reduce((sum, { runs: count }) => sum + count, 0);
    assert.equal(total, runs.filter(({ result }) => result !== "unusable").length);
  },
} satisfies Record<string, Check>;

export type TargetName = keyof typeof TARGETS;

/** null: the file is refused, with a reason. */
function unlessRefused<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.name === "KnownFileError") return null;
    throw error;
  }
}

function withoutLine({ line: _line, ...issue }: ListedIssue): object {
  return issue;
}
