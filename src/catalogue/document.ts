import * as z from "zod";
import { Annotation, KnownCommit } from "./schema.ts";
import { RANKS } from "./ranks.ts";

/** What `splat-triage catalogue` writes as JSON: regular expressions as their source, commits spelled out. */
export const CatalogueDocument = z.strictObject({
  schema: z.literal("splat-triage-catalogue/1"),
  query: z.string(),
  annotations: z.array(
    Annotation.omit({
      names: true,
      patterns: true,
      shared: true,
      shapes: true,
      usages: true,
      frames: true,
      onlyWith: true,
      commits: true,
      fixedBy: true,
    }).extend({
      foundBy: z.enum(RANKS).describe("how the query found it"),
      classes: z.strictObject({
        names: z.array(z.string()),
        patterns: z.array(z.string()).describe("sources of regular expressions"),
        shared: z.array(z.string()),
        shapes: z.array(z.string()).describe("sources of regular expressions"),
        usages: z.array(z.string()).describe("sources of regular expressions"),
      }),
      commits: z.array(
        KnownCommit.omit({ adds: true }).extend({
          sha: z.string(),
          role: z.enum(["introduces", "extends", "primes", "renames", "removes", "fixes"]),
        }),
      ),
    }),
  ),
});

export type CatalogueDocument = z.infer<typeof CatalogueDocument>;
