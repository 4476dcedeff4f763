/**
 * Text of a log made harmless. A log is written by whoever makes the kernel print: a task may be named so that
 * the terminal changes its title, its colours or what stands above, or so that an issue mentions somebody.
 */

/** What is left as it is without a closer look. */
const PLAIN = /^[ -~]*$/;

/**
 * Control characters (C0, DEL, C1, and with them all escape sequences), formatting ones (bidirectional, zero
 * width, BOM, tags), line and paragraph separators, lone surrogates, and whatever else draws nothing.
 */
const HARMFUL =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Lone surrogates U+DC80 to U+DCFF each stand for a byte that was no UTF-8. */
const FIRST_BYTE = 0xdc80;
const LAST_BYTE = 0xdcff;

/**
 * Makes text of a log fit for a terminal, a file or one line of Markdown code.
 *
 * @returns the text with every character that does not draw itself as a visible escape: `\x1b` for a byte of
 *   the log, `\u{202e}` for a character beyond ASCII. It holds no line break and no tab.
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HARMFUL, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return byte(code);
  if (code >= FIRST_BYTE && code <= LAST_BYTE) return byte(code - FIRST_BYTE + 0x80);
  return `\\u{${code.toString(16)}}`;
}

function byte(value: number): string {
  return `\\x${value.toString(16).padStart(2, "0")}`;
}

/** The longest run of backticks in a text. */
function longestFence(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** Text of a log as inline code, in which nothing is a link, a mention or markup. */
export function codeSpan(text: string): string {
  const safe = printable(text);
  if (safe === "") return "";
  const fence = "`".repeat(longestFence(safe) + 1);
  // one blank at both ends is taken off again when it is read
  const pad = /^[` ]|[` ]$/.test(safe) ? " " : "";
  return fence + pad + safe + pad + fence;
}

/** Inline code within a table, where a bar ends the cell even in code. */
export function codeCell(text: string): string {
  return codeSpan(text.replaceAll("|", "\\x7c"));
}

/** Lines of a log as a code block; no line of it can end it. */
export function codeBlock(lines: readonly string[]): string {
  const safe = lines.map(printable);
  const fence = "`".repeat(Math.max(3, longestFence(safe.join("\n")) + 1));
  return [fence, ...safe, fence].join("\n");
}

/** Words that mean nothing to any Markdown: no markup, link, mention, reference, emoji or list number. */
const PROSE = /^(?:\(?[A-Za-z]+(?:['-][A-Za-z]+)*[,.;:!?)]*|\d+[,;:]?|->)$/;
/** Looks like a commit, which some sites make a reference. */
const HASH = /^[0-9a-f]{7,}\W*$/i;

/** Text of a log as prose: plain words stay, everything else becomes inline code. It may stand in a table. */
export function markdownText(text: string): string {
  return printable(text)
    .split(" ")
    .map((word) => (word === "" || (PROSE.test(word) && !HASH.test(word)) ? word : codeCell(word)))
    .join(" ")
    .trim();
}
