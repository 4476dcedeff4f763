import { compare, type Cycle, findCycles, isDirect, overOf, rotated, waits } from "./cycles.ts";
import { annotationsOf, CONTEXT_NAMES, contextsOf, isContext, judge } from "./judge.ts";
import {
  type ClassNode,
  type EdgeLine,
  type LockGraph,
  type ReportedCycle,
  type Source,
  stackOf,
} from "./lock-graph.ts";
import type {
  Context,
  CycleEdge,
  Evidence,
  GraphClass,
  GraphCycle,
  GraphDocument,
  GraphEdge,
  GraphSource,
} from "./schema.ts";
import { siteName } from "../symbols/functions.ts";
import { whoTook } from "../symbols/who-took.ts";

/** The document of a graph that is complete: classes and edges by name, cycles with what matters most first. */
export function graphDocument(graph: LockGraph): GraphDocument {
  graph.finish();
  const edges = [...graph.edges()].toSorted(
    (a, b) => compare(a.from.name, b.from.name) || compare(a.to.name, b.to.name),
  );
  const { cycles, leftOut } = cyclesOf(graph);
  return {
    schema: "splat-triage-graph/1",
    sources: graph.sources.map(sourceOf),
    cycles,
    leftOut,
    classes: graph.classes.toSorted((a, b) => compare(a.name, b.name)).map(classOf),
    edges: edges.map((line) => edgeOf(graph, line)),
  };
}

function sourceOf(source: Source): GraphSource {
  const { name, kernel, build, files, hasDump, classes, edges, chains, hasClearKeys, lockdep } = source;
  return {
    name,
    kernel: kernel?.release ?? null,
    build,
    files: [...files],
    dump: hasDump,
    classes,
    edges,
    chains,
    keys: hasClearKeys ? "clear" : "hidden",
    lockdep,
    reports: source.reports.map(({ id }) => id),
    damage: [...source.damage],
  };
}

function classOf({ name, printedUsage, usage, waited, ops, sources }: ClassNode): GraphClass {
  return {
    name,
    kind: isContext(name) ? "context" : "lock",
    usage: printedUsage,
    writes: usage?.writes ?? null,
    reads: usage?.reads ?? null,
    waited,
    ops,
    sources: [...sources],
    annotations: annotationsOf(name).map(({ id }) => id),
  };
}

function evidenceOf({ sightings }: EdgeLine): Evidence {
  if (sightings.some(({ reports }) => reports.length > 0)) return "report";
  return sightings.some(({ dependency }) => dependency) ? "dependency" : "chain";
}

function contextNames(line: EdgeLine): Context[] {
  const bits = contextsOf(line);
  return CONTEXT_NAMES.filter((_, i) => (bits & (1 << i)) !== 0);
}

function overNames(graph: LockGraph, line: EdgeLine): string[] {
  return isDirect(line) ? [] : overOf(line).map((index) => graph.classes[index]?.name ?? "");
}

function isByInterrupt({ sightings }: EdgeLine): boolean {
  const reports = sightings.flatMap((sighting) => sighting.reports);
  return reports.length > 0 && reports.every(({ edge }) => edge.by === "interrupt");
}

function sourcesOf({ sightings }: EdgeLine): number[] {
  return sightings.map(({ source }) => source);
}

function edgeOf(graph: LockGraph, line: EdgeLine): GraphEdge {
  const reports = line.sightings.flatMap((sighting) => sighting.reports.map(({ report }) => report.id));
  return {
    from: line.from.name,
    to: line.to.name,
    evidence: evidenceOf(line),
    waits: waits(line),
    sources: sourcesOf(line),
    chains: line.sightings.reduce((sum, { chains }) => sum + chains, 0),
    over: overNames(graph, line),
    contexts: contextNames(line),
    reports: [...new Set(reports)].toSorted(compare),
    stack: [...stackOf(line)],
  };
}

function cycleEdge(graph: LockGraph, line: EdgeLine): CycleEdge {
  const taker = whoTook(stackOf(line));
  return {
    from: line.from.name,
    to: line.to.name,
    by: isByInterrupt(line) ? "interrupt" : "lock",
    evidence: evidenceOf(line),
    sources: sourcesOf(line),
    over: overNames(graph, line),
    contexts: contextNames(line),
    site: taker === null ? null : siteName(taker),
  };
}

const STRENGTHS = { certain: 0, likely: 1, possible: 2 } as const;

interface Ranked {
  readonly cycle: GraphCycle;
  readonly members: ReadonlySet<string>;
}

function cyclesOf(graph: LockGraph): { cycles: GraphCycle[]; leftOut: number } {
  const { firm, loose, leftOut } = findCycles(graph);
  const byMembers = new Map<string, Ranked>();
  for (const cycle of [...reportedCycles(graph), ...firm, ...loose]) {
    const ranked = describe(graph, cycle);
    const key = [...ranked.members].toSorted(compare).join("\n");
    const known = byMembers.get(key);
    if (known === undefined || rank(ranked, known) < 0) byMembers.set(key, ranked);
  }
  const all = [...byMembers.values()];
  const kept = all.filter((one) => !all.some((other) => other !== one && covers(other, one)));
  return { cycles: kept.toSorted(rank).map(({ cycle }) => cycle), leftOut };
}

function describe(graph: LockGraph, cycle: Cycle): Ranked {
  const classes = cycle.map(({ from }) => from.name);
  const members = new Set(classes);
  const reports = graph.reported.filter(
    (one) => one.classes.length === members.size && one.classes.every(({ name }) => members.has(name)),
  );
  const { span, strength, reported, reasons } = judge(graph, cycle, reports);
  return {
    members,
    cycle: {
      classes,
      span,
      strength,
      reported: [...reported],
      reasons: [...reasons],
      edges: cycle.map((line) => cycleEdge(graph, line)),
    },
  };
}

/** Cycles of reports, whatever a search would find: interrupts close some of them. */
function reportedCycles(graph: LockGraph): Cycle[] {
  return graph.reported.flatMap(({ classes }: ReportedCycle): Cycle[] => {
    const cycle = classes.flatMap((from, i) => {
      const to = classes[(i + 1) % classes.length] ?? from;
      return graph.edge(from, to) ?? [];
    });
    return cycle.length === classes.length ? [rotated(cycle)] : [];
  });
}

/** Whether one cycle makes another unnecessary, which leads through all of its classes and more. */
function covers(smaller: Ranked, larger: Ranked): boolean {
  // what a kernel has said is told, whatever else there is
  if (larger.cycle.reported.length > 0 || smaller.members.size === larger.members.size) return false;
  const [few, many] = smaller.members.size < larger.members.size ? [smaller, larger] : [larger, smaller];
  if (![...few.members].every((name) => many.members.has(name))) return false;
  // a detour that a kernel recorded edge by edge says more than a short cut past its readers
  const over = few.cycle.edges.flatMap((edge) => edge.over);
  const isShortCut = over.length > 0 && over.every((name) => many.members.has(name));
  const winner =
    STRENGTHS[many.cycle.strength] < STRENGTHS[few.cycle.strength] ||
    (isShortCut && many.cycle.strength !== "possible" && many.cycle.strength === few.cycle.strength)
      ? many
      : few;
  return winner === smaller;
}

function against({ reasons }: GraphCycle): number {
  return reasons.filter(({ speaks }) => speaks === "against").length;
}

/** Boots that show the rarest edge. */
function seen({ edges }: GraphCycle): number {
  return Math.min(...edges.map(({ sources }) => sources.length));
}

/** What a maintainer should look at comes first; what a kernel has said already, after what none has. */
function rank({ cycle: a }: Ranked, { cycle: b }: Ranked): number {
  return (
    STRENGTHS[a.strength] - STRENGTHS[b.strength] ||
    against(a) - against(b) ||
    Number(a.reported.length > 0) - Number(b.reported.length > 0) ||
    a.classes.length - b.classes.length ||
    seen(b) - seen(a) ||
    compare(a.classes.join("\n"), b.classes.join("\n"))
  );
}
