import type { FrameText } from "./frame.ts";
import type { LockText } from "./lock.ts";

/**
 * A place in a line's text where the kernel prints which one of many: when the same code prints the line again, in
 * another boot or for another task, something else is there, and the line says the same.
 */
export interface Variable {
  readonly start: number;
  readonly end: number;
  /** Of addresses and pids, equal ones are one thing. Registers and counts of events are compared by nobody. */
  readonly sort: "address" | "pid" | "register" | "count";
}

export const NO_VARIABLES: readonly Variable[] = [];

/** The groups of lines.ts that are such places, or hold some. */
const GROUPS = {
  pid: "pid",
  pid2: "pid",
  runner: "pid",
  workerPid: "pid",
  address: "address",
  stamp: "count",
  event: "count",
  ops: "count",
  lock: null,
  at: null,
} as const satisfies Record<string, Variable["sort"] | null>;

type Group = keyof typeof GROUPS;

const NAMES = Object.keys(GROUPS) as Group[];

/** Those that are in a pattern of lines.ts. */
export function variableGroups({ source }: RegExp): readonly Group[] {
  return NAMES.filter((name) => source.includes(`(?<${name}>`));
}

/** What hides an address, as `(____ptrval____)`, is the same for all. */
const ADDRESS = /^(?:0x)?([0-9a-f]{8,16})$/;
/** The pid of all idle tasks is 0. */
const PID = /^[1-9]\d{0,14}$/;

function addressAt(text: string, address: string | null, from: number): readonly Variable[] {
  const digits = address === null ? undefined : ADDRESS.exec(address)?.[1];
  const start = digits === undefined ? -1 : text.indexOf(digits, from);
  if (digits === undefined || start < 0) return NO_VARIABLES;
  return [{ start, end: start + digits.length, sort: "address" }];
}

/** In a line that is a frame, or in the part of it that begins at `from`. */
export function variablesOfFrame(text: string, frame: FrameText | null, from = 0): readonly Variable[] {
  return frame === null ? NO_VARIABLES : addressAt(text, frame.address, from);
}

/** In a line that is a lock, or in the part of it that begins at `from`. */
export function variablesOfLock(text: string, lock: LockText, from = 0): readonly Variable[] {
  const found = addressAt(text, lock.address, from);
  const site = variablesOfFrame(text, lock.at, Math.max(from, text.lastIndexOf(", at: ")));
  return site.length === 0 ? found : [...found, ...site];
}

const WORD = /\b(?:0x)?([0-9a-f]{8,16})\b/g;

/** In a line of registers, or of other words out of the machine. */
export function variablesOfWords(text: string): readonly Variable[] {
  return Array.from(text.matchAll(WORD), ({ index, 0: word, 1: digits = "" }) => {
    const end = index + word.length;
    return { start: end - digits.length, end, sort: "register" };
  });
}

/**
 * In a line that a row's pattern matches.
 *
 * @param match tells where its groups are
 * @param names {@link variableGroups} of the pattern
 */
export function variablesOfMatch(
  { input: text, groups = {}, indices }: RegExpExecArray,
  names: readonly Group[],
  lock: LockText | null,
  frame: FrameText | null,
): readonly Variable[] {
  const isVariable = (name: Group): boolean => {
    const value = groups[name];
    if (value === undefined) return false;
    if (name === "lock")
      return lock === null ? ADDRESS.test(value) : (lock.address ?? lock.at?.address ?? null) !== null;
    if (name === "at") return frame !== null && frame.address !== null;
    return GROUPS[name] === "address" ? ADDRESS.test(value) : PID.test(value);
  };
  const varying = names.filter(isVariable);
  if (varying.length === 0) return NO_VARIABLES;
  const places = indices?.groups ?? {};
  return varying
    .flatMap((name): readonly Variable[] => {
      const [start, end] = places[name] ?? [0, 0];
      const sort = GROUPS[name];
      if (name === "at") return variablesOfFrame(text, frame, start);
      if (name === "lock" && lock !== null) return variablesOfLock(text, lock, start);
      if (sort === null || sort === "address") return addressAt(text, text.slice(start, end), start);
      return [{ start, end, sort }];
    })
    .toSorted((a, b) => a.start - b.start);
}
