/** The catalogue of known annotations: what a lock class stands for. Load it only when something asks. */
export {
  annotationOf,
  annotations,
  annotationsOf,
  commitsBySha,
  commitsBySubject,
  commitsOf,
  entriesOfCommit,
  type FoundCommit,
  type Match,
  matchesOf,
  ReportLookup,
  wordsOf,
} from "./lookup.ts";
export { COMMITS } from "./commits.ts";
export type { Annotation, CommitRole, Effect, KnownCommit } from "./schema.ts";
export { classesOf } from "./frames.ts";
export { searchCatalogue, type SearchHit } from "./search.ts";
export { catalogueDocument, type CatalogueDocument, catalogueRows } from "./listing.ts";
