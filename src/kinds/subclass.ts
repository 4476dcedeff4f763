import { plain } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { numberOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { allDumps, headlineText, TURNING_OFF } from "./print/boxes.ts";
import { oneFact } from "./tell/facts.ts";

/** look_up_lock_class(): a subclass of MAX_LOCKDEP_SUBCLASSES or more. */
export const subclass: KindDefinition = {
  requires: ["invalidSubclass", "backtrace"],
  build: (parts) => ({ invalidSubclass: numberOf(parts.headline, "subclass") ?? 0 }),

  banner: BUG,
  title: () => "BUG: looking up invalid subclass: NUM",
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: LAST_WORD,

  print: (report) => [headlineText(report), TURNING_OFF, ...allDumps(report)],
  facts: ({ invalidSubclass }) =>
    invalidSubclass === undefined ? [] : oneFact("subclass", plain(String(invalidSubclass))),
  story: ({ invalidSubclass }) => [
    say`It used subclass ${invalidSubclass ?? "?"} of a lock. There are eight, 0 to 7.`,
  ],
  consequence: () =>
    "Subclasses distinguish the nesting levels of a class. The lock is checked with the wrong one, or not at all.",
};
