import { isBarePlace } from "../../../grammar/frame.ts";
import { isDumper, isMixed, isName, isReporter } from "../../symbols/stack-ends.ts";
import type { Damage, DamageCode, Edge, Frame, HeldLocks } from "../../report/schema.ts";
import { plainSymbol } from "../../symbols/functions.ts";
import { tellingFunction } from "../bug/culprit.ts";
import { type Common, type Details, type KindDefinition, type Requirement, TAKES_LOCK } from "../kind.ts";

/** What is known of a report when its completeness is judged. */
type Built = Common & Details;

/** Scenario pictures came with v3.0 (f4185812aa04, 3003eba313dd). */
const SCENARIO_SINCE = 3;

function isWhole(edge: Edge): boolean {
  return edge.from !== "?" && edge.to !== "?" && (edge.by !== undefined || edge.stack.length > 0);
}

function isListed({ count, locks }: HeldLocks, countsOnly: boolean): boolean {
  return locks.length >= count || (countsOnly && locks.length === 0);
}

function majorOf(report: Built): number | null {
  const major = /^(\d+)\./.exec(report.kernel?.release ?? "");
  return major === null ? null : Number(major[1]);
}

function isThere(report: Built, part: Requirement, countsOnly: boolean): boolean {
  switch (part) {
    case "site":
      return (report.lock?.at ?? null) !== null;
    case "edges":
      return report.edges.length > 0 && report.edges.every(isWhole);
    case "held":
      return (
        report.lockdepOff === true ||
        (report.held.length > 0 && report.held.every((held) => isListed(held, countsOnly)))
      );
    case "scenario":
      return report.scenario.length > 0 || (majorOf(report) ?? SCENARIO_SINCE) < SCENARIO_SINCE;
    case "registered":
      return (report.registered?.stack.length ?? 0) > 0;
    default: {
      const value: unknown = report[part];
      return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
    }
  }
}

/**
 * What the kernel always prints for this kind and this report does not have.
 *
 * @param traces how often the kind prints a stack
 * @param line where the report ends
 * @param openContext the line of a `<TASK>` without `</TASK>`
 */
export function missingParts(
  report: Built,
  { requires, countsOnly = false, throughout, lost }: KindDefinition,
  traces: number,
  line: number,
  openContext: number | null,
): Damage[] {
  const damage: Damage[] = [];
  const missing = requires.filter((part) => !isThere(report, part, countsOnly));
  missing.push(...(lost?.(report).filter((part) => !missing.includes(part)) ?? []));
  // __warn() begins with where it is
  if (!missing.includes("warning") && report.warning?.file === null && report.warning.at === null)
    missing.push("warning");
  // a list says how long it is, also where a report may have none
  if (!missing.includes("held") && !report.held.every((held) => isListed(held, countsOnly)))
    missing.push("held");
  // nearly all reports end with a trace: where it is cut or not there at all, so is the end
  const cut =
    missing.includes("backtrace") ||
    (requires.includes("backtrace") &&
      report.dumps.filter(({ frames }) => frames.length > 0).length < traces);
  if (hasMixed(report)) damage.push({ code: "interleaved", line });
  const places = placesOf(report);
  if (places.some(isBarePlace))
    damage.push({ code: "truncated", line, what: "places without their offsets" });
  if (hasUnsound(report, places)) damage.push({ code: "unparsed", line, what: "a place that is none" });
  if (hasOddClass(report)) damage.push({ code: "unparsed", line, what: "a class that is none" });
  const lacks = throughout !== undefined && lacksFrames(report.backtrace, throughout);
  const lacksTaker = throughout?.includes(TAKES_LOCK) === true && lacksSite(report);
  if (openContext !== null || cut || lacks || lacksTaker) damage.push({ code: "truncated", line });
  for (const part of missing) damage.push({ code: "missing", line, what: part });
  return damage;
}

/**
 * Whether frames of the stack were lost where the report was printed: it begins with the functions that print stacks, goes
 * on with those that lead there, and only then with whoever did it.
 */
function lacksFrames(stack: readonly Frame[], throughout: readonly RegExp[]): boolean {
  const top = stack.find(({ inline }) => !inline);
  if (top === undefined) return false;
  const sure = sureOf(stack);
  const isAny = (pattern: RegExp): boolean => sure.some(({ symbol }) => pattern.test(symbol));
  const isPrinter = LEADS_TO_DUMP.test(top.symbol) || (throughout[0]?.test(top.symbol) ?? false);
  if ((!isDumper(top.symbol) && !isPrinter) || !throughout.every(isAny)) return true;
  const reporter = sure.findIndex(({ symbol }) => isReporter(symbol));
  if (sure.slice(0, Math.max(0, reporter)).some(({ symbol, inline }) => !inline && !isDumper(symbol)))
    return true;
  return DISPATCHERS.test(tellingFunction(stack) ?? "");
}

/** The frames that count: a machine that cannot unwind its stack marks every one as uncertain. */
function sureOf(stack: readonly Frame[]): readonly Frame[] {
  const certain = stack.filter(({ uncertain }) => !uncertain);
  return certain.some(({ symbol }) => isDumper(symbol)) ? certain : stack;
}

/** Whether the function that takes the lock is not in the stack of taking it. */
function lacksSite({ lock, backtrace }: Built): boolean {
  const at = lock?.at;
  if (!at || at.symbol.startsWith("0x") || backtrace.length === 0) return false;
  // where addresses are printed, as up to 4.9, unwinders are not sure of what they met
  const isOld = backtrace.some(({ address }) => address !== null);
  const names = (isOld ? backtrace : sureOf(backtrace)).flatMap(({ symbol, caller }) => [
    symbol,
    ...(caller ? [caller.symbol] : []),
  ]);
  // of locks that are taken anew, the first taker may be long gone
  if (names.some((symbol) => symbol.startsWith("reacquire_held_locks"))) return false;
  const taker = plainSymbol(at.symbol);
  return !names.some((symbol) => plainSymbol(symbol) === taker);
}

/** Functions of which dump_stack() may be the last call. */
const LEADS_TO_DUMP = /^\.?(?:dump_stack|lockdep_rcu_suspicious)/;

/** They only call others, and so did nothing themselves. */
const DISPATCHERS =
  /^(?:(?:x64|ia32)_sys_call|(?:__)?do_(?:syscall_\w+|int80\w*|fast_syscall_32|el0_svc)|el0t?_\w+|invoke_syscall|system_call_exception|do_trap_ecall_u|kthread|ret_from_\w+|entry_\w+)$/;

function isSound({ symbol, offset, size }: Frame): boolean {
  return isName(symbol) && (offset === null || size === null || offset <= size);
}

function placesOf({ lock, holding, held, edges, dumps, warning }: Built): Frame[] {
  return [
    ...[lock, holding, ...held.flatMap(({ locks }) => locks)].flatMap((one) => one?.at ?? []),
    ...edges.flatMap(({ stack }) => stack),
    ...dumps.flatMap(({ frames }) => frames),
    ...(warning?.at ? [warning.at] : []),
  ];
}

/** Whether some of the letters of a name are missing in the other. */
function isShortened(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length && short.length < long.length;
}

/**
 * Whether the log garbled a place: an address shorter than others, an offset beyond the function's end, a sign that no name has, or the same place under a
 * name with letters missing.
 */
function hasUnsound(report: Built, places: readonly Frame[]): boolean {
  const { lock, holding, held, warning } = report;
  if (warning?.file && warning.at === null) return true;
  const addresses = [lock, holding, ...held.flatMap(({ locks }) => locks)].flatMap((one) =>
    /^[0-9a-f]+$/.test(one?.address ?? "") ? [one?.address?.length] : [],
  );
  if (new Set(addresses).size > 1) return true;
  const twice = twicePrinted(report);
  const names = new Map<number, string>();
  const times = new Map<string, number>();
  for (const { symbol, offset } of places) {
    const place = `${symbol}+${offset}`;
    times.set(place, (times.get(place) ?? 0) + 1);
  }
  const isAlone = ({ symbol, offset }: Frame): boolean => times.get(`${symbol}+${offset}`) === 1;
  for (const place of places) {
    if (!isSound(place)) return true;
    const { symbol, offset, size, inline } = place;
    if (offset === null || size === null || inline) continue;
    const key = offset * FARTHEST_OFFSET + size;
    const known = names.get(key);
    if (known === undefined) names.set(key, symbol);
    else if (known !== symbol && isShortened(known, symbol)) {
      if (!isExtended(known, symbol)) return true;
      const isOfBoth = (one: Frame): boolean =>
        (one.symbol === known || one.symbol === symbol) && one.offset === offset && one.size === size;
      if (twice.some((one) => isOfBoth(one) && isAlone(one))) return true;
    }
  }
  return false;
}

/** Places that a whole report prints more than once. */
function twicePrinted({ lock, holding, edges }: Built): Frame[] {
  const closing = edges.filter(({ closes, stack }) => closes && stack.length > 0);
  return [lock?.at, holding?.at, ...closing.flatMap(({ stack }) => stack)].flatMap((at) => at ?? []);
}

/**
 * Whether one name goes on where the other ends, or begins before it, by a letter or two or whole words: `take_a` and
 * `take_ab` are two functions.
 */
function isExtended(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  const more = long.length - short.length;
  if (long.startsWith(short)) return more <= FEW_LETTERS || /^[_.]/.test(long.slice(short.length));
  return long.endsWith(short) && (more <= FEW_LETTERS || long.slice(0, more).endsWith("_"));
}

const FEW_LETTERS = 2;

/** Whether the picture has a lock that is in no other part of the report: it shows nothing else than the cycle, or the lock. */
function hasOddClass({ scenario, edges, lock, holding, chainExists }: Built): boolean {
  const classes = edges.flatMap(({ from, to }) => [from, to]);
  if (classes.includes("?") || lock === null) return false;
  // a person took the chain away
  if (classes.length === 0 && holding !== null) return false;
  for (const one of [lock, holding, ...(chainExists ?? [])]) if (one) classes.push(one.class);
  // mailers break lines, and put blanks into names
  const known = new Set(classes.map((name) => name.replaceAll(" ", "")));
  return scenario.some(({ class: name }) => name !== null && !known.has(name.replaceAll(" ", "")));
}

/** Functions are shorter. */
const FARTHEST_OFFSET = 2 ** 24;

/** Whether one of the report's stacks is of two. */
function hasMixed({ edges, dumps, registered, safe, unsafe, dependencies }: Built): boolean {
  if (edges.some(({ stack }) => isMixed(stack)) || dumps.some(({ frames }) => isMixed(frames))) return true;
  if ([registered, safe, unsafe].some((trace) => trace !== undefined && isMixed(trace.stack))) return true;
  return (dependencies ?? []).some(({ classes }) =>
    classes.some(
      ({ usages, acquiredAt }) => usages.some(({ stack }) => isMixed(stack)) || isMixed(acquiredAt ?? []),
    ),
  );
}

/** With any of these, something that the kernel printed is not there, or is not certain. */
const INCOMPLETE: ReadonlySet<DamageCode> = new Set<DamageCode>([
  "missing",
  "truncated",
  "too-long",
  "interleaved",
]);

export function isComplete(damage: readonly Damage[]): boolean {
  return damage.every(({ code }) => !INCOMPLETE.has(code));
}
