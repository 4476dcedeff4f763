import type { CFile, CFunction, Code } from "./c-code.ts";
import type { CToken } from "./c-tokens.ts";
import { type Print, readPrint, textOf } from "./prints.ts";

/** What a print contributes to one line. */
export interface Part {
  readonly print: Print;
  readonly text: string;
}

/** A line that a kernel can print, and the prints that make it. */
export interface SampleLine {
  readonly text: string;
  readonly parts: ReadonlySet<Part>;
}

export interface SourceFile {
  readonly path: string;
  readonly code: CFile;
  /** The functions that count, with what they call; all when there are none. */
  readonly roots: readonly string[];
}

/** A text without a line's end, and what it is made of. */
interface Fragment {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** What one way through a piece of code prints: what it adds to the open line, and the line that it leaves open. */
interface Way {
  /** Begins a line of its own, whatever is open. */
  readonly fresh: boolean;
  readonly head: Fragment;
  /** Null when no line ends on the way. */
  readonly tail: Fragment | null;
}

/** All ways through a piece of code, by how they end. */
interface Ways {
  readonly through: readonly Way[];
  readonly returned: readonly Way[];
  readonly broken: readonly Way[];
}

const EMPTY: Fragment = { text: "", parts: [] };
const NOTHING: Way = { fresh: false, head: EMPTY, tail: null };
const NO_WAY: Ways = { through: [], returned: [], broken: [] };
const STRAIGHT: Ways = { through: [NOTHING], returned: [], broken: [] };
/** More ways through one function than this are not followed; what they would print counts as not matched. */
const MOST_WAYS = 256;

/** Puts the prints of functions together to the lines that they print, over calls and conditions. */
export class Lines {
  readonly #files: readonly SourceFile[];
  readonly #lines = new Map<string, Set<Part>>();
  readonly #parts = new Map<Print, Map<string, Part>>();
  readonly #known = new Map<CFunction, Ways>();
  readonly #prints = new Map<Code, Print | null>();
  readonly #callers: ReadonlyMap<string, readonly Caller[]>;

  constructor(files: readonly SourceFile[]) {
    this.#files = files;
    this.#callers = callersIn(files);
    for (const file of files)
      for (const f of file.code.functions) {
        if (file.roots.length > 0 && !file.roots.includes(f.name)) continue;
        const { through, returned, broken } = this.#function(f, file, []);
        // what it leaves open, or adds to an open line, is told by its callers
        if (file.roots.length === 0 && this.#callers.has(f.name)) continue;
        for (const way of [...through, ...returned, ...broken]) {
          this.#finish(way.head);
          if (way.tail !== null) this.#finish(way.tail);
        }
      }
  }

  /** Every line, in the order in which it was found. */
  get lines(): SampleLine[] {
    return [...this.#lines].map(([text, parts]) => ({ text, parts }));
  }

  /** Every print that was read, and its parts that are no blank. */
  get parts(): ReadonlyMap<Print, readonly Part[]> {
    return new Map([...this.#parts].map(([print, parts]) => [print, [...parts.values()]]));
  }

  #finish({ text, parts }: Fragment): void {
    if (text.trim() === "") return;
    const all = this.#lines.get(text) ?? new Set<Part>();
    for (const part of parts) all.add(part);
    this.#lines.set(text, all);
  }

  #function(f: CFunction, file: SourceFile, stack: readonly CFunction[]): Ways {
    const known = this.#known.get(f);
    if (known !== undefined) return known;
    if (stack.includes(f)) return STRAIGHT;
    const ways = this.#ways(f.code, f, file, [...stack, f]);
    this.#known.set(f, ways);
    return ways;
  }

  #ways(code: Code, f: CFunction, file: SourceFile, stack: readonly CFunction[]): Ways {
    switch (code.kind) {
      case "all":
        return code.parts.reduce<Ways>(
          (before, part) => this.#then(before, this.#ways(part, f, file, stack)),
          STRAIGHT,
        );
      case "one of":
        return either(code.branches.map((branch) => this.#ways(branch, f, file, stack)));
      case "leave":
        return code.what === "function"
          ? { ...NO_WAY, returned: [NOTHING] }
          : { ...NO_WAY, broken: [NOTHING] };
      case "loop": {
        const body = caught(this.#ways(code.body, f, file, stack));
        const taken = (times: 0 | 1 | 2): Ways =>
          times === 0 ? STRAIGHT : times === 1 ? body : this.#then(body, body);
        return either(code.times.map(taken));
      }
      case "call":
        return this.#call(code, f, file, stack);
      default:
        return code satisfies never;
    }
  }

  #call(
    code: Code & { readonly kind: "call" },
    f: CFunction,
    file: SourceFile,
    stack: readonly CFunction[],
  ): Ways {
    let print = this.#prints.get(code);
    if (print === undefined) {
      print = readPrint(
        code,
        { file: file.path, function: f.name },
        {
          macros: file.code.macros,
          handed: (name) => this.#handed(f, name, []),
        },
      );
      this.#prints.set(code, print);
    }
    if (print !== null) return this.#printed(print);
    const here = [file, ...this.#files].find((other) => isReached(other, code.name, other === file));
    if (here === undefined) return STRAIGHT;
    const callees = here.code.functions.filter(({ name }) => name === code.name);
    const { through, returned, broken } = either(
      callees.map((callee) => this.#function(callee, here, stack)),
    );
    return { ...NO_WAY, through: distinct([...through, ...returned, ...broken]) };
  }

  /** The strings that callers hand to a function as the parameter of this name. */
  #handed(f: CFunction, name: string, stack: readonly CFunction[]): string[] {
    const index = f.parameters.indexOf(name);
    if (index < 0 || stack.includes(f)) return [];
    const strings = (this.#callers.get(f.name) ?? []).flatMap(({ args, by }) => {
      const arg = args[index] ?? [];
      if (arg.length > 0 && arg.every(({ kind }) => kind === "string"))
        return [arg.map(({ text }) => text).join("")];
      return this.#handed(by, textOf(arg), [...stack, f]);
    });
    return [...new Set(strings)];
  }

  #printed(print: Print): Ways {
    const parts = this.#parts.get(print) ?? new Map<string, Part>();
    this.#parts.set(print, parts);
    const partOf = (text: string): Fragment => {
      if (text.trim() === "") return { text, parts: [] };
      const part = parts.get(text) ?? { print, text };
      parts.set(text, part);
      return { text, parts: [part] };
    };
    if (print.texts.length === 0) partOf(print.format);
    const through = print.texts.map((whole): Way => {
      // vprintk_store() ends the record of a WARN() as its format does; its frame always does
      const [first = "", ...rest] = (print.warns && !whole.endsWith("\n") ? `${whole}\n` : whole).split("\n");
      const last = rest.pop();
      for (const text of rest) this.#finish(partOf(text));
      const head = partOf(first);
      if (print.continues || last === undefined)
        return { fresh: !print.continues, head, tail: last === undefined ? null : partOf(last) };
      this.#finish(head);
      return { fresh: true, head: EMPTY, tail: partOf(last) };
    });
    return { ...NO_WAY, through: distinct(through) };
  }

  #then(before: Ways, after: Ways): Ways {
    const join = (ways: readonly Way[]): Way[] =>
      before.through.flatMap((way) => ways.map((next) => this.#join(way, next)));
    return {
      through: distinct(join(after.through)),
      returned: distinct([...before.returned, ...join(after.returned)]),
      broken: distinct([...before.broken, ...join(after.broken)]),
    };
  }

  #join(before: Way, after: Way): Way {
    const open = before.tail ?? before.head;
    const nothing = (way: Way): boolean => !way.fresh && way.tail === null && way.head.text === "";
    if (nothing(after)) return before;
    if (nothing(before)) return after;
    if (after.fresh) {
      if (before.tail !== null) this.#finish(before.tail);
      if (after.tail !== null) this.#finish(after.head);
      const tail = after.tail ?? after.head;
      if (!before.fresh || before.tail !== null) return { ...before, tail };
      this.#finish(before.head);
      return { fresh: true, head: EMPTY, tail };
    }
    const joined = { text: open.text + after.head.text, parts: [...open.parts, ...after.head.parts] };
    if (before.tail === null) {
      if (!before.fresh || after.tail === null)
        return { fresh: before.fresh, head: joined, tail: after.tail };
      this.#finish(joined);
      return { fresh: true, head: EMPTY, tail: after.tail };
    }
    if (after.tail === null) return { ...before, tail: joined };
    this.#finish(joined);
    return { ...before, tail: after.tail };
  }
}

function either(branches: readonly Ways[]): Ways {
  return {
    through: distinct(branches.flatMap(({ through }) => through)),
    returned: distinct(branches.flatMap(({ returned }) => returned)),
    broken: distinct(branches.flatMap(({ broken }) => broken)),
  };
}

/** A loop, or a switch, is where `break` leads out of. */
function caught({ through, returned, broken }: Ways): Ways {
  return { through: distinct([...through, ...broken]), returned, broken: [] };
}

/** Ways that print the same are one, made of the parts of both. */
function distinct(ways: readonly Way[]): Way[] {
  const known = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([way.fresh, way.head.text, way.tail?.text]);
    const same = known.get(key);
    if (same !== undefined)
      known.set(key, {
        ...way,
        head: merged(same.head, way.head),
        tail: same.tail && way.tail && merged(same.tail, way.tail),
      });
    else if (known.size < MOST_WAYS) known.set(key, way);
  }
  return [...known.values()];
}

function merged(one: Fragment, other: Fragment): Fragment {
  return { text: one.text, parts: [...new Set([...one.parts, ...other.parts])] };
}

/** Whether calls lead here: into files that count as a whole, and into a file's own functions. */
function isReached({ roots, code }: SourceFile, name: string, own: boolean): boolean {
  return (own || roots.length === 0 || roots.includes(name)) && code.functions.some((f) => f.name === name);
}

interface Caller {
  readonly args: readonly (readonly CToken[])[];
  readonly by: CFunction;
}

/** Who calls each function, in files that count as a whole and in the functions that count of others. */
function callersIn(files: readonly SourceFile[]): Map<string, Caller[]> {
  const callers = new Map<string, Caller[]>();
  const visit = (code: Code, by: CFunction): void => {
    switch (code.kind) {
      case "call":
        if (code.name !== by.name)
          callers.set(code.name, [...(callers.get(code.name) ?? []), { args: code.args, by }]);
        return;
      case "all":
        for (const part of code.parts) visit(part, by);
        return;
      case "one of":
        for (const branch of code.branches) visit(branch, by);
        return;
      case "loop":
        return visit(code.body, by);
      case "leave":
        return;
      default:
        return code satisfies never;
    }
  };
  for (const { code, roots } of files)
    for (const f of code.functions) if (roots.length === 0 || roots.includes(f.name)) visit(f.code, f);
  return callers;
}
