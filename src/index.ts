/**
 * splat-triage as a library: logs in, typed reports out; the comparison of two builds, verdicts for a bisection, lock
 * graphs, and any of these as text. docs/library.md has an example of each.
 */
export type * from "./report/schema.ts";
export type { LogData, LogInput, LogInput as Input } from "./triage/log-input.ts";
export { type Question, triage, triageStream } from "./triage/triage.ts";
export { TriageError } from "./triage/triage-error.ts";
export { InputError } from "./read/inputs/input-error.ts";
export { lockGraph } from "./lock-graph/graph-of-logs.ts";
export type { GraphClass, GraphCycle, GraphDocument, GraphEdge, GraphSource } from "./lock-graph/schema.ts";
export { type KernelConfig, readConfig } from "./compare/config.ts";
export { diff, type Side } from "./compare/diff.ts";
export type { Change, Diff } from "./compare/diff-schema.ts";
export { type Target, TargetError, targetOf, targetOfLog } from "./compare/target.ts";
export { type BootVerdict, type Verdict, verdictOn } from "./compare/verdict.ts";
export { catalogue } from "./catalogue/listing.ts";
export type { CatalogueDocument } from "./catalogue/document.ts";
export { type DocumentName, type Documents, type FormatOf, formatsOf, render } from "./render/formats.ts";
export type { Paper } from "./render/words/paper.ts";
