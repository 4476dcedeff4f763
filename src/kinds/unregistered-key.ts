import { name } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { textOf } from "./assemble/parts.ts";
import { warningOf } from "./assemble/warning.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { headlineText } from "./print/boxes.ts";
import { warningLines } from "./print/warning.ts";
import { oneFact, warningFacts } from "./tell/facts.ts";

/** lockdep_init_map_type(): the message, then DEBUG_LOCKS_WARN_ON(1). */
export const unregisteredKey: KindDefinition = {
  requires: ["key", "backtrace"],
  build(parts) {
    const key = textOf(parts.headline, "key");
    return { ...(key === null ? {} : { key }), ...warningOf(parts) };
  },

  banner: BUG,
  title: ({ report }) =>
    `BUG: key ADDR ${report.headline.includes("not in .data") ? "not in .data!" : "has not been registered!"}`,
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: LAST_WORD,

  print: (report) => [headlineText(report), ...warningLines(report)],
  facts: (report) => [
    ...(report.key === undefined ? [] : oneFact("key", name(report.key))),
    ...warningFacts(report),
  ],
  story: (report) => [
    say`It initialised a lock with the key ${name(report.key ?? "?")}, which is in allocated memory and was not registered.`,
  ],
  consequence: () =>
    "A lock class is identified by the address of its key. If the memory is reused for another key, two kinds of lock become one class.",
};
