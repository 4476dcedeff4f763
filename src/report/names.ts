import { HEADLINES, type ReportKind } from "../../grammar/lines.ts";

/**
 * Names that documents hold, for who needs no more: the schemas that are made of them take longer to load than most
 * logs take to be read.
 */

/** Every kind of report: those of which the grammar knows a headline, in its order. */
export const KINDS: readonly ReportKind[] = [...new Set(HEADLINES.map(({ kind }) => kind))];

/**
 * Why a boot or a log that shows no report does not prove that there was none, the most telling first: where several
 * hold, the first is said.
 */
export const BECAUSE = [
  "unread",
  "no-kernel",
  "panic",
  "lockdep-off",
  "dropped",
  "hosts-mixed",
  "cut",
  "lockdep-not-on",
  "begins-late",
  "no-userspace",
] as const;
export type Because = (typeof BECAUSE)[number];
