/**
 * A patch as `diff -u`, `git show`, `git format-patch` or a mail has it: which lines of which functions it changes. What
 * a hunk does not show is not guessed at: lines whose function is unknown say so.
 */

/** A line of a hunk: in both versions, only in the new one, or only in the old one. */
export interface PatchLine {
  readonly sign: " " | "+" | "-";
  readonly text: string;
}

/** Changed lines of one function, with the unchanged ones that the hunk shows around them. */
export interface PatchedFunction {
  /** Of a renamed function both names; of a system call those of its entries; empty: the hunk does not tell. */
  readonly names: readonly string[];
  readonly file: string;
  readonly lines: readonly PatchLine[];
}

export interface Patch {
  readonly files: readonly string[];
  readonly functions: readonly PatchedFunction[];
  /** Whether every hunk has the lines that its head counts. */
  readonly whole: boolean;
}

/** Longer lines are no code that a person wrote. */
const LONGEST_LINE = 4096;
/** Changes of more lines are a release, not a patch. */
const MOST_LINES = 500_000;

/** Files that are no code: nothing of them runs. */
const NO_CODE =
  /^(?:Documentation|tools|scripts|samples|LICENSES)\/|(?:^|\/)(?:Kconfig\w{0,40}|Makefile|MAINTAINERS|CREDITS)$|\.(?:rst|txt|ya?ml|json|dts|dtsi|md)$/;

const FILE = /^(?:---|\+\+\+) (?:"?[^/\s"]{1,200}\/)?([^\t"]{1,1000})"?/;
const GIT_FILE = /^diff --(?:git|cc|combined) (?:a\/\S{1,1000} b\/)?(\S{1,1000})$/;
const HUNK = /^(@@+) ([-+0-9, ]{1,200}) \1(.*)$/;
const COUNT = /[-+]\d{1,9}(?:,(\d{1,9}))?/g;
const QUOTE = /^(?:> ?){1,9}/;

/** @returns null if there is no hunk in the text */
export function readPatch(text: string): Patch | null {
  const lines = text.split(/\r?\n/, MOST_LINES + 1);
  const found = new Reading(lines).patch();
  if (found !== null) return found;
  // an answer quotes the patch
  const quoted = lines.filter((line) => QUOTE.test(line)).map((line) => line.replace(QUOTE, ""));
  return quoted.length === 0 ? null : new Reading(quoted).patch();
}

class Reading {
  readonly #lines: readonly string[];
  readonly #files = new Set<string>();
  readonly #functions: PatchedFunction[] = [];
  #file = "";
  #whole: boolean;
  #hunks = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#whole = lines.length <= MOST_LINES;
  }

  patch(): Patch | null {
    for (let at = 0; at < this.#lines.length;) {
      const line = this.#lineAt(at);
      const hunk = HUNK.exec(line);
      if (hunk !== null && this.#file !== "") at = this.#hunk(at + 1, hunk);
      else {
        this.#head(line, this.#lineAt(at + 1));
        at++;
      }
    }
    if (this.#hunks === 0) return null;
    return {
      files: [...this.#files],
      functions: this.#functions,
      whole: this.#whole,
    };
  }

  #lineAt(at: number): string {
    return (this.#lines[at] ?? "").slice(0, LONGEST_LINE);
  }

  #head(line: string, next: string): void {
    const file = GIT_FILE.exec(line)?.[1] ?? this.#fileOf(line, next);
    if (file !== undefined && file !== "/dev/null" && file !== "dev/null") this.#file = file;
  }

  #fileOf(line: string, next: string): string | undefined {
    const isHead = (line.startsWith("--- ") && next.startsWith("+++ ")) || line.startsWith("+++ ");
    return isHead ? FILE.exec(line)?.[1] : undefined;
  }

  /** @returns where the hunk has ended */
  #hunk(start: number, [, at = "@@", ranges = "", header = ""]: RegExpExecArray): number {
    const counts = [...ranges.matchAll(COUNT)].map(([, count]) => Number(count ?? 1));
    // of a merge there is a column for each parent
    const columns = Math.max(1, at.length - 1);
    const old = counts[0] ?? 0;
    const fresh = counts.at(-1) ?? 0;
    let seenOld = 0;
    let seenNew = 0;
    const lines: PatchLine[] = [];
    let i = start;
    for (; i < this.#lines.length; i++) {
      const line = this.#lineAt(i);
      const isOpen = seenOld < old || seenNew < fresh;
      if (isEnd(line, this.#lineAt(i + 1)) || (!isOpen && !/^[-+]/.test(line))) break;
      if (line.startsWith("\\")) continue;
      const marks = line.slice(0, columns);
      if (/[^-+ ]/.test(marks)) {
        // a mailer broke the line before
        this.#whole = false;
        const last = lines.at(-1);
        if (last !== undefined) lines[lines.length - 1] = { ...last, text: `${last.text} ${line.trim()}` };
        continue;
      }
      // whoever edits a diff by hand seldom counts again
      if (!isOpen) this.#whole = false;
      const sign = marks.includes("+") ? "+" : marks.includes("-") ? "-" : " ";
      if (sign !== "+") seenOld++;
      if (sign !== "-") seenNew++;
      lines.push({ sign, text: line.slice(columns) });
    }
    if (seenOld < old || seenNew < fresh) this.#whole = false;
    this.#hunks++;
    this.#files.add(this.#file);
    if (!NO_CODE.test(this.#file)) this.#functions.push(...functionsOf(this.#file, header, lines));
    return i;
  }
}

/** Whether something else than a line of the hunk begins: another hunk, another file, a signature. */
function isEnd(line: string, next: string): boolean {
  return /^(?:diff --|@@|-- $)/.test(line) || (line.startsWith("--- ") && next.startsWith("+++ "));
}

interface Open {
  names: string[];
  lines: PatchLine[];
  /** Only its head was seen as yet: another head is a new name of it. */
  isHead: boolean;
}

/** Splits the lines of a hunk into functions; only those with a change count. */
function functionsOf(file: string, header: string, lines: readonly PatchLine[]): PatchedFunction[] {
  const done: PatchedFunction[] = [];
  let open: Open = { names: definedIn(header.trim()), lines: [], isHead: false };
  const close = (next: Open): void => {
    if (open.lines.some(({ sign, text }) => sign !== " " && isCode(text)))
      done.push({ names: open.names, file, lines: open.lines });
    open = next;
  };
  for (const line of lines) {
    const { text } = line;
    const names = /^[A-Za-z_#]/.test(text) ? definedIn(text) : [];
    if (names.length > 0) {
      if (open.isHead) open.names.push(...names.filter((name) => !open.names.includes(name)));
      else close({ names, lines: [], isHead: true });
      open.lines.push(line);
    } else {
      open.lines.push(line);
      if (
        text.startsWith("{") ||
        (open.isHead && text.startsWith("\t") && text.trimEnd().endsWith(";") && open.lines.length > 2)
      )
        open.isHead = false;
      // the end of a function; what follows is between two
      if (text.startsWith("}")) close({ names: [], lines: [], isHead: false });
    }
  }
  close({ names: [], lines: [], isHead: false });
  return done;
}

/** Whether a line does anything: no blank, no comment, no brace, no preprocessor's condition. */
export function isCode(text: string): boolean {
  const plain = text.trim();
  return plain !== "" && !NOTHING.test(plain);
}

/** Of a line without the blanks around it. */
const NOTHING = /^(?:\/[*/]|\*(?:$|[ /])|[{}]{1,4};?$|#\s?(?:if|else|endif|include))/;

/** What comes before a function's name and looks like one. */
const ATTRIBUTES =
  /^(?:__attribute__|__printf|__scanf|__releases|__acquires|__must_hold|__cond_acquires|__aligned|__section|__alias|__malloc|__alloc_size|noinline_for_stack|asmlinkage|if|while|for|switch|return|sizeof|typeof|__typeof__|defined)$/;

const CALL = /\b[A-Za-z_]\w{0,127}(?=\s?\()/g;

/** The function, macro or system call that a line at the left edge begins to define. */
function definedIn(text: string): string[] {
  const macro = /^#\s*define\s+(\w{1,128})\(/.exec(text)?.[1];
  if (macro !== undefined) return [macro];
  if (!/^[A-Za-z_]/.test(text) || /;(?: \/\*|$)/.test(text.trimEnd())) return [];
  const call = /^(?:COMPAT_)?SYSCALL_DEFINE\d\((\w{1,100})/.exec(text)?.[1];
  if (call !== undefined)
    return ["__do_sys_", "__se_sys_", "__x64_sys_", "__arm64_sys_", "__ia32_sys_", "sys_"].map(
      (prefix) => `${prefix}${call}`,
    );
  for (const [name] of text.matchAll(CALL)) if (!ATTRIBUTES.test(name)) return [name];
  return [];
}
