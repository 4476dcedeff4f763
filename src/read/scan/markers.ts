import { BUCKETS, type Tag } from "./pieces.ts";

/** Something that is looked for in bytes. */
export interface Marker {
  readonly text: Buffer;
  readonly tag: Tag;
}

/** Bytes that are looked for, and the markers that have them. */
interface Piece {
  readonly bytes: Buffer;
  /** And where in each it stands; what begins first comes first. */
  readonly markers: readonly { readonly marker: Marker; readonly offset: number }[];
}

/** Pieces that are looked for together, as they are alike. */
export const BUCKETS_OF_PIECES: readonly (readonly Piece[])[] = BUCKETS.map((bucket) =>
  bucket.map(({ piece, texts }) => ({
    bytes: Buffer.from(piece),
    markers: texts.map(({ text, tag, offset }) => ({ marker: { text: Buffer.from(text), tag }, offset })),
  })),
);

export const PIECES: readonly Piece[] = BUCKETS_OF_PIECES.flat();
