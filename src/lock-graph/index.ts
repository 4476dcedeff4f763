/** The lock graph over boots and builds, and its cycles. Load it only when something asks. */
export type { Boot } from "./graph-boot.ts";
export { diffGraphs } from "./diff.ts";
export { graphDocument } from "./document.ts";
export { LockGraph } from "./lock-graph.ts";
export * from "./schema.ts";
