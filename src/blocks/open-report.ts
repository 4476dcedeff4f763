import { begin, beginBehind, mayGoOn } from "../../grammar/continued.ts";
import type { LineName, ReportKind } from "../../grammar/lines.ts";
import { REPORTS, type ReportForm } from "../../grammar/reports.ts";
import { parseClassName } from "../../grammar/lock.ts";
import { kindOf, type LineToken } from "../../grammar/tokenize.ts";
import { join } from "./join.ts";
import { type Joined, Pieces } from "./pieces.ts";
import type { Line } from "../read/line.ts";
import type { Damage } from "../report/schema.ts";

/** A report longer than this is cut: the longest real ones have some thousand lines. */
const LONGEST_REPORT = 20_000;

/** More of a line is not kept as it was: the kernel prints no longer ones. */
const LONGEST_RAW = 4096;

/**
 * How many unknown lines may stand between two of a report's. Where the log names its callers, another
 * caller's lines never get here, so what is unknown is rare; without callers, all the log is in one stream.
 */
const GAP = { withCaller: 12, without: 40 };

/** A report under way, and how far it has come. */
export class OpenReport {
  readonly kind: ReportKind;
  first: Line;
  readonly tokens: LineToken[] = [];
  /** Lines that were not understood, since the last that was. */
  pending: Line[] = [];
  unparsed = 0;
  /** Whether every line comes twice, and how many second ones were left out. */
  isDoubled = false;
  doubled = 0;
  readonly damage: Damage[] = [];
  /** Whether its lines came under more than one caller. */
  changesCaller = false;
  readonly #vocabulary: ReadonlySet<LineName>;
  readonly #form: ReportForm;
  #trace: "none" | "begun" | "inContext" | "over" = "none";
  #framesOfTrace = 0;
  /** How many have ended. */
  #traces = 0;
  #heldListed: { count: number; seen: number } | null = null;
  #done = false;
  readonly #pieces = new Pieces();
  /** Whether the registers and words of a stack dump may come. */
  #inDump = false;

  /** Number of the latest line of the caller's since the report began. */
  get latest(): number {
    return (this.pending.at(-1) ?? this.tokens.at(-1) ?? this.first).number;
  }

  /** Another subsystem's splat, which only keeps its lines out of ours. */
  readonly isForeign: boolean;

  constructor(kind: ReportKind, first: Line, vocabulary: ReadonlySet<LineName>, isForeign = false) {
    this.kind = kind;
    this.isForeign = isForeign;
    this.first = first;
    this.#vocabulary = vocabulary;
    this.#form = REPORTS[kind];
  }

  accepts(token: LineToken): boolean {
    const { name } = token;
    if (this.isForeign && kindOf(token) !== null) return false;
    if (this.#done || !this.#vocabulary.has(name)) return false;
    // the lower rule of a list of held locks, the upper rule of the next report's box
    if (name === "DoubleRule") return this.kind === "held-dump";
    if (name === "PanicOnWarn") return this.#trace === "none";
    // alone, the words of a stack look like the address of a lock of which the rest was printed later
    if (name === "StackWords" && !this.#inDump) return false;
    // the next warning's, where the machine does not mark the end of a trace
    if (name === "CutHere") return this.#trace === "none";
    // of another report of the same kind, or of the same one: its headline opens a new one
    if (kindOf(token) !== null && (this.#trace !== "none" || this.tokens.some((t) => t.name === name)))
      return false;
    if (this.#trace === "over") return this.#form.afterTrace?.includes(name) ?? false;
    if (this.pending.length > 0 && this.#trace === "begun" && this.#framesOfTrace > 0)
      return name === "Frame" || name === "TraceOpen" || name === "TraceGlued";
    // a symboliser repeats the last lock for each inlined frame
    return !this.#isListed || name === "HeldLock";
  }

  /** @param line as it stands in the log */
  push(token: LineToken, line: Line): void {
    this.#endPieces();
    this.settle(line.caller !== null);
    this.#add(token);
    const beginning = beginBehind(token.name) ?? (mayGoOn(token) ? begin(line.text, this.#prints) : null);
    if (beginning !== null) this.#pieces.set(beginning, beginning.text === "" ? null : token, token.number);
  }

  readonly #prints = (name: LineName): boolean =>
    this.#trace === "over" ? (this.#form.afterTrace?.includes(name) ?? false) : this.#vocabulary.has(name);

  #add(token: LineToken): void {
    this.tokens.push(token);
    if (this.tokens.length === LONGEST_REPORT) {
      this.damage.push({ code: "too-long", line: token.number, what: `cut after ${LONGEST_REPORT} lines` });
      this.#done = true;
    }
    switch (token.name) {
      case "Cpu":
        this.#inDump = true;
        break;
      case "CallTrace":
        this.#inDump = true;
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
        if (token.groups["context"] === "TASK") this.#endTrace();
        else if (this.#trace !== "none") this.#trace = "begun";
        break;
      case "Frame":
        if (this.#trace !== "none") this.#framesOfTrace++;
        break;
      case "EndTrace":
        // only check_flags() has more to say
        this.#endTrace();
        break;
      case "HeldCount":
      case "HeldOnCpu":
        this.#heldListed = { count: Number(token.groups["count"]), seen: 0 };
        break;
      case "HeldLock":
        if (this.#heldListed !== null) this.#heldListed.seen = Number(token.groups["index"]) + 1;
        break;
      case "DoubleRule":
        this.#done = this.tokens.length > 1 && this.kind === "held-dump";
        break;
      case "Dropped":
        this.tellDropped(token);
        break;
      default:
        break;
    }
  }

  /** Messages were lost while the report was printed. */
  tellDropped({ number, groups }: LineToken): void {
    this.damage.push({ code: "dropped-messages", line: number, what: `${groups["count"] ?? ""} messages` });
  }

  #endTrace(): void {
    if (this.#trace === "none") return;
    this.#traces++;
    this.#trace = this.#traces < (this.#form.traces ?? 1) ? "none" : "over";
    this.#inDump = false;
  }

  /** Control sequences were taken out of a line: here it stays as it was. */
  keepRaw(line: number, raw: string): void {
    this.damage.push({ code: "control-sequences", line, what: raw.slice(0, LONGEST_RAW) });
  }

  /**
   * Takes the line as the next piece of the one that the report is printing.
   *
   * @param token what the line is alone
   */
  continues(line: Line, token: LineToken | null): boolean {
    if (this.#pieces.isIdle) return false;
    // two classes and an arrow may be the latter two of three
    const isKnown = token !== null && token.name !== "ChainOfThree" && this.accepts(token);
    const joined = this.#pieces.proceed(line, isKnown, this.#hasName);
    if (joined === null) return false;
    this.#piece(joined, line.caller !== null);
    return true;
  }

  /** Takes the line as the first piece of one that is told by all of them together. */
  begins(line: Line): boolean {
    if (this.#done || this.isForeign || this.#trace === "begun" || this.#trace === "inContext") return false;
    // the name that is awaited may stand in parentheses
    if (this.#pieces.awaitsName(line)) return false;
    const beginning = begin(line.text, this.#prints);
    if (beginning === null) return false;
    this.#endPieces();
    this.#pieces.set(beginning, null, line.number);
    return true;
  }

  /** The kernel prints the message anew of which this line is the beginning: so it is nothing. */
  retract(number: number): void {
    this.#pieces.retract(number);
    if (this.pending.at(-1)?.number === number) this.pending.pop();
    else if (this.tokens.length > 1 && this.tokens.at(-1)?.number === number) this.tokens.pop();
  }

  /** Nothing more comes. */
  end(): void {
    this.#endPieces();
  }

  /** No more pieces of a line come: what is there of it is all there is. */
  #endPieces(): void {
    const end = this.#pieces.end(this.#hasName);
    if (end === null) return;
    if ("unread" in end) {
      this.unparsed++;
      this.damage.push({ code: "unparsed", line: end.unread, what: "1 line" });
    } else this.#piece(end, false);
  }

  #piece({ token, replaces, name }: Joined, hasCaller: boolean): void {
    if (replaces) this.tokens.pop();
    if (name !== null) this.pending = this.pending.filter((line) => line !== name);
    this.settle(hasCaller);
    if (token !== null) this.#add(token);
  }

  /** Whether another line of the report has the class of this name. */
  readonly #hasName = (text: string): boolean => {
    const { class: name } = parseClassName(text);
    return this.tokens.some(
      ({ lock, lockClass, pair }) =>
        lock?.class === name ||
        lockClass?.class === name ||
        pair?.from.class === name ||
        pair?.to.class === name,
    );
  };

  /**
   * Takes the line as the rest of those before it that a mailer wrapped.
   *
   * @param token what the line is alone, which it remains if it is one of the report's
   */
  join(line: Line, token: LineToken | null): boolean {
    if (this.pending.length === 0 || (token !== null && this.accepts(token))) return false;
    const pieces: string[] = [];
    let next = line.number;
    for (const before of this.pending.toReversed()) {
      if (before.number !== --next) break;
      pieces.unshift(before.text);
    }
    const joined = join(pieces, line.text, line.number);
    if (joined === null || !this.accepts(joined.token)) return false;
    this.pending.length -= joined.taken;
    this.push(joined.token, line);
    return true;
  }

  /** The lines that were pending turn out to stand within the report. */
  settle(hasCaller: boolean): void {
    const line = this.pending[0]?.number;
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

  /** Whether a warning has its message, and not yet what follows that. */
  get waitsForPlace(): boolean {
    return (
      this.#vocabulary.has("OtherWarning") &&
      !this.hasTrace &&
      !this.tokens.some(({ name }) => name === "LockdepWarning" || name === "OtherWarning" || name === "Cpu")
    );
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
    if (this.#pieces.isWaiting) return hasCaller ? GAP.withCaller : GAP.without;
    if (this.#done || this.#trace === "over") return 0;
    if (this.#trace === "begun" && this.#framesOfTrace > 0) return hasCaller ? 1 : 3;
    if (this.#isListed) return 0;
    return hasCaller ? GAP.withCaller : GAP.without;
  }

  get hasTrace(): boolean {
    return this.#trace !== "none";
  }

  /** Whether the report could end here. */
  get mayBeWhole(): boolean {
    return this.#trace === "over" || (this.#trace === "begun" && this.#framesOfTrace > 0) || this.#isListed;
  }

  /** How far it has come: to the end of its trace, to where it may end, or not even there. */
  get progress(): "traced" | "whole" | "unfinished" {
    if (this.#pieces.isWaiting) return "unfinished";
    if (this.#trace === "over") return "traced";
    return this.mayBeWhole ? "whole" : "unfinished";
  }

  /** Whether the list of held locks is complete, in the one kind that ends with it. */
  get #isListed(): boolean {
    const listed = this.#heldListed;
    return this.kind === "held-user" && listed !== null && listed.seen >= listed.count;
  }

  /** Whether nothing can follow, so that the report need not wait for the next line. */
  get finished(): boolean {
    return this.#done || (this.#trace === "over" && this.#form.afterTrace === undefined);
  }
}
