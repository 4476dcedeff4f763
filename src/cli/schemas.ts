import * as z from "zod";
import { JournalHead, JournalRun } from "../bisect/journal.ts";
import { Plan } from "../bisect/plan.ts";
import { RunSummary } from "../bisect/run-summary.ts";
import { Suspects } from "../bisect/suspects-schema.ts";
import { CatalogueDocument } from "../catalogue/document.ts";
import { Diff } from "../compare/diff-schema.ts";
import { Answer, History } from "../history/schema.ts";
import { GraphDiff } from "../lock-graph/diff-schema.ts";
import { GraphOrder } from "../lock-graph/order-schema.ts";
import { GraphWithout } from "../lock-graph/without-schema.ts";
import { GraphDocument } from "../lock-graph/schema.ts";
import { BootLine, Document } from "../report/schema.ts";
import { Seen } from "../seen/schema.ts";
import type { SchemaName } from "../render/formats.ts";

/** Everything that is written as JSON: its `schema`, and how it looks. */
const SCHEMAS = {
  reports: ["splat-triage/1", Document],
  diff: ["splat-triage-diff/1", Diff],
  graph: ["splat-triage-graph/1", GraphDocument],
  "graph-diff": ["splat-triage-graph-diff/1", GraphDiff],
  "graph-order": ["splat-triage-graph-order/1", GraphOrder],
  "graph-without": ["splat-triage-graph-without/1", GraphWithout],
  plan: ["splat-triage-plan/1", Plan],
  run: ["splat-triage-run/1", RunSummary],
  journal: ["splat-triage-journal/1", z.union([JournalHead, JournalRun])],
  suspects: ["splat-triage-suspects/1", Suspects],
  catalogue: ["splat-triage-catalogue/1", CatalogueDocument],
  history: ["splat-triage-history/1", History],
  answer: ["splat-triage-history-query/1", Answer],
  seen: ["splat-triage-seen/1", Seen],
  boot: ["splat-triage-boot/1", BootLine],
} as const satisfies Record<SchemaName, readonly [title: string, schema: z.ZodType]>;

/** The JSON Schema (draft 2020-12), made from the types themselves. */
export function jsonSchema(name: SchemaName): object {
  const [title, schema] = SCHEMAS[name];
  return { title, ...z.toJSONSchema(schema, { target: "draft-2020-12" }) };
}
