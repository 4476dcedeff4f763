import type { Gist, Lack } from "../report/gist-schema.ts";
import type { Kind } from "../report/schema.ts";

/** How two reports relate, as far as what the logs hold of them tells. */

type GistEdge = Gist["edges"][number];

export type Relation =
  /** One id. `moved`: edges that other functions take in the second. */
  | { readonly answer: "yes"; readonly why: "id"; readonly moved: readonly MovedEdge[] }
  /** The same classes in the same order, of names so common that the functions tell which locks they are. */
  | { readonly answer: "no"; readonly why: "sites"; readonly moved: readonly MovedEdge[] }
  | { readonly answer: "no"; readonly why: "edges"; readonly edges: readonly GistEdge[] }
  | { readonly answer: "no"; readonly why: "classes"; readonly classes: readonly string[] }
  | { readonly answer: "no"; readonly why: "kind" | "nothing" }
  | { readonly answer: "cannot-tell"; readonly why: "lacks"; readonly lacks: readonly SideLack[] };

export interface MovedEdge {
  readonly from: string;
  readonly to: string;
  readonly takers: readonly [first: string | null, second: string | null];
}

export interface SideLack {
  readonly side: "first" | "second";
  readonly lack: Lack;
}

/** An inversion is a lock order of which the interrupt came last: one bug, whichever came first. */
function familyOf(kind: Kind): string {
  return kind === "irq-order" || kind === "irq-inversion" ? "irq" : kind;
}

const CYCLES = new Set(["circular", "irq"]);

export function relationOf(first: Gist, second: Gist): Relation {
  const lacks = [
    ...first.lacks.map((lack): SideLack => ({ side: "first", lack })),
    ...second.lacks.map((lack): SideLack => ({ side: "second", lack })),
  ];
  if (lacks.length === 0 && first.id === second.id)
    return { answer: "yes", why: "id", moved: movedEdges(first, second) };
  const isOneKind = familyOf(first.kind) === familyOf(second.kind);
  if (lacks.length > 0 && isOneKind && !isRuledOut(first, second))
    return { answer: "cannot-tell", why: "lacks", lacks };
  const edges = second.edges.filter((edge) => first.edges.some((other) => isSameEdge(edge, other)));
  const isOneCycle =
    isOneKind &&
    edges.length > 0 &&
    edges.length === second.edges.length &&
    first.edges.length === second.edges.length;
  if (isOneCycle) return { answer: "no", why: "sites", moved: movedEdges(first, second) };
  if (edges.length > 0) return { answer: "no", why: "edges", edges };
  const classes = first.classes.filter((name) => second.classes.includes(name));
  if (classes.length > 0) return { answer: "no", why: "classes", classes };
  return { answer: "no", why: isOneKind ? "nothing" : "kind" };
}

/**
 * Whether what there is of a damaged report is enough to say that the other is not it: classes that the other, of which
 * the cycle is known whole, does not have; or another lock where a report names one.
 */
function isRuledOut(first: Gist, second: Gist): boolean {
  if (!CYCLES.has(familyOf(first.kind))) {
    const namesBoth = first.classes.length > 0 && second.classes.length > 0;
    return namesBoth && !first.classes.some((name) => second.classes.includes(name));
  }
  return isOutside(first, second) || isOutside(second, first);
}

/** Whether one has a class or an edge that the cycle of the other, which is known, has not. */
function isOutside(one: Gist, whole: Gist): boolean {
  if (whole.lacks.some((lack) => lack === "cycle" || lack === "link")) return false;
  const isForeign = (name: string): boolean => name !== "?" && !whole.classes.includes(name);
  const known = one.edges.filter(({ from, to }) => from !== "?" && to !== "?");
  return (
    one.classes.some(isForeign) ||
    (!one.lacks.includes("link") &&
      known.some((edge) => !whole.edges.some((other) => isSameEdge(edge, other))))
  );
}

function isSameEdge(a: GistEdge, b: GistEdge): boolean {
  return a.from === b.from && a.to === b.to && a.by === b.by;
}

function movedEdges(first: Gist, second: Gist): MovedEdge[] {
  return first.edges.flatMap((edge) => {
    const other = second.edges.find((one) => isSameEdge(edge, one));
    if (other === undefined || other.taker === edge.taker) return [];
    return [{ from: edge.from, to: edge.to, takers: [edge.taker, other.taker] as const }];
  });
}
