/** Turns the bytes of a file into the bytes of a log, chunk by chunk, in bounded memory. */
export interface Recoder {
  push(chunk: Uint8Array): Uint8Array;
  /** What was held back: call it after the last chunk. */
  end(): Uint8Array;
}
