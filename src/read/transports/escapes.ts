const ESC = "\u001b";

/**
 * ECMA-48 sequences: OSC, DCS and APC up to their end, CSI, then the short ones. An OSC without an end loses only its
 * introducer, so that a cut log keeps its text.
 */
const SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\]PX^_]|[ -/]*[0-~])?/g;

/** Colours whose escape was written out: by `cat -v`, rsyslog, shells, JSON; or shown as a sign for it. */
const WRITTEN_COLOURS = /(?:\^\[|[#\\]033|\\e|\\x1[bB]|\\u001[bB]|[\u241b\u2190])\[[0-9;]{0,16}[mK]/g;
const MAY_BE_WRITTEN = /(?:\^\[|33|\\e|1[bB]|[\u241b\u2190])\[/;

/** Colours that lost their escape on the way; not the name of a module, with its build id or without. */
const LOST_COLOURS = /(?<!\[)\[\d{1,2}(?:;\d{1,3}){0,4}m(?![\w-]{0,56}(?: [0-9a-f]{40,64})?\])/g;
/** A carriage return as editors and `cat -v` show it, and the breaks of web pages. */
const VISIBLE_END = /(?:\^M\$?|[\u240d\u240a\u21b5\u00b6]|<br ?\/?>|<\/(?:p|pre|div)>)$/i;
/** As long as the longest of them. */
const LONGEST_END = 6;
const VISIBLE_BEGINNING = /^(?:<(?:p|pre|div)>)+/i;
function withoutVisibleEnds(text: string): string {
  let end = text.length;
  for (;;) {
    const last = VISIBLE_END.exec(text.slice(Math.max(0, end - LONGEST_END), end))?.[0];
    if (last === undefined) return text.slice(0, end);
    end -= last.length;
  }
}

/** Marks of direction, which web pages and chats put around a line; within it, a log wants to look like another. */
const DIRECTION =
  /^[\u200e\u200f\u202a-\u202e\u2066-\u2069]+|[\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,8}$/g;
/** Places where a word may be broken. */
const NO_WIDTH = /[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]/g;
/** Blanks of a font's making. */
const WIDE_BLANKS = /[\u2000-\u200a\u202f\u205f\u3000]/g;

/** What mailers and web forms make of three dots, arrows and quotes. */
const TYPOGRAPHY = /[\u2012-\u2015\u2018-\u201f\u2026\u2192\u27f6]/;
const TYPED: readonly (readonly [RegExp, string])[] = [
  [/\u2026/g, "..."],
  [/[\u2192\u27f6]/g, "->"],
  [/[\u2012-\u2015](?=>)/g, "--"],
  [/[\u2018-\u201b]/g, "'"],
  [/[\u201c-\u201f]/g, '"'],
];

/** Whether {@link asTyped} has something to do. */
export function isMangled(text: string): boolean {
  return (
    /(?:\^M\$?|>)$|\[\d[\d;]{0,9}m|^<|[\u00a0\u00ad\u00b6\u2000-\u27f6\u3000\ufeff]/.test(text) &&
    asTyped(text) !== text
  );
}

/** Undoes what was done to a line's characters on its way through mailers, editors and web pages. */
export function asTyped(text: string): string {
  let typed = text.includes("m") ? text.replace(LOST_COLOURS, "") : text;
  typed = typed.replace(NO_WIDTH, "").replace(DIRECTION, "");
  if (VISIBLE_END.test(typed)) typed = withoutVisibleEnds(typed);
  if (typed.startsWith("<")) typed = typed.replace(VISIBLE_BEGINNING, "");
  if (typed.includes("\u00a0")) typed = typed.replaceAll("\u00a0", " ");
  typed = typed.replace(WIDE_BLANKS, " ");
  // a byte of latin1 in a file that does not say so
  if (typed.includes("\udca0")) typed = typed.replaceAll("\udca0", " ");
  if (TYPOGRAPHY.test(typed))
    for (const [characters, ascii] of TYPED) typed = typed.replace(characters, ascii);
  return typed;
}

/** Removes colours and other terminal control sequences. */
export function withoutTerminalSequences(text: string): string {
  const plain = text.includes(ESC) ? text.replace(SEQUENCES, "") : text;
  return MAY_BE_WRITTEN.test(plain) ? plain.replace(WRITTEN_COLOURS, "") : plain;
}

/** Colours, and erasing to the end of the line, as tools put them around the kernel's words. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const COLOUR = /^\u001b(?:\[[0-9;:]{0,64}[mK]|\(B)$/;

/** Whether there is a sequence within the text that is not a colour: titles, hyperlinks, the clipboard, the cursor. */
export function hasControlSequences(text: string): boolean {
  if (!text.includes(ESC)) return false;
  let end = 0;
  for (const { 0: sequence, index } of text.matchAll(SEQUENCES)) {
    // what a terminal's recording puts before a line is not part of it
    if (index > end && !COLOUR.test(sequence)) return true;
    if (index === end) end += sequence.length;
  }
  return false;
}

const ENTITY = /&(lt|gt|amp|quot|apos|nbsp|#39|#34|#60|#62|#38|#160|#x27|#x22|#x2f|#x3c|#x3e|#x26);/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
  "#39": "'",
  "#34": '"',
  "#60": "<",
  "#62": ">",
  "#38": "&",
  "#160": " ",
  "#x27": "'",
  "#x22": '"',
  "#x2f": "/",
  "#x3c": "<",
  "#x3e": ">",
  "#x26": "&",
};

/** A program may escape what another one escaped before, in a page within a page. */
const MOST_ESCAPED = 3;

/**
 * Undoes HTML escaping. Class names begin with "&", but C has no name that ends in ";": a whole entity is never the
 * kernel's.
 */
export function withoutEntities(text: string): string {
  let plain = text;
  for (let i = 0; i < MOST_ESCAPED; i++) {
    const ampersand = plain.indexOf("&");
    if (ampersand < 0 || !plain.includes(";", ampersand)) break;
    const before = plain;
    plain = before.replace(ENTITY, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
    if (plain === before) break;
  }
  return plain;
}

/** rsyslog's control characters, "#012" or with another $ControlCharacterEscapePrefix "\012" (runtime/parser.c). */
const OCTAL = /[#\\](0[0-3][0-7]|177)/g;

export function withoutOctalEscapes(text: string): string {
  return text.replace(OCTAL, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

const C_ESCAPE = /\\(?:n|t|x0[aA]|x09|x1[bB])/g;

/** What journalctl writes for a newline, a tab and an escape inside a message. */
export function withoutControlEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(C_ESCAPE, (escape) => {
    if (escape === "\\t" || escape === "\\x09") return "\t";
    return escape === "\\n" || escape.toLowerCase() === "\\x0a" ? "\n" : ESC;
  });
}

const HEX_RUN = /(?:\\x[0-9a-fA-F]{2})+/g;
const utf8 = new TextDecoder();

/** "\x0a" of /dev/kmsg, which writes every byte below 32, above 126 and the backslash so (printk.c msg_add_ext_text). */
export function withoutHexEscapes(text: string): string {
  if (!text.includes("\\x")) return text;
  return text.replace(HEX_RUN, (run) => {
    const bytes = new Uint8Array(run.length / 4);
    for (let index = 0; index < bytes.length; index++) {
      bytes[index] = Number.parseInt(run.slice(index * 4 + 2, index * 4 + 4), 16);
    }
    return utf8.decode(bytes);
  });
}

const TAB_STOP = 8;
/** Nobody indents a line of a log deeper. */
const LAST_STOP = 512;

/** Where lockdep prints several blanks in a row: before a line, in the picture's head, in `hardirqs last  enabled`. */
const BLANKS = /(?:^|\])[ ]*\t|(?:CPU0|----|\blast) *\t/;

/** Whether tabs stand where the kernel prints blanks; it prints tabs in listings of code. */
export function hasTabsForBlanks(text: string): boolean {
  return text.includes("\t") && BLANKS.test(text);
}

/** Tabs in place of blanks (`unexpand`, some mailers): the kernel's pictures are told by their columns. */
export function withoutTabs(text: string): string {
  let expanded = "";
  for (const [index, part] of text.split("\t").entries()) {
    if (index > 0)
      expanded += expanded.length < LAST_STOP ? " ".repeat(TAB_STOP - (expanded.length % TAB_STOP)) : " ";
    expanded += part;
  }
  return expanded;
}
