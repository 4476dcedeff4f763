/**
 * The names of C++ and Rust functions as their authors wrote them. Symbols come out of logs, so that time,
 * depth and length are bounded, whatever they hold; what is not understood stays as it is.
 */

/** Longer than any symbol of the kernel (KSYM_NAME_LEN is 512). */
const LONGEST_SYMBOL = 1024;
const LONGEST_NAME = 1024;
/** Back references let a short symbol stand for a huge tree. */
const MOST_STEPS = 512;
const DEEPEST = 64;

/**
 * The readable form of a mangled symbol, with its compiler suffix (`.cold`), but for the one of ThinLTO
 * (`.llvm.123`); undefined if the symbol is not mangled, or in a way that is not understood.
 */
export function demangle(symbol: string): string | undefined {
  if (!symbol.startsWith("_R") && !symbol.startsWith("_Z")) return undefined;
  if (symbol.length > LONGEST_SYMBOL) return undefined;
  const { name, suffix } = symbol.startsWith("_R") ? parted(symbol) : nested(symbol);
  if (name === undefined || name.length > LONGEST_NAME || !/^(?:\.[\w.@-]+)?$/.test(suffix)) return undefined;
  return name + suffix.replace(/\.llvm\.[\w@]+/g, "");
}

/** C++ and legacy Rust: the nested name without parameters; undefined for templates and what else there is. */
export function demangleNested(symbol: string): string | undefined {
  return nested(symbol).name;
}

interface Demangled {
  name: string | undefined;
  suffix: string;
}

/* Itanium C++, which the legacy mangling of Rust imitates. */

const NOT_NESTED: Demangled = { name: undefined, suffix: "" };

function nested(symbol: string): Demangled {
  const start = /^_Z(N[KV]*|L)?(?=[1-9])/.exec(symbol);
  if (start === null) return NOT_NESTED;
  const inner = start[1]?.startsWith("N") ?? false;
  const parts: string[] = [];
  let at = start[0].length;
  for (;;) {
    const digits = /^[1-9]\d{0,3}/.exec(symbol.slice(at, at + 4))?.[0];
    if (digits === undefined) break;
    const end = at + digits.length + Number(digits);
    const part = symbol.slice(at + digits.length, end);
    if (end > symbol.length || !/^[\w.$]+$/.test(part)) return NOT_NESTED;
    parts.push(part);
    at = end;
    if (!inner) break;
  }
  if (inner) {
    const special = /^[CD][0-5](?=E)/.exec(symbol.slice(at, at + 3))?.[0];
    if (special !== undefined) {
      parts.push((special.startsWith("D") ? "~" : "") + (parts.at(-1) ?? ""));
      at += special.length;
    }
    if (symbol[at] !== "E") return NOT_NESTED;
    at += 1;
  }
  const suffix = /\..*$/s.exec(symbol.slice(at))?.[0] ?? "";
  const rust = parts.length > 1 && /^h[0-9a-f]{16}$/.test(parts.at(-1) ?? "");
  return { name: (rust ? parts.slice(0, -1).map(unescaped) : parts).join("::"), suffix };
}

const ESCAPES: Readonly<Record<string, string>> = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};

/** `_$LT$impl$u20$core..fmt..Debug$GT$` is `<impl core::fmt::Debug>`. */
function unescaped(part: string): string {
  return part
    .replace(/^_(?=\$)/, "")
    .replace(/\.\.|\$u([0-9a-f]{1,6})\$|\$([A-Z]{1,2})\$/g, (text, code?: string, word?: string) => {
      if (code !== undefined) return character(Number.parseInt(code, 16)) ?? text;
      return word === undefined ? "::" : (ESCAPES[word] ?? text);
    });
}

/** Only what draws itself stands for itself. */
function character(code: number): string | undefined {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return code >= 0x20 && code < 0x7f ? String.fromCodePoint(code) : `\\u{${code.toString(16)}}`;
}

/* Rust v0: https://doc.rust-lang.org/rustc/symbol-mangling/v0.html, before that RFC 2603. */

function parted(symbol: string): Demangled {
  const dot = symbol.indexOf(".");
  const mangled = dot < 0 ? symbol : symbol.slice(0, dot);
  // digits there would be the version of a later encoding
  if (!/^_R[A-Z]\w+$/.test(mangled)) return NOT_NESTED;
  return { name: new RustName(mangled.slice(2)).read(), suffix: dot < 0 ? "" : symbol.slice(dot) };
}

const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: "i8",
  b: "bool",
  c: "char",
  d: "f64",
  e: "str",
  f: "f32",
  h: "u8",
  i: "isize",
  j: "usize",
  l: "i32",
  m: "u32",
  n: "i128",
  o: "u128",
  p: "_",
  s: "i16",
  t: "u16",
  u: "()",
  v: "...",
  x: "i64",
  y: "u64",
  z: "!",
};

class NotUnderstood extends Error {}

/** One symbol, read and written in one go; positions count from behind `_R`, as back references do. */
class RustName {
  readonly #text: string;
  #at = 0;
  #out = "";
  /** Reading on without writing: of an impl only the type tells. */
  #silent = false;
  #lifetimes = 0;
  #steps = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): string | undefined {
    try {
      this.#path(true);
      // the crate that has the generic function made
      if (this.#at < this.#text.length) this.#silently(() => this.#path(false));
      return this.#at === this.#text.length ? this.#out : undefined;
    } catch (error) {
      if (error instanceof NotUnderstood) return undefined;
      throw error;
    }
  }

  /* What is written. */

  #write(text: string): void {
    if (this.#silent) return;
    if (this.#out.length + text.length > LONGEST_NAME) throw new NotUnderstood();
    this.#out += text;
  }

  #silently(read: () => void): void {
    const before = this.#silent;
    this.#silent = true;
    read();
    this.#silent = before;
  }

  /** Every rule that may hold itself goes through here. */
  #within(read: () => void): void {
    this.#steps += 1;
    this.#depth += 1;
    if (this.#steps > MOST_STEPS || this.#depth > DEEPEST) throw new NotUnderstood();
    read();
    this.#depth -= 1;
  }

  /* What is read. */

  #next(): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new NotUnderstood();
    this.#at += 1;
    return char;
  }

  #eat(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    if (text === undefined) throw new NotUnderstood();
    this.#at += text.length;
    return text;
  }

  /** `_` is 0, `0_` is 1, `Z_` is 62. */
  #base62(): number {
    const digits = this.#match(/[0-9a-zA-Z]*_/gy).slice(0, -1);
    if (digits === "") return 0;
    let value = 0;
    for (const digit of digits) {
      const code = digit.charCodeAt(0);
      value = value * 62 + (code < 58 ? code - 48 : code < 91 ? code - 65 + 36 : code - 97 + 10);
    }
    return value + 1;
  }

  /** 0 if there is none. */
  #marked(mark: string): number {
    return this.#eat(mark) ? this.#base62() + 1 : 0;
  }

  /** Punycode stays as it is. */
  #identifier(): string {
    this.#eat("u");
    const length = Number(this.#match(/0|[1-9]\d{0,3}/gy));
    this.#eat("_");
    const end = this.#at + length;
    if (end > this.#text.length) throw new NotUnderstood();
    const name = this.#text.slice(this.#at, end);
    this.#at = end;
    return name;
  }

  #backReference(read: () => void): void {
    const here = this.#at - 1;
    const target = this.#base62();
    if (target >= here) throw new NotUnderstood();
    if (this.#silent) return;
    const behind = this.#at;
    this.#at = target;
    this.#within(read);
    this.#at = behind;
  }

  /** Up to the `E`. */
  #list(between: string, item: () => void): number {
    let count = 0;
    for (; !this.#eat("E"); count += 1) {
      if (count > 0) this.#write(between);
      item();
    }
    return count;
  }

  /* Paths. */

  /** @param value whether it names a function or a constant, whose generic arguments come after `::` */
  #path(value: boolean): void {
    this.#within(() => {
      const tag = this.#next();
      switch (tag) {
        case "C":
          this.#marked("s");
          this.#write(this.#identifier());
          break;
        case "N":
          this.#nestedPath(value);
          break;
        case "M":
        case "X":
        case "Y":
          if (tag !== "Y") {
            this.#marked("s");
            this.#silently(() => this.#path(false));
          }
          this.#write("<");
          this.#type();
          if (tag !== "M") {
            this.#write(" as ");
            this.#path(false);
          }
          this.#write(">");
          break;
        case "I":
          this.#path(value);
          this.#write(value ? "::<" : "<");
          this.#list(", ", () => this.#genericArgument());
          this.#write(">");
          break;
        case "B":
          this.#backReference(() => this.#path(value));
          break;
        default:
          throw new NotUnderstood();
      }
    });
  }

  #nestedPath(value: boolean): void {
    const namespace = this.#match(/[a-zA-Z]/gy);
    this.#path(value);
    const number = this.#marked("s");
    const name = this.#identifier();
    if (namespace >= "a") {
      if (name !== "") this.#write(`::${name}`);
      return;
    }
    if (!Number.isSafeInteger(number)) throw new NotUnderstood();
    const kind = namespace === "C" ? "closure" : namespace === "S" ? "shim" : namespace;
    this.#write(`::{${kind}${name === "" ? "" : ":"}${name}#${number}}`);
  }

  #genericArgument(): void {
    if (this.#eat("L")) this.#lifetime(this.#base62());
    else if (this.#eat("K")) this.#constant();
    else this.#type();
  }

  /* Types. */

  #type(): void {
    this.#within(() => {
      const tag = this.#next();
      const basic = BASIC_TYPES[tag];
      if (basic !== undefined) return this.#write(basic);
      switch (tag) {
        case "R":
        case "Q":
          this.#write("&");
          if (this.#eat("L")) this.#namedLifetime("", " ");
          if (tag === "Q") this.#write("mut ");
          return this.#type();
        case "P":
        case "O":
          this.#write(tag === "P" ? "*const " : "*mut ");
          return this.#type();
        case "A":
        case "S":
          this.#write("[");
          this.#type();
          if (tag === "A") {
            this.#write("; ");
            this.#constant();
          }
          return this.#write("]");
        case "T":
          this.#write("(");
          if (this.#list(", ", () => this.#type()) === 1) this.#write(",");
          return this.#write(")");
        case "F":
          return this.#binder(() => this.#functionType());
        case "D":
          this.#write("dyn ");
          this.#binder(() => this.#list(" + ", () => this.#dynTrait()));
          if (!this.#eat("L")) throw new NotUnderstood();
          return this.#namedLifetime(" + ", "");
        case "B":
          return this.#backReference(() => this.#type());
        default:
          this.#at -= 1;
          return this.#path(false);
      }
    });
  }

  #functionType(): void {
    if (this.#eat("U")) this.#write("unsafe ");
    if (this.#eat("K")) {
      const abi = this.#eat("C") ? "C" : this.#identifier().replaceAll("_", "-");
      this.#write(`extern "${abi}" `);
    }
    this.#write("fn(");
    this.#list(", ", () => this.#type());
    this.#write(")");
    if (this.#eat("u")) return;
    this.#write(" -> ");
    this.#type();
  }

  /** `dyn Iterator<Item = u8>`: associated types are in the same angle brackets as the arguments. */
  #dynTrait(): void {
    let open = this.#openPath();
    while (this.#eat("p")) {
      this.#write(open ? ", " : "<");
      open = true;
      this.#write(`${this.#identifier()} = `);
      if (this.#eat("K")) this.#constant();
      else this.#type();
    }
    if (open) this.#write(">");
  }

  /** A path whose angle brackets, if any, are left open. */
  #openPath(): boolean {
    let open = false;
    this.#within(() => {
      if (this.#eat("B")) {
        this.#backReference(() => {
          open = this.#openPath();
        });
      } else if (this.#eat("I")) {
        this.#path(false);
        this.#write("<");
        this.#list(", ", () => this.#genericArgument());
        open = true;
      } else this.#path(false);
    });
    return open;
  }

  /* Lifetimes, counted from the innermost binder outwards. */

  #binder(read: () => void): void {
    const count = this.#marked("G");
    if (count > DEEPEST) throw new NotUnderstood();
    const outer = this.#lifetimes;
    if (count > 0) {
      this.#write("for<");
      for (let i = 0; i < count; i += 1) {
        this.#lifetimes += 1;
        if (i > 0) this.#write(", ");
        this.#lifetime(1);
      }
      this.#write("> ");
    }
    read();
    this.#lifetimes = outer;
  }

  #lifetime(index: number): void {
    if (this.#silent) return;
    if (index > this.#lifetimes) throw new NotUnderstood();
    const depth = this.#lifetimes - index;
    this.#write(index === 0 ? "'_" : depth < 26 ? `'${String.fromCharCode(97 + depth)}` : `'_${depth}`);
  }

  /** Nothing for an erased one. */
  #namedLifetime(before: string, behind: string): void {
    const index = this.#base62();
    if (index === 0) return;
    this.#write(before);
    this.#lifetime(index);
    this.#write(behind);
  }

  /* Constants: numbers, bool and char, which are all that stable Rust allows. */

  #constant(): void {
    this.#within(() => {
      const type = this.#next();
      if (type === "B") return this.#backReference(() => this.#constant());
      if (type === "p") return this.#write("_");
      const minus = "aslxni".includes(type) && this.#eat("n") ? "-" : "";
      const hex = this.#match(/[0-9a-f]*_/gy).slice(0, -1);
      const value = BigInt(`0x${hex === "" ? "0" : hex}`);
      const digits = value >> 64n === 0n ? value.toString() : `0x${value.toString(16)}`;
      if ("aslxnihtmyoj".includes(type)) return this.#write(minus + digits);
      if (type === "b" && value < 2n) return this.#write(value === 1n ? "true" : "false");
      const char = type === "c" && value <= 0x10ffffn ? character(Number(value)) : undefined;
      if (char === undefined) throw new NotUnderstood();
      this.#write(char === "'" || char === "\\" ? `'\\${char}'` : `'${char}'`);
    });
  }
}
