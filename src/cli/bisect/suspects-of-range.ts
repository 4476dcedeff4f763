import { readFile } from "node:fs/promises";
import { CommitGraph } from "../../bisect/commit-graph.ts";
import {
  type Journal,
  type JournalReport,
  type JournalRun,
  parseJournal,
  type Search,
} from "../../bisect/journal.ts";
import { journalReport } from "../../bisect/journal-report.ts";
import { byProbability } from "../../bisect/posterior.ts";
import { type Judgement, judge, suspectsDocument, type Test } from "../../bisect/suspects.ts";
import type { Note, Suspects } from "../../bisect/suspects-schema.ts";
import { CatalogueTouches, type Sites, sitesOf, TouchReader } from "../../bisect/touches.ts";
import { InputError } from "../../read/inputs/index.ts";
import { toInputError } from "../../read/inputs/input-error.ts";
import type { Tally } from "../../compare/rates.ts";
import { readAll } from "../io/read-all.ts";
import type { Terminal } from "../io/terminal.ts";
import { type Ends, GitRepository } from "./git.ts";
import { LIMITS } from "./touching.ts";

export interface SuspectsInputs {
  /** A journal's file, a repository's directory, the log of a report. */
  readonly journal: string;
  readonly repo: string;
  readonly report?: string;
  readonly hitRate?: number;
  /** Missing: what the journal was of. */
  readonly find?: Search;
}

/** The suspects of a range, by what a journal says of its commits. */
export async function suspectsOf(
  range: string,
  options: SuspectsInputs,
  terminal: Terminal,
): Promise<Suspects> {
  const journal = await readJournal(options.journal);
  const reports = await reportsOf(journal, options.report, terminal);
  const repository = await GitRepository.open(options.repo);
  const ends = await repository.ends(range);
  const graph = new CommitGraph(await repository.commits(range, ends));
  const kept = journal.head?.find ?? "bug";
  const search = options.find ?? kept;
  const { tests, before, notes } = await testsOf(repository, graph, ends, journal.runs, search);
  const judgement = judge(graph, tests, options.hitRate ?? null, { search, before });
  const touched = await touchesOf(repository, graph, judgement, sitesOf(reports));
  return suspectsDocument(
    graph,
    ends,
    tests,
    judgement,
    [
      ...(journal.damaged.length > 0
        ? [{ code: "damaged-journal" as const, lines: [...journal.damaged] }]
        : []),
      ...(search === kept || journal.head === null
        ? []
        : [{ code: "other-search" as const, journal: kept, asked: search }]),
      ...notes,
      ...(reports.length === 0 ? [{ code: "no-report" as const }] : touched.notes),
    ],
    touched.of,
  );
}

async function readJournal(path: string): Promise<Journal> {
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw toInputError(path, error);
  }
  const journal = parseJournal(text);
  if (journal.head === null && journal.runs.length === 0 && journal.damaged.length > 0)
    throw new InputError(path, "not the journal of a bisection");
  return journal;
}

/** What is known of the report: of the journal's bad runs, and of a log. */
async function reportsOf(
  { runs }: Journal,
  log: string | undefined,
  terminal: Terminal,
): Promise<JournalReport[]> {
  const known = runs.map(({ report }) => report).filter((report) => report !== undefined);
  if (log === undefined) return known;
  const { document, failed } = await readAll([log], {}, terminal);
  if (failed) throw new InputError(log, "not all of it could be read");
  if (document.reports.length === 0) throw new InputError(log, "there is no report in it");
  const ids = new Set(known.map(({ id }) => id));
  const reports = document.reports.filter(({ id }) => ids.size === 0 || ids.has(id));
  if (reports.length === 0) throw new InputError(log, "none of its reports is the one in the journal");
  return [...known, ...reports.map(journalReport)];
}

const NO_RUNS: Tally = { hits: 0, runs: 0 };

/** Sorts the tests: those of the range count, and what the others say of the range is told. */
async function testsOf(
  repository: GitRepository,
  graph: CommitGraph,
  { good, bad }: Ends,
  runs: readonly JournalRun[],
  search: Search,
): Promise<{ readonly tests: Map<number, Test>; readonly before: Tally; readonly notes: Note[] }> {
  const names = [...new Set(runs.map(({ commit }) => commit))];
  const resolved = await repository.resolve(names);
  const shas = new Map(names.map((name, i) => [name, resolved[i] ?? null]));
  const tests = new Map<number, Test>();
  const outer = new Map<string, Tally>();
  const unknown = new Set<string>();
  for (const { commit, result } of runs) {
    const sha = shas.get(commit) ?? null;
    if (sha === null) {
      unknown.add(commit);
      continue;
    }
    const at = graph.numberOf(sha);
    const isHit = result === "bad" ? 1 : 0;
    const isUnusable = result === "unusable" ? 1 : 0;
    if (at === null) {
      const so = outer.get(sha) ?? NO_RUNS;
      outer.set(sha, { hits: so.hits + isHit, runs: so.runs + 1 - isUnusable });
      continue;
    }
    const so = tests.get(at) ?? { ...NO_RUNS, unusable: 0 };
    tests.set(at, {
      hits: so.hits + isHit,
      runs: so.runs + 1 - isUnusable,
      unusable: so.unusable + isUnusable,
    });
  }
  const hitOnGood: string[] = [];
  const outside: string[] = [];
  let before: Tally = NO_RUNS;
  for (const [sha, tally] of outer)
    if (!(await repository.isAncestor(sha, good))) outside.push(sha);
    // all that is old has the bug that was fixed since, and tells how often it shows
    else if (search === "fix") before = { hits: before.hits + tally.hits, runs: before.runs + tally.runs };
    // else a miss is what the range says already
    else if (tally.hits > 0) hitOnGood.push(sha);
  const notes: Note[] = [
    ...((await repository.isAncestor(good, bad)) ? [] : [{ code: "good-is-no-ancestor" as const }]),
    ...(hitOnGood.length > 0 ? [{ code: "hit-on-good" as const, commits: hitOnGood }] : []),
    ...(outside.length > 0 ? [{ code: "outside" as const, commits: outside }] : []),
    ...(unknown.size > 0 ? [{ code: "not-in-repository" as const, commits: [...unknown] }] : []),
  ];
  return { tests, before, notes };
}

/** Of a range of so many commits every change is read; of a longer one those of the credible set. */
const ALL_OF = 1000;
const MOST_CHANGES = 2000;

/** What the commits have to do with the report. */
async function touchesOf(
  repository: GitRepository,
  graph: CommitGraph,
  { posterior, credible }: Judgement,
  sites: Sites,
): Promise<{
  readonly of: (commit: number) => Suspects["commits"][number]["touches"];
  readonly notes: Note[];
}> {
  const catalogue = new CatalogueTouches(sites);
  const reader = new TouchReader(sites);
  const notes: Note[] = [];
  if (sites.functions.size > 0 || sites.files.size > 0) {
    const wanted =
      graph.size <= ALL_OF ? byProbability(posterior.probabilities) : credible.slice(0, MOST_CHANGES);
    const cut = await repository.changes(
      wanted.map((commit) => graph.commits[commit]?.sha ?? ""),
      LIMITS,
      (text) => {
        reader.line(text);
      },
    );
    const reason = cut ?? (wanted.length < graph.size ? "likeliest-only" : null);
    if (reason !== null) notes.push({ code: "not-all-looked-at", looked: reader.seen, reason });
  }
  return {
    of: (commit) => {
      const { sha = "", subject = "" } = graph.commits[commit] ?? {};
      const known = catalogue.of(sha, subject);
      const changed = reader.touches(sha);
      return changed === null && known.length === 0 ? null : [...known, ...(changed ?? [])];
    },
    notes,
  };
}
