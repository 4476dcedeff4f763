/** splat-triage as a library: logs in, typed reports out. */
export type * from "./report/schema.ts";
export { type Input, triage } from "./triage.ts";
