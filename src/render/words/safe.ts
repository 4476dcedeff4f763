/**
 * Text of a log made harmless. A log is written by whoever makes the kernel print: a task may be named so that
 * the terminal changes its title, its colours or what is above, or so that an issue mentions somebody.
 */

declare const SAFE: unique symbol;

/**
 * Text that does no harm where it is written: every character of a log that does not draw itself was escaped. What
 * formats return and what the command writes is of this type, so that a text that nobody escaped does not compile.
 */
export type Safe = string & { readonly [SAFE]: true };

/** Fits a record of whatever texts there may be, and none of a text that must be there. */
type NoText = { readonly [SAFE]?: never };

/** `Text` where it is a literal of our own; a text that is known only at run time is none. */
export type Own<Text extends string> = NoText extends Record<Text, true> ? never : Text;

/** What may be in a safe text as it is. */
type Fitting<Value> = Value extends Safe | number ? Value : Value extends string ? Own<Value> : never;

/**
 * Takes a text for safe. For this folder alone, whose functions escape what they put together; everything else uses
 * {@link printable} and {@link safe}. A test holds that.
 */
export function trusted(text: string): Safe {
  return text as Safe;
}

/** A text of our own. */
export function own<const Text extends string>(text: Own<Text>): Safe {
  return trusted(text);
}

/** Our own text around safe ones: `` safe`${printable(title)} (${count})` ``. */
export function safe<const Values extends readonly (string | number)[]>(
  strings: TemplateStringsArray,
  ...values: Readonly<{ [Index in keyof Values]: Fitting<Values[Index]> }>
): Safe {
  return trusted(String.raw({ raw: strings }, ...values));
}

/** Safe texts with something of our own between them. */
export function join<const Between extends string>(texts: readonly Safe[], between: Own<Between>): Safe {
  return trusted(texts.join(between));
}

/** Lines, each with its end. */
export function ended(texts: readonly Safe[]): Safe {
  return trusted(texts.map((line) => `${line}\n`).join(""));
}

/** Lines of any text made harmless, each with its end: what was made harmless before stays as it is. */
export function lines(texts: readonly string[]): Safe {
  return ended(texts.map(printable));
}

/** The lines of a text whose last one has an end. */
export function linesOf(text: Safe): Safe[] {
  return text.replace(/\n$/, "").split("\n").map(trusted);
}

export function blanks(count: number): Safe {
  return trusted(" ".repeat(count));
}

/** Without blanks at the end. */
export function trimmed(text: Safe): Safe {
  return trusted(text.trimEnd());
}

/** Part of a text. */
export function sliced(text: Safe, start: number, end?: number): Safe {
  return trusted(text.slice(start, end));
}

/** What is left as it is without a closer look. */
const PLAIN = /^[ -~]*$/;

/**
 * Control characters (C0, DEL, C1, and with them all escape sequences), formatting ones (bidirectional, zero
 * width, BOM, tags), line and paragraph separators, lone surrogates, and whatever else draws nothing.
 */
const HARMFUL =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Lone surrogates U+DC80 to U+DCFF each stand for a byte that was not UTF-8. */
const FIRST_BYTE = 0xdc80;
const LAST_BYTE = 0xdcff;

/**
 * Makes text of a log fit for a terminal, a file or one line of Markdown code.
 *
 * @returns the text with every character that does not draw itself as a visible escape: `\x1b` for a byte of
 *   the log, `\u{202e}` for a character beyond ASCII. It holds no line break and no tab.
 */
export function printable(text: string): Safe {
  return trusted(PLAIN.test(text) ? text : text.replace(HARMFUL, escapeOf));
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
export function codeSpan(text: string): Safe {
  const shown = printable(text);
  if (shown === "") return shown;
  const fence = "`".repeat(longestFence(shown) + 1);
  // one blank at both ends is taken off again when it is read
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return trusted(fence + pad + shown + pad + fence);
}

/** Inline code within a table, where a bar ends the cell even in code. */
export function codeCell(text: string): Safe {
  return codeSpan(text.replaceAll("|", "\\x7c"));
}

/** Lines of a log as a code block; no line of it can end it. */
export function codeBlock(texts: readonly string[]): Safe {
  const shown = texts.map(printable);
  const fence = "`".repeat(Math.max(3, longestFence(shown.join("\n")) + 1));
  return trusted([fence, ...shown, fence].join("\n"));
}

/** Words that mean nothing to any Markdown: no markup, link, mention, reference, emoji or list number. */
const PROSE = /^(?:\(?[A-Za-z]+(?:['-][A-Za-z]+)*[,.;:!?)]*|\d+[,;:]?|->)$/;
/** Looks like a commit, which some sites make a reference. */
const HASH = /^[0-9a-f]{7,}\W*$/i;

/** Text of a log as prose: plain words stay, everything else becomes inline code. It may be in a table. */
export function markdownText(text: string): Safe {
  return trusted(
    printable(text)
      .split(" ")
      .map((word) => (word === "" || (PROSE.test(word) && !HASH.test(word)) ? word : codeCell(word)))
      .join(" ")
      .trim(),
  );
}
