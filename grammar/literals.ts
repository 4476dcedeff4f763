/**
 * What every text that matches an anchored pattern must have: its first character and its longest word, read
 * from the pattern. Both are "" where the pattern leaves them open.
 *
 * @param source of a pattern in the style of lines.ts: `^`, literals, classes, groups, `$`
 */
export function literalsOf(source: string): { readonly first: string; readonly word: string } {
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
    else if (char === "|" && depth === 0) return { first: "", word: "" };
    else if ("?*{".includes(char)) {
      // what may be left out is no part of every match
      word = word.slice(0, -1);
      end();
      if (char === "{") i = source.indexOf("}", i);
    } else if ("+.$^".includes(char)) end();
    else if (depth === 0) word += char;
  }
  end();
  const longest = words.reduce((best, next) => (next.length > best.length ? next : best), "");
  return { first: source.startsWith("^") ? (words[0] ?? "").charAt(0) : "", word: longest };
}

/** The end of a character class that begins at `start`. */
function classEnd(source: string, start: number): number {
  let i = start + 1;
  while (i < source.length && source.charAt(i) !== "]") i += source.charAt(i) === "\\" ? 2 : 1;
  return i;
}
