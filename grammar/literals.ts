/** The character that every text which matches an anchored pattern begins with; "" where there is not just one. */
export function firstOf(source: string): string {
  const literal = /^\^(?:([\w "'#,/:;<=>@-])|\\([^\w]))(?![?*{])/.exec(source);
  return hasAlternatives(source) ? "" : (literal?.[1] ?? literal?.[2] ?? "");
}

/**
 * What is in every text that matches a pattern, for a look that is cheaper than matching: the longest word, and what it ends
 * with; "" where there is no such thing.
 *
 * @param source of a pattern in the style of lines.ts: `^`, literals, classes, groups, `$`
 */
export function literalsOf(source: string): { readonly word: string; readonly tail: string } {
  const runs = runsOf(source);
  const word = runs.reduce((best, next) => (next.length > best.length ? next : best), "");
  return { word, tail: source.endsWith("$") ? (runs.at(-2) ?? "") : "" };
}

/** The literals outside of all groups, in their order, the last one behind the end. */
function runsOf(source: string): readonly string[] {
  if (hasAlternatives(source)) return [];
  const words: string[] = [];
  let word = "";
  let depth = 0;
  const end = (): void => {
    words.push(word);
    word = "";
  };
  for (let i = 1; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === "\\") {
      const escaped = source.charAt(++i);
      // \d, \s, \S, \w are classes; what else is escaped stands for itself
      if (/[a-zA-Z]/.test(escaped)) end();
      else if (depth === 0) word += escaped;
    } else if (char === "[") {
      end();
      i = classEnd(source, i);
    } else if (char === "(") {
      end();
      depth++;
    } else if (char === ")") depth--;
    else if ("?*{".includes(char)) {
      // what may be left out is not part of every match
      word = word.slice(0, -1);
      end();
      if (char === "{") i = source.indexOf("}", i);
    } else if ("+.$^".includes(char)) end();
    else if (depth === 0) word += char;
  }
  end();
  return words;
}

/** Whether there is a `|` outside of all groups and classes. */
function hasAlternatives(source: string): boolean {
  if (!source.includes("|")) return false;
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === "\\") i++;
    else if (char === "[") i = classEnd(source, i);
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "|" && depth === 0) return true;
  }
  return false;
}

/** The end of a character class that begins at `start`. */
function classEnd(source: string, start: number): number {
  let i = start + 1;
  while (i < source.length && source.charAt(i) !== "]") i += source.charAt(i) === "\\" ? 2 : 1;
  return i;
}

/** Nothing but the letters of a text, small. */
export function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, "");
}

/** Finds any of these words. */
export function anyOf(words: readonly string[], flags = ""): RegExp {
  return new RegExp(
    [...new Set(words)].map((word) => word.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)).join("|"),
    flags,
  );
}

/** Stands in a text of which a part is not known. */
const GAP = "\0";

/** More ways to match than this are not distinguished: what has them counts as a gap. */
const MOST_WAYS = 512;

/**
 * Every way in which a text can match a pattern: the literals of it in their order, what varies between them left out.
 * Where a text begins or ends with what varies, the literal there is empty.
 *
 * @param source of a pattern in the style of lines.ts
 */
export function waysOf(source: string): string[][] {
  const { ways } = alternatives(source, 0);
  return ways.map((way) => way.replace(/\0+/g, GAP).split(GAP));
}

interface Read {
  readonly ways: readonly string[];
  /** Behind what was read. */
  readonly next: number;
}

/** Up to the end of the group, or of the pattern. */
function alternatives(source: string, start: number): Read {
  const ways = new Set<string>();
  let i = start;
  for (;;) {
    const one = sequence(source, i);
    for (const way of one.ways) ways.add(way);
    i = one.next;
    if (source.charAt(i) !== "|") break;
    i++;
  }
  return { ways: [...ways], next: i };
}

const QUANTIFIER = /(?:[?*+]|\{[\d,]+\})\??/y;

function sequence(source: string, start: number): Read {
  let ways: readonly string[] = [""];
  let i = start;
  while (i < source.length && source.charAt(i) !== "|" && source.charAt(i) !== ")") {
    const part = atom(source, i);
    QUANTIFIER.lastIndex = part.next;
    const quantifier = QUANTIFIER.exec(source)?.[0] ?? "";
    i = part.next + quantifier.length;
    const found = quantifier === "" ? part.ways : quantifier === "?" ? optional(part) : [GAP];
    const joined = ways.flatMap((way) => found.map((more) => way + more));
    ways = joined.length > MOST_WAYS ? ways.map((way) => way + GAP) : joined;
  }
  return { ways, next: i };
}

function optional({ ways }: Read): readonly string[] {
  return ["", ...(ways.some((way) => way.includes(GAP)) ? [GAP] : ways)];
}

const OPENING = /\((?:\?:|\?<\w+>)?/y;
const LITERALS = /[^\\^$.|?*+()[\]{}]+/y;

/** Characters, a class, or a group. */
function atom(source: string, i: number): Read {
  const char = source.charAt(i);
  if (char === "^" || char === "$") return { ways: [""], next: i + 1 };
  if (char === ".") return { ways: [GAP], next: i + 1 };
  if (char === "[") return { ways: [GAP], next: classEnd(source, i) + 1 };
  if (char === "\\") {
    const escaped = source.charAt(i + 1);
    return { ways: [/[a-zA-Z]/.test(escaped) ? GAP : escaped], next: i + 2 };
  }
  if (char !== "(") {
    // many at once, but for the last, which a quantifier may be about
    LITERALS.lastIndex = i;
    const run = LITERALS.exec(source)?.[0] ?? char;
    const literal = run.length > 1 ? run.slice(0, -1) : char;
    return { ways: [literal], next: i + literal.length };
  }
  OPENING.lastIndex = i;
  const opening = OPENING.exec(source)?.[0] ?? "(";
  const group = alternatives(source, i + opening.length);
  return { ways: group.ways, next: group.next + 1 };
}
