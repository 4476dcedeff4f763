/** A store that cannot be used; the message names it and says why. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** The system's code of a failed call. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
