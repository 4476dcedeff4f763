/** The character that every text which matches an anchored pattern begins with; "" where there is not just one. */
export function firstOf(source: string): string {
  const literal = /^\^(?:([\w "'#,/:;<=>@-])|\\([^\w]))(?![?*{])/.exec(source);
  return hasAlternatives(source) ? "" : (literal?.[1] ?? literal?.[2] ?? "");
}

/**
 * The longest word that is in every text which matches a pattern; "" where there is none.
 *
 * @param source of a pattern in the style of lines.ts: `^`, literals, classes, groups, `$`
 */
export function wordOf(source: string): string {
  if (hasAlternatives(source)) return "";
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
      // what may be left out is no part of every match
      word = word.slice(0, -1);
      end();
      if (char === "{") i = source.indexOf("}", i);
    } else if ("+.$^".includes(char)) end();
    else if (depth === 0) word += char;
  }
  end();
  return words.reduce((best, next) => (next.length > best.length ? next : best), "");
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
