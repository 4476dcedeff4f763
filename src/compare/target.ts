import { comparableClass } from "../symbols/class-names.ts";
import type { Document, Kind, Report } from "../report/schema.ts";
import { bootsOf } from "./boots.ts";
import { type Wanted, wantedAfter } from "./observed.ts";

/** The report that a verdict is about. */
export interface Target extends Wanted {
  /** For messages. */
  readonly name: string;
  readonly matches: (report: Report) => boolean;
}

/** A target that cannot be used; the message says why. */
export class TargetError extends Error {}

const PREFIX = /^(id|site|title|headline|class|log):(.*)$/s;
const ID = /^[0-9a-f]{12}$/;

export type TargetForm = "id" | "site" | "title" | "headline" | "class" | "log" | "any";

/** `class:&p->lock` names its form; without one, twelve hexadecimal digits are an id. */
export function targetForm(text: string): { readonly form: TargetForm; readonly value: string } {
  const [, form, value = ""] = PREFIX.exec(text) ?? [];
  if (form !== undefined) return { form: form as TargetForm, value };
  return { form: ID.test(text) ? "id" : "any", value: text };
}

/** Nothing is known about it but what it is called. */
const UNKNOWN: Wanted = { needsLockdep: true, time: null, claim: null, endsOrderly: false };

/**
 * A target from its name: an id, a title, a lock class, or a pattern of headlines. A name with a blank or a `*` that is none
 * of the others may be part of a headline; `*` matches any text.
 *
 * @throws TargetError if no report can have this name
 */
export function targetOf(text: string): Target {
  const { form, value } = targetForm(text);
  if (value.trim() === "") throw new TargetError("the target is empty");
  if ((form === "id" || form === "site") && !ID.test(value))
    throw new TargetError(
      `'${value}' is not ${form === "id" ? "an id" : "a site id"}: 12 hexadecimal digits`,
    );
  return { ...UNKNOWN, name: text, matches: matcherOf(form, value) };
}

function matcherOf(form: TargetForm, value: string): (report: Report) => boolean {
  switch (form) {
    case "id":
      return ({ id }) => id === value;
    case "site":
      return ({ siteId }) => siteId === value;
    case "title":
      return ({ title }) => title === value;
    case "class":
      return takesPart(value);
    case "headline":
      return headlineMatcher(value);
    case "log":
    case "any": {
      const [asClass, asHeadline] = [takesPart(value), headlineMatcher(value)];
      const maybeHeadline = /[ *]/.test(value);
      return (report) => report.title === value || asClass(report) || (maybeHeadline && asHeadline(report));
    }
    default:
      return form satisfies never;
  }
}

/** The lock of the report, the one held, or one of the cycle: not one that is merely held beside. */
function takesPart(name: string): (report: Report) => boolean {
  const wanted = comparableClass(name);
  return ({ cycle, lock, holding }) =>
    [...cycle, lock?.class, holding?.class].some(
      (part) => part !== undefined && comparableClass(part) === wanted,
    );
}

/** Whole words of a headline, with `*` for anything between. */
function headlineMatcher(pattern: string): (report: Report) => boolean {
  const pieces = pattern.split("*").filter((piece) => piece !== "");
  const startsFree = pattern.startsWith("*");
  const endsFree = pattern.endsWith("*");
  return ({ headline }) => {
    if (pieces.length === 0) return false;
    let from = 0;
    for (const [i, piece] of pieces.entries()) {
      const at = nextAt(headline, piece, from, {
        before: i === 0 && !startsFree,
        after: i === pieces.length - 1 && !endsFree,
      });
      if (at < 0) return false;
      from = at + piece.length;
    }
    return true;
  };
}

/** Where a piece stands, at the edges of words where it must be whole. */
function nextAt(
  text: string,
  piece: string,
  from: number,
  whole: { readonly before: boolean; readonly after: boolean },
): number {
  for (let at = text.indexOf(piece, from); at >= 0; at = text.indexOf(piece, at + 1)) {
    const cutsBefore = isWord(text[at - 1]) && isWord(piece[0]);
    const cutsAfter = isWord(text[at + piece.length]) && isWord(piece.at(-1));
    if (!(whole.before && cutsBefore) && !(whole.after && cutsAfter)) return at;
  }
  return -1;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}

const CYCLES: ReadonlySet<Kind> = new Set<Kind>(["circular", "irq-order", "irq-inversion"]);

/** Its id is its own then, and no whole report has it. */
function isCycleLost({ kind, cycle, edges }: Report): boolean {
  return CYCLES.has(kind) && (edges.length === 0 || cycle.includes("?"));
}

/**
 * The report in a log as a target. Other boots must get as far as this one did.
 *
 * @throws TargetError if the log has no report, several different ones, or one that lost its cycle
 */
export function targetOfLog(name: string, document: Document): Target {
  const found = new Map(document.reports.map((report) => [report.id, report]));
  const [first, ...more] = found.values();
  if (first === undefined) throw new TargetError(`${name}: no report in it`);
  if (more.length > 0) {
    const each = [first, ...more].map(({ id, title }) => `${id} (${title})`);
    throw new TargetError(`${name}: more than one report in it: name one by its id: ${each.join(", ")}`);
  }
  if (isCycleLost(first))
    throw new TargetError(`${name}: the report in it is damaged: its cycle is incomplete`);
  const shown = bootsOf(document).filter(({ reports }) => reports.length > 0);
  return {
    ...wantedAfter(shown),
    name: `${first.id} (${first.title})`,
    matches: ({ id }) => id === first.id,
  };
}
