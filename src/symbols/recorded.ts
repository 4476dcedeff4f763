import { plainSymbol } from "./functions.ts";
import { isStackEnd } from "./stack-ends.ts";

/** As much of a frame as tells where in which function it is. */
interface PlacedFrame {
  readonly symbol: string;
  readonly offset: number | null;
  readonly size: number | null;
  readonly uncertain: boolean;
  readonly inline: boolean;
  readonly caller?: { readonly symbol: string } | undefined;
}

/** sparc's trace is no longer. */
const SHORT_TRACE = 16;

/** Whether the frame names the function that it is of: after the last call of one that does not return the next begins. */
function isTelling({ symbol, offset, size, inline }: PlacedFrame): boolean {
  if (inline || symbol.startsWith("0x") || isStackEnd(symbol)) return false;
  return offset !== 0 && (offset === null || offset !== size);
}

/**
 * Whether a function of the recorded stack is not in the trace, which is the same stack.
 *
 * @param interrupted functions that registers within the trace name
 */
export function lacksRecorded(
  trace: readonly PlacedFrame[],
  recorded: readonly PlacedFrame[],
  interrupted: readonly string[] = [],
): boolean {
  const names = new Set(interrupted.map(plainSymbol));
  for (const { symbol, caller } of trace) {
    names.add(plainSymbol(symbol));
    if (caller) names.add(plainSymbol(caller.symbol));
  }
  const isNamed = ({ symbol }: PlacedFrame): boolean => names.has(plainSymbol(symbol));
  const telling = recorded.filter(isTelling);
  const end = trace.length === SHORT_TRACE ? telling.findLastIndex(isNamed) + 1 : telling.length;
  return !telling.slice(0, end).every(isNamed);
}

/** Whether a function of the trace is not in the recorded stack, which is the same one. */
export function exceedsRecorded(trace: readonly PlacedFrame[], recorded: readonly PlacedFrame[]): boolean {
  if (recorded.length === 0) return false;
  const names = new Set(recorded.map(({ symbol }) => plainSymbol(symbol)));
  const sure = trace.filter(({ uncertain }) => !uncertain);
  // above that, the trace has who prints
  const entry = sure.findLastIndex(({ symbol }) => plainSymbol(symbol) === "lock_acquire");
  if (entry < 0) return false;
  return sure.slice(entry + 1).some((frame) => isTelling(frame) && !names.has(plainSymbol(frame.symbol)));
}
