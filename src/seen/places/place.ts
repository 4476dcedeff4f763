import type { Entry } from "../entry.ts";
import type { Seen } from "../schema.ts";

/** A store of `history` is none of these: it needs no index. */
export type PlaceType = Exclude<Seen["places"][number]["type"], "store">;

/** A part of a place that is read as a whole, and its state: in another state it is read again. */
export interface Unit {
  readonly key: string;
  readonly stamp: string;
}

/** What was read of a unit. */
export interface UnitEntries extends Unit {
  readonly entries: readonly Entry[];
}

/** What an index still holds, and what has to be read. */
export interface Plan {
  /** How far the place is read then. */
  readonly position: string;
  /** Whether what the index has of a unit is still true. */
  readonly keeps: (unit: Unit) => boolean;
  /** Reads everything but the units of which that was kept. */
  readonly read: (kept: ReadonlySet<string>, count: (items: number) => void) => AsyncIterable<UnitEntries>;
}

/** Where reports are looked for. */
export interface Place {
  readonly path: string;
  readonly type: PlaceType;
  /** @param position to which an index has it; null where there is none */
  readonly plan: (position: string | null) => Promise<Plan>;
}
