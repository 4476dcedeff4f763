import { documentedOrder, type OrderFound } from "../catalogue/index.ts";
import type { Certainty } from "../report/analysis-schema.ts";
import type { FoundFinding } from "./findings.ts";
import { type EdgeRoles, roleIn, type RoleName } from "../symbols/roles.ts";
import type { Scene } from "./scene.ts";

/**
 * Which edge of a cycle is the one that a fix is likely to break. Each edge gets what speaks for and against it; what the
 * kernel writes down of its own locks weighs most, then what the rules found, then which path is the rarer one. The
 * weights are held by `npm run bench:triage` against reports whose fix is known.
 */
export type EdgeReason =
  "against-order" | "breaks" | "port-lock" | "off-path" | "set-up" | "module" | "closes" | "only";

export interface RankedEdge {
  readonly edge: EdgeRoles;
  /** What speaks for it, the weightiest first. */
  readonly reasons: readonly EdgeReason[];
  /** Where the order is written down that it is against. */
  readonly order: string | null;
}

interface Signal {
  readonly weight: number;
  readonly reason?: EdgeReason;
}

const BREAKS: Record<Certainty, number> = { certain: 6, likely: 5, possible: 2 };
/** Of a finding that is not the first one. */
const BREAKS_TOO: Record<Certainty, number> = { certain: 4, likely: 3, possible: 1 };
/** In long cycles a rule sees a part only. */
const LONG_CYCLE = 5;
const LESS_IN_LONG_CYCLE = 2;

/** Paths that run all the time: whatever they do is the order that others have to fit. */
const BUSY = [
  "page-fault",
  "shrinker",
  "kswapd",
  "memcg-reclaim",
  "direct-reclaim",
  "reclaim",
  "writeback",
] as const satisfies readonly RoleName[];

/** Paths that run once in a while, and often alone: their order can be changed. */
const SET_UP = ["mount", "unmount"] as const satisfies readonly RoleName[];
/** From who takes the lock to the frame that shows it: further out it only leads to common code. */
const NEAR = 4;
/** So many functions are a path: one may be called from anywhere. */
const PATH = 2;
/** Common code that runs for a user, who is the one to measure from. */
const SERVICES = ["device-open", "io-submit"] as const satisfies readonly RoleName[];

/** All edges of a report that may be to blame, the likeliest first. */
export function rankEdges(scene: Scene, findings: readonly FoundFinding[], telling: TellingOf): RankedEdge[] {
  const able = scene.edges.filter((edge) => edge.edge.by === undefined && roleIn(edge, "priming") === null);
  const shown = able.filter(({ functions }) => functions.length > 0);
  const candidates = shown.length > 0 ? shown : able.length === 1 ? able : [];
  return candidates
    .map((edge) => rank(scene, findings, telling, candidates, edge))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ ranked }) => ranked);
}

/** The functions of an edge that tell whose code it is, innermost first. */
export type TellingOf = (edge: EdgeRoles) => readonly string[];

function rank(
  scene: Scene,
  findings: readonly FoundFinding[],
  telling: TellingOf,
  candidates: readonly EdgeRoles[],
  edge: EdgeRoles,
): { readonly weight: number; readonly ranked: RankedEdge } {
  const order = orderOf(scene, edge);
  const signals = [
    ...(order === null ? [] : [orderSignal(order)]),
    ...breaksSignals(scene, findings, edge),
    ...(scene.underPortLock().includes(edge) ? [{ weight: 6, reason: "port-lock" as const }] : []),
    ...(isOffPath(scene, telling, edge) ? [{ weight: 3, reason: "off-path" as const }] : []),
    ...(isNear(edge, telling, SET_UP) ? [{ weight: 2, reason: "set-up" as const }] : []),
    ...(roleIn(edge, ...BUSY) && !roleIn(edge, "user-copy") ? [{ weight: -2 }] : []),
    ...(isOnlyInModule(candidates, edge) ? [{ weight: 3, reason: "module" as const }] : []),
    ...(isNewest(scene, candidates, edge) ? [{ weight: 2, reason: "closes" as const }] : []),
  ] satisfies Signal[];
  const reasons = signals
    .toSorted((a, b) => b.weight - a.weight)
    .flatMap(({ reason }: Signal) => reason ?? []);
  return {
    weight: signals.reduce((sum, { weight }) => sum + weight, 0),
    ranked: {
      edge,
      reasons: reasons.length > 0 ? reasons : ["only"],
      order: order?.way === "against" ? order.source : null,
    },
  };
}

function orderOf(scene: Scene, { edge: { from, to } }: EdgeRoles): OrderFound | null {
  return documentedOrder(scene.namesOf(from), scene.namesOf(to));
}

function orderSignal({ way }: OrderFound): Signal {
  return way === "against" ? { weight: 8, reason: "against-order" } : { weight: -6 };
}

/** Only what the first finding that says so breaks, and the second: the rest is guessed at. */
function breaksSignals(scene: Scene, findings: readonly FoundFinding[], { index }: EdgeRoles): Signal[] {
  const telling = findings.filter(({ breaks }) => breaks !== null);
  const at = telling.findIndex(({ breaks }) => breaks === index);
  const found = telling[at];
  if (found === undefined) return [];
  const { certainty } = found.finding;
  const isLong = scene.report.cycle.length >= LONG_CYCLE;
  const weight = at === 0 ? BREAKS[certainty] - (isLong ? LESS_IN_LONG_CYCLE : 0) : BREAKS_TOO[certainty];
  return [{ weight, reason: "breaks" }];
}

function isNear(edge: EdgeRoles, telling: TellingOf, roles: readonly RoleName[]): boolean {
  const role = roleIn(edge, ...roles);
  if (role === null || edge.acquisition === "sync") return false;
  const [first] = telling(edge);
  const taker = first === undefined ? 0 : edge.functions.indexOf(first);
  const start = Math.max(taker, edge.functions.indexOf(roleIn(edge, ...SERVICES)?.whose ?? ""));
  return edge.functions.indexOf(role.by) - start <= NEAR;
}

/** All other locks of the cycle are taken one under the other on one path, whose order stands; this one is not. */
function isOffPath({ edges }: Scene, telling: TellingOf, edge: EdgeRoles): boolean {
  const [first, ...others] = edges.filter((other) => other !== edge).map(telling);
  if (first === undefined || others.length === 0) return false;
  const path = first.filter((name) => others.every((names) => names.includes(name)));
  return path.filter((name) => !edge.functions.includes(name)).length >= PATH;
}

function isOnlyInModule(candidates: readonly EdgeRoles[], edge: EdgeRoles): boolean {
  const [only, ...others] = candidates.filter(({ module }) => module !== null);
  return only === edge && others.length === 0 && candidates.length > 1;
}

/** An interrupt closes the cycle of an irq-order report; its newest edge is the dependency that it names. */
function isNewest(scene: Scene, candidates: readonly EdgeRoles[], { edge }: EdgeRoles): boolean {
  const { newDependency: added } = scene.report;
  if (candidates.some((candidate) => candidate.edge.closes)) return edge.closes;
  return edge.from === added?.from.class && edge.to === added.to.class;
}
