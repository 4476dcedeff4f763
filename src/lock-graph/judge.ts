import { blindSpotsOf, RECURSIVE_READERS, SRCU_ORDERED } from "../catalogue/blind-spots.ts";
import { matchesOf } from "../catalogue/lookup.ts";
import type { Annotation } from "../catalogue/schema.ts";
import { parseClassName } from "../../grammar/class-name.ts";
import { compare, type Cycle, isReadOnly, overOf, waits } from "./cycles.ts";
import type { ClassNode, EdgeLine, EdgeSighting, LockGraph, ReportedCycle } from "./lock-graph.ts";
import type { GraphCycle, Reason, ReasonCode } from "./schema.ts";

/** How much a cycle is worth: what speaks for it, what against, and why no kernel said it. */

export interface Judgement {
  readonly span: GraphCycle["span"];
  readonly strength: GraphCycle["strength"];
  readonly reported: readonly string[];
  readonly reasons: readonly Reason[];
}

/** With one of these a cycle is never more than possible. */
const DOUBTS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "same-name",
  "gate-lock",
  "checked-by-kernel",
  "recursive-read",
  "subclass-nesting",
  "novalidate",
  "known-false-positive",
  "read-only-class",
  "trylock-possible",
]);

export function judge(graph: LockGraph, cycle: Cycle, reports: readonly ReportedCycle[]): Judgement {
  const reported = [...new Set(reports.map(({ report }) => report.id))].toSorted(compare);
  const common = commonSources(cycle);
  const span = spanOf(graph, cycle, common);
  const reasons = [
    ...(reported.length > 0 ? [reason("reported", "for", { ids: reported })] : []),
    ...silence(graph, cycle, common, reported.length > 0),
    ...doubts(graph, cycle, common),
    ...remarks(graph, cycle, reported.length > 0),
  ];
  return { span, reported, reasons, strength: strengthOf(graph, cycle, span, reported, reasons) };
}

function reason(code: ReasonCode, speaks: Reason["speaks"], args: Reason["args"]): Reason {
  return { code, speaks, args };
}

function strengthOf(
  graph: LockGraph,
  cycle: Cycle,
  span: GraphCycle["span"],
  reported: readonly string[],
  reasons: readonly Reason[],
): GraphCycle["strength"] {
  if (reported.length > 0) return "certain";
  if (reasons.some(({ code }) => DOUBTS.has(code))) return "possible";
  const isComparable = cycle.every(({ sightings }) =>
    sightings.some((sighting) => wasCompared(graph, cycle, sighting)),
  );
  const isKnown = joints(cycle).every(({ node, into, out }) =>
    into.some((a) => out.some((b) => graph.hasSamePlace(node, a, b) === true)),
  );
  return isComparable && isExclusive(cycle) && isKnown && span !== "builds" ? "certain" : "likely";
}

function commonSources(cycle: Cycle): number[] {
  const [first, ...rest] = cycle.map(({ sightings }) => new Set(sightings.map(({ source }) => source)));
  return [...(first ?? [])].filter((source) => rest.every((set) => set.has(source)));
}

function spanOf(graph: LockGraph, cycle: Cycle, common: readonly number[]): GraphCycle["span"] {
  if (common.length > 0) return "boot";
  const builds = cycle.map(
    ({ sightings }) => new Set(sightings.map(({ source }) => graph.sources[source]?.build ?? -1)),
  );
  const shared = [...(builds[0] ?? [])].some((build) => builds.every((set) => set.has(build)));
  return shared ? "boots" : "builds";
}

/** Why no kernel reported it. */
function silence(graph: LockGraph, cycle: Cycle, common: readonly number[], isReported: boolean): Reason[] {
  if (isReported) return [];
  const reasons: Reason[] = [];
  if (common.length === 0)
    reasons.push(reason("never-in-one-boot", "for", { boots: edgesByBoot(graph, cycle) }));
  for (const line of cycle) {
    const readers = readersBetween(graph, cycle, line, common);
    if (readers !== null)
      reasons.push(
        reason("reader-between", "for", {
          from: line.from.name,
          to: line.to.name,
          over: readers.map(({ name }) => name),
          ...blindSince(readers),
        }),
      );
  }
  const off = common.filter((source) => graph.sources[source]?.lockdep === "off");
  if (off.length > 0) reasons.push(reason("lockdep-off", "neither", { sources: namesOf(graph, off) }));
  const isTold = reasons.some(({ code }) => code === "reader-between");
  return [
    ...reasons,
    ...blindSpots(graph, cycle).filter(({ args }) => !isTold || args["id"] !== "reader-between"),
  ];
}

function edgesByBoot(graph: LockGraph, cycle: Cycle): string[] {
  return cycle.map(({ sightings }) => graph.sources[sightings[0]?.source ?? -1]?.name ?? "");
}

function namesOf(graph: LockGraph, sources: readonly number[]): string[] {
  return sources.map((source) => graph.sources[source]?.name ?? "");
}

/** The locks because of which no kernel compared an edge; null where one did. */
function readersBetween(
  graph: LockGraph,
  cycle: Cycle,
  line: EdgeLine,
  common: readonly number[],
): ClassNode[] | null {
  const sightings =
    common.length === 0 ? line.sightings : line.sightings.filter(({ source }) => common.includes(source));
  if (sightings.length === 0 || sightings.some((sighting) => wasCompared(graph, cycle, sighting)))
    return null;
  const over = overOf({ ...line, sightings }).flatMap((index) => graph.classes[index] ?? []);
  // of others than readers lockdep records what it needs to see the rest
  return over.some(mayRead) ? over : null;
}

function mayRead({ name, usage }: ClassNode): boolean {
  return usage?.reads === true || annotationsOf(name).some(({ id }) => RECURSIVE.has(id) || READERS.has(id));
}

/**
 * Whether lockdep looked for cycles through an edge. That a reader between was taken by trylock, so that lockdep
 * looked past it, is only a guess from a chain that is not there: of locks that nobody reads lockdep would have
 * reported the cycle, so there the guess is wrong, and the chain is lost.
 */
function wasCompared(graph: LockGraph, cycle: Cycle, sighting: EdgeSighting): boolean {
  const { dependency, reports, over, compared, source } = sighting;
  if (dependency || reports.length > 0) return true;
  const isSure =
    graph.sources[source]?.skipsReaders === true ||
    !over.some((index) => graph.classes[index]?.usage?.reads === true) ||
    !isExclusive(cycle);
  return compared && isSure;
}

/** Whether all classes are written, and never read. */
function isExclusive(cycle: Cycle): boolean {
  return cycle.every(({ from: { usage } }) => usage?.writes === true && !usage.reads);
}

/** Since when lockdep does not look past such readers. */
function blindSince(readers: readonly ClassNode[]): { since: string; commit: string } {
  const isSrcu = readers.every(({ name }) => annotationsOf(name).some(({ id }) => id === "srcu"));
  const { release, sha } = isSrcu ? SRCU_ORDERED : RECURSIVE_READERS;
  return { since: release, commit: sha };
}

function blindSpots(graph: LockGraph, cycle: Cycle): Reason[] {
  const names = cycle.map(({ from }) => parseClassName(from.name).class);
  const releases = new Set(
    cycle.flatMap(({ sightings }) =>
      sightings.map(({ source }) => graph.sources[source]?.kernel?.release ?? null),
    ),
  );
  const spots = [...releases].map((release) =>
    blindSpotsOf({ kind: "circular", cycle: names, release }).filter(
      ({ certainty }) => certainty === "certain",
    ),
  );
  // only what holds for every kernel that took part explains the silence of all
  const [first = [], ...rest] = spots;
  return first
    .filter(
      ({ id }) => id !== "not-validated" && rest.every((others) => others.some((spot) => spot.id === id)),
    )
    .map(({ id, since, until, classes, commits }) =>
      reason("blind-spot", "for", {
        id,
        ...(since === null ? {} : { since }),
        ...(until === null ? {} : { until }),
        classes: [...classes],
        commits: commits.map(({ sha }) => sha),
      }),
    );
}

/** What speaks against it. */
function doubts(graph: LockGraph, cycle: Cycle, common: readonly number[]): Reason[] {
  return [
    ...ambiguousNames(graph, cycle),
    ...gates(graph, cycle),
    ...comparedAlready(graph, cycle, common),
    ...cycle.flatMap(({ from }) => classDoubts(from)),
    ...nesting(cycle),
    ...cycle
      .filter((line) => !waits(line))
      .map(({ from, to }) => reason("trylock-possible", "against", { from: from.name, to: to.name })),
  ];
}

/** An edge into a class and one out of it must be of boots that mean the same class by the name. */
function ambiguousNames(graph: LockGraph, cycle: Cycle): Reason[] {
  return joints(cycle)
    .filter(({ node, into, out }) => !into.some((a) => out.some((b) => graph.isSameClass(node, a, b))))
    .map(({ node }) => reason("same-name", "against", { class: node.name }));
}

/** Each class, with the sources of the edge that leads to it and of the one that leads on. */
function joints(cycle: Cycle): { node: ClassNode; into: number[]; out: number[] }[] {
  return cycle.map((line, i) => {
    const next = cycle[(i + 1) % cycle.length] ?? line;
    return { node: line.to, into: sourcesOf(line), out: sourcesOf(next) };
  });
}

function sourcesOf({ sightings }: EdgeLine): number[] {
  return sightings.map(({ source }) => source);
}

/** The name of one lock, not of a member of some object: there is one instance, which excludes. */
const SINGLE = /^[A-Za-z_]\w*$/;

function gates(graph: LockGraph, cycle: Cycle): Reason[] {
  const own = new Set(cycle.map(({ from }) => from.index));
  const all = cycle.flatMap(({ sightings }) => sightings.map((sighting) => new Set(sighting.gates)));
  const common = [...(all[0] ?? [])].filter((gate) => !own.has(gate) && all.every((set) => set.has(gate)));
  return common.flatMap((index): Reason[] => {
    const gate = graph.classes[index];
    if (gate === undefined || !SINGLE.test(gate.name) || isContext(gate.name)) return [];
    return gate.usage?.writes === true && !gate.usage.reads
      ? [reason("gate-lock", "against", { class: gate.name })]
      : [];
  });
}

/** One boot had all edges, and lockdep compared them. */
function comparedAlready(graph: LockGraph, cycle: Cycle, common: readonly number[]): Reason[] {
  const has = (source: number, test: (sighting: EdgeSighting) => boolean): boolean =>
    cycle.every(({ sightings }) =>
      sightings.some((sighting) => sighting.source === source && test(sighting)),
    );
  const silent = common.filter(
    (source) =>
      // the edge of a report becomes a chain, but never a dependency
      has(source, ({ dependency }) => dependency) ||
      (graph.sources[source]?.lockdep !== "off" &&
        has(source, (sighting) => wasCompared(graph, cycle, sighting))),
  );
  return silent.length === 0
    ? []
    : [reason("checked-by-kernel", "against", { sources: namesOf(graph, silent) })];
}

/** Families whose readers never wait for a writer that waits. */
const RECURSIVE = new Set(["srcu", "seqcount"]);
/** There is nothing to write. */
const READERS = new Set(["rcu_read_lock", "rcu_read_lock_bh", "rcu_read_lock_sched"]);

function classDoubts(node: ClassNode): Reason[] {
  const { name, usage } = node;
  const found: Reason[] = [];
  const annotations = annotationsOf(name);
  if (isReadOnly(node) || annotations.some(({ id }) => READERS.has(id)))
    found.push(reason("read-only-class", "against", { class: name }));
  else if (usage?.reads === true && (usage.inInterrupt || annotations.some(({ id }) => RECURSIVE.has(id))))
    // readers in interrupts are recursive; those of tasks wait after a writer, as lockdep has it
    found.push(reason("recursive-read", "against", { class: name }));
  if (annotations.some(({ kind, contexts }) => kind !== "override" && contexts.includes("not-checked")))
    found.push(reason("novalidate", "against", { class: name }));
  const override = annotations.find(({ kind }) => kind === "override");
  if (override !== undefined)
    found.push(reason("known-false-positive", "against", { class: name, annotation: override.id }));
  return found;
}

/** Somebody who writes `/1` says that the order within the class is right. */
function nesting(cycle: Cycle): Reason[] {
  const byBase = new Map<string, string[]>();
  for (const { from } of cycle) {
    const { class: base, version } = parseClassName(from.name);
    const key = `${base}#${version}`;
    byBase.set(key, [...(byBase.get(key) ?? []), from.name]);
  }
  return [...byBase.values()]
    .filter((names) => names.length > 1)
    .map((classes) => reason("subclass-nesting", "against", { classes: classes.toSorted(compare) }));
}

/** What a maintainer should know, and what decides nothing. */
function remarks(graph: LockGraph, cycle: Cycle, isReported: boolean): Reason[] {
  const found: Reason[] = [];
  const hidden = [...new Set(cycle.flatMap(({ sightings }) => sightings.map(({ source }) => source)))].filter(
    (source) => graph.sources[source]?.hasDump === true && !graph.sources[source]?.hasClearKeys,
  );
  if (hidden.length > 0) found.push(reason("hidden-keys", "neither", { sources: namesOf(graph, hidden) }));
  const contexts = new Set(cycle.map(contextsOf));
  const [only = 0] = contexts;
  if (contexts.size === 1 && (only === 2 || only === 4 || only === 8))
    found.push(reason("single-context", "neither", { context: CONTEXT_NAMES[Math.log2(only)] ?? "" }));
  if (!isReported && graph.sources.length > 2 && cycle.every(({ sightings }) => sightings.length === 1))
    found.push(reason("one-boot-each", "neither", { boots: edgesByBoot(graph, cycle) }));
  for (const { from } of cycle)
    for (const annotation of annotationsOf(from.name))
      found.push(
        reason("known-annotation", "neither", {
          class: from.name,
          annotation: annotation.id,
          ...(annotation.falsePositives === undefined ? {} : { falsePositives: annotation.falsePositives }),
        }),
      );
  return found;
}

export const CONTEXT_NAMES = ["process", "softirq", "hardirq", "hardirq|softirq"] as const;

export function contextsOf({ sightings }: EdgeLine): number {
  return sightings.reduce((bits, { contexts }) => bits | contexts, 0);
}

/** Entries that a name stands for, and not only may. */
export function annotationsOf(name: string): Annotation[] {
  return matchesOf(name)
    .filter(({ certainty }) => certainty !== "possible")
    .map(({ annotation }) => annotation);
}

/** Whether a class is nothing that can be held alone: a context, an event that is waited for. */
export function isContext(name: string): boolean {
  const annotations = annotationsOf(name);
  return (
    annotations.length > 0 &&
    annotations.every(({ kind }) => kind === "pseudo-lock" || kind === "wait-event" || kind === "override")
  );
}
