import type { LineName, ReportKind } from "../grammar/lines.ts";
import type { ReportGrammar } from "../grammar/parser.ts";
import { REPORTS, type ReportForm } from "../grammar/reports.ts";
import { kindOf, type LineToken, textToken, tokenize } from "../grammar/tokenize.ts";
import type { Line } from "./read/line.ts";
import type { Damage } from "./report/schema.ts";

/** The lines of one report: from the box before its headline to its last line. */
export interface Block {
  readonly kind: ReportKind;
  /** Without blank lines. */
  readonly tokens: readonly LineToken[];
  readonly first: Line;
  readonly lastLine: number;
  /** Lines of the report's own caller that are none of its vocabulary. */
  readonly unparsed: number;
  readonly damage: readonly Damage[];
}

/** A report longer than this is cut: the longest real ones have some thousand lines. */
const LONGEST_REPORT = 200_000;

/**
 * How many unknown lines may stand between two of a report's. Where the log names its callers, another
 * caller's lines never get here, so what is unknown is rare; without callers, all the log is in one stream.
 */
const GAP = { withCaller: 12, without: 40 };

/** Lines kept from before a headline: `[ cut here ]`, a message, `WARNING:`, and boxes. */
const RECENT = 8;

/** Ends any report that does not itself print it: another splat begins. */
const CLOSERS: ReadonlySet<LineName> = new Set(["CutHere", "OtherSplat", "OtherWarning"]);

interface Seen {
  readonly line: Line;
  readonly token: LineToken | null;
}

/**
 * Cuts streams of lines into reports. Each caller is a stream of its own; lines without caller are one
 * stream. A report begins with its headline and ends where its form says (reports.ts), at another headline,
 * or at lines that it does not print.
 */
export class Cutter {
  readonly #grammar: ReportGrammar;
  readonly #emit: (block: Block) => void;
  readonly #streams = new Map<string, Stream>();

  constructor(grammar: ReportGrammar, emit: (block: Block) => void) {
    this.#grammar = grammar;
    this.#emit = emit;
  }

  /** Whether no report is under way, so that lines need not be looked at one by one. */
  get idle(): boolean {
    for (const stream of this.#streams.values()) if (stream.open !== null) return false;
    return true;
  }

  feed(line: Line): void {
    const caller = line.caller ?? "";
    let stream = this.#streams.get(caller);
    if (stream === undefined) {
      stream = { open: null, recent: [] };
      // a fuzzer's log has thousands of callers; those without an open report are forgotten
      if (this.#streams.size > 64)
        for (const [key, old] of this.#streams) if (old.open === null) this.#streams.delete(key);
      this.#streams.set(caller, stream);
    }
    const token = tokenize(line.text, line.number);
    if (stream.open !== null && this.#take(stream, stream.open, line, token)) return;
    this.#close(stream);
    const kind = token === null ? null : kindOf(token);
    if (token !== null && kind !== null) stream.open = this.#begin(kind, line, token, stream.recent);
    stream.recent.push({ line, token });
    if (stream.recent.length > RECENT) stream.recent.shift();
  }

  /** The log ends, or the boot does: whatever is open is all there is. */
  end(): void {
    for (const stream of this.#streams.values()) this.#close(stream);
    this.#streams.clear();
  }

  #begin(kind: ReportKind, line: Line, token: LineToken, recent: readonly Seen[]): OpenReport {
    const open = new OpenReport(kind, line, this.#grammar.vocabulary(kind));
    for (const { line: before, token: known } of preamble(kind, recent)) {
      open.first = before.number < open.first.number ? before : open.first;
      open.push(known ?? textToken(before.text, before.number));
    }
    open.push(token);
    return open;
  }

  /** Whether the line belongs to the open report, or may yet turn out to stand within it. */
  #take(stream: Stream, open: OpenReport, line: Line, token: LineToken | null): boolean {
    if (token?.name === "Blank") return true;
    if (token !== null && open.accepts(token)) {
      open.settle(line.caller !== null);
      open.push(token);
      if (open.finished) this.#close(stream);
      return true;
    }
    if (token !== null && (CLOSERS.has(token.name) || kindOf(token) !== null)) return false;
    if (open.expectsText && token?.name !== "Frame") {
      open.settle(line.caller !== null);
      open.push(textToken(line.text, line.number));
      return true;
    }
    open.pending.push(line.number);
    return open.pending.length <= open.patience(line.caller !== null);
  }

  #close(stream: Stream): void {
    const { open } = stream;
    if (open === null) return;
    stream.open = null;
    const last = open.tokens[open.tokens.length - 1];
    this.#emit({
      kind: open.kind,
      tokens: open.tokens,
      first: open.first,
      lastLine: last?.number ?? open.first.number,
      unparsed: open.unparsed,
      damage: open.damage,
    });
  }
}

interface Stream {
  open: OpenReport | null;
  readonly recent: Seen[];
}

/** What stands before a headline and belongs to it: its box's upper rule, or `[ cut here ]` and a message. */
function preamble(kind: ReportKind, recent: readonly Seen[]): readonly Seen[] {
  const form: ReportForm = REPORTS[kind];
  if (form.lines.includes("CutHere")) {
    for (let i = recent.length - 1; i >= 0; i--) {
      const name = recent[i]?.token?.name;
      if (name === "CutHere") return recent.slice(i).filter(({ token }) => token?.name !== "Blank");
      if (name !== undefined && name !== "OtherWarning" && name !== "Blank") break;
    }
    return [];
  }
  const before = recent[recent.length - 1];
  return before?.token?.name === "DoubleRule" ? [before] : [];
}

/** A report under way, and how far it has come. */
class OpenReport {
  readonly kind: ReportKind;
  first: Line;
  readonly tokens: LineToken[] = [];
  /** Line numbers that were not understood, since the last that was. */
  pending: number[] = [];
  unparsed = 0;
  readonly damage: Damage[] = [];
  readonly #vocabulary: ReadonlySet<LineName>;
  readonly #form: ReportForm;
  #trace: "none" | "begun" | "inContext" | "over" = "none";
  #framesOfTrace = 0;
  #heldListed: { count: number; seen: number } | null = null;
  #done = false;

  constructor(kind: ReportKind, first: Line, vocabulary: ReadonlySet<LineName>) {
    this.kind = kind;
    this.first = first;
    this.#vocabulary = vocabulary;
    this.#form = REPORTS[kind];
  }

  accepts(token: LineToken): boolean {
    const { name } = token;
    if (this.#done || !this.#vocabulary.has(name)) return false;
    // the lower rule of a list of held locks, the upper rule of the next report's box
    if (name === "DoubleRule") return this.kind === "held-dump";
    if (name === "PanicOnWarn") return this.#trace === "none";
    // of another report of the same kind, or of the same one: its headline opens a new one
    if (kindOf(token) !== null && (this.#trace !== "none" || this.tokens.some((t) => t.name === name)))
      return false;
    if (this.#trace === "over") return this.#form.afterTrace?.includes(name) ?? false;
    if (this.pending.length > 0 && this.#trace === "begun" && this.#framesOfTrace > 0)
      return name === "Frame" || name === "TraceOpen" || name === "TraceGlued";
    // the list is complete, and nothing follows it
    if (this.#heldListed !== null && this.#heldListed.seen >= this.#heldListed.count)
      return name === "HeldLock" || this.kind !== "held-user";
    return true;
  }

  push(token: LineToken): void {
    this.tokens.push(token);
    if (this.tokens.length === LONGEST_REPORT) {
      this.damage.push({ code: "too-long", line: token.number, what: `cut after ${LONGEST_REPORT} lines` });
      this.#done = true;
    }
    switch (token.name) {
      case "CallTrace":
        this.#trace = "begun";
        this.#framesOfTrace = 0;
        break;
      case "TraceOpen":
        this.#trace = "inContext";
        break;
      case "TraceGlued":
        this.#framesOfTrace++;
        break;
      case "TraceClose":
        if (this.#trace !== "none") this.#trace = token.groups["context"] === "TASK" ? "over" : "begun";
        break;
      case "Frame":
        if (this.#trace !== "none") this.#framesOfTrace++;
        break;
      case "HeldCount":
        this.#heldListed = { count: Number(token.groups["count"]), seen: 0 };
        break;
      case "HeldLock":
        if (this.#heldListed !== null) this.#heldListed.seen = Number(token.groups["index"]) + 1;
        break;
      case "DoubleRule":
        this.#done = this.tokens.length > 1 && this.kind === "held-dump";
        break;
      case "Dropped":
        this.damage.push({
          code: "dropped-messages",
          line: token.number,
          what: `${token.groups["count"] ?? ""} messages`,
        });
        break;
      default:
        break;
    }
  }

  /** The lines that were pending turn out to stand within the report. */
  settle(hasCaller: boolean): void {
    const [line] = this.pending;
    if (line === undefined) return;
    const count = this.pending.length;
    if (hasCaller) this.unparsed += count;
    this.damage.push({
      code: hasCaller ? "unparsed" : "foreign-lines",
      line,
      what: count === 1 ? "1 line" : `${count} lines`,
    });
    this.pending = [];
  }

  /** Whether the next line may be anything: the name of a lock, the message of a warning. */
  get expectsText(): boolean {
    const last = this.tokens[this.tokens.length - 1];
    if (last === undefined || !this.#vocabulary.has("Text")) return false;
    if (last.name === "NotHolding") return true;
    return (
      (last.name === "LockdepWarning" || last.name === "OtherWarning") &&
      !this.tokens.some((t) => t.name === "Text" || t.name === "LocksWarnOn")
    );
  }

  /** How many unknown lines to bear before the report is over. */
  patience(hasCaller: boolean): number {
    if (this.#done || this.#trace === "over") return 0;
    if (this.#trace === "begun" && this.#framesOfTrace > 0) return hasCaller ? 0 : 3;
    if (
      this.kind === "held-user" &&
      this.#heldListed !== null &&
      this.#heldListed.seen >= this.#heldListed.count
    )
      return 0;
    return hasCaller ? GAP.withCaller : GAP.without;
  }

  /** Whether nothing can follow, so that the report need not wait for the next line. */
  get finished(): boolean {
    return this.#done || (this.#trace === "over" && this.#form.afterTrace === undefined);
  }
}
