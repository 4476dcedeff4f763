import { InputError, systemCode, toInputError } from "../read/inputs/input-error.ts";
import type { Document } from "../report/schema.ts";

/** Some logs could not be read to their end. The message is about the first of them. */
export class TriageError extends InputError {
  /** What was read: all of the other logs, and these up to where reading failed. */
  readonly document: Document;
  /** One for each log that failed, in the order of the inputs. */
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
 * @throws TypeError unchanged: the caller gave something that is not a log
 */
export function failureOf(name: string, error: unknown): InputError {
  if (error instanceof TypeError) throw error;
  if (error instanceof InputError || systemCode(error) !== null) return toInputError(name, error);
  return new InputError(name, error instanceof Error ? error.message : String(error), { cause: error });
}
