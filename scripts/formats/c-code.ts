import { type CToken, tokenizeC } from "./c-tokens.ts";

/** What a function does, as far as it matters for what it prints: calls, in the order and under the conditions they stand. */
export type Code =
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly (readonly CToken[])[];
      readonly line: number;
    }
  | { readonly kind: "all"; readonly parts: readonly Code[] }
  | { readonly kind: "one of"; readonly branches: readonly Code[] }
  /** What `break` leads out of: a loop, or a switch, and how often to take it. */
  | { readonly kind: "loop"; readonly body: Code; readonly times: readonly (0 | 1 | 2)[] }
  | { readonly kind: "leave"; readonly what: "function" | "loop" };

export interface CFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly code: Code;
}

export interface CFile {
  /** Functions and macros with parameters; one name may have several, under conditions. */
  readonly functions: readonly CFunction[];
  /** What each macro stands for. */
  readonly macros: ReadonlyMap<string, readonly CToken[]>;
}

const NOTHING: Code = { kind: "all", parts: [] };
const KEYWORDS = new Set([
  "if",
  "else",
  "for",
  "while",
  "do",
  "switch",
  "return",
  "goto",
  "break",
  "continue",
  "case",
  "default",
]);
/** What looks like a call and is none. */
const OPERATORS = new Set(["sizeof", "typeof", "__typeof__", "__attribute__", "defined", ...KEYWORDS]);
const DEFINE = /^define\s+([A-Za-z_]\w*)(\(([^)]*)\))?([^]*)$/;
const CONDITION = /^(if|ifdef|ifndef|elif|else|endif)\b/;

/** Reads a file of C. All branches of its conditionals count, as some configuration has each. */
export function parseC(source: string): CFile {
  const functions: CFunction[] = [];
  const macros = new Map<string, readonly CToken[]>();
  const tokens = tokenizeC(source);
  for (const { kind, text, line } of tokens) {
    const define = kind === "directive" ? DEFINE.exec(text) : null;
    if (define === null) continue;
    const [, name = "", parameters, , body = ""] = define;
    const inner = tokenizeC(body).map((token) => ({ ...token, line: line + token.line - 1 }));
    macros.set(name, inner);
    if (parameters === undefined) continue;
    const names = parameters
      .slice(1, -1)
      .split(",")
      .map((parameter) => parameter.trim());
    functions.push({ name, parameters: names, code: new Body(inner).read() });
  }
  functions.push(...functionsOf(withoutTornBranches(tokens)));
  return { functions, macros };
}

function functionsOf(source: readonly CToken[]): CFunction[] {
  const functions: CFunction[] = [];
  const tokens = source.filter(({ kind, text }) => kind !== "directive" || CONDITION.test(text));
  let name = "";
  let parameters: readonly string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.kind === "directive") continue;
    if (token.text === "(" && token.kind === "sign") {
      const before = tokens[i - 1];
      const end = closing(tokens, i);
      if (name === "" && before?.kind === "name" && !OPERATORS.has(before.text)) {
        name = before.text;
        parameters = argumentsOf(tokens.slice(i + 1, end)).map(
          (parameter) => parameter.findLast(({ kind }) => kind === "name")?.text ?? "",
        );
      }
      i = end;
    } else if (token.text === "{" && token.kind === "sign") {
      const end = closing(tokens, i);
      if (name !== "") functions.push({ name, parameters, code: new Body(tokens.slice(i + 1, end)).read() });
      name = "";
      i = end;
    } else if (token.text === ";" || token.text === "=") {
      name = "";
    }
  }
  return functions;
}

/** The place of the bracket that closes the one at `open`; the end when none does. */
function closing(tokens: readonly CToken[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    depth += nesting(tokens[i]);
    if (depth === 0) return i;
  }
  return tokens.length;
}

function nesting(token: CToken | undefined): number {
  if (token?.kind !== "sign") return 0;
  return "({[".includes(token.text) ? 1 : ")}]".includes(token.text) ? -1 : 0;
}

/**
 * Where the branches of a conditional each open or close what the other does, too (`#ifdef A … if (x) { #else if (y) {
 * #endif`), only the first stays, so that brackets match.
 */
function withoutTornBranches(tokens: readonly CToken[]): CToken[] {
  let at = 0;
  const level = (): CToken[] => {
    const out: CToken[] = [];
    for (; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined) continue;
      const word = token.kind === "directive" ? CONDITION.exec(token.text)?.[1] : undefined;
      if (word === undefined) out.push(token);
      else if (!word.startsWith("if")) return out;
      else for (const inner of conditional(token)) out.push(inner);
    }
    return out;
  };
  const conditional = (first: CToken): CToken[] => {
    const heads = [first];
    const branches: CToken[][] = [];
    for (;;) {
      at++;
      branches.push(level());
      const end = tokens[at];
      if (end === undefined) break;
      heads.push(end);
      if (end.text.startsWith("endif")) break;
    }
    const torn = branches.some((branch) => branch.reduce((sum, token) => sum + nesting(token), 0) !== 0);
    if (torn) return branches[0] ?? [];
    return heads.flatMap((head, i) => [head, ...(branches[i] ?? [])]);
  };
  return level();
}

/** The statements between the braces of a function. */
class Body {
  readonly #tokens: readonly CToken[];
  #at = 0;

  constructor(tokens: readonly CToken[]) {
    this.#tokens = tokens;
  }

  read(): Code {
    const parts: Code[] = [];
    while (this.#at < this.#tokens.length) parts.push(this.#statement());
    return inOrder(parts);
  }

  get #token(): CToken | undefined {
    return this.#tokens[this.#at];
  }

  #is(text: string): boolean {
    return this.#token?.text === text && this.#token.kind !== "string";
  }

  #condition(): string | undefined {
    const token = this.#token;
    return token?.kind === "directive" ? CONDITION.exec(token.text)?.[1] : undefined;
  }

  /** A pair of brackets with what is in them, the brackets left out. */
  #brackets(): readonly CToken[] {
    const end = closing(this.#tokens, this.#at);
    const inner = this.#tokens.slice(this.#at + 1, end);
    this.#at = end + 1;
    return inner;
  }

  #statement(): Code {
    const token = this.#token;
    if (token === undefined) return NOTHING;
    if (token.kind === "directive") return this.#directive();
    if (token.kind === "sign" && token.text === "{") return new Body(this.#brackets()).read();
    if (token.kind === "sign" && (token.text === ";" || token.text === "}")) {
      this.#at++;
      return NOTHING;
    }
    if (token.kind !== "name" || !KEYWORDS.has(token.text)) return this.#expression();
    this.#at++;
    switch (token.text) {
      case "if": {
        const condition = this.#is("(") ? callsOf(this.#brackets()) : NOTHING;
        const yes = this.#statement();
        if (!this.#is("else")) return inOrder([condition, { kind: "one of", branches: [yes, NOTHING] }]);
        this.#at++;
        return inOrder([condition, { kind: "one of", branches: [yes, this.#statement()] }]);
      }
      case "for":
      case "while": {
        const head = this.#is("(") ? callsOf(this.#brackets()) : NOTHING;
        return { kind: "loop", body: inOrder([head, this.#statement()]), times: [0, 1, 2] };
      }
      case "do": {
        const body = this.#statement();
        if (this.#is("while")) {
          this.#at++;
          if (this.#is("(")) this.#brackets();
        }
        return { kind: "loop", body, times: [1, 2] };
      }
      case "switch":
        return this.#switch();
      case "return":
        return inOrder([this.#expression(), { kind: "leave", what: "function" }]);
      case "goto":
        this.#expression();
        return { kind: "leave", what: "function" };
      case "break":
      case "continue":
        this.#expression();
        return { kind: "leave", what: "loop" };
      default: // case, default, a lone else
        while (this.#token !== undefined && !this.#is(":") && token.text === "case") this.#at++;
        if (this.#is(":")) this.#at++;
        return NOTHING;
    }
  }

  /** Each case runs to its break, or into the next. */
  #switch(): Code {
    const head = this.#is("(") ? callsOf(this.#brackets()) : NOTHING;
    if (!this.#is("{")) return inOrder([head, this.#statement()]);
    const inner = this.#brackets();
    const starts = inner.flatMap(({ kind, text }, i) => {
      const depth = inner.slice(0, i).reduce((sum, token) => sum + nesting(token), 0);
      return kind === "name" && (text === "case" || text === "default") && depth === 0 ? [i] : [];
    });
    const branches = starts.map((start) => new Body(inner.slice(start)).read());
    const body: Code = { kind: "one of", branches: [...branches, NOTHING] };
    return inOrder([head, { kind: "loop", body, times: [1] }]);
  }

  #directive(): Code {
    const word = this.#condition();
    this.#at++;
    if (word === undefined || !word.startsWith("if")) return NOTHING;
    const branches: Code[] = [];
    let parts: Code[] = [];
    let whole = false;
    while (this.#at < this.#tokens.length) {
      const next = this.#condition();
      if (next === undefined || next.startsWith("if")) {
        parts.push(this.#statement());
        continue;
      }
      branches.push(inOrder(parts));
      parts = [];
      this.#at++;
      if (next === "endif") break;
      whole ||= next === "else";
    }
    return { kind: "one of", branches: whole ? branches : [...branches, NOTHING] };
  }

  /** To its semicolon; a macro with a block or a statement after it (list_for_each_entry) is a loop. */
  #expression(): Code {
    const start = this.#at;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.kind === "sign" && token.text === ";") break;
      const before = this.#tokens[this.#at - 1];
      const afterCall = this.#at > start && before?.kind === "sign" && before.text === ")";
      if (token?.kind === "sign" && token.text === "{" && afterCall) return this.#block(start);
      if (token?.kind === "name" && KEYWORDS.has(token.text)) return this.#block(start);
      if (token?.kind === "directive") {
        this.#at--;
        break;
      }
      if (nesting(token) === 1) this.#at = closing(this.#tokens, this.#at);
      // a label
      if (token?.kind === "sign" && token.text === ":" && this.#at === start + 1) break;
    }
    const calls = callsOf(this.#tokens.slice(start, this.#at));
    this.#at++;
    return calls;
  }

  #block(start: number): Code {
    const head = callsOf(this.#tokens.slice(start, this.#at));
    return { kind: "loop", body: inOrder([head, this.#statement()]), times: [0, 1, 2] };
  }
}

function inOrder(parts: readonly Code[]): Code {
  const flat = parts.flatMap((part) => (part.kind === "all" ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "all", parts: flat };
}

/** The calls in an expression, those in arguments before the call they are for. */
function callsOf(tokens: readonly CToken[]): Code {
  const calls: Code[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const next = tokens[i + 1];
    if (token?.kind === "sign" && token.text === "{") {
      // a statement expression
      const end = closing(tokens, i);
      calls.push(new Body(tokens.slice(i + 1, end)).read());
      i = end;
      continue;
    }
    if (token?.kind !== "name" || OPERATORS.has(token.text) || next?.kind !== "sign" || next.text !== "(")
      continue;
    const end = closing(tokens, i + 1);
    const inner = tokens.slice(i + 2, end);
    const before = tokens[i - 1];
    calls.push(callsOf(inner));
    // a call through a pointer in a structure is not one of the function with that name
    const member = before?.kind === "sign" && (before.text === "->" || before.text === ".");
    if (!member) calls.push({ kind: "call", name: token.text, args: argumentsOf(inner), line: token.line });
    i = end;
  }
  return inOrder(calls);
}

function argumentsOf(tokens: readonly CToken[]): CToken[][] {
  const args: CToken[][] = [[]];
  let depth = 0;
  let skipping = 0;
  for (const token of tokens) {
    if (token.kind === "directive") {
      // within the arguments of a call, only the first branch counts
      const word = CONDITION.exec(token.text)?.[1] ?? "";
      if (word === "endif") skipping = Math.max(0, skipping - 1);
      else if (word.startsWith("el")) skipping = 1;
      continue;
    }
    if (skipping > 0) continue;
    depth += nesting(token);
    if (depth === 0 && token.kind === "sign" && token.text === ",") args.push([]);
    else args.at(-1)?.push(token);
  }
  return args;
}
