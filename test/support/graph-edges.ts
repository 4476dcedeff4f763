import type { GraphEdge } from "../../src/lock-graph/schema.ts";

/** An edge as /proc/lockdep lists it, of one boot. */
export function edgeOf(from: string, to: string, waits = true): GraphEdge {
  return {
    from,
    to,
    evidence: "dependency",
    waits,
    sources: [0],
    chains: 0,
    over: [],
    contexts: ["process"],
    reports: [],
    stack: [],
  };
}
