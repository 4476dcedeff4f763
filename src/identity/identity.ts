import { createHash } from "node:crypto";
import { comparableClass, isCommonClass } from "../symbols/class-names.ts";
import { smallestStart, turned } from "./rotation.ts";
import type { Edge, Frame, Report } from "../report/schema.ts";
import { isCorrupted } from "./title.ts";
import { plainSymbol, withoutCallPrefix } from "../symbols/functions.ts";
import { takerOf } from "../symbols/who-took.ts";

/** Changes whenever the definition below does, so that ids of two definitions never meet. */
export const IDENTITY_VERSION = 3;

export interface Identity {
  /** The bug: 12 hexadecimal digits. */
  readonly id: string;
  /** The bug and where its locks are taken: 12 hexadecimal digits, of no meaning without the id. */
  readonly siteId: string;
}

type Identified = Omit<Report, "id" | "siteId" | "title">;

/**
 * The identity of the bug that a report shows: the same in every boot, build, architecture and transport,
 * whichever edge closed the cycle. docs/identity.md is its definition.
 */
export function identityOf(report: Identified, title: string): Identity {
  const site = isCorrupted(title) ? evidenceOf(report) : siteOf(title);
  const parts = partsOf(report, site);
  return {
    id: digest(["bug", ...parts]),
    siteId: digest(["site", ...parts, ...sitesOf(report, site)]),
  };
}

type Part = string | readonly string[];

function digest(parts: readonly Part[]): string {
  return createHash("sha256")
    .update(JSON.stringify([IDENTITY_VERSION, ...parts]))
    .digest("hex")
    .slice(0, 12);
}

/** Of a title what does not depend on the release: `[ INFO: … ]` became `WARNING: …` in v4.12. */
function siteOf(title: string): string {
  return plainSymbol(title.replace(/^(?:WARNING|BUG|INFO): /, ""));
}

/**
 * What tells a report without a stack from others: the place in the source that it names, or the function. Where it has
 * neither it is like no other, for nothing shows that it is.
 */
function evidenceOf({
  sleeping,
  preemptible,
  lock,
  holding,
  warning,
  rcu,
  lines,
  time,
  ...report
}: Identified): string {
  if (sleeping !== undefined && sleeping.file !== "") return `at ${sleeping.file}:${sleeping.line}`;
  if (rcu !== undefined && rcu.file !== "") return `at ${rcu.file}:${rcu.line}`;
  const place = preemptible?.caller ?? warning?.at ?? lock?.at ?? holding?.at;
  if (place) return `at ${plainSymbol(place.symbol)}`;
  const held = report.held.flatMap(({ locks }) => locks.map((one) => one?.class ?? ""));
  return digest(["alone", report.headline, `${lines.first}`, `${time}`, report.task?.comm ?? "", held]);
}

function partsOf(report: Identified, site: string): readonly Part[] {
  switch (report.kind) {
    case "circular":
      return report.edges.length > 0 ? ["circular", ...cycleOf(report.edges)] : ["circular", site];
    case "irq-order":
    case "irq-inversion":
      // one cycle: whether its last edge came with a lock or with an interrupt is a matter of time
      return report.edges.length > 0
        ? ["irq", contextOf(report.safe?.state ?? report.other?.state), ...cycleOf(report.edges)]
        : [report.kind, site];
    case "inconsistent":
      return ["inconsistent", ...usageOf(report, site)];
    case "held-exit":
    case "held-user":
    case "held-dump":
      return [report.kind, ...heldOf(report, site)];
    case "rcu":
      return ["rcu", report.rcu?.message ?? "", site];
    case "leaked":
      return ["leaked", plainSymbol(report.leaked?.function ?? site)];
    case "limit":
      return ["limit", report.limit?.name ?? ""];
    default:
      return [report.kind, className(report), site];
  }
}

/** More classes than this tell a cycle apart, however common their names are. */
const FEW_CLASSES = 2;

interface Step {
  /** A class with its subclass, and how the edge away from it is made. */
  readonly name: string;
  /** Who takes the next class. */
  readonly taker: string;
}

/** A cycle from the same class on in every report of it. */
function stepsOf(edges: readonly Edge[]): Step[] {
  const steps = edges.map((edge, i): Step => {
    const before = edges[(i + edges.length - 1) % edges.length];
    const subclass = before?.acquired?.subclass ?? 0;
    const name = comparableClass(edge.from) + (subclass === 0 ? "" : `/${subclass}`);
    // a link that was lost may have stood for any number of classes
    const lost = edge.acquired === null && !edge.closes ? " ?" : "";
    return {
      name: name + (edge.by === undefined ? "" : " irq") + lost,
      taker: takerOf(edge.stack) ?? "",
    };
  });
  const ordered = turned(steps, smallestStart(steps.map(({ name }) => name)));
  // where the names repeat themselves it is for the functions to say which comes first
  const period = periodOf(ordered.map(({ name }) => name));
  const rounds = Array.from({ length: steps.length / period }, (_, i) =>
    JSON.stringify(takersOf(ordered.slice(i * period, (i + 1) * period))),
  );
  return turned(ordered, smallestStart(rounds) * period);
}

/** The smallest number of places by which a cycle can be turned and stay the same. */
function periodOf(names: readonly string[]): number {
  for (let period = 1; period < names.length; period++)
    if (names.length % period === 0 && names.every((name, i) => name === names[(i + period) % names.length]))
      return period;
  return Math.max(1, names.length);
}

/** The classes in dependency order; of a cycle of common names also the functions that take them. */
function cycleOf(edges: readonly Edge[]): readonly Part[] {
  const steps = stepsOf(edges);
  const names = steps.map(({ name }) => name);
  return restsOnFunctions(edges) ? [names, takersOf(steps)] : [names];
}

/** Whether a cycle's classes bear names so common that only the functions that take them tell it from others. */
export function restsOnFunctions(edges: readonly Edge[]): boolean {
  const classes = new Set(edges.map(({ from }) => comparableClass(from)));
  return classes.size <= FEW_CLASSES && [...classes].every(isCommonClass);
}

function takersOf(steps: readonly Step[]): string[] {
  return steps.map(({ taker }) => taker);
}

/** `HARDIRQ-READ` is HARDIRQ: whether the lock was only read belongs to the site. */
function contextOf(state: string | undefined): string {
  return (state ?? "").replace(/-READ$/, "").toUpperCase();
}

/** The two states are one contradiction, whichever came first. */
function usageOf(report: Identified, site: string): readonly Part[] {
  const name = className(report);
  const states = [report.usage?.from ?? "", report.usage?.to ?? ""].map((state) =>
    state.replace(/-[RW]$/, ""),
  );
  if (name !== "" && !isCommonClass(name)) return [name, states.toSorted()];
  const earlier = takerOf(report.registered?.stack ?? []);
  const now = / in (\S+)$/.exec(site)?.[1];
  return [name, states.toSorted(), [earlier ?? "", now ?? site].toSorted()];
}

function heldOf(report: Identified, site: string): readonly Part[] {
  const names = report.held.flatMap(({ locks }) => locks.map((lock) => comparableClass(lock?.class ?? "")));
  const classes = [...new Set(names)].toSorted();
  return classes.every(isCommonClass) ? [classes, site] : [classes];
}

/** Where the locks are taken: of a cycle by edge, so that it does not matter which one closed it. */
function sitesOf(report: Identified, site: string): readonly Part[] {
  if (report.edges.length > 1) return takersOf(stepsOf(report.edges));
  return [site, plainName(report.lock?.at), plainName(report.holding?.at)];
}

/** Where nothing names the class there is an address in its place, of this boot alone. */
const ADDRESS = /^(?:0x)?[0-9a-f]{8,16}$/;

function className({ lock }: Pick<Report, "lock">): string {
  const name = lock?.class ?? "";
  return ADDRESS.test(name) ? "" : comparableClass(name);
}

function plainName(frame: Frame | null | undefined): string {
  return withoutCallPrefix(plainSymbol(frame?.symbol ?? ""));
}
