import type { Untitled } from "../report/schema.ts";
import { say } from "../render/words/sentences.ts";
import { ONCE_BUG } from "./bug/banner.ts";
import { CORRUPTED, heldSites, outOfLine, tellingFunction, trace } from "./bug/culprit.ts";
import { lockLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { RELEASED_REQUIRES, releasedOf } from "./assemble/released.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { releasingLines } from "./print/releasing.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/** print_unlock_imbalance_bug(): a lock is released that this task does not hold. */
export const unlockBalance: KindDefinition = {
  requires: RELEASED_REQUIRES,
  throughout: [/^\.?(?:print_unlock_imbalance_bug|(?:__)?lock_release)/],
  build: releasedOf,

  banner: ONCE_BUG,
  title: ({ report, tag }) => `${tag}: bad unlock balance in ${unlockFunction(report)}`,
  bug: lockAndSite,
  lacks: lockLacks,

  lockdep: LAST_WORD,

  print: (report) => releasingLines(report, 37, "release", "but there are no more locks to release!"),
  label: () => "releases",
  story: (report) => [heldSentence(report), say`It released ${aboutLock(report)}, which was not among them.`],
  consequence: () =>
    "Releasing a lock that someone else holds lets two tasks in at once, and the holder loses it without notice.",
};

/** The line after `is trying to release lock`, then the trace. Without that line the trace is not found. */
function unlockFunction(report: Untitled): string {
  const at = outOfLine(report, report.lock?.at) ?? heldSites(report).find((site) => site?.address);
  return at ? (tellingFunction([at, ...trace(report)]) ?? CORRUPTED) : CORRUPTED;
}
