import type { Block } from "../render/words/sentences.ts";
import type { Fact, Part } from "../render/words/parts.ts";
import type { Lack } from "../report/gist-schema.ts";
import type { Report, Untitled } from "../report/schema.ts";
import type { Banner } from "./bug/banner.ts";
import type { Asked } from "./bug/culprit.ts";
import type { Mark } from "./bug/marks.ts";
import type { Parts } from "./assemble/parts.ts";
import type { Lines } from "./print/lines.ts";

/** What all kinds have in common, read from the parts that they share. */
export type Common = Pick<
  Report,
  "kernel" | "task" | "lock" | "holding" | "cycle" | "edges" | "held" | "scenario" | "backtrace" | "dumps"
>;

/** What the builder of a kind knows better, or adds. */
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

/** A part whose absence makes a report incomplete; "site" is where the lock was taken. */
export type Requirement = keyof Details | "site";

/** What a report has to do with lockdep's being on. */
export interface Relation {
  /** Whether the function that prints it calls debug_locks_off(). */
  readonly turnsOff: boolean | "limit";
  /** Whether it comes only while lockdep is on: debug_locks is asked first. */
  readonly needsLockdep: boolean;
  /** Whether it shows that lockdep was on, even where it lists no lock. */
  readonly showsOn?: boolean;
}

/** Most reports are lockdep's last word. */
export const LAST_WORD: Relation = { turnsOff: true, needsLockdep: true };
export const LEAVES_ON: Relation = { turnsOff: false, needsLockdep: true, showsOn: true };
/** Kernels without lockdep print it, too. */
export const APART: Relation = { turnsOff: false, needsLockdep: false };

/** What lockdep is called by where a lock is taken. */
export const TAKES_LOCK =
  /^\.?(?:__)?(?:lock_(?:acquire|sync|set_class|downgrade|release|contended)|fs_reclaim_acquire|might_lock)/;

/** The same where what interrupts may do changes, too. */
export const CHANGES_STATE =
  /^\.?(?:__)?(?:lock_\w+|fs_reclaim_\w+|might_lock|mark_held_locks|lockdep_(?:hard|soft)irqs_\w+|trace_(?:hard|soft)irqs_\w+)/;

/** All that is to know of one kind of report: what grammar/ does not say of its lines. */
export interface KindDefinition {
  /* From a tree to a report. */

  /** What the kernel always prints for this kind. */
  readonly requires: readonly Requirement[];
  /**
   * Functions that lead to its dump_stack(), one of each in every stack of this kind, the innermost first. Those that a
   * compiler puts into others are beside these.
   */
  readonly throughout?: readonly RegExp[];
  /** What the report itself shows to have been printed and lost. */
  readonly lost?: (report: Common & Details) => readonly Requirement[];
  /** Whether what varies in its headline is something that a kernel prints there. */
  readonly isWorded?: (report: Common & Details) => boolean;
  /** Whether it counts the locks of tasks that run elsewhere, which the kernel does not list. */
  readonly countsOnly?: boolean;
  readonly build: (parts: Parts, common: Common) => Details;

  /* Which bug it is. */

  readonly banner: Banner;
  /** The title that syzbot would give. */
  readonly title: (asked: Asked) => string;
  /**
   * What tells the bug from all others, first the kind or its family: docs/identity.md.
   *
   * @param site where the title says that it happened
   */
  readonly bug: (report: Untitled, site: string) => readonly Mark[];
  /** What of that the log does not hold. */
  readonly lacks: (report: Report) => readonly Lack[];
  /** Whether it is about locks that are still held, all of them. */
  readonly aboutHeld?: boolean;

  /* Lockdep's state. */

  readonly lockdep: Relation;
  /** The same of one report, where it is not the same for all of the kind. */
  readonly lockdepOf?: (report: Report) => Relation;

  /* The text. */

  /**
   * The report as its print function writes it; a `\n` that begins or ends a message there is an empty line here.
   * What a damaged report does not have is left out.
   */
  readonly print: (report: Report) => Lines;
  /** What it does to its lock, in the one word that heads it, else `lock`; null where something else says it better. */
  readonly label?: (report: Report) => string | null;
  /** What only this kind has to tell in a table. */
  readonly facts?: (report: Report) => readonly Fact[];
  /** What happened, sentence by sentence. */
  readonly story: (report: Report) => readonly (readonly Part[] | null)[];
  /** It lists tasks: none of them is the one that did it, and the list is the story. */
  readonly lists?: boolean;
  /** Its stack does not lead to who did it. */
  readonly strayStack?: boolean;
  /** Its one edge says nothing that its two locks do not. */
  readonly loneEdge?: boolean;
  /** Who holds what, where that is what it is about. */
  readonly holders?: (report: Report) => readonly Block[];
  /** How it becomes a deadlock, drawn. */
  readonly deadlock?: (report: Report) => readonly Block[];
  /** Why it matters, where no drawing says so. */
  readonly consequence?: (report: Report) => string;
  /** Whether it says by itself that nothing is wrong. */
  readonly harmless?: boolean;
}
