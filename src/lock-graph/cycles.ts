import { DirectedGraph } from "graphology";
import { stronglyConnectedComponents } from "graphology-components";
import { bidirectional } from "graphology-shortest-path/dijkstra.js";
import { smallestStart, turned } from "../symbols/rotation.ts";
import type { ClassNode, EdgeLine, LockGraph } from "./lock-graph.ts";

/** Edges in dependency order; the last one leads to where the first one starts. */
export type Cycle = readonly EdgeLine[];

export interface FoundCycles {
  /** Each edge is a lock that was held while another was waited for, and no class was only ever read. */
  readonly firm: readonly Cycle[];
  /** With edges or classes of which it is known that nobody waits for them. */
  readonly loose: readonly Cycle[];
  /** Edges of large knots through which no cycle was looked for. */
  readonly leftOut: number;
}

/**
 * Shortest cycles are looked for through so many edges of a knot. A knot with more is not one bug: some name in it
 * stands for many locks.
 */
const MOST_SEARCHED = 600;
/** What nobody waits for ties knots by the dozen; some of each show what they are. */
const MOST_LOOSE = 4;

/** Classes that are only ever read cannot make anybody wait. */
export function isReadOnly({ usage }: ClassNode): boolean {
  return usage !== null && usage.reads && !usage.writes;
}

export function waits({ sightings }: EdgeLine): boolean {
  return sightings.some((sighting) => sighting.waits);
}

function isFirm(line: EdgeLine): boolean {
  return line.from !== line.to && waits(line) && !isReadOnly(line.from) && !isReadOnly(line.to);
}

/** Whether some kernel recorded the edge, or has shown it in a report. */
export function isDirect({ sightings }: EdgeLine): boolean {
  return sightings.some(
    ({ dependency, reports, over }) => dependency || reports.length > 0 || over.length === 0,
  );
}

/** Classes held between the two of an edge, of the sighting with the fewest. */
export function overOf({ sightings }: EdgeLine): readonly number[] {
  return (
    sightings.reduce<readonly number[] | null>(
      (best, { over }) => (best === null || over.length < best.length ? over : best),
      null,
    ) ?? []
  );
}

/** Edges that a kernel recorded are worth more than a pair of a chain, if both lead there. */
function costOf(line: EdgeLine): number {
  if (!isFirm(line)) return 20;
  return isDirect(line) ? 1 : 1.5 + overOf(line).length;
}

/** The shortest cycle through each edge that is in one. */
export function findCycles(graph: LockGraph): FoundCycles {
  const lines = [...graph.edges()].toSorted(byNames);
  const firm = search(graph, lines.filter(isFirm), () => true, MOST_SEARCHED);
  const tied = new Set(firm.cycles.flat());
  const loose = search(graph, lines, (line) => !isFirm(line) && !tied.has(line), MOST_LOOSE);
  return { firm: firm.cycles, loose: loose.cycles, leftOut: firm.leftOut + loose.leftOut };
}

function byNames(a: EdgeLine, b: EdgeLine): number {
  return compare(a.from.name, b.from.name) || compare(a.to.name, b.to.name);
}

/** In the order of code units, whatever the language of the machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function search(
  graph: LockGraph,
  lines: readonly EdgeLine[],
  isWanted: (line: EdgeLine) => boolean,
  most: number,
): { cycles: Cycle[]; leftOut: number } {
  const directed = new DirectedGraph<object, { cost: number }>();
  for (const line of lines)
    if (line.from !== line.to)
      directed.mergeEdge(String(line.from.index), String(line.to.index), { cost: costOf(line) });
  const knotOf = new Map<string, number>();
  const knots = stronglyConnectedComponents(directed).filter((knot) => knot.length > 1);
  for (const [i, knot] of knots.entries()) for (const node of knot) knotOf.set(node, i);
  const within = (line: EdgeLine): number | null => {
    const knot = knotOf.get(String(line.from.index));
    return knot !== undefined && knot === knotOf.get(String(line.to.index)) ? knot : null;
  };
  // paths need not be looked for outside
  directed.forEachEdge((edge, _cost, from, to) => {
    if (knotOf.get(from) === undefined || knotOf.get(from) !== knotOf.get(to)) directed.dropEdge(edge);
  });
  const searched = knots.map(() => 0);
  const found = new Map<string, Cycle>();
  let leftOut = 0;
  for (const line of lines) {
    const knot = within(line);
    if (knot === null || !isWanted(line)) continue;
    searched[knot] = (searched[knot] ?? 0) + 1;
    if ((searched[knot] ?? 0) > most) {
      leftOut++;
      continue;
    }
    const path = bidirectional(directed, String(line.to.index), String(line.from.index), "cost") as
      string[] | null;
    if (path === null) continue;
    const cycle = rotated([line, ...edgesOf(graph, path)]);
    found.set(cycle.map(({ from: { index } }) => index).join(" "), cycle);
  }
  return { cycles: [...found.values()], leftOut };
}

function edgesOf(graph: LockGraph, path: readonly string[]): EdgeLine[] {
  const nodes = path.flatMap((index) => graph.classes[Number(index)] ?? []);
  return nodes.slice(0, -1).flatMap((node, i) => {
    const next = nodes[i + 1];
    return next === undefined ? [] : (graph.edge(node, next) ?? []);
  });
}

/** One cycle starts at the same class wherever it was entered: at the smallest name. */
export function rotated(cycle: Cycle): Cycle {
  return turned(cycle, smallestStart(cycle.map(({ from }) => from.name)));
}
