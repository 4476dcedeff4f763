import { COMMITS } from "./commits.ts";
import type { CatalogueDocument } from "./document.ts";
import { type SearchHit, searchCatalogue } from "./search.ts";

type Item = CatalogueDocument["annotations"][number];

/**
 * Looks up known annotations: the document that `splat-triage catalogue -f json` writes.
 *
 * @param query a class as lockdep prints it, a commit, a subsystem, or words; empty for all
 */
export function catalogue(query: string): CatalogueDocument {
  return catalogueDocument(query, searchCatalogue(query));
}

/** Search results as a document: regular expressions as their source, commits spelled out. */
export function catalogueDocument(query: string, hits: readonly SearchHit[]): CatalogueDocument {
  return {
    schema: "splat-triage-catalogue/1",
    query,
    annotations: hits.map(({ annotation, by }) => {
      const { names, patterns, shared, shapes, usages, frames, onlyWith, commits, fixedBy, ...rest } =
        annotation;
      void frames;
      void onlyWith;
      return {
        ...rest,
        foundBy: by,
        classes: {
          names: names ?? [],
          patterns: sources(patterns),
          shared: shared ?? [],
          shapes: sources(shapes),
          usages: sources(usages),
        },
        commits: [
          ...(commits ?? []).flatMap(({ sha, role }) => commitOf(sha, role)),
          ...(fixedBy ?? []).flatMap((sha) => commitOf(sha, "fixes")),
        ],
      };
    }),
  };
}

function sources(patterns: readonly RegExp[] = []): string[] {
  return patterns.map(({ source }) => source);
}

function commitOf(sha: string, role: Item["commits"][number]["role"]): Item["commits"] {
  const commit = COMMITS[sha];
  if (commit === undefined) return [];
  const { subject, release, verified } = commit;
  return [{ sha, subject, release, role, verified }];
}
