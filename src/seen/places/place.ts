import type { Entry } from "../entry.ts";
import type { Seen } from "../schema.ts";

/** A store of `history` is none of these: it needs no index. */
export type PlaceType = Exclude<Seen["places"][number]["type"], "store">;

/** A part of a place that is read as a whole, and its state: in another state it is read again. */
export interface Unit {
  readonly key: string;
  readonly stamp: string;
}

/** What was found in something. */
export interface Found {
  readonly entries: readonly Entry[];
  /** Attachments and ends of mails that could not be read. */
  readonly unread: number;
}

export const NOTHING: Found = { entries: [], unread: 0 };

/** What was read of a unit. */
export interface UnitEntries extends Unit, Found {}

/** What an index has of a place. */
export interface Indexed {
  /** How far the place was read. */
  readonly position: string;
  /** All units of which it has what was read. */
  readonly units: () => AsyncIterable<Unit>;
}

/** How an index is brought up to date. */
export interface Plan {
  /** How far the place is read then. */
  readonly position: string;
  /** Units of which what the index has is true no more; null: of none is it. */
  readonly gone: ReadonlySet<string> | null;
  /** Reads everything of which the index has nothing then. */
  readonly read: (count: (items: number) => void) => AsyncIterable<UnitEntries>;
}

/** Where reports are looked for. */
export interface Place {
  readonly path: string;
  readonly type: PlaceType;
  /** @param indexed null if there is no index */
  readonly plan: (indexed: Indexed | null) => Promise<Plan>;
}
