import { words } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import { WARNING } from "./bug/banner.ts";
import { warningTitle } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { warningOf } from "./assemble/warning.ts";
import { type KindDefinition, LAST_WORD, LEAVES_ON } from "./kind.ts";
import { warningLines } from "./print/warning.ts";
import { warningFacts } from "./tell/facts.ts";
import { fileLine, heldSentence } from "./tell/story.ts";

/**
 * A WARN() of lockdep.c, or DEBUG_LOCKS_WARN_ON() and DEBUG_RWSEMS_WARN_ON() of any locking code: these, too,
 * turn lockdep off.
 */
export const internal: KindDefinition = {
  requires: ["warning", "backtrace"],
  /** lockdep_init_map_type() says first which key it is about: that line makes it another kind, and was lost. */
  lost: ({ warning }) =>
    (warning?.message ?? "DEBUG_LOCKS_WARN_ON(1)") === "DEBUG_LOCKS_WARN_ON(1)" &&
    (warning?.at?.symbol ?? "").startsWith("lockdep_init_map")
      ? ["key"]
      : [],
  build(parts) {
    const details = warningOf(parts);
    const headline = details.warning?.message ?? "WARNING in lockdep";
    return { ...details, headline };
  },

  banner: WARNING,
  title: ({ report }) => warningTitle(report),
  bug: lockAndSite,
  lacks: functionLacks,

  // DEBUG_LOCKS_WARN_ON()
  lockdep: LAST_WORD,
  /** Any other WARN() of lockdep.c leaves lockdep on. */
  lockdepOf: ({ warning }) => (warning === undefined || turnsOff(warning.message) ? LAST_WORD : LEAVES_ON),

  print: warningLines,
  facts: warningFacts,
  story(report) {
    const { warning } = report;
    return [
      heldSentence(report),
      say`One of lockdep's own checks failed: ${words(warning?.message ?? report.headline)}${
        warning?.file ? say`, at ${fileLine(warning.file, warning.line)}` : []
      }.`,
      warning?.reason ? say`The reason that the kernel gives: ${words(warning.reason)}.` : null,
    ];
  },
  consequence: ({ warning }) =>
    warning === undefined || turnsOff(warning.message)
      ? "Lockdep's view of the locks or interrupts is wrong, and it has turned itself off."
      : "Lockdep's view of the locks or interrupts is wrong. It stays on, and its later reports may be wrong, too.",
};

/** DEBUG_LOCKS_WARN_ON(), and the warnings of print_bfs_bug() and check_chain_key(). */
function turnsOff(message: string | null): boolean {
  return /^(?:DEBUG_|lockdep bfs error:|hm#\d)/.test(message ?? "");
}
