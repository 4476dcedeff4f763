/** A printed class name in its parts. */
export interface ClassName {
  /** Without `#version` and `/subclass`. */
  readonly class: string;
  /** N of `#N`, else 1. Counted anew in each boot, in the order in which classes are registered. */
  readonly version: number;
  /** M of `/M`, else 0: at most 7 (MAX_LOCKDEP_SUBCLASSES). */
  readonly subclass: number;
}

const SUBCLASS = /\/([1-7])$/;
/** The first of a name has no number. */
const VERSION = /#([2-9]|[1-9]\d{1,8})$/;

/**
 * Splits a name as reports and dumps print it: __print_lock_name() of lockdep.c and print_name() of lockdep_proc.c put
 * `#version` and `/subclass` after it. What cannot be one of these belongs to the name, as in `x/123`.
 */
export function parseClassName(text: string): ClassName {
  const [before, subclass] = cut(text, SUBCLASS);
  const [name, version] = cut(before, VERSION);
  return { class: name, version: version ?? 1, subclass: subclass ?? 0 };
}

/** A suffix's number, and what comes before it, which is never nothing. */
function cut(text: string, suffix: RegExp): readonly [before: string, number: number | null] {
  const match = suffix.exec(text);
  return match === null || match.index === 0 ? [text, null] : [text.slice(0, match.index), Number(match[1])];
}

/** The name as it is printed. */
export function printedName({ class: name, version, subclass }: ClassName): string {
  return `${name}${version > 1 ? `#${version}` : ""}${subclass > 0 ? `/${subclass}` : ""}`;
}
