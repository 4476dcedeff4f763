import type { Certainty, Finding } from "../report/analysis-schema.ts";
import type { Kind } from "../report/schema.ts";
import { type FindingCode, RULES } from "./rules/index.ts";
import type { Rule } from "./rules/rule.ts";
import { roleIn } from "../symbols/roles.ts";
import type { Hit, Scene } from "./scene.ts";

/** Codes that say something about a report whatever else is wrong with it: they displace no other finding. */
const ASIDE: ReadonlySet<string> = new Set<FindingCode>([
  "device-lock-unseen",
  "earlier-problem",
  "gate-on-every-edge",
  "trylock-in-cycle",
]);

interface Found {
  readonly code: string;
  readonly rule: Rule;
  readonly hit: Hit;
}

const ALL: readonly (readonly [string, Rule])[] = Object.entries(RULES);

const ofKinds = new Map<Kind, typeof ALL>();

/** The rules that are about a kind of report. */
function rulesOf(kind: Kind): typeof ALL {
  let rules = ofKinds.get(kind);
  if (rules === undefined) ofKinds.set(kind, (rules = ALL.filter(([, rule]) => rule.kinds.includes(kind))));
  return rules;
}

/** A finding, and the edge that its fix breaks. */
export interface FoundFinding {
  readonly finding: Finding;
  readonly breaks: number | null;
}

/**
 * What the rules conclude, the most telling first. Of findings that exclude each other only the better one is
 * told; one that another speaks against comes after it, as possible.
 */
export function findingsOf(scene: Scene): FoundFinding[] {
  const found: Found[] = [];
  for (const [code, rule] of rulesOf(scene.kind)) {
    const hit = rule.find(scene);
    if (hit !== null) found.push({ code, rule, hit });
  }
  const codes = new Set(found.map(({ code }) => code));
  const told = found
    .filter(({ code, rule }) => !(rule.unless ?? []).some((other) => isFound(other, code, codes)))
    .map(({ code, rule, hit }) => {
      const against = (rule.behind ?? []).flatMap((other) => {
        const better = codes.has(other) ? found.find((one) => one.code === other) : undefined;
        return better === undefined ? [] : [better.rule.priority];
      });
      const certainty = against.length > 0 ? ("possible" as const) : certaintyOf(scene, hit);
      return {
        priority: Math.min(rule.priority, ...against.map((priority) => priority - 0.5)),
        finding: { code, args: hit.args, edges: [...hit.edges], certainty },
        breaks: hit.breaks,
      };
    })
    .toSorted((a, b) => b.priority - a.priority)
    .map(({ finding, breaks }) => ({ finding, breaks }));
  return agreeing(told);
}

/** One fix breaks a cycle: of several that rules are certain of, and that break another edge each, none is. */
function agreeing(told: FoundFinding[]): FoundFinding[] {
  const sure = told.filter(({ finding, breaks }) => finding.certainty === "certain" && breaks !== null);
  if (new Set(sure.map(({ breaks }) => breaks)).size < 2) return told;
  return told.map((one) =>
    sure.includes(one) ? { ...one, finding: { ...one.finding, certainty: "likely" } } : one,
  );
}

/** In longer cycles than these a rule sees only a part. */
const LONGEST_CERTAIN = 3;

/** Their findings rest on edges, of which a damaged report may lack some. */
const OF_EDGES: ReadonlySet<Kind> = new Set([
  "circular",
  "recursive",
  "irq-order",
  "irq-inversion",
  "inconsistent",
]);

/** A declared edge is not an observation; of a long cycle any other edge may be the wrong one; what is lost is not known. */
function certaintyOf(scene: Scene, { certainty, edges }: Hit): Certainty {
  const isDeclared = edges.some((index) => {
    const edge = scene.edges[index];
    return edge !== undefined && roleIn(edge, "priming") !== null;
  });
  const isLong = scene.kind === "circular" && scene.report.cycle.length > LONGEST_CERTAIN;
  const isDamaged = OF_EDGES.has(scene.kind) && !scene.report.complete;
  return certainty === "certain" && (isDeclared || isLong || isDamaged) ? "likely" : certainty;
}

/** @param other a code, or `*` for any that is not reported aside */
function isFound(other: string, own: string, codes: ReadonlySet<string>): boolean {
  if (other !== "*") return codes.has(other);
  return [...codes].some((code) => code !== own && !ASIDE.has(code));
}
