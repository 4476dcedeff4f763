/** The words of C source text: comments and white space gone, lines joined, directives as one token each. */
export interface CToken {
  readonly kind: "name" | "string" | "char" | "number" | "sign" | "directive";
  /** As written; of a string its value, of a directive its text without `#`. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  e: "\x1b",
};
/** Signs of more than one character that matter here; others may fall apart. */
const SIGNS = ["...", "->", "&&", "||", "==", "!=", "<=", ">=", "##"];
const NAME = /[A-Za-z_$][\w$]*/y;
const NUMBER = /\.?\d(?:[eEpP][+-]|[\w.])*/y;
const SPACE = /\s+/y;
const ESCAPE = /x([0-9a-fA-F]+)|([0-7]{1,3})|([^])/y;

/** Takes C source text apart. What is not C (an unclosed string) ends at its line. */
export function tokenizeC(source: string): CToken[] {
  return new Reader(source).read();
}

class Reader {
  readonly #source: string;
  readonly #tokens: CToken[] = [];
  #at = 0;
  #line = 1;
  #lineStart = true;

  constructor(source: string) {
    // a comment, or the end of a line, ends what is open here; a continuation does not
    this.#source = source.replaceAll("\r\n", "\n");
  }

  read(): CToken[] {
    while (this.#at < this.#source.length) this.#step();
    return this.#tokens;
  }

  #step(): void {
    const source = this.#source;
    const char = source.charAt(this.#at);
    if (char === "\\" && source.charAt(this.#at + 1) === "\n") return this.#skip(2);
    const space = this.#match(SPACE);
    if (space !== null) {
      if (space.includes("\n")) this.#lineStart = true;
      return this.#skip(space.length);
    }
    if (source.startsWith("/*", this.#at)) return this.#skip(this.#distance("*/", 2));
    if (source.startsWith("//", this.#at)) return this.#skip(this.#distance("\n", 0));
    if (char === "#" && this.#lineStart) return this.#directive();
    this.#lineStart = false;
    if (char === '"' || char === "'") return this.#quoted(char);
    const name = this.#match(NAME);
    if (name !== null) return this.#take("name", name, name.length);
    const number = this.#match(NUMBER);
    if (number !== null) return this.#take("number", number, number.length);
    const sign = SIGNS.find((text) => source.startsWith(text, this.#at)) ?? char;
    return this.#take("sign", sign, sign.length);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0] ?? null;
  }

  /** How far it is to the end of `text`, or of all. */
  #distance(text: string, from: number): number {
    const end = this.#source.indexOf(text, this.#at + from);
    return (end < 0 ? this.#source.length : end + (text === "\n" ? 0 : text.length)) - this.#at;
  }

  #skip(length: number): void {
    for (let i = this.#at; i < this.#at + length; i++) if (this.#source.charAt(i) === "\n") this.#line++;
    this.#at += length;
  }

  #take(kind: CToken["kind"], text: string, length: number): void {
    this.#tokens.push({ kind, text, line: this.#line });
    this.#skip(length);
  }

  /** To the end of the line, continuations joined and comments taken out. */
  #directive(): void {
    const line = this.#line;
    const source = this.#source;
    let text = "";
    this.#skip(1);
    while (this.#at < source.length && source.charAt(this.#at) !== "\n") {
      if (source.startsWith("\\\n", this.#at)) {
        text += "\n";
        this.#skip(2);
      } else if (source.startsWith("/*", this.#at)) {
        text += " ";
        this.#skip(this.#distance("*/", 2));
      } else if (source.startsWith("//", this.#at)) {
        this.#skip(this.#distance("\n", 0));
      } else {
        const quoted = source.charAt(this.#at) === '"' ? /"(?:[^"\\\n]|\\[^])*"?/y : /[^]/y;
        const part = this.#match(quoted) ?? "";
        text += part;
        this.#skip(part.length);
      }
    }
    this.#tokens.push({ kind: "directive", text: text.trim(), line });
  }

  #quoted(quote: string): void {
    const source = this.#source;
    let text = "";
    let i = this.#at + 1;
    while (i < source.length && source.charAt(i) !== quote && source.charAt(i) !== "\n") {
      if (source.charAt(i) !== "\\") {
        text += source.charAt(i++);
        continue;
      }
      ESCAPE.lastIndex = i + 1;
      const [whole = "", hex, octal, other] = ESCAPE.exec(source) ?? [];
      if (hex !== undefined) text += String.fromCharCode(Number.parseInt(hex, 16) & 0xff);
      else if (octal !== undefined) text += String.fromCharCode(Number.parseInt(octal, 8));
      else if (other !== undefined && other !== "\n") text += ESCAPES[other] ?? other;
      i += 1 + whole.length;
    }
    this.#take(quote === '"' ? "string" : "char", text, Math.min(i + 1, source.length) - this.#at);
  }
}
