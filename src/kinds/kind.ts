import type { Block } from "../render/words/sentences.ts";
import type { Fact, Part } from "../render/words/parts.ts";
import type { Lack } from "../report/gist-schema.ts";
import type { Report, Untitled } from "../report/schema.ts";
import type { Banner } from "./bug/banner.ts";
import type { Asked } from "./bug/culprit.ts";
import type { Mark } from "./bug/marks.ts";
import type { Parts } from "./assemble/parts.ts";
import type { Lines } from "./print/lines.ts";

/** The fields that all kinds have, read from the parts they share. */
export type Common = Pick<
  Report,
  "kernel" | "task" | "lock" | "holding" | "cycle" | "edges" | "held" | "scenario" | "backtrace" | "dumps"
>;

/** The fields that a kind overrides or adds. */
export type Details = Partial<
  Omit<
    Report,
    | "id"
    | "title"
    | "kind"
    | "tag"
    | "source"
    | "lines"
    | "time"
    | "caller"
    | "complete"
    | "damage"
    | "annotations"
    | "findings"
    | "suspects"
    | "lookAt"
  >
>;

/** A part without which a report is incomplete; "site" is where the lock was taken. */
export type Requirement = keyof Details | "site";

/** How a report depends on lockdep, and what it does to lockdep. */
export interface Relation {
  /** Whether the function that prints it calls debug_locks_off(); "limit" if a table is full. */
  readonly turnsOff: boolean | "limit";
  /** Whether it is printed only while lockdep is on, that is, whether debug_locks is checked first. */
  readonly needsLockdep: boolean;
  /** Whether it shows that lockdep was on even if it lists no locks. */
  readonly showsOn?: boolean;
}

/** Most reports turn lockdep off. */
export const LAST_WORD: Relation = { turnsOff: true, needsLockdep: true };
export const LEAVES_ON: Relation = { turnsOff: false, needsLockdep: true, showsOn: true };
/** Also printed by kernels without lockdep. */
export const APART: Relation = { turnsOff: false, needsLockdep: false };

/** Functions through which taking a lock enters lockdep. */
export const TAKES_LOCK =
  /^\.?(?:__)?(?:lock_(?:acquire|sync|set_class|downgrade|release|contended)|fs_reclaim_acquire|might_lock)/;

/** The same, plus those that change the irq state. */
export const CHANGES_STATE =
  /^\.?(?:__)?(?:lock_\w+|fs_reclaim_\w+|might_lock|mark_held_locks|lockdep_(?:hard|soft)irqs_\w+|trace_(?:hard|soft)irqs_\w+)/;

/** Everything about one kind of report that is not about its lines, which are in grammar/. */
export interface KindDefinition {
  /* Tree to report. */

  /** What the kernel always prints for this kind. */
  readonly requires: readonly Requirement[];
  /**
   * Functions that lead to its dump_stack(), innermost first: every stack of this kind has one of each pattern. Functions that a
   * compiler may inline are alternatives in the same pattern.
   */
  readonly throughout?: readonly RegExp[];
  /** Parts that must have been printed and were lost, as the report itself shows. */
  readonly lost?: (report: Common & Details) => readonly Requirement[];
  /** Whether what varies in its headline is something that a kernel prints there. */
  readonly isWorded?: (report: Common & Details) => boolean;
  /** Whether running tasks have only a count of held locks, because the kernel does not list them. */
  readonly countsOnly?: boolean;
  readonly build: (parts: Parts, common: Common) => Details;

  /* Which bug it is. */

  readonly banner: Banner;
  /** The title that syzbot would give. */
  readonly title: (asked: Asked) => string;
  /**
   * What identifies the bug, beginning with the kind or its family: docs/identity.md.
   *
   * @param site the place in the title
   */
  readonly bug: (report: Untitled, site: string) => readonly Mark[];
  /** Which of these the log lacks. */
  readonly lacks: (report: Report) => readonly Lack[];
  /** Whether it is about all locks that are still held. */
  readonly aboutHeld?: boolean;

  /* Lockdep's state. */

  readonly lockdep: Relation;
  /** The same for one report, if reports of this kind differ. */
  readonly lockdepOf?: (report: Report) => Relation;

  /* Text. */

  /**
   * The report as the kernel prints it; a `\n` that begins or ends a message is an empty line. What a damaged report lacks is
   * left out.
   */
  readonly print: (report: Report) => Lines;
  /** The label of its lock in a table, `lock` by default; null if something else says it better. */
  readonly label?: (report: Report) => string | null;
  /** Rows of the table that only this kind has. */
  readonly facts?: (report: Report) => readonly Fact[];
  /** What happened, one sentence each. */
  readonly story: (report: Report) => readonly (readonly Part[] | null)[];
  /** Whether it only lists tasks: none of them caused it. */
  readonly lists?: boolean;
  /** Whether its stack says nothing about the cause. */
  readonly strayStack?: boolean;
  /** Whether its only edge adds nothing to its two locks. */
  readonly loneEdge?: boolean;
  /** Who holds what, if that is what it is about. */
  readonly holders?: (report: Report) => readonly Block[];
  /** A drawing of how it can deadlock. */
  readonly deadlock?: (report: Report) => readonly Block[];
  /** Why it matters, if there is no drawing. */
  readonly consequence?: (report: Report) => string;
  /** Whether it does not mean that anything is wrong. */
  readonly harmless?: boolean;
}
