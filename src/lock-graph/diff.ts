import { comparableClass } from "../symbols/class-names.ts";
import { parseClassName } from "../../grammar/class-name.ts";
import { compare } from "./cycles.ts";
import { type EdgeChange, EdgeWeight, type GraphDiff } from "./diff-schema.ts";
import type { GraphClass, GraphCycle, GraphDocument, GraphEdge } from "./schema.ts";

type Side = "old" | "new";

/**
 * Compares two graphs. Only edges that a kernel recorded count, and cycles that nothing speaks against. Names that
 * lockdep numbers are compared without the number, for another build counts in another order, and names that a
 * release changed are one.
 */
export function diffGraphs(old: GraphDocument, now: GraphDocument): GraphDiff {
  const keyOf = keys([...old.classes, ...now.classes]);
  const edgeKey = ({ from, to }: Pick<GraphEdge, "from" | "to">): string => `${keyOf(from)}\n${keyOf(to)}`;
  const cycleKey = ({ classes }: GraphCycle): string => classes.map(keyOf).toSorted(compare).join("\n");
  const sides: readonly (readonly [Side, GraphDocument, GraphDocument])[] = [
    ["new", now, old],
    ["old", old, now],
  ];
  const cycles = sides.flatMap(([only, own, other]) => {
    const known = new Set(strong(other).map(cycleKey));
    return strong(own)
      .filter((cycle) => !known.has(cycleKey(cycle)))
      .map((cycle) => ({ only, cycle }));
  });
  const classes = sides.flatMap(([only, own, other]) => {
    const known = new Set(other.classes.map(({ name }) => keyOf(name)));
    return own.classes
      .filter(({ name }) => !known.has(keyOf(name)))
      .map(({ name, annotations }) => ({ only, name, annotations }));
  });
  const edges = sides.flatMap(([only, own, other]): EdgeChange[] => {
    const known = new Set(other.edges.filter(isRecorded).map(edgeKey));
    const weightOf = weights(own, new Set(other.classes.map(({ name }) => keyOf(name))), keyOf);
    return own.edges
      .filter((edge) => isRecorded(edge) && !known.has(edgeKey(edge)))
      .map((edge) => {
        const { from, to, evidence, sources, stack } = edge;
        return { only, weight: weightOf(edge), from, to, evidence, sources, stack };
      });
  });
  return {
    schema: "splat-triage-graph-diff/1",
    old: { sources: old.sources },
    new: { sources: now.sources },
    cycles,
    edges: edges.toSorted(byWeight),
    classes,
  };
}

function strong({ cycles }: GraphDocument): GraphCycle[] {
  return cycles.filter(({ strength }) => strength !== "possible");
}

function isRecorded({ waits, over }: GraphEdge): boolean {
  return waits && over.length === 0;
}

function keys(classes: readonly GraphClass[]): (name: string) => string {
  const numbered = new Set(
    classes
      .map(({ name }) => parseClassName(name))
      .flatMap(({ class: base, version }) => (version > 1 ? [base] : [])),
  );
  return (name) => {
    const { class: base, subclass } = parseClassName(name);
    return numbered.has(base) || subclass > 0
      ? `${comparableClass(base)}/${subclass}`
      : comparableClass(base);
  };
}

function weights(
  own: GraphDocument,
  others: ReadonlySet<string>,
  keyOf: (name: string) => string,
): (edge: GraphEdge) => EdgeChange["weight"] {
  const inCycle = new Set(strong(own).flatMap(({ edges }) => edges.map(({ from, to }) => `${from}\n${to}`)));
  const known = new Set(
    own.classes.filter(({ annotations }) => annotations.length > 0).map(({ name }) => name),
  );
  return ({ from, to }) => {
    if (inCycle.has(`${from}\n${to}`)) return "cycle";
    if (known.has(from) && known.has(to)) return "annotated";
    return others.has(keyOf(from)) && others.has(keyOf(to)) ? "known-classes" : "new-class";
  };
}

const EVIDENCE = { report: 0, dependency: 1, chain: 2 } as const;

function byWeight(a: EdgeChange, b: EdgeChange): number {
  const order = EdgeWeight.options;
  return (
    order.indexOf(a.weight) - order.indexOf(b.weight) ||
    compare(a.only, b.only) ||
    EVIDENCE[a.evidence] - EVIDENCE[b.evidence] ||
    b.sources.length - a.sources.length ||
    compare(a.from, b.from) ||
    compare(a.to, b.to)
  );
}
