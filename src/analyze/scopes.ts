import { type AllocationScope, type ReportLookup, SCOPES } from "../catalogue/index.ts";
import type { EdgeRoles } from "../symbols/roles.ts";

/** A scope that an allocation is in. */
export interface ScopeFound {
  readonly scope: AllocationScope;
  /** The frame that shows it, or the class that is held throughout. */
  readonly by: string;
}

/**
 * The scopes that an edge's stack is in, innermost first: a function of the stack runs only within, or what is held
 * says so. A scope that a caller opened and that no function shows is not seen.
 */
function scopesOf({ functions, edge }: EdgeRoles, lookup: ReportLookup): ScopeFound[] {
  const found = SCOPES.flatMap((scope: AllocationScope) => {
    const at = functions.findIndex((name) => scope.frames.test(name));
    if (at !== -1) return [{ scope, by: functions[at] ?? "", at }];
    const { held } = scope;
    const isHeld = held !== undefined && lookup.ids(edge.from).has(held);
    return isHeld ? [{ scope, by: edge.from, at: functions.length }] : [];
  });
  return found.toSorted((a, b) => a.at - b.at).map(({ scope, by }) => ({ scope, by }));
}

/** The innermost scope that keeps allocations out of file systems. */
export function reclaimScopeOf(edge: EdgeRoles, lookup: ReportLookup): ScopeFound | null {
  return scopesOf(edge, lookup).find(({ scope }) => scope.sets !== null) ?? null;
}
