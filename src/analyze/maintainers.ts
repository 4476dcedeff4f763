/** The MAINTAINERS file of a kernel tree, read by the rules of its scripts/get_maintainer.pl. */

/** Whose files they are, as the file says it. */
export interface Section {
  readonly section: string;
  /** `Maintained`, `Supported`, `Odd Fixes`, `Orphan`, …; null if none is given. */
  readonly status: string | null;
  /** Maintainers, then reviewers: `Name <address>`. */
  readonly people: readonly string[];
  /** Addresses; those of lists for subscribers only are left out. */
  readonly lists: readonly string[];
  readonly trees: readonly string[];
}

interface Patterns {
  readonly files: readonly Glob[];
  readonly excluded: readonly Glob[];
  readonly names: readonly RegExp[];
}

/** Longer paths belong to no file of the kernel. */
const LONGEST_PATH = 512;

/** How deep what matches everything is: `F: *` of "THE REST". */
const EVERYTHING = -1;

export class Maintainers {
  readonly #sections: readonly { readonly section: Section; readonly patterns: Patterns }[];

  /** @param text of the file; lines before the first section are its introduction */
  constructor(text: string) {
    this.#sections = [...sectionsOf(text)].map((lines) => ({
      section: sectionOf(lines),
      patterns: patternsOf(lines),
    }));
  }

  get size(): number {
    return this.#sections.length;
  }

  /**
   * The sections that files belong to: those of the first file first, of each the most specific first. The
   * section of everything counts only where there is no other.
   *
   * @param paths within the tree
   */
  of(paths: readonly string[]): Section[] {
    const found = paths.flatMap((path) => this.#ofOne(path));
    const own = found.filter(({ depth }) => depth !== EVERYTHING);
    return [...new Set((own.length > 0 ? own : found).map(({ section }) => section))];
  }

  #ofOne(path: string): { section: Section; depth: number }[] {
    if (path.length > LONGEST_PATH) return [];
    const found: { section: Section; depth: number }[] = [];
    for (const { section, patterns } of this.#sections) {
      const depth = depthOf(patterns, path);
      if (depth !== null) found.push({ section, depth });
    }
    return found.toSorted((a, b) => b.depth - a.depth);
  }
}

interface SectionLines {
  readonly heading: string;
  readonly fields: readonly { readonly type: string; readonly value: string }[];
}

/** A section is a heading and the fields below it; empty lines and comments separate nothing. */
function* sectionsOf(text: string): Generator<SectionLines> {
  let heading = "";
  let fields: { type: string; value: string }[] = [];
  for (const line of text.split("\n")) {
    const type = /^[A-Z](?=:)/.exec(line)?.[0];
    if (type !== undefined) fields.push({ type, value: line.slice(2).trim() });
    else if (line.trim() !== "" && !line.trimStart().startsWith("#")) {
      if (fields.length > 0) yield { heading, fields };
      heading = line.trim();
      fields = [];
    }
  }
  if (fields.length > 0) yield { heading, fields };
}

function sectionOf({ heading, fields }: SectionLines): Section {
  const values = (type: string): string[] =>
    fields.filter((field) => field.type === type && field.value !== "").map(({ value }) => value);
  return {
    section: heading,
    status: values("S").at(-1) ?? null,
    people: [...values("M"), ...values("R")],
    lists: values("L").flatMap((value) => {
      const [address] = value.split(/\s/, 1);
      return address === undefined || value.includes("subscribers-only") ? [] : [address];
    }),
    trees: values("T"),
  };
}

function patternsOf({ fields }: SectionLines): Patterns {
  const globs = (type: string): Glob[] =>
    fields.filter((field) => field.type === type && field.value !== "").map(({ value }) => new Glob(value));
  const names = fields.flatMap(({ type, value }) => (type === "N" ? regExpOf(value) : []));
  return { files: globs("F"), excluded: globs("X"), names };
}

/** Perl's own syntax, which ours does not know, matches nothing. Blanks count for nothing there. */
function regExpOf(perl: string): RegExp[] {
  const text = perl.replaceAll(/\s/g, "");
  if (text === "") return [];
  try {
    return [new RegExp(text)];
  } catch {
    return [];
  }
}

/** How many directories the best pattern names; null if none matches. */
function depthOf({ files, excluded, names }: Patterns, path: string): number | null {
  if (excluded.some((glob) => glob.test(path))) return null;
  const depths = files.filter((glob) => glob.test(path)).map(({ depth }) => depth);
  if (names.some((name) => name.test(path))) depths.push(0);
  return depths.length === 0 ? null : Math.max(...depths);
}

/** One character of a pattern: itself, any of some (`?`, `[ch]`), or as many as you like (`*`). */
type Token = string | ((character: string) => boolean) | typeof STAR;
const STAR = Symbol("*");

/**
 * A pattern of `F:` or `X:`. It fits the beginning of a path; with a slash at its end (or where it is a
 * directory) whatever is below, without one as many directories deep as it is itself.
 */
class Glob {
  readonly depth: number;
  readonly #text: string;
  readonly #slashes: number;
  readonly #tokens: readonly Token[];

  constructor(text: string) {
    this.#text = text;
    this.#slashes = slashesIn(text);
    this.#tokens = tokensOf(text);
    this.depth = text.startsWith("*") ? EVERYTHING : this.#slashes + (text.endsWith("/") ? 0 : 1);
  }

  test(path: string): boolean {
    const first = this.#tokens[0];
    if (typeof first === "string" && !path.startsWith(first)) return false;
    if (this.#text.endsWith("/")) return beginsLike(this.#tokens, path);
    if (path.startsWith(`${this.#text}/`)) return true;
    return slashesIn(path) === this.#slashes && beginsLike(this.#tokens, path);
  }
}

function slashesIn(text: string): number {
  let count = 0;
  for (const character of text) if (character === "/") count++;
  return count;
}

function tokensOf(glob: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    const end = character === "[" ? glob.indexOf("]", at + 2) : -1;
    if (character === "*") tokens.push(STAR);
    else if (character === "?") tokens.push(() => true);
    else if (end === -1) tokens.push(character);
    else {
      tokens.push(setOf(glob.slice(at + 1, end)));
      at = end;
    }
  }
  return tokens;
}

/** `[ch]`, `[0-9]`, `[^x]` */
function setOf(text: string): (character: string) => boolean {
  const isNegated = text.startsWith("^");
  const ranges = [...(isNegated ? text.slice(1) : text).matchAll(/(.)-(.)|./gs)].map(
    ([one, from = one, to = one]) => [from, to] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** Whether a text begins with what the tokens say: each star goes back to itself, never to one before it. */
function beginsLike(tokens: readonly Token[], text: string): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  while (token < tokens.length) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      star = ++token;
      starAt = at;
      continue;
    }
    if (at < text.length && (typeof wanted === "function" ? wanted(text.charAt(at)) : wanted === text[at])) {
      at++;
      token++;
      continue;
    }
    if (star === -1 || starAt >= text.length) return false;
    token = star;
    at = ++starAt;
  }
  return true;
}
