/** A class's key as `%p` prints it: an address, a hash of it, or a word that hides it. */
export const KEY = String.raw`[0-9a-f]{8,16}|\((?:_*ptrval_*|null|efault)\)`;

/** @returns null if the kernel hides every address behind the same word */
export function keyOf(text: string): string | null {
  return text.startsWith("(") ? null : text;
}

/** 64-bit addresses of kernels are in the upper half; since v4.15 `%p` prints 32 bits of a hash instead. */
const HASHED = /^0{8}[0-9a-f]{8}$/;

/** Most keys are static objects, which are at even addresses; half of all hashes are odd. */
const MOST_ODD = 0.3;

/**
 * Whether keys are addresses, so that they tell classes apart in all boots of one build.
 *
 * @param keys as printed; null for those that are hidden
 */
export function areClear(keys: readonly (string | null)[]): boolean {
  const shown = keys.filter((key) => key !== null);
  if (shown.length === 0 || shown.length < keys.length / 2) return false;
  if (shown.some((key) => HASHED.test(key))) return false;
  const odd = shown.filter((key) => Number.parseInt(key.slice(-1), 16) % 2 === 1).length;
  return odd / shown.length < MOST_ODD;
}
