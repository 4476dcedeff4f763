/** What can be asked of `splat-triage schema`; apart, so that the command line does not load the schemas. */
export const SCHEMA_NAMES = [
  "reports",
  "diff",
  "graph",
  "graph-diff",
  "plan",
  "run",
  "journal",
  "suspects",
] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];
