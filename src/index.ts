/** splat-triage as a library: logs in, typed reports out; two builds compared; a verdict for a bisection; a lock graph. */
export type * from "./report/schema.ts";
export type { Input } from "./triage/read-source.ts";
export { triage } from "./triage/triage.ts";
export { lockGraph } from "./lock-graph/graph-of-logs.ts";
export type { GraphClass, GraphCycle, GraphDocument, GraphEdge, GraphSource } from "./lock-graph/schema.ts";
export { type KernelConfig, readConfig } from "./compare/config.ts";
export { diff, type Side } from "./compare/diff.ts";
export type { Change, Diff } from "./compare/diff-schema.ts";
export { type Target, TargetError, targetOf, targetOfLog } from "./compare/target.ts";
export { type BootVerdict, type Verdict, verdictOn } from "./compare/verdict.ts";
