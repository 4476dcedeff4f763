/** Elements that begin or end a line where they are. */
const BREAK = /^<\/?(?:br|p|div|pre|li|tr|ul|ol|table|blockquote|h[1-6]|hr|body)[\s/>]/i;
const TAG = /<(?:[a-z/!][^<>]{0,2000})>/gi;
const HIDDEN = /^<(style|script|head|title)[\s>]/i;

const BLANK = /&(?:nbsp|#160|#xa0);/gi;

/**
 * The text of an HTML page, with a line for each of its lines and breaks. The kernel's own angles are entities there,
 * which stay: they are undone line by line, as those of any log. Its blanks are not: words are looked for before.
 */
export function htmlText(html: string): string {
  const parts: string[] = [];
  let at = 0;
  let hidden: string | null = null;
  for (const { 0: tag, index } of html.matchAll(TAG)) {
    if (hidden === null) parts.push(html.slice(at, index));
    at = index + tag.length;
    const opens: string | null = HIDDEN.exec(tag)?.[1]?.toLowerCase() ?? null;
    if (hidden === null) hidden = opens;
    else if (tag.toLowerCase().startsWith(`</${hidden}`)) hidden = null;
    if (hidden === null && BREAK.test(tag)) parts.push("\n");
  }
  parts.push(html.slice(at));
  return parts.join("").replace(BLANK, " ");
}
