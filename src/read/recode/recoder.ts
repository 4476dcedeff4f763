import type { Mail } from "../../report/schema.ts";

/** Where a log of its own begins within a file: nothing runs on into it from what came before. */
export interface LogStart {
  readonly mail: Mail;
  /** 1-based number of its first line, at the least. */
  readonly line: number;
}

/** Bytes of a log, or where the next one begins. */
export type Recoded = Uint8Array | LogStart;

/** Turns the bytes of a file into the bytes of its logs, chunk by chunk, in bounded memory. */
export interface Recoder {
  push(chunk: Uint8Array): Promise<readonly Recoded[]>;
  /** What was held back: call it after the last chunk. */
  end(): Promise<readonly Recoded[]>;
}
