import type { Marker } from "./markers.ts";

/** A marker that stands somewhere. */
export interface Hit {
  readonly at: number;
  readonly marker: Marker;
  /** How many newlines come before it. */
  readonly line: number;
}

/** What a part of a log holds. */
export interface Scanned {
  /** In their order, at most one where a piece of a marker stands. */
  readonly hits: readonly Hit[];
  readonly newlines: number;
}

/** Finds all markers in bytes and counts their newlines. */
export type Scanner = (bytes: Buffer) => Scanned;
