import { KEY, keyOf } from "./key.ts";
import { Chains } from "./chains.ts";
import { type ClassRef, type DumpClass, HARDIRQ, PROCESS, SOFTIRQ } from "./dump.ts";

/** One file of /proc, line by line. */
export interface Section {
  /** @returns whether the line belongs to such a file */
  feed(line: string): boolean;
  /**
   * What only reading needs is forgotten.
   *
   * @returns what the end of the file shows to be missing, in words
   */
  end(): string | null;
}

/** The name may be any text, and is the rest of the line. */
const CLASS = new RegExp(
  `^(${KEY})(?: OPS: *(\\d+))?(?: FD: *(\\d+) BD: *(\\d+))?(?: ([-+.?]{4,8}))?: (.*)$`,
  "su",
);
const AFTER = new RegExp(`^ -> \\[(${KEY})\\] (.*)$`, "su");

/** A line that only /proc/lockdep has: its head may be cut off. */
export function isClassLine(line: string): boolean {
  const [, , ops, forward, , usage] = CLASS.exec(line) ?? [];
  return ops !== undefined || forward !== undefined || usage !== undefined;
}

/** MAX_LOCKDEP_KEYS is 8192, and MAX_LOCK_DEPTH 48: with many more it is not a kernel's, and only costs time. */
const MOST_CLASSES = 1 << 19;
const DEEPEST = 256;

interface OpenClass extends DumpClass {
  after: ClassRef[];
}

function count(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** /proc/lockdep, as l_show() prints it. */
export class ClassSection implements Section {
  readonly classes: OpenClass[] = [];
  /** Lines of one class are the same text. */
  readonly #after = new Map<string, ClassRef>();
  #isOpen = false;
  #wereClosed = false;

  feed(line: string): boolean {
    if (line === "") {
      this.#wereClosed ||= this.#isOpen;
      this.#close();
      return true;
    }
    const after = this.#afterOf(line);
    if (after !== null) {
      const last = this.classes.at(-1);
      if (last === undefined || !this.#isOpen) return false;
      last.after.push(after);
      return true;
    }
    const found = CLASS.exec(line);
    if (found === null || this.classes.length >= MOST_CLASSES) return false;
    this.#close();
    const [, key = "", ops, forward, backward, usage, name = ""] = found;
    this.classes.push({
      key: keyOf(key),
      name,
      ops: count(ops),
      forward: count(forward),
      backward: count(backward),
      usage: usage ?? null,
      after: [],
    });
    this.#isOpen = true;
    return true;
  }

  /** A list that grew has room for more; a copy has none, and a hundred boots have 60,000 classes. */
  #close(): void {
    const last = this.classes.at(-1);
    if (last !== undefined && this.#isOpen) last.after = last.after.slice();
    this.#isOpen = false;
  }

  #afterOf(line: string): ClassRef | null {
    const known = this.#after.get(line);
    if (known !== undefined) return known;
    const [, key, name = ""] = AFTER.exec(line) ?? [];
    if (key === undefined) return null;
    const after = { key: keyOf(key), name };
    this.#after.set(line, after);
    return after;
  }

  /** Without CONFIG_PROVE_LOCKING newer kernels put no empty line after a class. */
  end(): string | null {
    this.#after.clear();
    const isCut = this.#isOpen && this.#wereClosed;
    this.#close();
    return isCut ? "the end" : null;
  }
}

const CONTEXT = /^irq_context: (.+)$/;
const LINK = new RegExp(`^\\[(${KEY})\\] (.*)$`, "su");

/** Up to v5.6 the number is printed, since then words. */
const CONTEXTS: ReadonlyMap<string, number> = new Map([
  ["0", PROCESS],
  ["1", SOFTIRQ],
  ["softirq", SOFTIRQ],
  ["2", HARDIRQ],
  ["hardirq", HARDIRQ],
  ["3", HARDIRQ | SOFTIRQ],
  ["hardirq|softirq", HARDIRQ | SOFTIRQ],
]);

/** /proc/lockdep_chains, as lc_show() prints it. */
export class ChainSection implements Section {
  readonly chains = new Chains();
  readonly classes: ClassRef[] = [];
  readonly #indices = new Map<string, number>();
  #open: { context: number; classes: number[] } | null = null;

  feed(line: string): boolean {
    if (line === "") {
      if (this.#open !== null && this.#open.classes.length > 0) this.chains.push(this.#open);
      this.#open = null;
      return true;
    }
    const context = CONTEXT.exec(line)?.[1];
    if (context !== undefined) {
      const bits = CONTEXTS.get(context);
      // a chain whose end is lost might lack the lock that was taken: what it claims is not known
      this.#open = bits === undefined ? null : { context: bits, classes: [] };
      return bits !== undefined;
    }
    if (this.#open === null || this.#open.classes.length >= DEEPEST || !LINK.test(line)) {
      this.#open = null;
      return false;
    }
    const index = this.#index(line);
    if (index === null) this.#open = null;
    else this.#open.classes.push(index);
    return index !== null;
  }

  end(): string | null {
    this.#indices.clear();
    return this.#open === null ? null : "the end";
  }

  /** Lines of one class are the same text. */
  #index(line: string): number | null {
    const known = this.#indices.get(line);
    if (known !== undefined) return known;
    if (this.classes.length >= MOST_CLASSES) return null;
    const [, key = "", name = ""] = LINK.exec(line) ?? [];
    this.classes.push({ key: keyOf(key), name });
    this.#indices.set(line, this.classes.length - 1);
    return this.classes.length - 1;
  }
}

const STAT = /^ {0,2}([a-z][\w -]{0,60}?): *(\d+)(?: \[max: \d+\])?$/;

/** /proc/lockdep_stats, as lockdep_stats_show() prints it: releases differ in which numbers, not in their form. */
export class StatsSection implements Section {
  readonly stats = new Map<string, number>();

  feed(line: string): boolean {
    if (line === "") return true;
    const [, name, value] = STAT.exec(line) ?? [];
    if (name === undefined) return false;
    this.stats.set(name.trim(), Number(value));
    return true;
  }

  /** Up to v5.0 `debug_locks` is the last line, and it is in all. */
  end(): string | null {
    return this.stats.size > 0 && !this.stats.has("debug_locks") ? "the end" : null;
  }
}
