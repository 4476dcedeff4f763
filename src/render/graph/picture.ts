import type { CycleEdge, GraphCycle, GraphDocument, GraphEdge } from "../../lock-graph/schema.ts";
import { printable } from "../words/safe.ts";
import { type GraphView, touches } from "./view.ts";

/** What of a graph is drawn, and how: whatever draws it has nothing to decide. All texts are printable. */

export interface PictureNode {
  /** `n0`, `n1`, …: holds nothing of a log. */
  readonly id: string;
  readonly lines: readonly string[];
  /** The whole name, where the lines have no room for it. */
  readonly name: string;
  readonly kind: "lock" | "context" | "reader";
  /** The strongest cycle it is in. */
  readonly cycle: GraphCycle["strength"] | null;
  /** Whether it was asked for. */
  readonly isCenter: boolean;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly string[];
  readonly cycle: GraphCycle["strength"] | null;
  /** Read out of a chain past other locks: no kernel recorded it. */
  readonly isDerived: boolean;
}

export interface Picture {
  /** What it shows, and what its signs mean. */
  readonly title: readonly string[];
  /** One class in the middle, and most others beside it. */
  readonly isFan: boolean;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** More boxes than this are no picture any more. */
const MOST_NODES = 28;
/** On either side of the class in the middle. */
const MOST_BESIDE = 10;
const MOST_CYCLES = 6;
/** Names of sources on an edge; of more, their number. */
const MOST_NAMES = 2;
const LONGEST_NAME = 32;
const LONGEST_LABEL = 48;

/** A whole graph where it is small, else what its cycles need, or what is around one class. */
export function pictureOf({ graph: document, around, cyclesOnly }: GraphView): Picture {
  const all = cyclesToDraw(document, around);
  const cycles = all.slice(0, MOST_CYCLES);
  const isSmall = document.classes.length <= MOST_NODES;
  const wanted =
    around !== null
      ? neighbours(document, around, cycles)
      : isSmall && !cyclesOnly
        ? new Set(document.classes.map(({ name }) => name))
        : withReaders(cycles);
  const whole = wanted.size === 0 && !cyclesOnly ? busiest(document) : wanted;
  return draw(document, whole, cycles, around, all.length);
}

/** Those worth a look; if there is none, the first one shows why. */
function cyclesToDraw({ cycles }: GraphDocument, around: string | null): readonly GraphCycle[] {
  const own = around === null ? cycles : cycles.filter((cycle) => touches(cycle, around));
  const strong = own.filter(({ strength }) => strength !== "possible");
  return strong.length > 0 ? strong : own.slice(0, 1);
}

/** Classes of cycles, and those that are between them in a chain. */
function withReaders(cycles: readonly GraphCycle[]): Set<string> {
  return new Set(cycles.flatMap(({ classes, edges }) => [...classes, ...edges.flatMap(({ over }) => over)]));
}

/** The class, what is in a cycle with it, and its neighbours as far as there is room: the best known edges first. */
function neighbours({ edges }: GraphDocument, around: string, cycles: readonly GraphCycle[]): Set<string> {
  const found = new Set([around, ...cycles.flatMap(({ classes }) => classes)]);
  for (const [side, other] of [
    ["from", "to"],
    ["to", "from"],
  ] as const) {
    const near = edges.filter((edge) => isDrawn(edge) && edge[side] === around);
    for (const edge of near.toSorted((a, b) => weight(b) - weight(a)).slice(0, MOST_BESIDE))
      found.add(edge[other]);
  }
  return found;
}

/** Pairs of chains are many, and recorded edges say most of it already. */
function isDrawn({ waits, over }: GraphEdge): boolean {
  return waits && over.length === 0;
}

function neighbourCount({ edges }: GraphDocument, around: string): number {
  const near = edges.filter((edge) => isDrawn(edge) && (edge.from === around || edge.to === around));
  return new Set(near.flatMap(({ from, to }) => [from, to])).size - 1;
}

function weight({ evidence, sources, chains }: GraphEdge): number {
  return { report: 2e9, dependency: 1e9, chain: 0 }[evidence] + sources.length * 1e5 + chains;
}

/** Without a cycle and without a wish: the classes that most others are ordered with. */
function busiest({ classes, edges }: GraphDocument): Set<string> {
  const degrees = new Map<string, number>();
  for (const { from, to, evidence } of edges)
    if (evidence !== "chain") for (const name of [from, to]) degrees.set(name, (degrees.get(name) ?? 0) + 1);
  return new Set(
    classes
      .map(({ name }) => name)
      .toSorted((a, b) => (degrees.get(b) ?? 0) - (degrees.get(a) ?? 0))
      .slice(0, MOST_NODES),
  );
}

function draw(
  document: GraphDocument,
  wanted: ReadonlySet<string>,
  cycles: readonly GraphCycle[],
  around: string | null,
  allCycles: number,
): Picture {
  const drawn = document.classes.filter(({ name }) => wanted.has(name)).slice(0, MOST_NODES);
  const ids = new Map(drawn.map(({ name }, i) => [name, `n${i}`]));
  const readers = new Set(cycles.flatMap(({ edges }) => edges.flatMap(({ over }) => over)));
  const ofCycle = new Map<string, { edge: CycleEdge; strength: GraphCycle["strength"] }>();
  for (const { edges, strength } of cycles.toReversed())
    for (const edge of edges) ofCycle.set(`${edge.from}\n${edge.to}`, { edge, strength });
  const nodes = drawn.map(({ name, kind, usage, writes, reads }): PictureNode => ({
    id: ids.get(name) ?? "",
    name: printable(name),
    lines: [cutName(printable(name)), ...(usage === null ? [] : [`{${printable(usage)}}`])],
    kind: readers.has(name) || (reads === true && writes === false) ? "reader" : kind,
    cycle: cycles.find(({ classes }) => classes.includes(name))?.strength ?? null,
    isCenter: name === around,
  }));
  const edges = document.edges.flatMap((edge): PictureEdge[] => {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const cycle = ofCycle.get(`${edge.from}\n${edge.to}`) ?? null;
    const isNear = around === null || edge.from === around || edge.to === around;
    if (cycle === null && (!isNear || (edge.evidence === "chain" && edge.over.length > 0))) return [];
    return [
      {
        from,
        to,
        lines: cycle === null ? [] : edgeLines(document, cycle.edge, edge),
        cycle: cycle?.strength ?? null,
        isDerived: edge.over.length > 0,
      },
    ];
  });
  const beside = around === null ? 0 : neighbourCount(document, around) - (drawn.length - 1);
  const leftOut = Math.max(beside, wanted.size - drawn.length);
  const title = [
    titleOf(document, cycles),
    ...(allCycles > cycles.length ? [`${allCycles - cycles.length} more cycles have no room`] : []),
    ...(nodes.some(({ kind }) => kind === "context") ? ["double frame: a context, not a lock"] : []),
    ...(edges.some(({ isDerived }) => isDerived)
      ? ["dashed: read out of a chain, past what is held between"]
      : []),
    ...(leftOut > 0 ? [`${leftOut} more classes have no room`] : []),
  ];
  return { title, isFan: around !== null, nodes, edges };
}

function edgeLines(
  { sources: all }: GraphDocument,
  { sources, over, site, by }: CycleEdge,
  { waits }: GraphEdge,
): string[] {
  const named = sources.slice(0, MOST_NAMES).map((index) => shortened(printable(all[index]?.name ?? "")));
  const boots = sources.length > MOST_NAMES ? [`${sources.length} boots`] : named;
  return [
    ...(by === "interrupt" ? ["by an interrupt"] : waits ? [] : ["never waited for"]),
    ...(site === null ? [] : [`in ${printable(site)}`]),
    ...(over.length === 0 ? [] : [`past ${over.map(printable).join(", ")}`]),
    // of one boot nobody asks which
    ...(all.length < 2 ? [] : boots),
  ];
}

/** An expression that a macro wrote may have hundreds of characters. */
function cutName(name: string): string {
  return name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name;
}

/** The end of a path tells most. */
function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;
}

function titleOf({ sources, classes }: GraphDocument, cycles: readonly GraphCycle[]): string {
  const boots = `${sources.length} ${sources.length === 1 ? "boot" : "boots"}, ${classes.length} lock classes`;
  const strong = cycles.filter(({ strength }) => strength !== "possible").length;
  if (strong === 0) return `${boots}: no cycle that nothing speaks against`;
  return `${boots}: ${strong} ${strong === 1 ? "cycle" : "cycles"}`;
}
