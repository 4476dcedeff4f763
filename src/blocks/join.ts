import type { LineName } from "../../grammar/lines.ts";
import { type LineToken, tokenize } from "../../grammar/tokenize.ts";

/** No line of lockdep's was ever seen in more pieces: `#0:`, `(`, the name, `){..}`, `, at:`, the place. */
const MOST_PIECES = 8;

/**
 * Lines that are told by enough of their text that pieces put together by chance cannot be one. Lines that
 * are nearly anything, as the message of a suspicious RCU usage, are not joined.
 */
const JOINABLE: ReadonlySet<LineName> = new Set<LineName>([
  "Acts",
  "Releases",
  "Frees",
  "AlreadyHolding",
  "OtherInfo",
  "DependsOnNew",
  "ChainHeader",
  "ChainLink",
  "ScenarioLock",
  "ConnectsSafe",
  "ToUnsafe",
  "Became",
  "DependenciesOfSafe",
  "DependenciesOfWanted",
  "ShortestDependencies",
  "ClassHead",
  "Key",
  "TookUnsafe",
  "TakenBySafe",
  "Registered",
  "IrqEvent",
  "HeldCount",
  "HeldOnCpu",
  "HeldLock",
  "Lock",
  "ClassPair",
  "Cpu",
]);

/**
 * Puts the pieces of a line together: mailers wrap long lines, and kernels around 4.9 printed every piece of
 * a lock as a line of its own.
 *
 * @param pieces the texts before, the nearest last
 * @returns the line and how many of the pieces it took, or null
 */
export function join(
  pieces: readonly string[],
  text: string,
  number: number,
): { readonly token: LineToken; readonly taken: number } | null {
  for (let taken = Math.min(pieces.length, MOST_PIECES); taken > 0; taken--) {
    const all = [...pieces.slice(-taken), text].map((piece) => piece.trim());
    for (const whole of [all.reduce(glue), all.join(" ")]) {
      const token = tokenize(whole, number);
      if (token !== null && JOINABLE.has(token.name) && isSound(token)) return { token, taken };
    }
  }
  return null;
}

/** Whether there is a lock where one must be, and nothing but a place behind `at:`. */
function isSound({ name, text, lock }: LineToken): boolean {
  if (name === "HeldLock" && lock === null) return false;
  return lock?.at !== null || text.endsWith(" at:") || !text.includes(", at: ");
}

/** Pieces of one print statement have no blanks between them but these. */
function glue(left: string, right: string): string {
  return left.endsWith(":") || right.startsWith("(") ? `${left} ${right}` : left + right;
}
