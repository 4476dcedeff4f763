import type { FindingCode } from "../../../analyze/index.ts";
import type { Finding } from "../../../report/analysis-schema.ts";
import { CONTEXTS_PROSE } from "./contexts.ts";
import { GENERAL_PROSE } from "./general.ts";
import { MEMORY_PROSE } from "./memory.ts";
import { MISUSE_PROSE } from "./misuse.ts";
import { OBJECTS_PROSE } from "./objects.ts";
import { ORDERS_PROSE } from "./orders.ts";
import { WAITS_PROSE } from "./waits.ts";
import { fillIn, type Prose } from "./prose.ts";

/** What each finding means, by the files of src/analyze/rules/. */
export const FINDING_PROSE = {
  ...MEMORY_PROSE,
  ...WAITS_PROSE,
  ...CONTEXTS_PROSE,
  ...OBJECTS_PROSE,
  ...ORDERS_PROSE,
  ...MISUSE_PROSE,
  ...GENERAL_PROSE,
} as const satisfies Record<FindingCode, Prose>;

/** What a finding says in a few words, with its arguments. */
export function findingTitle({ code, args }: Pick<Finding, "code" | "args">): string {
  const prose = (FINDING_PROSE as Partial<Record<string, Prose>>)[code];
  // a title is there in any case; what its arguments do not say is left open
  return fillIn([prose?.title ?? code], args)[0] ?? (prose?.title ?? code).replaceAll(/ ?\{\w+\}/g, " …");
}
