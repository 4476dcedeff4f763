/** The catalogue of known annotations: what a lock class stands for. Load it only when something asks. */
export {
  annotationOf,
  annotations,
  annotationsOf,
  commitsBySha,
  commitsBySubject,
  entriesOfCommit,
  type FoundCommit,
  isHash,
  matchesOf,
  ReportLookup,
  wordsOf,
} from "./lookup.ts";
export { COMMITS } from "./commits.ts";
export type { AllocationScope, Annotation, CommitRole, Effect } from "./schema.ts";
export { classesOf } from "./frames.ts";
export { searchCatalogue } from "./search.ts";
export type { CatalogueDocument } from "./document.ts";
export { catalogueDocument } from "./listing.ts";
export { SCOPES } from "./scopes.ts";
export { documentedOrder, type OrderFound } from "./orders.ts";
