import type { Gist } from "../report/gist-schema.ts";
import type { Kind } from "../report/schema.ts";
import type { Where } from "./schema.ts";

/** What a text says of a bug without a report: a commit message that names the locks, say. */
export interface Mention {
  readonly kinds: readonly Kind[];
  readonly classes: readonly string[];
  readonly functions: readonly string[];
}

/** One thing that was seen in a place: a report, or a text that speaks of locks. */
export interface Entry {
  readonly where: Where;
  /** null: it is a mention. */
  readonly gist: Gist | null;
  readonly mention: Mention | null;
}
