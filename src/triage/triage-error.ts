import { InputError, systemCode, toInputError } from "../read/inputs/input-error.ts";
import type { Document } from "../report/schema.ts";

/** Logs that could not be read to their end. It speaks of the first; what could be read of all is in it. */
export class TriageError extends InputError {
  /** What was read: of the other logs all, of these up to where reading them failed. */
  readonly document: Document;
  /** Each that failed, in their order. */
  readonly failures: readonly InputError[];

  constructor(first: InputError, failures: readonly InputError[], document: Document) {
    super(first.input, first.reason, { cause: first.cause });
    this.failures = failures;
    this.document = document;
  }
}

/**
 * What reading a log threw, as an error that names the log.
 *
 * @throws TypeError as it is: the caller gave something that is no log
 */
export function failureOf(name: string, error: unknown): InputError {
  if (error instanceof TypeError) throw error;
  if (error instanceof InputError || systemCode(error) !== null) return toInputError(name, error);
  return new InputError(name, error instanceof Error ? error.message : String(error), { cause: error });
}
