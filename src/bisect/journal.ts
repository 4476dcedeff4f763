import * as z from "zod";
import type { Tally } from "../compare/rates.ts";
import { Kernel } from "../report/schema.ts";

/**
 * The journal of a bisection: what each run of each commit showed. One JSON document a line, appended as it is known,
 * so that an interruption costs at most the line under way.
 */

/** What a bisection looks for: the commit that brought a report, or the one that fixed it. */
export const Search = z.enum(["bug", "fix"]);

/** The first line: what the journal is of. */
export const JournalHead = z.strictObject({
  schema: z.literal("splat-triage-journal/1"),
  target: z.string().describe("as given with --target; of a log, the id and title of its report"),
  identity: z.int().describe("version of the definition of ids: ids of another one cannot be compared"),
  find: Search.optional().describe("what the bisection looks for; missing: bug"),
});

/** What `suspects` needs to know of the report that was found. */
export const JournalReport = z.strictObject({
  id: z.string(),
  title: z.string(),
  cycle: z.array(z.string()),
  functions: z.array(z.string()).describe("who takes the locks, edge by edge, without repetition"),
  files: z.array(z.string()).describe("where a symbolised log names them"),
  annotations: z.array(z.string()).describe("ids of known annotations in the cycle"),
});

/** One run of one commit. */
export const JournalRun = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  run: z.int().min(1).describe("of this commit, counted from 1, unusable ones too"),
  result: z.enum(["bad", "good", "unusable"]),
  reason: z.string().describe("in words, as told on standard error"),
  maskedBy: z
    .string()
    .optional()
    .describe("of an unusable run: the id of another report, after which lockdep was off"),
  seconds: z.number().min(0),
  kernel: Kernel.nullable(),
  report: JournalReport.optional().describe("of a bad run"),
});

export type Search = z.infer<typeof Search>;
export type JournalHead = z.infer<typeof JournalHead>;
export type JournalReport = z.infer<typeof JournalReport>;
export type JournalRun = z.infer<typeof JournalRun>;

export interface Journal {
  readonly head: JournalHead | null;
  readonly runs: readonly JournalRun[];
  /** 1-based lines that are none of these: one that an interruption cut, say. */
  readonly damaged: readonly number[];
}

/**
 * Reads a journal; what cannot be read is counted, and loses nothing else. Two that were put one behind the other are one
 * where they are of one bisection; what is of another cannot be used.
 */
export function parseJournal(text: string): Journal {
  let head: JournalHead | null = null;
  const runs: JournalRun[] = [];
  const damaged: number[] = [];
  let isOthers = false;
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = entryOf(line);
    if (entry !== null && "schema" in entry) {
      head ??= entry;
      isOthers = !isSameSearch(head, entry);
    } else if (entry !== null && !isOthers) runs.push(entry);
    if (entry === null || isOthers) damaged.push(i + 1);
  }
  return { head, runs, damaged };
}

function isSameSearch(one: JournalHead, other: JournalHead): boolean {
  return (
    one.target === other.target &&
    one.identity === other.identity &&
    (one.find ?? "bug") === (other.find ?? "bug")
  );
}

function entryOf(line: string): JournalHead | JournalRun | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return z.union([JournalHead, JournalRun]).safeParse(value).data ?? null;
}

/** The tally of each commit, in the order in which they were first tested. */
export function talliesOf(runs: readonly JournalRun[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { commit, result } of runs) {
    const { hits, runs: count } = tallies.get(commit) ?? { hits: 0, runs: 0 };
    const usable = result === "unusable" ? 0 : 1;
    tallies.set(commit, { hits: hits + (result === "bad" ? 1 : 0), runs: count + usable });
  }
  return tallies;
}
