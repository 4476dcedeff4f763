import type { LineName, ReportKind } from "../../grammar/lines.ts";
import type { ReportGrammar } from "../../grammar/parser.ts";
import { REPORTS, type ReportForm } from "../../grammar/reports.ts";
import { kindOf, type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import { OpenReport } from "./open-report.ts";
import type { Line } from "../read/line.ts";
import type { Damage } from "../report/schema.ts";

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
  /** The stream of the line before. */
  #latest: Stream | null = null;

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
    if (this.#continues(line)) return;
    this.#latest = stream;
    const token = tokenize(line.text, line.number);
    if (stream.open !== null && this.#take(stream, stream.open, line, token)) return;
    this.#close(stream);
    const kind = token === null ? null : kindOf(token);
    if (token !== null && kind !== null) stream.open = this.#begin(kind, line, token, stream.recent);
    stream.recent.push({ line, token });
    if (stream.recent.length > RECENT) stream.recent.shift();
  }

  /** Nothing has come for a while: reports that have their trace and wait for no end of it are over. */
  settle(): void {
    for (const stream of this.#streams.values()) if (stream.open?.mayBeWhole) this.#close(stream);
  }

  /** The log ends, or the boot does: whatever is open is all there is. */
  end(): void {
    for (const stream of this.#streams.values()) this.#close(stream);
    this.#streams.clear();
    this.#latest = null;
  }

  /** Whether the line is the rest of the one before: a mailer wraps a line and leaves the rest bare. */
  #continues(line: Line): boolean {
    const open = this.#latest?.open;
    return line.caller === null && line.time === null && open?.first.caller ? open.join(line) : false;
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
    if (token?.name === "Blank" || open.join(line)) return true;
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
    open.pending.push(line);
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
