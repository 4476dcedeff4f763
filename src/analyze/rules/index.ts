import { CONTEXTS } from "./contexts.ts";
import { GENERAL } from "./general.ts";
import { MEMORY } from "./memory.ts";
import { MISUSE } from "./misuse.ts";
import { OBJECTS } from "./objects.ts";
import { ORDERS } from "./orders.ts";
import { WAITS } from "./waits.ts";

/** All rules, by their codes. */
export const RULES = {
  ...MEMORY,
  ...WAITS,
  ...CONTEXTS,
  ...OBJECTS,
  ...ORDERS,
  ...MISUSE,
  ...GENERAL,
} as const;

export type FindingCode = keyof typeof RULES;
