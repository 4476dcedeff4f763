import {
  annotations,
  commitsBySha,
  commitsBySubject,
  entriesOfCommit,
  matchesOf,
  wordsOf,
} from "./lookup.ts";
import { RANKS } from "./ranks.ts";
import type { Annotation } from "./schema.ts";

export interface SearchHit {
  readonly annotation: Annotation;
  readonly by: (typeof RANKS)[number];
  /** The commits asked for, where it is these that the query found. */
  readonly commits: readonly string[];
}

/**
 * Finds entries by id, by class name as lockdep prints it, by a commit's hash (7 or more digits, mainline or
 * linux-next) or words of its subject, by subsystem, or by words of the text.
 *
 * @returns the best first, then in the catalogue's order; all entries if nothing is asked
 */
export function searchCatalogue(query: string): SearchHit[] {
  const asked = query.trim();
  if (asked === "")
    return annotations().map((annotation) => ({ annotation, by: "id" as const, commits: [] }));
  const hits = new Map<Annotation, SearchHit>();
  const add = (annotation: Annotation, by: SearchHit["by"], commits: readonly string[] = []): void => {
    const known = hits.get(annotation);
    if (known === undefined || RANKS.indexOf(by) < RANKS.indexOf(known.by))
      hits.set(annotation, { annotation, by, commits });
    else if (known.by === by && commits.length > 0)
      hits.set(annotation, { ...known, commits: [...known.commits, ...commits] });
  };
  const words = wordsOf(asked);
  for (const annotation of annotations()) {
    if (annotation.id === asked) add(annotation, "id");
    if (annotation.subsystem === asked.toLowerCase()) add(annotation, "subsystem");
    if (words.length === 0) continue;
    const has = (text: string): boolean => includesAll(text, words);
    if (has([annotation.id, ...namesOf(annotation)].join(" "))) add(annotation, "name");
    if (has(textOf(annotation))) add(annotation, "text");
  }
  for (const name of readings(asked))
    for (const { annotation, by } of matchesOf(name))
      add(annotation, by === "name" || by === "pattern" ? "class" : by);
  for (const { sha } of commitsBySha(asked))
    for (const { annotation } of entriesOfCommit(sha)) add(annotation, "commit", [sha]);
  if (words.length > 1)
    for (const { sha } of commitsBySubject(asked))
      for (const { annotation } of entriesOfCommit(sha)) add(annotation, "subject", [sha]);
  return [...hits.values()].toSorted((a, b) => RANKS.indexOf(a.by) - RANKS.indexOf(b.by));
}

/** A class as it may be copied from a report: with the printer's parentheses, usage and wait types. */
function readings(text: string): string[] {
  const printed = /^\((.+)\)(?:\{[^{}]*\}.*)?$/.exec(text)?.[1];
  return printed === undefined ? [text] : [text, printed];
}

function namesOf({ names = [], shared = [], aliases = [] }: Annotation): string[] {
  return [...names, ...shared, ...aliases.map(({ name }) => name)];
}

function textOf(annotation: Annotation): string {
  const { id, subsystem, meaning, acquiredBy, contexts, fixes = [], falsePositives = [], gfp } = annotation;
  return [
    id,
    subsystem,
    meaning,
    ...namesOf(annotation),
    ...acquiredBy,
    ...contexts,
    ...fixes,
    ...falsePositives,
    gfp?.recordedFor ?? "",
    ...(gfp?.goneWith ?? []),
    ...(gfp?.silencedBy ?? []),
    ...(gfp?.notGoneWith ?? []),
  ].join(" ");
}

function includesAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}
