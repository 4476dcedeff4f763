import type { Kind } from "../report/schema.ts";
import { comparableClass } from "../symbols/class-names.ts";
import type { Mention } from "./entry.ts";

/** Finds out what prose and scraps of reports say of locks: they are cut too short to be read as a report. */

/** Who writes of a splat uses one of these. */
const WORDS =
  /lockdep|deadlock|dead lock|splat|circular lock|recursive lock|lock(?:ing)? (?:order|dependency|inversion|class|correctness|bug|state)|inconsistent lock|wait context|suspicious rcu|sleeping function|scheduling while atomic|invalid context|PROVE_LOCKING|non-static key|unlock balance|ABBA|AB-BA/i;

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/circular locking|lock(?:ing)? order(?:ing)?|ABBA|AB-BA|inversion/i, "circular"],
  [/recursive lock/i, "recursive"],
  [/(?:HARD|SOFT)IRQ-safe/i, "irq-order"],
  [/inconsistent lock/i, "inconsistent"],
  [/invalid wait context/i, "wait-context"],
  [/suspicious rcu/i, "rcu"],
  [/sleeping function|invalid context/i, "sleeping"],
  [/scheduling while atomic/i, "atomic-scheduling"],
  [/non-static key/i, "non-static-key"],
  [/unlock balance/i, "unlock-balance"],
];

/** `(&x->lock){+.+.}`, `lock(&x->lock);`, `-> #1 (&x->lock`: as lockdep prints a class. */
const PRINTED =
  /\b(?:r?lock|rlock|sync) ?\(([^\s;][^;\n]{0,120}?)\);|\(([^\s(][^\n]{0,120}?)\)\{[^\n}]{1,12}\}/g;
/** `&x->lock`, `rtnl_mutex`, `inode->i_rwsem`: as people write of one. */
const NAMED = /&?\b\w{1,60}(?:(?:->|\.)\w{1,60}){1,4}|\b\w{1,60}_(?:lock|mutex|sem|rwsem|spinlock)\b/g;
/** `foo+0x12/0x34`, `foo()`. */
const FUNCTION = /\b([a-z_]\w{2,80})(?:\.\w{1,20})?(?:\+0x[0-9a-f]{1,6}\/0x[0-9a-f]{1,6}|\(\))/g;

const LONGEST = 65_536;
const MOST = 48;

/** @returns null if a text does not speak of locks, or names none and no function */
export function mentionOf(text: string): Mention | null {
  const part = text.slice(0, LONGEST);
  if (!WORDS.test(part)) return null;
  const classes = new Set<string>();
  for (const [, inScenario, inList] of part.matchAll(PRINTED)) addClass(classes, inScenario ?? inList ?? "");
  for (const [name] of part.matchAll(NAMED)) addClass(classes, name);
  const functions = new Set<string>();
  for (const [, name = ""] of part.matchAll(FUNCTION)) if (functions.size < MOST) functions.add(name);
  if (classes.size === 0 && functions.size === 0) return null;
  return {
    kinds: KINDS.filter(([pattern]) => pattern.test(part)).map(([, kind]) => kind),
    classes: [...classes],
    functions: [...functions],
  };
}

function addClass(classes: Set<string>, name: string): void {
  const plain = name.replace(/#\d{1,5}$|\/\d{1,3}$/g, "");
  if (plain === "" || classes.size >= MOST) return;
  classes.add(comparableClass(plain));
}
