import { say } from "../render/words/sentences.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { asPrinted } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { RELEASED_REQUIRES, releasedOf } from "./assemble/released.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { releasingLines } from "./print/releasing.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/** print_lock_contention_bug(): lock statistics meet a lock that this task does not hold. */
export const contention: KindDefinition = {
  requires: RELEASED_REQUIRES,
  throughout: [/^\.?(?:print_lock_contention_bug|(?:__)?lock_contended)/],
  build: releasedOf,

  banner: ONCE_BUG,
  title: asPrinted,
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  print: (report) => releasingLines(report, 33, "contend", "but there are no locks held!"),
  label: () => "contends",
  story: (report) => [
    heldSentence(report),
    say`Lock statistics saw it wait for ${aboutLock(report)}, which lockdep had not seen it acquire.`,
  ],
  consequence: () =>
    "Either the lock was taken behind lockdep's back, or lockdep's record of the held locks is corrupt.",
};
