import type { LineName } from "../../grammar/lines.ts";
import { type LineToken, tokenize } from "../../grammar/tokenize.ts";

/** No line of lockdep's is so long that a mailer wrapped it twice. */
const MOST_PIECES = 2;

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
 * Puts a line together that a mailer wrapped at its blanks. What the kernel itself prints in pieces is known better:
 * pieces.ts.
 *
 * @param pieces the texts that stand immediately before, the nearest last
 * @returns the line and how many of the pieces it took, or null
 */
export function join(
  pieces: readonly string[],
  text: string,
  number: number,
): { readonly token: LineToken; readonly taken: number } | null {
  for (let taken = Math.min(pieces.length, MOST_PIECES); taken > 0; taken--) {
    const whole = [...pieces.slice(-taken), text].map((piece) => piece.trim()).join(" ");
    const token = tokenize(whole, number);
    if (token !== null && JOINABLE.has(token.name) && isSound(token)) return { token, taken };
  }
  return null;
}

/** Whether there is nothing but a place behind `at:`. */
function isSound({ text, lock }: LineToken): boolean {
  return lock?.at !== null || text.endsWith(" at:") || !text.includes(", at: ");
}
