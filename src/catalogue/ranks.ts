/** How a query finds an entry, best first. */
export const RANKS = [
  "id",
  "class",
  "commit",
  "shared",
  "subsystem",
  "subject",
  "shape",
  "name",
  "text",
] as const;
