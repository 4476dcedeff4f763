import { mayBeHeadline, tagged } from "../../../grammar/telling.ts";

/** Where a report begins: its tag, the upper rule of its box, `[ cut here ]`. */
const OPENING =
  /(?:\[ )?(?:WARNING|BUG|INFO): |====================|------------\[ cut here \]------------|Showing all locks held/;
const RULE = /^(?:={20,}|------------\[ cut here \]------------)/;
const RULE_WITHIN = /^[^=-]{0,64}(?:={20,}|-{12}\[ cut here \]-{12})([^=-].*)?$/;
/** A kernel's own stamp, which the tables read, and levels and callers with it. */
const STAMP = /(?:<\d{1,3}>)?\[ {0,6}\d{1,7}\.\d{6}\]/;
const LONGEST_BEFORE = 200;
const LONGEST_BEHIND = 100;

/** Signs alone, or with numbers, are no prose; but those of lists stand in it. */
const PROSE = /\p{L}|^\s*(?:[-+*\u2022]|\d{1,3}[.)])\s*$/u;
/** What a text is closed with, by what it is opened with. */
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  ">": "</",
};
/** A person stresses single lines, or all. */
const STRESS = /^\*{1,2}$/;
/** The kernel's own stars, which say that messages were lost. */
const OWN_STARS = String.raw`\*? (?:\d{1,15} printk |replaying )`;
/** Where the program logs what it passes on. */
const LOGGED_AT = / \([\w./-]{1,80}\.\w{1,4}:\d{1,6}\)$/;
/** An editor's sign for the end of a line. */
const END_SIGN = "$";

interface Form {
  readonly before: RegExp;
  readonly behind: string;
  /** With what the text is quoted, "" where it is not. */
  readonly quote: string;
}

const ESCAPED = /[\\^$.*+?()[\]{}|/]/g;

/** Other numbers may stand where these are, and other blanks before them. */
function shapeOf(before: string): RegExp {
  const text = before.trimEnd();
  const shape = text
    .replace(ESCAPED, String.raw`\$&`)
    .replace(/ {0,8}\d+/g, (_number, at: number, all: string) =>
      /\d/.test(all.charAt(at - 1)) ? String.raw` {1,8}\d{1,20}` : String.raw` {0,8}\d{1,20}`,
    );
  const gap = before.slice(text.length).replaceAll("\t", String.raw`\t`);
  return new RegExp(`^${shape}(?:${gap}|\\s*$)`, "u");
}

function stressOf(stars: string): RegExp {
  const escaped = stars.replaceAll("*", String.raw`\*`);
  return new RegExp(`^${escaped}(?!${OWN_STARS})(?=.*${escaped}$)`, "u");
}

/**
 * What a program that no table knows puts around each line of a log: a step's name, a clock of its own, a file's name
 * and number, a comment's sign, a key and quotes. It is learned where a report begins, if the line before has the same
 * but for its numbers.
 */
export class Surround {
  #form: Form | null = null;
  #last = "";

  /** Whether {@link read} has something to say to a line of the most usual form; else it is remembered as the last. */
  concerns(line: string): boolean {
    const form = this.#form;
    if (form?.before.test(line) === true || OPENING.test(line)) return true;
    this.#last = line;
    return false;
  }

  /** The text within; null where nothing of that form is around it. */
  read(line: string): string | null {
    const form = this.#learn(line) ?? this.#form;
    this.#last = line;
    if (form === null) return null;
    const { before, behind, quote } = form;
    const found = before.exec(line);
    if (found === null) return null;
    const isClosed = behind !== "" && line.endsWith(behind) && line.length - behind.length >= found[0].length;
    const text = line.slice(found[0].length, isClosed ? line.length - behind.length : line.length);
    return quote === "" ? text : unquoted(text, quote);
  }

  #learn(line: string): Form | null {
    const opening = OPENING.exec(line.slice(0, LONGEST_BEFORE + 16));
    if (opening === null) return null;
    const stamp = STAMP.exec(line);
    const start = Math.min(opening.index, stamp?.index ?? opening.index);
    const before = line.slice(0, start);
    const rule = RULE.exec(line.slice(opening.index));
    if (rule === null && !isHeadline(line.slice(opening.index))) return null;
    const isStressed = STRESS.test(before) && line.endsWith(before);
    const behind = isStressed
      ? before
      : this.#behind(before, line, rule === null ? null : opening.index + rule[0].length);
    if (before.trim() === "" && behind === "") return null;
    const shape = isStressed ? stressOf(before) : shapeOf(before);
    if (!shape.test(this.#last) && (before.trim() === "" || PROSE.test(before))) return null;
    if (this.#form?.before.test(line) === true && behind === this.#form.behind) return null;
    const opens = before.trimEnd().at(-1) ?? "";
    this.#form = { before: shape, behind, quote: behind !== "" && CLOSING[opens] === opens ? opens : "" };
    return this.#form;
  }

  /** What stands behind the text of this line and of the one before. */
  #behind(before: string, line: string, end: number | null): string {
    const last = this.#last;
    if (end !== null) {
      const rest = line.slice(end);
      return rest.length <= LONGEST_BEHIND && last.endsWith(rest) ? rest : "";
    }
    // a stamp of the kernel's may stand before it
    const rest = RULE_WITHIN.exec(last.slice(before.length))?.[1];
    if (rest !== undefined && rest.length <= LONGEST_BEHIND && line.endsWith(rest)) return rest;
    const place = LOGGED_AT.exec(line)?.[0];
    if (place !== undefined && last.endsWith(place)) return place;
    const closing = CLOSING[before.trimEnd().at(-1) ?? ""] ?? END_SIGN;
    const at = line.lastIndexOf(closing, line.length - 1);
    let common = 0;
    while (common < LONGEST_BEHIND && common < last.length && last.at(-1 - common) === line.at(-1 - common))
      common++;
    const from = line.indexOf(closing, Math.max(before.length, line.length - common));
    if (at < 0 || from < 0) return "";
    return closing === END_SIGN && from !== line.length - 1 ? "" : line.slice(from);
  }
}

/** YAML doubles its single quotes, all others have backslashes before theirs. */
function unquoted(text: string, quote: string): string {
  const single = quote === "'" ? text.replaceAll("''", "'") : text;
  return single.includes("\\") ? single.replace(/\\(["'`\\/])/g, "$1").replaceAll("\\t", "\t") : single;
}

function isHeadline(text: string): boolean {
  return mayBeHeadline(text) && tagged(text) === "headline";
}
