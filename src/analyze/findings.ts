import type { Finding, LookAt } from "../report/analysis-schema.ts";
import { type FindingCode, type Rule, RULES } from "./rules.ts";
import { roleIn, type RoleName } from "./roles.ts";
import type { Hit, Scene } from "./scene.ts";

/** Codes that say something about a report whatever else is wrong with it: they displace no other finding. */
const ASIDE: ReadonlySet<string> = new Set<FindingCode>([
  "device-lock-unseen",
  "earlier-problem",
  "trylock-in-cycle",
]);

interface Found {
  readonly code: string;
  readonly rule: Rule;
  readonly hit: Hit;
}

const ALL: readonly (readonly [string, Rule])[] = Object.entries(RULES);

/**
 * What the rules conclude, the most telling first. Of findings that exclude each other only the better one is
 * told; one that another speaks against comes behind it, as possible.
 */
export function findingsOf(scene: Scene): Finding[] {
  const found: Found[] = [];
  for (const [code, rule] of ALL) {
    if (!rule.kinds.includes(scene.kind)) continue;
    const hit = rule.find(scene);
    if (hit !== null) found.push({ code, rule, hit });
  }
  const codes = new Set(found.map(({ code }) => code));
  return found
    .filter(({ code, rule }) => !(rule.unless ?? []).some((other) => isFound(other, code, codes)))
    .map(({ code, rule, hit }) => {
      const against = (rule.behind ?? []).flatMap((other) => {
        const better = codes.has(other) ? found.find((one) => one.code === other) : undefined;
        return better === undefined ? [] : [better.rule.priority];
      });
      const certainty = against.length > 0 ? ("possible" as const) : hit.certainty;
      return {
        priority: Math.min(rule.priority, ...against.map((priority) => priority - 0.5)),
        finding: { code, args: hit.args, edges: [...hit.edges], certainty },
      };
    })
    .toSorted((a, b) => b.priority - a.priority)
    .map(({ finding }) => finding);
}

/** @param other a code, or `*` for any that is not told aside */
function isFound(other: string, own: string, codes: ReadonlySet<string>): boolean {
  if (other !== "*") return codes.has(other);
  return [...codes].some((code) => code !== own && !ASIDE.has(code));
}

/** What code does on the side that a fix usually changes. */
const FIXED_SIDE: ReadonlySet<string> = new Set<RoleName>([
  "allocation",
  "user-copy",
  "work-flush",
  "work-cancel",
  "queue-flush",
  "timer-delete",
  "grace-period",
  "sysfs-remove",
  "cpus-kept",
  "printk",
]);

/** The edge most likely wrong; null where a report has none. */
export function edgeToLookAt(
  scene: Scene,
  findings: readonly Finding[],
): Pick<LookAt, "edge" | "reason"> | null {
  const candidates = scene.edges.filter(
    (edge) => edge.edge.by === undefined && roleIn(edge, "priming") === null && edge.functions.length > 0,
  );
  const [first] = findings.filter(({ code }) => !ASIDE.has(code));
  const fixed = candidates.find(
    (edge) =>
      first?.edges.includes(edge.index) === true &&
      // what stands further out only led here, as the allocation that started reclaim
      FIXED_SIDE.has(edge.roles[0]?.role ?? "") &&
      !roleIn(edge, "boot"),
  );
  if (fixed !== undefined) return { edge: fixed.index, reason: "breaks" };
  const inModule = candidates.filter(({ module }) => module !== null);
  const [only] = inModule;
  if (only !== undefined && inModule.length === 1) return { edge: only.index, reason: "module" };
  // an interrupt closes the cycle of an irq-order report; its newest edge is the dependency it names
  const { newDependency: added } = scene.report;
  const closes =
    candidates.find(({ edge }) => edge.closes) ??
    candidates.find(({ edge }) => edge.from === added?.from.class && edge.to === added.to.class) ??
    candidates[0];
  return closes === undefined ? null : { edge: closes.index, reason: "closes" };
}
