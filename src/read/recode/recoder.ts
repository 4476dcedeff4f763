import type { Mail } from "../../report/schema.ts";

/** Where a log of its own begins within a file: nothing runs on into it from what came before. */
export interface LogStart {
  readonly mail: Mail;
  /** 1-based number of its first line, at the least. */
  readonly line: number;
}

/** What may hold a log, and could not be read: of the log that began last. */
export interface Unreadable {
  readonly unreadable: string;
}

/** Bytes of a log, where the next one begins, or what could not be read. */
export type Recoded = Uint8Array | LogStart | Unreadable;

/** Turns the bytes of a file into the bytes of its logs, chunk by chunk, in bounded memory. */
export interface Recoder {
  push(chunk: Uint8Array): Promise<readonly Recoded[]>;
  /** What was held back: call it after the last chunk. */
  end(): Promise<readonly Recoded[]>;
}
