import { isBarePlace, parseFrame } from "../../../grammar/frame.ts";
import type { ReportForm } from "../../../grammar/reports.ts";
import { isGarbledLockdep } from "../../../grammar/telling.ts";
import { isGapped } from "../../symbols/callers.ts";
import { isName } from "../../symbols/stack-ends.ts";
import type { Damage, DamageCode, Edge, Frame, HeldLocks } from "../../report/schema.ts";
import type { Common, Details, KindDefinition, Requirement } from "../kind.ts";
import { hasMixed } from "./mixed.ts";
import { lacksFrames } from "./stacks.ts";

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
    case "safe":
    case "unsafe":
      return (report[part]?.stack.length ?? 0) > 0;
    default: {
      const value: unknown = report[part];
      return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
    }
  }
}

/**
 * What the kernel always prints for this kind and this report does not have.
 *
 * @param form what the kind prints
 * @param line where the report ends
 * @param isTorn whether the marks of a dump say that it is not whole
 * @param told what is known of it already
 */
export function missingParts(
  report: Built,
  { requires, countsOnly = false, throughout, lost, isWorded }: KindDefinition,
  form: ReportForm,
  line: number,
  isTorn: boolean,
  told: readonly Damage[],
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
      report.dumps.filter(({ frames }) => frames.length > 0).length < (form.traces ?? 1));
  if (hasMixed(report, form)) damage.push({ code: "interleaved", line });
  const places = placesOf(report);
  if (places.some(isBarePlace))
    damage.push({ code: "truncated", line, what: "places without their offsets" });
  if (hasUnsound(report, places)) damage.push({ code: "unparsed", line, what: "a place that is none" });
  if (isWorded?.(report) === false) damage.push({ code: "unparsed", line, what: "a headline that is none" });
  if (hasOddClass(report)) damage.push({ code: "unparsed", line, what: "a class that is none" });
  const isCut = told.some(({ code }) => code === "truncated");
  const lacks =
    report.dumps.some(({ frames }) => isGapped(frames)) ||
    (throughout !== undefined && lacksFrames(report, throughout));
  if (isTorn || cut || (lacks && !isCut)) damage.push({ code: "truncated", line });
  for (const part of missing) damage.push({ code: "missing", line, what: part });
  return damage;
}

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
  if (isElsewhere(report) || (warning?.file && isGarbledLockdep(warning.file))) return true;
  const addresses = [lock, holding, ...held.flatMap(({ locks }) => locks)].flatMap((one) =>
    /^[0-9a-f]+$/.test(one?.address ?? "") ? [one?.address?.length] : [],
  );
  if (new Set(addresses).size > 1) return true;
  const names = new Map<number, string>();
  let once: readonly Frame[] | undefined;
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
      once ??= printedOnce(report, places);
      if (once.some(isOfBoth)) return true;
    }
  }
  return false;
}

/** Whether a warning names another function than its registers, of the same size. */
function isElsewhere({ warning, dumps }: Built): boolean {
  const registers = dumps[0]?.registers.find(({ afterFrame }) => afterFrame === 0);
  const at = warning?.at;
  // behind a segment
  const place = parseFrame((registers?.at ?? "").replace(/^[0-9a-f]{4}:/, ""));
  if (!at || at.inline || at.size === null || !place || place.size === null) return false;
  return place.symbol !== at.symbol && place.size === at.size;
}

/** Places that a whole report prints more than once, and this one has once. */
function printedOnce({ lock, holding, edges }: Built, places: readonly Frame[]): Frame[] {
  const closing = edges.filter(({ closes, stack }) => closes && stack.length > 0);
  const twice = [lock?.at, holding?.at, ...closing.flatMap(({ stack }) => stack)].flatMap((at) => at ?? []);
  const times = new Map<string, number>();
  for (const name of places.map(siteOf)) times.set(name, (times.get(name) ?? 0) + 1);
  return twice.filter((one) => times.get(siteOf(one)) === 1);
}

function siteOf({ symbol, offset }: Frame): string {
  return `${symbol}+${offset}`;
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
