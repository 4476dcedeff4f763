import type { CToken } from "./c-tokens.ts";
import { sampleOf } from "./samples.ts";

/** One call that prints. */
export interface Print {
  readonly file: string;
  readonly function: string;
  readonly line: number;
  /** Its format string; its source text where that is not a literal. */
  readonly format: string;
  /** Goes on with the line that is open (KERN_CONT, pr_cont). */
  readonly continues: boolean;
  /** The message of a WARN(), which the kernel frames. */
  readonly warns: boolean;
  /** What it prints, for each choice that its arguments leave; none where the format is not a literal. */
  readonly texts: readonly string[];
}

const LEVELS = "emerg|alert|crit|err|error|warn|warning|notice|info|cont";
/** pr_debug() and pr_devel() are left out: they reach no log unless someone asks for them. */
const PRINTS = new RegExp(
  String.raw`^(?:_?printk(?:_deferred)?(?:_once|_ratelimited)?|(pr_(?:${LEVELS}))(?:_once|_ratelimited|_deferred)?)$`,
);
/** Its message comes after "Kernel panic - not syncing: ". */
const PANICS = new Set(["panic", "nmi_panic"]);
const WARNS = /^WARN(?:_ONCE|_RATELIMIT|_TAINT|_TAINT_ONCE)?$/;
/** What `%` introduces, as vsnprintf() in lib/vsprintf.c reads it. */
const CONVERSION =
  /%(?<flags>[-+ #0]*)(?<width>\d+|\*)?(?:\.(?<precision>\d+|\*))?(?:hh|ll|[hlLzjt])?(?<type>p[A-Za-z0-9]*|[a-zA-Z%])/g;

/** `\x01` and a digit, or `c`, at the start of a format: KERN_ERR, KERN_CONT (include/linux/kern_levels.h). */
const LEVEL = new RegExp(String.raw`^\x01([0-7dc])`);

/** What stands around a call: what the names in its format stand for, and the strings that its function is handed. */
export interface Scope {
  readonly macros: ReadonlyMap<string, readonly CToken[]>;
  readonly handed: (name: string) => readonly string[];
}

/** Reads a call; null when it prints nothing. */
export function readPrint(
  call: { readonly name: string; readonly args: readonly (readonly CToken[])[]; readonly line: number },
  where: { readonly file: string; readonly function: string },
  { macros, handed }: Scope,
): Print | null {
  const { name, args, line } = call;
  const warns = WARNS.test(name);
  const match = PRINTS.exec(name);
  const panics = PANICS.has(name);
  if (match === null && !warns && !panics) return null;
  const skipped = warns ? (name.startsWith("WARN_TAINT") ? 2 : 1) : 0;
  const [format = [], ...values] = args.slice(skipped);
  const prefix = match?.[1] !== undefined && match[1] !== "pr_cont" ? (macros.get("pr_fmt") ?? []) : [];
  const marked = choicesOf([...stringsOf(prefix, macros), ...stringsOf(format, macros)]);
  const literals = marked.map(
    (text) => (panics ? "Kernel panic - not syncing: " : "") + text.replace(LEVEL, ""),
  );
  const source = { ...where, line, warns };
  const continues = match?.[1] === "pr_cont" || marked.some((text) => LEVEL.exec(text)?.[1] === "c");
  if (literals.length === 0) return { ...source, continues, format: textOf(format), texts: [] };
  const texts = literals.flatMap((literal) => expand(literal, values, handed));
  return { ...source, continues, format: literals.join(" | "), texts: [...new Set(texts)] };
}

/** The strings of a format with macros replaced, and the signs of a choice between them. */
function stringsOf(
  tokens: readonly CToken[],
  macros: ReadonlyMap<string, readonly CToken[]>,
  depth = 0,
): CToken[] {
  return tokens.flatMap((token) => {
    if (token.kind === "string") return [token];
    if (token.kind === "sign" && "?:".includes(token.text)) return [token];
    const body = token.kind === "name" && depth < 8 ? macros.get(token.text) : undefined;
    return body === undefined ? [] : stringsOf(body, macros, depth + 1);
  });
}

/** `"a" "b"` is one text, `x ? "a" : "b"` two. */
function choicesOf(tokens: readonly CToken[]): string[] {
  const choices: string[] = [];
  let text: string | null = null;
  for (const token of tokens) {
    if (token.kind === "string") text = (text ?? "") + token.text;
    else if (token.text === ":" && text !== null) {
      choices.push(text);
      text = null;
    }
  }
  return text === null ? choices : [...choices, text];
}

/** The texts of a format: each choice of each argument once, not all of them with all others. */
function expand(format: string, args: readonly (readonly CToken[])[], handed: Scope["handed"]): string[] {
  const parts: (readonly string[])[] = [];
  let end = 0;
  let next = 0;
  for (const match of format.matchAll(CONVERSION)) {
    parts.push([format.slice(end, match.index)]);
    end = match.index + match[0].length;
    const { flags = "", width, precision, type = "" } = match.groups ?? {};
    if (type === "%") {
      parts.push(["%"]);
      continue;
    }
    if (width === "*") next++;
    if (precision === "*") next++;
    const digits = Number(precision ?? (flags.includes("0") ? width : undefined)) || 0;
    const padding = width === undefined || width === "*" ? 0 : Number(width);
    const choices = valuesOf(type, flags, digits, args[next++] ?? [], handed);
    parts.push(choices.map((text) => (flags.includes("-") ? text.padEnd(padding) : text.padStart(padding))));
  }
  parts.push([format.slice(end)]);
  const plain = parts.map(([first = ""]) => first);
  return parts.flatMap((choices, i) =>
    choices.slice(i === 0 ? 0 : 1).map((choice) => plain.with(i, choice).join("")),
  );
}

function valuesOf(
  type: string,
  flags: string,
  digits: number,
  arg: readonly CToken[],
  handed: Scope["handed"],
): readonly string[] {
  if (type === "s")
    return branchesOf(arg).flatMap((branch) => {
      const strings = handed(branch);
      return strings.length > 0 ? strings : sampleOf("s", branch);
    });
  const [sample = ""] = sampleOf(type, textOf(arg));
  if (!/^[0-9a-f]+$/.test(sample)) return [sample];
  return [(flags.includes("#") ? "0x" : "") + sample.padStart(digits, "0")];
}

/** The values that an argument can have: `x ? a : "b"` has two. Strings keep their quotes. */
function branchesOf(arg: readonly CToken[]): string[] {
  if (arg.every(({ kind }) => kind === "string") && arg.length > 0)
    return [JSON.stringify(arg.map(({ text }) => text).join(""))];
  const question = arg.findIndex(({ kind, text }) => kind === "sign" && text === "?");
  if (question < 0) return [textOf(arg)];
  const branches: string[] = [];
  let part: CToken[] = [];
  for (const token of arg) {
    if (token.kind === "sign" && token.text === "?") {
      // what comes before a question mark is not a value, but with `a ?: b`
      branches.push(`?${textOf(part)}`);
      part = [];
    } else if (token.kind === "sign" && token.text === ":") {
      if (part.length === 0) branches.push((branches.pop() ?? "").slice(1));
      else branches.push(valueText(part));
      part = [];
    } else part.push(token);
  }
  branches.push(valueText(part));
  return branches.filter((branch) => !branch.startsWith("?"));
}

function valueText(tokens: readonly CToken[]): string {
  const strings = tokens.filter(({ kind }) => kind === "string");
  const bare = tokens.every(({ kind, text }) => kind === "string" || text === "(" || text === ")");
  return bare && strings.length > 0
    ? JSON.stringify(strings.map(({ text }) => text).join(""))
    : textOf(tokens);
}

/** Tokens as source text, a blank between words only. */
export function textOf(tokens: readonly CToken[]): string {
  return tokens
    .map(({ kind, text }) => (kind === "string" ? JSON.stringify(text) : text))
    .join(" ")
    .replace(/ ?([^\w" ]+) ?/g, "$1");
}
