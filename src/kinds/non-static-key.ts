import { say } from "../render/words/sentences.ts";
import { INFO } from "./bug/banner.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { allDumps, headlineText, TURNING_OFF } from "./print/boxes.ts";
import { heldLines } from "./print/locks.ts";

/** assign_lock_key(): an object whose key is neither static nor registered. */
export const nonStaticKey: KindDefinition = {
  requires: ["backtrace"],
  throughout: [
    /^\.?(?:assign_lock_key|register_lock_class|__lock_acquire|lockdep_init_map)/,
    /^\.?(?:lock_\w+|lockdep_\w+|fs_reclaim_\w+)/,
  ],
  build: () => ({}),

  banner: INFO,
  title: ({ report }) =>
    `INFO: trying to register non-static key in ${tracedFunction(report, ["stack", "lock", "IRQ"])}`,
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    headlineText(report),
    "The code is fine but needs lockdep annotation, or maybe",
    "you didn't initialize this object before use?",
    TURNING_OFF,
    ...heldLines(report),
    ...allDumps(report),
  ],
  story: () => [
    say`It took a lock that lockdep cannot name: it was never initialised, or its key is not in static memory.`,
  ],
  consequence: () =>
    "A lock gets its class when it is initialised, and without a class lockdep cannot check it. An object whose lock was never initialised is often used too early or too late.",
};
