import { hasRelease, RECURSIVE_READERS } from "../catalogue/blind-spots.ts";
import type { Usage } from "./proc/index.ts";
import { isCommonClass } from "../symbols/class-names.ts";
import type { Damage, Edge, Frame, LockClass, Report } from "../report/schema.ts";
import type { Boot } from "./graph-boot.ts";
import { parseClassName, printedName } from "../../grammar/class-name.ts";
import { Identities } from "./identity.ts";
import { type BootSightings, type Sighting, sightingsOf } from "./sightings.ts";

/** One graph of all boots: classes, and which was held while which other was taken. */

/** A boot, without its dump: that is large, and in the graph. */
export interface Source extends Pick<Boot, "name" | "files" | "kernel" | "reports"> {
  readonly hasDump: boolean;
  /** How many; null without /proc/lockdep_chains. */
  readonly chains: number | null;
  readonly damage: readonly Damage[];
  /** Whether this kernel looks through recursive readers for the nearest held lock. */
  readonly skipsReaders: boolean;
  /** Sources with the same number are of one build. */
  readonly build: number;
  readonly hasClearKeys: boolean;
  readonly lockdep: "on" | "off" | "unknown";
  readonly classes: number;
  readonly edges: number;
}

export interface ClassNode {
  readonly index: number;
  readonly name: string;
  /** Whether lockdep counts several classes of this name, so that across boots the number says little. */
  ambiguous: boolean;
  /** Characters of the first source that has them. */
  printedUsage: string | null;
  /** All sources together; null if none has usage characters that tell anything. */
  usage: Usage | null;
  /** Waited for in some source; null if no source can tell. */
  waited: boolean | null;
  ops: number | null;
  readonly sources: number[];
  /** Where a static key is, by source: the same number in two boots of a build is the same class for sure. */
  readonly places: Map<number, bigint>;
}

/** An edge as one source shows it; classes are those of the graph. */
export interface EdgeSighting extends Omit<Sighting, "from" | "to" | "over" | "gates"> {
  readonly source: number;
  readonly over: readonly number[];
  readonly gates: readonly number[];
  /** Reports of this source that have it. */
  readonly reports: readonly ReportedEdge[];
}

export interface ReportedEdge {
  readonly report: Report;
  readonly edge: Edge;
}

export interface EdgeLine {
  readonly from: ClassNode;
  readonly to: ClassNode;
  readonly sightings: readonly EdgeSighting[];
}

/** The cycle of a report, in classes of the graph. */
export interface ReportedCycle {
  readonly report: Report;
  readonly source: number;
  readonly classes: readonly ClassNode[];
}

export class LockGraph {
  readonly sources: Source[] = [];
  readonly classes: ClassNode[] = [];
  readonly reported: ReportedCycle[] = [];
  readonly #byName = new Map<string, ClassNode>();
  readonly #edges = new Map<number, { from: ClassNode; to: ClassNode; sightings: EdgeSighting[] }>();
  readonly #identities = new Identities();

  edges(): Iterable<EdgeLine> {
    return this.#edges.values();
  }

  edge(from: ClassNode, to: ClassNode): EdgeLine | null {
    return this.#edges.get(pair(from, to)) ?? null;
  }

  /** Takes edges out, whatever shows them. */
  drop(edges: readonly { readonly from: string; readonly to: string }[]): void {
    for (const { from, to } of edges) {
      const [held, taken] = [this.#byName.get(from), this.#byName.get(to)];
      if (held !== undefined && taken !== undefined) this.#edges.delete(pair(held, taken));
    }
  }

  /** Whether both boots mean the same class by a name: null where only the name says so. */
  hasSamePlace(node: ClassNode, a: number, b: number): boolean | null {
    if (a === b) return true;
    const placeA = node.places.get(a);
    const placeB = node.places.get(b);
    if (placeA === undefined || placeB === undefined) return null;
    return this.sources[a]?.build === this.sources[b]?.build ? placeA === placeB : null;
  }

  /** Whether both boots mean the same class by a name, as far as can be told. */
  isSameClass(node: ClassNode, a: number, b: number): boolean {
    return (
      this.hasSamePlace(node, a, b) ?? (!node.ambiguous && !isCommonClass(parseClassName(node.name).class))
    );
  }

  /** Takes in one boot; when all are in, call {@link finish}. */
  add(boot: Boot): void {
    const source = this.sources.length;
    const release = boot.kernel?.release ?? null;
    const skipsReaders = hasRelease(release, RECURSIVE_READERS.release) === false;
    const seen = boot.dump === null ? null : sightingsOf(boot.dump, skipsReaders);
    const kernel = boot.kernel === null ? null : `${boot.kernel.release} ${boot.kernel.build ?? ""}`;
    const identity = this.#identities.add(kernel, seen?.classes ?? []);
    const debugLocks = boot.dump?.stats?.get("debug_locks");
    const found = { classes: 0, edges: 0 };
    if (seen !== null) {
      const nodes = identity.classes.map(({ name, place }) => this.#node(name, source, place));
      this.#describe(nodes, seen);
      this.#addSightings(nodes, seen.sightings, source);
      found.classes = seen.classes.length;
      found.edges = seen.sightings.length;
    }
    this.sources.push({
      name: boot.name,
      files: boot.files,
      kernel: boot.kernel,
      reports: boot.reports,
      hasDump: boot.dump !== null,
      chains: boot.dump?.chains?.length ?? null,
      damage: boot.dump?.damage ?? [],
      skipsReaders,
      build: identity.build,
      hasClearKeys: identity.hasClearKeys,
      lockdep: debugLocks === undefined ? boot.lockdep : debugLocks === 0 ? "off" : "on",
      ...this.#addReports(boot.reports, source, found),
    });
  }

  /** Names that turned out to stand for several classes are known only when all boots are in. */
  finish(): void {
    for (const node of this.classes) node.ambiguous = this.#identities.isAmbiguous(node.name);
  }

  #node(name: string, source: number, place: bigint | null): ClassNode {
    let node = this.#byName.get(name);
    if (node === undefined) {
      node = {
        index: this.classes.length,
        name,
        ambiguous: false,
        printedUsage: null,
        usage: null,
        waited: null,
        ops: null,
        sources: [],
        places: new Map(),
      };
      this.classes.push(node);
      this.#byName.set(name, node);
    }
    if (node.sources.at(-1) !== source) node.sources.push(source);
    if (place !== null) node.places.set(source, place);
    return node;
  }

  #describe(nodes: readonly ClassNode[], seen: BootSightings): void {
    for (const [i, node] of nodes.entries()) {
      node.printedUsage ??= seen.printedUsages[i] ?? null;
      addUsage(node, seen.usages[i] ?? null);
      const waited = seen.waited[i] ?? null;
      if (waited !== null) node.waited = (node.waited ?? false) || waited;
      const ops = seen.ops[i] ?? null;
      if (ops !== null) node.ops = (node.ops ?? 0) + ops;
    }
  }

  #addSightings(nodes: readonly ClassNode[], sightings: readonly Sighting[], source: number): void {
    const indices = nodes.map(({ index }) => index);
    const mapped = (list: readonly number[]): readonly number[] =>
      list.length === 0 ? NONE : list.map((i) => indices[i] ?? 0);
    for (const sighting of sightings) {
      const [from, to] = [nodes[sighting.from], nodes[sighting.to]];
      if (from === undefined || to === undefined || from === to) continue;
      const { dependency, waits, compared, chains, contexts, over, gates } = sighting;
      this.#see(from, to, {
        source,
        dependency,
        waits,
        compared,
        chains,
        contexts,
        over: mapped(over),
        gates: mapped(gates ?? NONE),
        reports: NONE,
      });
    }
  }

  #see(from: ClassNode, to: ClassNode, sighting: EdgeSighting): void {
    const key = pair(from, to);
    const line = this.#edges.get(key);
    if (line === undefined) {
      this.#edges.set(key, { from, to, sightings: [sighting] });
      return;
    }
    const last = line.sightings.at(-1);
    if (last?.source !== sighting.source)
      line.sightings.push({
        ...sighting,
        over: shared(last?.over, sighting.over),
        gates: shared(last?.gates, sighting.gates),
      });
    else
      line.sightings[line.sightings.length - 1] = {
        ...last,
        waits: last.waits || sighting.waits,
        compared: last.compared || sighting.compared,
        reports: [...last.reports, ...sighting.reports],
      };
  }

  /** @returns how many classes and edges the source has, with those that only its reports show */
  #addReports(
    reports: readonly Report[],
    source: number,
    found: { classes: number; edges: number },
  ): { classes: number; edges: number } {
    let { classes, edges } = found;
    for (const report of reports) {
      const names = graphNames(report);
      const nodeOf = (name: string): ClassNode => {
        const printed = names.get(name) ?? name;
        this.#identities.noteName(printed);
        if (this.#byName.get(printed)?.sources.at(-1) !== source) classes++;
        return this.#node(printed, source, null);
      };
      for (const edge of report.edges) {
        const [from, to] = [nodeOf(edge.from), nodeOf(edge.to)];
        if (this.edge(from, to)?.sightings.at(-1)?.source !== source) edges++;
        this.#see(from, to, reportedSighting(source, report, edge));
        if (edge.acquired !== null) addPrinted(to, edge.acquired);
      }
      if (report.cycle.length > 0) this.reported.push({ report, source, classes: report.cycle.map(nodeOf) });
    }
    return { classes, edges };
  }
}

/** Shared by all that have none: there are hundreds of thousands. */
const NONE: readonly never[] = [];

/** The list that the boot before had, where it is the same: as a rule it is. */
function shared(before: readonly number[] | undefined, list: readonly number[]): readonly number[] {
  return before?.length === list.length && list.every((index, i) => index === before[i]) ? before : list;
}

function pair(from: ClassNode, to: ClassNode): number {
  return from.index * 2 ** 26 + to.index;
}

function addUsage(node: ClassNode, usage: Usage | null): void {
  if (usage === null || (!usage.reads && !usage.writes)) return;
  node.usage =
    node.usage === null
      ? usage
      : {
          writes: node.usage.writes || usage.writes,
          reads: node.usage.reads || usage.reads,
          inInterrupt: node.usage.inInterrupt || usage.inInterrupt,
        };
}

function addPrinted(node: ClassNode, { usage }: LockClass): void {
  node.printedUsage ??= usage;
}

/** Names of cycles and edges lack the number and the subclass: locks of the report have them. */
export function graphNames(report: Report): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const { lock, holding, edges, chainExists = [] } = report;
  const all = [...edges.map(({ acquired }) => acquired), ...chainExists, lock, holding];
  for (const found of all)
    if (found !== null && !names.has(found.class)) names.set(found.class, printedName(found));
  return names;
}

function reportedSighting(source: number, report: Report, edge: Edge): EdgeSighting {
  return {
    source,
    dependency: false,
    // nobody waits while an interrupt comes: that edge is part of its report's cycle alone
    waits: edge.by === undefined,
    compared: true,
    chains: 0,
    contexts: 0,
    over: [],
    gates: [],
    reports: [{ report, edge }],
  };
}

/** The stack of the first report that has one. */
export function stackOf({ sightings }: EdgeLine): readonly Frame[] {
  for (const { reports } of sightings)
    for (const { edge } of reports) if (edge.stack.length > 0) return edge.stack;
  return [];
}
