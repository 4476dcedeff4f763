import { COMMITS } from "./commits.ts";
import type { SearchHit } from "./search.ts";
import type { Annotation, CommitRole } from "./schema.ts";

/** What `splat-triage catalogue` shows of the entries found: rows for a table, and a document for JSON. */

export interface CatalogueRow {
  readonly id: string;
  readonly subsystem: string;
  readonly kind: string;
  /** Class names, the first few; `…` where there are more. */
  readonly classes: string;
  readonly since: string;
  readonly meaning: string;
}

const SHOWN_NAMES = 3;

export function catalogueRows(hits: readonly SearchHit[]): CatalogueRow[] {
  return hits.map(({ annotation }) => {
    const names = classTexts(annotation);
    const since = annotation.commits?.find(({ role }) => role === "introduces");
    return {
      id: annotation.id,
      subsystem: annotation.subsystem,
      kind: annotation.kind,
      classes: [...names.slice(0, SHOWN_NAMES), ...(names.length > SHOWN_NAMES ? ["…"] : [])].join("\n"),
      since: since === undefined ? "" : (COMMITS[since.sha]?.release ?? ""),
      meaning: annotation.meaning,
    };
  });
}

/** Every name and pattern of an entry, as text; a pattern between slashes, an unsure one with a question mark. */
function classTexts({
  names = [],
  patterns = [],
  shared = [],
  shapes = [],
  usages = [],
}: Annotation): string[] {
  return [
    ...names,
    ...patterns.map(String),
    ...usages.map((usage) => `{${String(usage)}}`),
    ...shared.map((name) => `${name} ?`),
    ...shapes.map((shape) => `${String(shape)} ?`),
  ];
}

export interface CatalogueDocument {
  readonly schema: "splat-triage-catalogue/1";
  readonly query: string;
  readonly annotations: readonly CatalogueItem[];
}

interface CatalogueItem extends Omit<
  Annotation,
  "names" | "patterns" | "shared" | "shapes" | "usages" | "frames" | "onlyWith" | "commits" | "fixedBy"
> {
  readonly foundBy: SearchHit["by"];
  readonly classes: {
    readonly names: readonly string[];
    readonly patterns: readonly string[];
    readonly shared: readonly string[];
    readonly shapes: readonly string[];
    readonly usages: readonly string[];
  };
  readonly commits: readonly CatalogueCommit[];
}

interface CatalogueCommit {
  readonly sha: string;
  readonly subject: string;
  readonly release: string;
  readonly role: CommitRole | "fixes";
  readonly verified: boolean;
  readonly twins: readonly string[];
}

/** What was found, as data: regular expressions as their source, commits spelled out. */
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

function commitOf(sha: string, role: CatalogueCommit["role"]): CatalogueCommit[] {
  const commit = COMMITS[sha];
  if (commit === undefined) return [];
  const { subject, release, verified, twins = [] } = commit;
  return [{ sha, subject, release, role, verified, twins }];
}
