import type { BlindSpot } from "../catalogue/blind-spots.ts";
import { diffGraphs } from "../lock-graph/diff.ts";
import type { GraphDocument } from "../lock-graph/schema.ts";
import { comparableClass } from "../symbols/class-names.ts";
import type { Document, Edge, Kernel, Report } from "../report/schema.ts";
import { takerOf } from "../symbols/who-took.ts";
import { type BootWithReports, bootsOf } from "./boots.ts";
import { caveatsOf } from "./caveats.ts";
import type { KernelConfig } from "./config.ts";
import type { Change, Diff, DiffSide, EdgeName, UnobservedBoots } from "./diff-schema.ts";
import { unobserved, type Wanted, wantedAfter } from "./observed.ts";
import { probabilityOfDifference } from "./rates.ts";

/** One side of a comparison: its logs, and what else is known of its kernel. */
export interface Side {
  readonly document: Document;
  /** Its configuration, from {@link readConfig}; null if unknown. */
  readonly config: KernelConfig | null;
  /** Its lock graph, from `lockGraph()`; null if it has no copies of /proc/lockdep. */
  readonly graph: GraphDocument | null;
}

/**
 * Compares two builds: the document that `splat-triage diff -f json` writes. Reports are matched by id, and only boots that
 * could have shown a report count against it (docs/diff.md).
 */
export function diff(old: Side, fresh: Side): Diff {
  const [before, after] = [new Boots(old), new Boots(fresh)];
  const ids = new Set([...before.ids(), ...after.ids()]);
  const changes = [...ids].map((id) => changeOf(id, before, after));
  const caveats = caveatsOf(
    { boots: before.all, config: old.config },
    { boots: after.all, config: fresh.config },
  );
  return {
    schema: "splat-triage-diff/1",
    old: before.summary(),
    new: after.summary(),
    comparable: caveats.length === 0,
    caveats,
    graph: old.graph === null || fresh.graph === null ? null : diffGraphs(old.graph, fresh.graph),
    changes: changes.toSorted(inOrder),
  };
}

/** The boots of one side. */
class Boots {
  readonly all: readonly BootWithReports[];
  readonly #document: Document;
  readonly #edges: ReadonlySet<string>;
  readonly #byId = new Map<string, Report[]>();

  constructor({ document, graph }: Side) {
    this.#document = document;
    const dumps = new Set(graph?.sources.flatMap(({ files }) => files));
    // a copy of /proc/lockdep is not a log of a boot
    this.all = bootsOf(document).filter(({ name, boot }) => boot !== null || !dumps.has(name));
    for (const report of document.reports)
      this.#byId.set(report.id, [...(this.#byId.get(report.id) ?? []), report]);
    this.#edges = new Set(document.reports.flatMap(({ edges }) => edges.map(keyOf)));
  }

  ids(): Iterable<string> {
    return this.#byId.keys();
  }

  reportsOf(id: string): readonly Report[] {
    return this.#byId.get(id) ?? [];
  }

  /** The boots that showed a report, with no other of theirs. */
  shown(id: string): BootWithReports[] {
    return this.all.flatMap((boot) => {
      const reports = boot.reports.filter((report) => report.id === id);
      return reports.length === 0 ? [] : [{ ...boot, reports }];
    });
  }

  /** The boots that neither showed a report nor could have, by reason. */
  unobserved(id: string, wanted: Wanted): UnobservedBoots[] {
    const found = new Map<string, UnobservedBoots>();
    for (const boot of this.all) {
      if (boot.reports.some((report) => report.id === id)) continue;
      const why = unobserved(boot, wanted, this.#document.reports);
      if (why === null) continue;
      const { reason, maskedBy, blindSpot } = why;
      const key = `${reason} ${maskedBy?.id ?? blindSpot?.id ?? ""}`;
      const name = maskedBy === null ? null : { id: maskedBy.id, title: maskedBy.title };
      found.set(key, {
        reason,
        boots: (found.get(key)?.boots ?? 0) + 1,
        maskedBy: name,
        blindSpot: blindSpot === null ? null : spotOf(blindSpot),
      });
    }
    return [...found.values()].toSorted((a, b) => b.boots - a.boots);
  }

  hasEdge(edge: Edge): boolean {
    return this.#edges.has(keyOf(edge));
  }

  firstSeen(id: string): Change["firstSeen"]["old"] {
    const report = this.reportsOf(id)[0];
    const source = report === undefined ? undefined : this.#document.sources[report.source];
    return report === undefined || source === undefined
      ? null
      : { source: source.name, line: report.lines.first };
  }

  summary(): DiffSide {
    const states = this.all.flatMap(({ boot }) => boot?.lockdep.state ?? []);
    const kernels = new Map<string, Kernel>();
    for (const { kernels: named } of this.#document.sources)
      for (const kernel of named) kernels.set(`${kernel.release} ${kernel.build ?? ""}`, kernel);
    return {
      boots: this.all.filter(({ boot }) => boot !== null).length,
      kernels: [...kernels.values()],
      lockdepOffBoots: states.filter((state) => state === "off").length,
      lockdepUnknownBoots: states.filter((state) => state === "unknown").length,
    };
  }
}

function spotOf({ id, meaning, since, until }: BlindSpot): UnobservedBoots["blindSpot"] {
  return { id, meaning, since, until };
}

/** Edges are the same whatever the release calls their classes. */
function keyOf({ from, to, by }: Edge): string {
  return JSON.stringify([comparableClass(from), comparableClass(to), by ?? ""]);
}

function changeOf(id: string, before: Boots, after: Boots): Change {
  const [was, is] = [before.shown(id), after.shown(id)];
  const wanted = wantedAfter([...was, ...is]);
  const missing = { old: before.unobserved(id, wanted), new: after.unobserved(id, wanted) };
  const old = { hits: was.length, observed: before.all.length - bootsIn(missing.old) };
  const fresh = { hits: is.length, observed: after.all.length - bootsIn(missing.new) };
  const [oldReports, newReports] = [before.reportsOf(id), after.reportsOf(id)];
  const shown = wholeOf(newReports) ?? wholeOf(oldReports);
  if (shown === undefined) throw new RangeError(`no report has the id ${id}`);
  const isInBoth = old.hits > 0 && fresh.hits > 0;
  return {
    id,
    title: shown.title,
    kind: shown.kind,
    cycle: shown.cycle,
    status: statusOf(old, fresh),
    old,
    new: fresh,
    probability: probabilityOfDifference(
      { hits: old.hits, runs: old.observed },
      { hits: fresh.hits, runs: fresh.observed },
    ),
    newEdges: edgesWithout(newReports, before),
    goneEdges: edgesWithout(oldReports, after),
    changed: isInBoth ? changedTakers(oldReports, newReports) : [],
    closedBy: isInBoth ? closing(oldReports, newReports) : null,
    unobserved: missing,
    firstSeen: { old: before.firstSeen(id), new: after.firstSeen(id) },
    ...knownOf(newReports.length > 0 ? newReports : oldReports),
    ...(shown.seen === undefined ? {} : { seen: shown.seen }),
  };
}

/** Nothing where nobody asked; what is known of some reports only is not known. */
function knownOf(reports: readonly Report[]): Pick<Change, "known"> {
  const entries = reports.map(({ known }) => known);
  const [first] = entries;
  return first === undefined ? {} : { known: entries.includes(null) ? null : first };
}

function bootsIn(missing: readonly UnobservedBoots[]): number {
  return missing.reduce((sum, { boots }) => sum + boots, 0);
}

/** The one to show of several reports of one bug. */
function wholeOf(reports: readonly Report[]): Report | undefined {
  return reports.find(({ complete }) => complete) ?? reports[0];
}

function statusOf(old: Change["old"], fresh: Change["new"]): Change["status"] {
  if (old.hits > 0 && fresh.hits > 0) return "both";
  const absent = old.hits > 0 ? fresh : old;
  if (absent.observed === 0) return "masked";
  return old.hits > 0 ? "gone" : "new";
}

const nameOf = ({ from, to }: Edge): EdgeName => ({ from, to });

function uniqueEdges(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map((edge) => [keyOf(edge), edge])).values()];
}

/** Edges of reports that the other side has in no report at all. */
function edgesWithout(reports: readonly Report[], other: Boots): EdgeName[] {
  const edges = uniqueEdges(reports.flatMap((report) => report.edges));
  return edges.filter((edge) => !other.hasEdge(edge)).map(nameOf);
}

/** Who takes the lock of an edge, in all reports of one side. */
function takersOf(reports: readonly Report[], edge: Edge): string[] {
  const same = reports.flatMap(({ edges }) => edges.filter((other) => keyOf(other) === keyOf(edge)));
  const names = same.flatMap(({ stack }) => takerOf(stack) ?? []);
  return [...new Set(names)].toSorted();
}

function changedTakers(old: readonly Report[], fresh: readonly Report[]): Change["changed"] {
  const edges = uniqueEdges([...fresh, ...old].flatMap((report) => report.edges));
  return edges.flatMap((edge) => {
    const [before, after] = [takersOf(old, edge), takersOf(fresh, edge)];
    const isSame = before.length === after.length && before.every((name, i) => name === after[i]);
    return isSame ? [] : [{ ...nameOf(edge), old: before, new: after }];
  });
}

function closing(old: readonly Report[], fresh: readonly Report[]): Change["closedBy"] {
  const [before, after] = [old, fresh].map((reports) =>
    uniqueEdges(reports.flatMap(({ edges }) => edges.filter(({ closes }) => closes))),
  ) as [Edge[], Edge[]];
  return keys(before) === keys(after) ? null : { old: before.map(nameOf), new: after.map(nameOf) };
}

function keys(edges: readonly Edge[]): string {
  return edges.map(keyOf).toSorted().join();
}

const ORDER: readonly Change["status"][] = ["new", "gone", "masked", "both"];

function inOrder(a: Change, b: Change): number {
  const byStatus = ORDER.indexOf(a.status) - ORDER.indexOf(b.status);
  if (byStatus !== 0) return byStatus;
  if (a.probability !== b.probability) return b.probability - a.probability;
  return a.title < b.title ? -1 : a.title > b.title ? 1 : a.id < b.id ? -1 : 1;
}
