import type { FrameText } from "../../grammar/frame.ts";
import type { LineToken } from "../../grammar/tokenize.ts";
import { isGapped } from "../symbols/callers.ts";
import { plainSymbol } from "../symbols/functions.ts";
import { exceedsRecorded, lacksRecorded } from "../symbols/recorded.ts";
import { isMixed, isStackEnd } from "../symbols/stack-ends.ts";

/** Of two traces that could be parted in more ways not all are gone through. */
const MOST_TRIES = 1024;
const MOST_LINES = 512;

/** A report's trace, and what its other lines tell of that stack. */
interface Trace {
  /** Number of the line that it begins with. */
  readonly start: number;
  /** And of the one of its CPU, above it. */
  readonly cpu: number;
  readonly lines: readonly LineToken[];
  /** The function that takes the lock. */
  readonly site: string | null;
  /** The functions that took the locks held: some have returned since. */
  readonly held: ReadonlySet<string>;
  /** The same stack, as lockdep recorded it; empty where it did not. */
  readonly recorded: readonly FrameText[];
}

function framesOf(lines: readonly LineToken[]): FrameText[] {
  return lines.flatMap(({ name, frame }) => (name === "Frame" && frame !== null ? [frame] : []));
}

/** The stack of the link #0, or of the new dependency, which takes the lock at this very place. */
function recordedOf(tokens: readonly LineToken[], site: FrameText | null | undefined): readonly FrameText[] {
  let frames: FrameText[] | null = null;
  let isTheOne = false;
  for (const { name, groups, frame } of tokens) {
    if (name === "Frame" && frames !== null && frame !== null) {
      frames.push(frame);
      isTheOne ||= frame.symbol === site?.symbol && frame.offset === site.offset;
    } else {
      if (frames !== null && isTheOne) return frames;
      isTheOne = name === "ChainLink" && groups["index"] === "0";
      frames = isTheOne || name === "AcquiredAt" ? [] : null;
    }
  }
  return [];
}

function traceOf(tokens: readonly LineToken[]): Trace | null {
  const at = tokens.findIndex(({ name }) => name === "CallTrace");
  const start = tokens[at];
  if (start === undefined) return null;
  const place = tokens.find(({ name }) => name === "Lock")?.lock?.at;
  const held = tokens.flatMap(({ name, lock }) =>
    name === "HeldLock" && lock?.at ? [plainSymbol(lock.at.symbol)] : [],
  );
  return {
    start: start.number,
    cpu: tokens.slice(0, at).findLast(({ name }) => name === "Cpu")?.number ?? start.number,
    lines: tokens
      .slice(at + 1)
      .filter(({ name }) => name === "Frame" || name === "TraceOpen" || name === "TraceClose"),
    site: place ? plainSymbol(place.symbol) : null,
    held: new Set(held),
    recorded: recordedOf(tokens, place),
  };
}

/** How many calls come a second time, as where a function calls itself by others. */
function repeatsIn(lines: readonly LineToken[]): number {
  const frames = lines.filter(({ frame }) => frame !== null && !frame.inline);
  return frames.length - new Set(frames.map(({ text }) => text)).size;
}

function nameOf({ frame }: LineToken): string {
  return plainSymbol(frame?.symbol ?? "");
}

function textOf(lines: readonly LineToken[]): string {
  return lines.map(({ text }) => text).join("\n");
}

/** Whether nothing contradicts that the lines, which are of one stack, are the report's trace. */
function mayBe(trace: Trace, lines: readonly LineToken[]): boolean {
  // few stacks have a call twice, and a part of another that has the same functions is most easily told by that
  return repeatsIn(lines) <= repeatsIn(trace.lines) && mayHave(trace, lines);
}

function mayHave({ site, recorded, held, lines: given }: Trace, lines: readonly LineToken[]): boolean {
  let context: string | null = null;
  const frames: (FrameText & { context: string | null })[] = [];
  for (const { name, groups, frame } of lines) {
    const named = groups["context"] ?? null;
    if (name === "TraceOpen") {
      if (context !== null) return false;
      context = named;
    } else if (name === "TraceClose") {
      if (context !== named) return false;
      context = null;
    } else if (frame !== null) frames.push({ ...frame, context });
  }
  if (context !== null || isMixed(frames) || isGapped(frames)) return false;
  const names = new Set(frames.map(({ symbol }) => plainSymbol(symbol)));
  if (site !== null && !names.has(site)) return false;
  const own = framesOf(given);
  const end = own.at(-1);
  if (end !== undefined && isStackEnd(end.symbol) && !isStackEnd(frames.at(-1)?.symbol ?? "")) return false;
  const ownNames = new Set(own.map(({ symbol }) => plainSymbol(symbol)));
  if ([...held].some((taker) => ownNames.has(taker) && !names.has(taker))) return false;
  return recorded.length === 0 || !(lacksRecorded(frames, recorded) || exceedsRecorded(frames, recorded));
}

/** Lines that nobody else can have: they alone name a function by which this report's locks were taken. */
function ownOf({ site, held, lines }: Trace, other: Trace): LineToken[] {
  const its = new Set(other.lines.map(nameOf));
  const named = new Map<string, LineToken[]>();
  for (const line of lines) {
    const name = nameOf(line);
    if ((name !== site && !held.has(name)) || its.has(name)) continue;
    const found = named.get(name);
    if (found === undefined) named.set(name, [line]);
    else found.push(line);
  }
  return [...named.values()].flatMap((found) => (found.length === 1 ? found : []));
}

/**
 * Whether lines of the two traces, which were printed at one time, could as well be the other's: from some line on, or
 * between two. Where lockdep recorded one of the stacks, or what a function is called by, tells, they cannot.
 */
export function mayBeExchanged(one: readonly LineToken[], other: readonly LineToken[]): boolean {
  const [first, second] = [traceOf(one), traceOf(other)];
  if (first === null || second === null) return false;
  // the lines of both CPUs stand above the one trace and the other
  const isEither = Math.max(first.cpu, second.cpu) < Math.min(first.start, second.start);
  if (isEither && mayHave(first, second.lines) && mayHave(second, first.lines)) return true;
  const since = Math.max(first.start, second.start);
  const isOfBoth = ({ number }: LineToken): boolean => number > since;
  if (!first.lines.some(isOfBoth) || !second.lines.some(isOfBoth)) return false;
  if (!mayBe(first, first.lines) || !mayBe(second, second.lines)) return true;
  if (first.recorded.length > 0 || second.recorded.length > 0) return false;
  const both = [...first.lines, ...second.lines].toSorted((a, b) => a.number - b.number);
  if (both.length > MOST_LINES) return true;
  const mine = new Set(first.lines);
  const own = new Set([...ownOf(first, second), ...ownOf(second, first)]);
  const text = textOf(first.lines);
  let tries = 0;
  for (let from = both.findIndex(isOfBoth); from < both.length; from++) {
    // what the unwinder guesses stands in any stack
    let isSure = false;
    for (let to = from; to < both.length; to++) {
      const line = both[to];
      if (line === undefined || own.has(line)) break;
      isSure ||= line.frame?.uncertain === false;
      if (!isSure) continue;
      if (++tries > MOST_TRIES) return true;
      const [changed, left] = parted(both, (token, i) => mine.has(token) !== (i >= from && i <= to));
      if (textOf(changed) === text) continue;
      if (mayBe(first, changed) && mayBe(second, left)) return true;
    }
  }
  return false;
}

function parted<T>(all: readonly T[], isFirst: (one: T, i: number) => boolean): [T[], T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const [i, one] of all.entries()) (isFirst(one, i) ? first : second).push(one);
  return [first, second];
}
