import type { Annotated, AnnotationCommit, Certainty } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { COMMITS } from "./commits.ts";
import { ENTRIES } from "./entries/index.ts";
import { Acquisitions, classesOf } from "./frames.ts";
import type { Annotation, CommitRole, KnownCommit } from "./schema.ts";

/** Looks lock classes up in the catalogue. Load it only when something asks. */

/** An entry that a class name may mean. */
export interface Match {
  readonly annotation: Annotation;
  readonly certainty: Certainty;
  readonly by: "name" | "pattern" | "shared" | "shape";
}

/** Longer names are of no class that the catalogue could know. */
const LONGEST_NAME = 256;

/** A name printed with more than this many others is looked up anew. */
const CACHED_NAMES = 4096;

/** `#3` and `/1` after a name; a class of another number may be another lock, but bears the same name. */
const SUFFIX = /(?:#\d+)?(?:\/\d+)?$/;

let byName: ReadonlyMap<string, readonly Match[]> | null = null;
const cache = new Map<string, readonly Match[]>();

/** All entries. */
export function annotations(): readonly Annotation[] {
  return ENTRIES;
}

export function annotationOf(id: string): Annotation | null {
  return ENTRIES.find((entry) => entry.id === id) ?? null;
}

/**
 * What a class name may stand for, by the name alone.
 *
 * @param name as lockdep prints it, with or without `#version` and `/subclass`
 */
export function matchesOf(name: string): readonly Match[] {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const found = lookUp(name);
  if (cache.size >= CACHED_NAMES) cache.clear();
  cache.set(name, found);
  return found;
}

function lookUp(name: string): readonly Match[] {
  if (name.length > LONGEST_NAME) return [];
  byName ??= index();
  const literal = byName.get(name);
  if (literal !== undefined) return literal;
  const plain = name.replace(SUFFIX, "");
  const matches = [...(plain === name ? [] : (byName.get(plain) ?? []))];
  if (matches.length > 0) return matches;
  for (const annotation of ENTRIES)
    if (annotation.patterns?.some((pattern) => pattern.test(plain)))
      matches.push({ annotation, certainty: "certain", by: "pattern" });
  if (matches.length > 0) return matches;
  for (const annotation of ENTRIES)
    if (annotation.shapes?.some((pattern) => pattern.test(plain)))
      matches.push({ annotation, certainty: "possible", by: "shape" });
  return matches;
}

function index(): ReadonlyMap<string, readonly Match[]> {
  const map = new Map<string, Match[]>();
  const add = (name: string, match: Match): void => {
    const matches = map.get(name);
    if (matches === undefined) map.set(name, [match]);
    else matches.push(match);
  };
  for (const annotation of ENTRIES) {
    for (const name of annotation.names ?? []) add(name, { annotation, certainty: "certain", by: "name" });
    for (const name of annotation.shared ?? [])
      add(name, { annotation, certainty: "possible", by: "shared" });
  }
  return map;
}

/**
 * What the classes of one report stand for. Where the name alone does not tell, the functions that took the
 * lock decide: a name that several locks bear is likely or is not this one; a name that only looks like it is
 * never more than possible.
 */
export class ReportLookup {
  readonly #report: Report;
  readonly #acquisitions: Acquisitions;

  constructor(report: Report) {
    this.#report = report;
    this.#acquisitions = new Acquisitions(report);
  }

  matches(name: string): Match[] {
    return matchesOf(name).flatMap((match) => this.#judge(name, match) ?? []);
  }

  #judge(name: string, match: Match): Match | null {
    const { annotation, by } = match;
    if (annotation.onlyWith === "comparison") return this.#report.comparison === undefined ? null : match;
    if (by === "name" && annotation.onlyWith === undefined) return match;
    if (by === "pattern" || annotation.frames === undefined) return match;
    const shown = this.#acquisitions.match(name, annotation.frames);
    if (annotation.onlyWith === "frames") return shown === true ? match : null;
    if (shown === null) return match;
    if (!shown) return null;
    return by === "shape" ? match : { ...match, certainty: "likely" };
  }

  /** Ids of what a class stands for. */
  ids(name: string): ReadonlySet<string> {
    return new Set(this.matches(name).map(({ annotation }) => annotation.id));
  }
}

/** The known annotations of a report: those of its cycle first, then those only held. */
export function annotationsOf(report: Report, lookup = new ReportLookup(report)): Annotated[] {
  const { cycle, held } = classesOf(report);
  const found: Annotated[] = [];
  const add = (name: string, where: Annotated["where"], matches: readonly Match[]): void => {
    for (const { annotation, certainty } of matches)
      found.push({ id: annotation.id, class: name, where, certainty, commits: commitsOf(annotation) });
  };
  for (const name of cycle) add(name, "cycle", lookup.matches(name));
  for (const annotation of usageStatesOf(report))
    add(report.lock?.class ?? annotation.id, "cycle", [{ annotation, certainty: "certain", by: "pattern" }]);
  for (const name of held) add(name, "held", lookup.matches(name));
  return found;
}

/** Entries that are not classes but states of one: `{RECLAIM_FS-ON-W}`. */
function usageStatesOf({ usage, safe, unsafe, other, registered }: Report): Annotation[] {
  const states = [usage?.from, usage?.to, safe?.state, unsafe?.state, other?.state, registered?.state].filter(
    (state) => state !== undefined,
  );
  if (states.length === 0) return [];
  return ENTRIES.filter(({ usages }) =>
    usages?.some((pattern) => states.some((s) => pattern.test(braced(s)))),
  );
}

/** The text inside braces, if there are any. */
function braced(state: string): string {
  return state.replace(/^\{|\}$/g, "");
}

function commitsOf({ commits = [] }: Annotation): AnnotationCommit[] {
  return commits.flatMap(({ sha, role }) => {
    const commit = COMMITS[sha];
    return commit === undefined ? [] : [{ sha, subject: commit.subject, release: commit.release, role }];
  });
}

/** A commit of the catalogue. */
export interface FoundCommit {
  readonly sha: string;
  readonly commit: KnownCommit;
}

/** Whether a text is a commit's hash, or the beginning of one. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}

/** @param digits 7 or more of a hash; @returns those that it may be the start of */
export function commitsBySha(digits: string): FoundCommit[] {
  if (!isHash(digits)) return [];
  const asked = digits.toLowerCase();
  return Object.entries(COMMITS).flatMap(([sha, commit]) =>
    sha.startsWith(asked) || asked.startsWith(sha) ? [{ sha, commit }] : [],
  );
}

/** @returns the commits whose subject has all words of a text */
export function commitsBySubject(text: string): FoundCommit[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  return Object.entries(COMMITS).flatMap(([sha, commit]) => {
    const subject = new Set(wordsOf(commit.subject));
    return words.every((word) => subject.has(word)) ? [{ sha, commit }] : [];
  });
}

/** Words in lower case, as they are compared. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9_]+/g) ?? [];
}

/** Entries that name a commit, or whose classes it adds edges to, with what it did for them. */
export function entriesOfCommit(sha: string): { annotation: Annotation; role: CommitRole | "fixes" }[] {
  const { edges = [], records = [] } = COMMITS[sha]?.adds ?? {};
  const changed = new Set([...records, ...edges].map(({ to }) => to));
  return ENTRIES.flatMap((annotation): { annotation: Annotation; role: CommitRole | "fixes" }[] => {
    const role = annotation.commits?.find((commit) => commit.sha === sha)?.role;
    if (role !== undefined) return [{ annotation, role }];
    if (annotation.fixedBy?.includes(sha)) return [{ annotation, role: "fixes" }];
    return changed.has(annotation.id) ? [{ annotation, role: "extends" }] : [];
  });
}
