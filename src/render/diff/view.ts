import type { Diff } from "../../compare/diff-schema.ts";
import type { Document } from "../../report/schema.ts";

/** What formats of a comparison are made of. */
export interface DiffView {
  readonly diff: Diff;
  /** The logs and reports of both sides, the old ones first. */
  readonly both: Document;
}
