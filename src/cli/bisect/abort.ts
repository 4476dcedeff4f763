/** There is no way on: git bisect must stop, and not take this for a verdict. The message says why. */
export class AbortBisection extends Error {
  override readonly name = "AbortBisection";
}

/**
 * git takes 0 for good, 125 for a commit to be skipped, all else up to 127 for bad, and ends the bisection at any
 * status above.
 */
export const ABORT_STATUS = 128;
