import type { LineToken } from "./tokenize.ts";

/** The syntax tree of one report: its headline and its parts, in the order they stood in the log. */
export interface ReportTree {
  readonly headline: LineToken;
  readonly sections: readonly Section[];
}

export type Section =
  | { readonly type: "line"; readonly line: LineToken }
  /** `x/1 is trying to acquire lock:` and the lock, or the place, that follows; a symboliser repeats it. */
  | { readonly type: "acting"; readonly lead: LineToken | null; readonly locks: readonly LineToken[] }
  | { readonly type: "holding"; readonly lead: LineToken; readonly locks: readonly LineToken[] }
  | { readonly type: "chain"; readonly links: readonly Stack[] }
  | { readonly type: "scenario"; readonly lines: readonly LineToken[] }
  | { readonly type: "held"; readonly lead: LineToken | null; readonly locks: readonly LineToken[] }
  /** `but this new dependency connects a X-safe lock:`, `{X} state was registered at:` and what follows. */
  | {
      readonly type: "becoming";
      readonly lead: LineToken;
      readonly lock: LineToken | null;
      readonly became: LineToken | null;
      readonly frames: readonly LineToken[];
    }
  | { readonly type: "pair"; readonly pair: LineToken | null }
  | { readonly type: "dependencies"; readonly lead: LineToken | null; readonly classes: readonly ClassNode[] }
  | { readonly type: "irqs"; readonly lines: readonly LineToken[] }
  | { readonly type: "preemption"; readonly lead: LineToken; readonly frames: readonly LineToken[] }
  | {
      readonly type: "collision";
      readonly lead: LineToken;
      readonly depth: LineToken | null;
      readonly locks: readonly LineToken[];
    }
  | { readonly type: "rtmutex"; readonly lead: LineToken; readonly lines: readonly LineToken[] }
  | { readonly type: "dump"; readonly lines: readonly LineToken[] }
  /** Lines of this kind of report whose beginning was lost. */
  | { readonly type: "stray"; readonly line: LineToken };

/** A line and the stack frames under it. */
export interface Stack {
  readonly head: LineToken;
  readonly frames: readonly LineToken[];
}

/** `-> (class){usage} ops: 2 {` to its `... acquired at:`. */
export interface ClassNode {
  readonly head: LineToken;
  readonly usages: readonly Stack[];
  readonly key: LineToken | null;
  readonly acquiredAt: Stack | null;
}
