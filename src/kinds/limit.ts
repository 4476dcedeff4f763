import { name, plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { asPrinted } from "./bug/culprit.ts";
import { numberOf, textOf } from "./assemble/parts.ts";
import type { KindDefinition } from "./kind.ts";
import { allDumps, headlineText, TURNING_OFF } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

const LIMITS: ReadonlySet<string> = new Set([
  "MAX_LOCKDEP_ENTRIES",
  "MAX_LOCKDEP_CHAINS",
  "MAX_LOCKDEP_CHAIN_HLOCKS",
  "MAX_LOCKDEP_KEYS",
  "MAX_LOCK_DEPTH",
  "MAX_STACK_TRACE_ENTRIES",
]);

/** print_lockdep_off(): one of lockdep's tables is full. */
export const limit: KindDefinition = {
  requires: ["limit", "backtrace"],
  throughout: [
    /^\.?(?:__lock_acquire|register_lock_class|validate_chain|add_\w+|alloc_list_entry|save_trace|check_prev_add|lookup_chain_cache_add|lockdep_\w+)/,
  ],
  isWorded: ({ limit: full }) => LIMITS.has(full?.name ?? ""),
  build(parts) {
    const depth = parts.line("DepthAndMax");
    return {
      limit: {
        name: textOf(parts.headline, "limit") ?? "",
        depth: depth === null ? null : numberOf(depth, "depth"),
        max: depth === null ? null : numberOf(depth, "max"),
        lockStat: parts.line("AttachLockStat") !== null,
      },
    };
  },

  banner: BUG,
  title: asPrinted,
  bug: (report) => ["limit", report.limit?.name ?? ""],
  lacks: ({ limit: full }) => (LIMITS.has(full?.name ?? "") ? [] : ["limit"]),

  lockdep: { turnsOff: "limit", needsLockdep: true },

  /** __lock_acquire() adds the depth, and debug_show_all_locks() finds lockdep off. */
  print: (report) => [
    headlineText(report),
    TURNING_OFF,
    ...(report.limit?.lockStat === true
      ? ["Please attach the output of /proc/lock_stat to the bug report"]
      : []),
    ...given(report.limit?.depth, (depth) => [`depth: ${depth}  max: ${report.limit?.max ?? 0}!`]),
    ...heldLines(report),
    ...allDumps(report),
  ],
  facts({ limit: full }) {
    if (typeof full?.depth !== "number") return [];
    return oneFact("limit", plain(`depth ${full.depth}${full.max === null ? "" : ` of ${full.max}`}`));
  },
  story(report) {
    const { limit: full } = report;
    const counts =
      typeof full?.depth !== "number"
        ? []
        : say` (${full.depth}${full.max === null ? "" : ` of ${full.max}`})`;
    return [
      heldSentence(report),
      say`Lockdep needed more than ${name(full?.name ?? "its tables")} allows${counts}.`,
    ];
  },
  consequence: () => "Lockdep found no deadlock here. It ran out of room, so it stops checking.",
};
