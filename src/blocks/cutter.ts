import { type LineName, REPLAYING, type ReportKind } from "../../grammar/lines.ts";
import type { ReportGrammar } from "../../grammar/parser.ts";
import { REPORTS, type ReportForm } from "../../grammar/reports.ts";
import { mayBeHeadline } from "../../grammar/telling.ts";
import { kindOf, type LineToken, textToken, tokenize } from "../../grammar/tokenize.ts";
import { Copies, isCopy, isSameTime } from "./copies.ts";
import { ALIKE } from "./order.ts";
import { OpenReport } from "./open-report.ts";
import { Rivals } from "./rivals.ts";
import { Told } from "./told.ts";
import { Twins } from "./twins.ts";
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

/** Lines kept from before a headline: `[ cut here ]`, a message, `WARNING:`, and boxes; where all come twice, more. */
const RECENT = 16;
/** And how far before it they may stand, with lines of other callers between. */
const FARTHEST = 64;

/** Begins another splat, in any report that does not itself print it. */
const CLOSERS: ReadonlySet<LineName> = new Set(["CutHere", "OtherSplat", "OtherWarning"]);

/**
 * Without callers, a report may be interrupted by another processor's, and that one in turn. More at once are
 * taken for reports that were cut off.
 */
const MOST_AT_ONCE = 4;

/**
 * How many lines of other callers a report may wait for its own: no end is certain where the caller says nothing
 * more, and all the while every line has to be looked at.
 */
const SILENCE = { traced: 16, whole: 128, unfinished: 4096 };
const SILENCE_CHECKED_EVERY = 16;

/** A fuzzer's log has thousands of callers; beyond so many, those without a report under way are forgotten. */
const MOST_STREAMS = 1024;

/** A line of which the token is only made when it is asked for: most lines are none of ours. */
class Seen {
  readonly line: Line;
  #token: LineToken | null | undefined;

  constructor(line: Line, token?: LineToken | null) {
    this.line = line;
    this.#token = token;
  }

  get token(): LineToken | null {
    if (this.#token === undefined) this.#token = tokenize(this.line.text, this.line.number);
    return this.#token;
  }
}

interface Stream {
  /** The reports under way, the newest last. */
  readonly open: OpenReport[];
  /** Those that are over, while what came mixed with them is not. */
  readonly closed: OpenReport[];
  readonly recent: Seen[];
  /** What came before the newest report's headline, and since, as long as it may turn out that all comes twice. */
  before: readonly Seen[];
  since: Line[];
  /** Where all lines come twice. */
  copies: Copies | null;
}

/** How many lines behind the first a second console may be. */
const LONGEST_LAG = 64;

/**
 * Cuts streams of lines into reports. Each caller is a stream of its own; lines without caller are one
 * stream, in which reports may interrupt each other. A report begins with its headline and ends where its form
 * says (reports.ts), at another headline, or at lines that it does not print.
 */
export class Cutter {
  readonly #grammar: ReportGrammar;
  readonly #emit: (block: Block) => void;
  readonly #onCopy: (line: number) => void;
  readonly #onQuote: (told: Block, line: number) => void;
  readonly #streams = new Map<string, Stream>();
  /** The stream of the line before. */
  #latest: Stream | null = null;
  /** Those with a report under way. */
  readonly #busy = new Set<Stream>();
  #silenceCheckedAt = 0;
  /** The line before, and whether the kernel then began its message anew. */
  #previous: Line | null = null;
  #replays = false;
  readonly #rivals = new Rivals();
  readonly #twins = new Twins((copy) => {
    this.#copied(copy);
  });
  readonly #told = new Told<Block>();

  /**
   * @param emit takes each report that is over
   * @param onCopy is told of lines that came a second time, and so are in no report
   * @param onQuote is told of a report that stands in another boot once more, and on which line
   */
  constructor(
    grammar: ReportGrammar,
    emit: (block: Block) => void,
    onCopy: (line: number) => void = () => undefined,
    onQuote: (told: Block, line: number) => void = () => undefined,
  ) {
    this.#grammar = grammar;
    this.#emit = emit;
    this.#onCopy = onCopy;
    this.#onQuote = onQuote;
  }

  /** Whether no report is under way, so that lines need not be looked at one by one. */
  get idle(): boolean {
    return this.#busy.size === 0;
  }

  feed(line: Line): void {
    if (this.#busy.size > 0) this.#endSilent(line.number);
    this.#feed(line);
  }

  #feed(line: Line): void {
    if (this.#continues(line)) return;
    const stream = this.#recordsStream(line) ?? this.#streamOf(line.caller ?? "");
    this.#latest = stream;
    if (line.text.endsWith(REPLAYING)) {
      this.#replays = line.text === REPLAYING;
      return;
    }
    if (this.#replays) this.#retract(line);
    this.#previous = line;
    if (stream.copies !== null && this.#isSecond(stream, stream.copies, line)) return;
    if (this.#busy.size > 0 && mayBeDropped(line.text) && this.#drops(line)) return;
    if (stream.open.length === 0 && !mayBeHeadline(line.text)) {
      if (line.text.trim() !== "") remember(stream, line);
      return;
    }
    const token = tokenize(line.text, line.number);
    if (token?.name === "Blank") return;
    if (token !== null) this.#adopt(stream, line, token);
    if (token !== null && this.#comesTwice(stream, line, token)) return;
    if (stream.open.length > 0 && token?.name === "CutHere" && isOnceMore(line, stream.before)) {
      stream.since.push(line);
      return;
    }
    if (stream.open.length > 0 && stream.since.length < LONGEST_LAG) stream.since.push(line);
    if (!this.#take(stream, line, token)) this.#begin(stream, line, token);
    if (line.raw !== undefined) stream.open.at(-1)?.losses.keepRaw(line.number, line.raw);
    remember(stream, line, token);
  }

  /** Whether the line is the next one of a report under way. */
  expects(line: Line): boolean {
    const open = this.#streams.get(line.caller ?? "")?.open.at(-1);
    if (open === undefined || open.isForeign) return false;
    const token = tokenize(line.text, line.number);
    return token !== null && token.name !== "Blank" && open.accepts(token) && open.expects(token);
  }

  /** Nothing has come for a while: reports that have their trace and wait for no end of it are over. */
  settle(): void {
    for (const stream of this.#streams.values())
      for (const open of stream.open.filter(({ mayBeWhole }) => mayBeWhole)) this.#close(stream, open);
  }

  /**
   * Another boot begins.
   *
   * @param isBegun whether the log has its first lines
   */
  boot(isBegun: boolean): void {
    this.#endAll();
    this.#told.boot(isBegun);
  }

  /** The log ends: whatever is open is all there is. */
  end(): void {
    this.#endAll();
    this.#told.clear();
  }

  #endAll(): void {
    for (const stream of this.#streams.values()) {
      for (const open of stream.open) open.breakOff();
      this.#closeAll(stream);
    }
    this.#streams.clear();
    this.#latest = null;
  }

  /** What was printed of the message before the console was taken over is printed once more, and then whole. */
  #retract({ text }: Line): void {
    this.#replays = false;
    const previous = this.#previous;
    if (previous === null || !text.startsWith(previous.text)) return;
    const stream = this.#streamOf(previous.caller ?? "");
    for (const open of stream.open) open.retract(previous.number);
  }

  /**
   * Where a warning is a trap that counts as an interrupt, as on riscv, the task prints `[ cut here ]` and the
   * message, and the processor the rest, which names the task.
   */
  #adopt(stream: Stream, line: Line, { name, groups }: LineToken): void {
    const pid = groups["pid"] ?? groups["runner"];
    if (name !== "LockdepWarning" && name !== "OtherWarning") return;
    if (pid === undefined || line.caller?.startsWith("C") !== true) return;
    const task = this.#streams.get(`T${pid}`);
    const { open = [], recent = [] } = task ?? {};
    const begun = open.at(-1);
    if (task !== undefined && begun?.waitsForPlace === true) {
      this.#drop(task, begun);
      begun.changesCaller = true;
      this.#push(stream, begun);
    } else if (
      open.length === 0 &&
      warningBegun(recent).length > 0 &&
      warningBegun(stream.recent).length === 0
    ) {
      stream.recent.push(...recent.splice(0));
    }
  }

  /** printk's own word for loss has no caller: whoever was printing may have lost lines. */
  #drops({ text, number }: Line): boolean {
    const token = tokenize(text, number);
    if (token?.name !== "Dropped") return false;
    for (const { open } of this.#busy) for (const report of open) report.losses.dropped(token);
    return true;
  }

  /** Ends the reports whose callers have been silent for too long. */
  #endSilent(number: number): void {
    if (number < this.#silenceCheckedAt + SILENCE_CHECKED_EVERY) return;
    this.#silenceCheckedAt = number;
    for (const stream of this.#busy)
      for (const open of stream.open.slice())
        if (number - open.latest > SILENCE[open.progress]) this.#close(stream, open);
  }

  #streamOf(caller: string): Stream {
    let stream = this.#streams.get(caller);
    if (stream === undefined) {
      stream = { open: [], closed: [], recent: [], before: [], since: [], copies: null };
      if (this.#streams.size > MOST_STREAMS)
        for (const [key, old] of this.#streams) if (old.open.length === 0) this.#streams.delete(key);
      this.#streams.set(caller, stream);
    }
    return stream;
  }

  /** Whether the line is the rest of the one before: a mailer wraps a line and leaves the rest bare. */
  #continues(line: Line): boolean {
    const open = this.#latest?.open.at(-1);
    if (line.caller !== null || line.time !== null || !open?.first.caller) return false;
    return open.continues(line, null) || open.join(line, null);
  }

  /**
   * The stream of the line before, where this one is of its record: vmcore-dmesg stamps a record's first line only, which
   * is often an empty one.
   */
  #recordsStream(line: Line): Stream | null {
    const before = this.#previous;
    if (line.bare !== true || line.caller !== null || this.#latest === null || !before?.caller) return null;
    if ((this.#streams.get("")?.open.length ?? 0) > 0) return null;
    const isBehindEmpty = before.text === "" && line.number === before.number + 1;
    const token = tokenize(line.text, line.number);
    if (token === null) return null;
    if (isBehindEmpty && kindOf(token) !== null) return this.#latest;
    const open = this.#latest.open.at(-1);
    return open?.accepts(token) === true && (isBehindEmpty || open.expects(token)) ? this.#latest : null;
  }

  /** Whether the line belongs to a report under way, or may yet turn out to stand within one. */
  #take(stream: Stream, line: Line, token: LineToken | null): boolean {
    const newest = stream.open.at(-1);
    if (newest === undefined) return false;
    for (let i = stream.open.length - 1; i >= 0; i--)
      if (stream.open[i]?.continues(line, token) === true) return true;
    if (newest.join(line, token)) return true;
    if (token !== null) {
      const open = this.#ownerOf(stream, line, token);
      if (open !== undefined) {
        open.push(token, line);
        if (open.finished) this.#close(stream, open);
        return true;
      }
      if (opensAnother(token) || opensDump(token)) return false;
    }
    if (stream.open.findLast((report) => report.begins(line)) !== undefined) return true;
    if (token?.name === "Ellipsis" && newest.elides(line.number)) return true;
    const bare = token === null ? newest.bareFrame(line) : null;
    if (bare !== null) {
      newest.push(bare, line);
      return true;
    }
    if (newest.expectsText && token?.name !== "Frame") {
      newest.push(textToken(line.text, line.number), line);
      return true;
    }
    if (token !== null && !stream.open.some(({ isForeign }) => isForeign)) {
      const owner = stream.open.findLast((report) => report.mayOwn(token));
      if (owner !== undefined) {
        owner.orphan(line);
        return true;
      }
    }
    for (const open of stream.open.slice()) {
      // it came to an end, and frames of some stack go on: they may have stood in its own
      if (token?.name === "Frame" && line.caller === null && open.isTraced) open.mix(line.number);
      open.losses.pending.push(line);
      if (open.losses.pending.length > open.patience(line.caller !== null)) this.#close(stream, open);
    }
    return true;
  }

  /** Whether the line is the second of two, in a log where all lines come twice. */
  #isSecond(stream: Stream, copies: Copies, line: Line): boolean {
    if (!copies.take(line)) return false;
    const newest = stream.open.at(-1);
    if (newest !== undefined) newest.doubled++;
    this.#onCopy(line.number);
    return true;
  }

  /**
   * Whether this is the headline of the report under way once more. Two reports do not come at one time, so that all lines
   * come twice: what was taken for the report's until now is gone through again.
   */
  #comesTwice(stream: Stream, line: Line, token: LineToken): boolean {
    const kind = kindOf(token);
    if (kind === null) return false;
    const [open, ...more] = stream.open.filter(({ isForeign }) => !isForeign);
    if (open === undefined || more.length > 0 || open.headline === null) return false;
    const { line: first, token: known } = open.headline;
    if (known.text !== token.text || !isCopy(first, line)) return false;
    const { before, since } = stream;
    const isNext = since.length === 0;
    // of one that may be over, another of its kind may come while the clock stands still
    const mayBeNext = !first.time || since.length >= LONGEST_LAG || open.mayBeWhole;
    if (!isNext && (mayBeNext || !isSameTime(first, line))) return false;
    // what is older than the headline is the second copy of what came long before
    const isOlder = (other: Line): boolean =>
      other.time !== null && other.time < (first.time ?? 0) && !isSameTime(other, first);
    const once = since.filter((other) => !isOlder(other) && !before.some((seen) => isCopy(seen.line, other)));
    const isBetter = first.bare === true && line.bare !== true;
    for (const copy of since) if (!once.includes(copy)) this.#onCopy(copy.number);
    this.#onCopy(isBetter ? first.number : line.number);
    // `[ cut here ]` once more seemed to begin another's
    for (const begun of stream.open.slice(stream.open.indexOf(open))) this.#drop(stream, begun);
    const printed = before.filter(
      ({ line: one }, i) =>
        !before.slice(0, i).some(({ line: two }) => isCopy(two, one) || (two.time ?? 0) > (one.time ?? 0)),
    );
    const again = this.#report(kind, isBetter ? line : first, isBetter ? token : known, printed);
    again.doubled = 1 + since.length - once.length;
    this.#twins.replace(open, again);
    this.#push(stream, again);
    stream.copies = null;
    for (const other of once) this.#feed(other);
    stream.copies = new Copies(first, line, once);
    return true;
  }

  /** Which of the reports under way the line belongs to: the newest that expects it. */
  #ownerOf({ open: all }: Stream, line: Line, token: LineToken): OpenReport | undefined {
    const [only] = all;
    if (only !== undefined && all.length === 1) return only.accepts(token) ? only : undefined;
    const able = all.filter((report) => report.accepts(token));
    if (able.length === 0) return undefined;
    const about = token.name === "Cpu" ? able.filter((report) => report.isAbout(token)) : [];
    const expecting = (about.length > 0 ? about : able).filter((report) => report.expects(token));
    const fit = expecting.length > 0 ? expecting : able;
    const owner = fit.at(-1);
    // one caller prints one report after the other
    if (owner === undefined || line.caller !== null) return owner;
    if (!ALIKE.has(token.name))
      for (const rival of fit) {
        if (rival === owner) continue;
        this.#rivals.contest(rival, owner, line.number);
      }
    for (const newer of all.slice(all.indexOf(owner) + 1))
      if (newer.isUnfinished || newer.isMixed || owner.isForeign)
        this.#rivals.interleave(owner, newer, line.number);
    for (const rival of all) if (rival !== owner) this.#rivals.judge(rival, owner);
    return owner;
  }

  /** The line belongs to no report under way: perhaps it opens one. */
  #begin(stream: Stream, line: Line, token: LineToken | null): void {
    if (token === null) return;
    const kind = kindOf(token);
    if (!opensAnother(token)) {
      if (stream.open.length > 0 && opensDump(token)) this.#foreign(stream, line, token);
      return;
    }
    for (const open of stream.open.slice()) {
      // `[ cut here ]` seemed another subsystem's, and the headline says that it is ours
      const isOurs = open.isForeign && kind !== null && !open.hasTrace;
      const isOver = open.isOver || (kind !== null && open.isOnlyNamed(line));
      if (line.caller !== null || isOver || isOurs) this.#close(stream, open);
      else open.interrupt();
    }
    const oldest = stream.open[0];
    if (oldest !== undefined && stream.open.length >= MOST_AT_ONCE) this.#close(stream, oldest);
    if (kind !== null) {
      stream.before = stream.recent.slice();
      stream.since = [];
      const open = this.#report(kind, line, token, stream.before);
      const twin = this.#twinOf(open, { line, token });
      if (twin !== undefined) this.#twins.pair(open, twin);
      this.#push(stream, open);
    } else if (stream.open.length > 0) this.#foreign(stream, line, token);
  }

  /** The report under way that has the same headline at the same time, and callers where this one has none, or none. */
  #twinOf(
    { first, kind }: OpenReport,
    { line, token }: NonNullable<OpenReport["headline"]>,
  ): OpenReport | undefined {
    for (const { open } of this.#busy)
      for (const other of open) {
        if (other.kind !== kind || other.headline === null || this.#twins.has(other)) continue;
        const { line: before, token: known } = other.headline;
        if ((other.first.caller === null) === (first.caller === null) || known.text !== token.text) continue;
        const isNear = line.number - before.number <= LONGEST_LAG;
        if (isNear && (line.time === null || before.time === null || isSameTime(before, line))) return other;
      }
    return undefined;
  }

  /** Another subsystem's splat, or another processor's dump, stands within the report; it is read, and dropped. */
  #foreign(stream: Stream, line: Line, token: LineToken): void {
    const newest = stream.open.at(-1);
    // what it stands under, or the frames below that, went to another
    if (token.name === "CallTrace" && line.caller === null)
      for (const open of stream.open) if (open.isUnfinished || open.lacksTrace) open.mix(line.number);
    // `BUG: …` and `Oops: …` are one
    if (newest?.isForeign === true) {
      if (!newest.hasTrace && !opensDump(token)) return;
      if (!newest.isInContext) this.#close(stream, newest);
    }
    const foreign = new OpenReport("internal", line, this.#grammar.vocabulary("internal"), true);
    if (newest?.isForeign === true) this.#rivals.succeed(newest, foreign);
    if (token.name === "OtherDump") foreign.expectStack();
    else if (foreign.accepts(token)) foreign.push(token, line);
    this.#push(stream, foreign);
  }

  #push(stream: Stream, open: OpenReport): void {
    stream.open.push(open);
    this.#busy.add(stream);
  }

  #report(kind: ReportKind, line: Line, token: LineToken, recent: readonly Seen[]): OpenReport {
    const open = new OpenReport(kind, line, this.#grammar.vocabulary(kind));
    const near = recent.filter((seen) => line.number - seen.line.number <= FARTHEST);
    for (const { line: before, token: known } of preamble(kind, near)) {
      open.first = before.number < open.first.number ? before : open.first;
      open.changesCaller ||= before.caller !== line.caller;
      open.push(known ?? textToken(before.text, before.number), before);
    }
    open.headline = { line, token };
    open.push(token, line);
    return open;
  }

  #closeAll(stream: Stream): void {
    for (const open of stream.open.slice()) this.#close(stream, open);
  }

  #drop(stream: Stream, open: OpenReport): void {
    stream.open.splice(stream.open.indexOf(open), 1);
    if (stream.open.length === 0) this.#busy.delete(stream);
  }

  #close(stream: Stream, open: OpenReport): void {
    this.#drop(stream, open);
    open.end();
    // who prints ours stands in its frames
    if (open.isMixed) for (const other of stream.open) this.#rivals.lose(other, open);
    const takenAt = open.topTakenAt;
    if (takenAt !== null) open.mix(takenAt);
    // what it lacks may have gone to one of those beside it, and theirs to it
    for (const other of [...stream.open, ...stream.closed]) {
      if (open.isOfSameTask(other)) continue;
      if (open.hasEnd && !open.isMixed && !other.tookLockIn(open)) continue;
      this.#rivals.lose(open, other);
    }
    for (const other of [...stream.open, ...stream.closed]) this.#rivals.judge(open, other);
    if (!open.isForeign) stream.closed.push(open);
    if (stream.open.length > 0) return;
    this.#rivals.settle(stream.closed);
    for (const closed of stream.closed.splice(0))
      for (const told of this.#once(closed)) this.#emitReport(told);
  }

  /** What is to be told now that this report is over: nothing where it came before. */
  #once(closed: OpenReport): readonly OpenReport[] {
    return this.#twins.end(closed).filter((report) => {
      const known = this.#told.find(report);
      if (known === null) return true;
      this.#copied(report);
      if (known.isOfOtherBoot) this.#onQuote(known.as, report.first.number);
      return false;
    });
  }

  #copied({ tokens }: OpenReport): void {
    for (const { number } of tokens) this.#onCopy(number);
  }

  #emitReport(open: OpenReport): void {
    const last = open.tokens.at(-1);
    if (open.doubled > 0) open.losses.tell("doubled-lines", open.first.number, `${open.doubled} lines`);
    const like = this.#told.likeOf(open);
    if (like !== null) open.losses.tell("repeated", like.first.number);
    const block: Block = {
      kind: open.kind,
      tokens: open.tokens,
      first: open.changesCaller ? { ...open.first, caller: null } : open.first,
      lastLine: last?.number ?? open.first.number,
      unparsed: open.losses.unparsed,
      damage: open.losses.damage,
    };
    this.#told.add(open, block);
    this.#emit(block);
  }
}

/** console_prepend_dropped() in kernel/printk/printk.c. */
function mayBeDropped(text: string): boolean {
  return text.endsWith(" dropped **");
}

/**
 * Keeps the latest lines from the first on that can stand before a headline: of hundreds of callers, nearly all have only
 * others.
 */
function remember({ recent }: Stream, line: Line, token?: LineToken | null): void {
  if (recent.length === 0 && !mayPrecede(line.text)) return;
  recent.push(new Seen(line, token));
  if (recent.length <= RECENT) return;
  do recent.shift();
  while (recent[0] !== undefined && !mayPrecede(recent[0].line.text));
}

/** Whether it is a report's own `[ cut here ]` once more, one of the lines before its headline. */
function isOnceMore(line: Line, before: readonly Seen[]): boolean {
  return (
    line.time !== null &&
    line.time !== 0 &&
    before.some((seen) => isSameTime(seen.line, line) && isCopy(seen.line, line))
  );
}

/** A box's upper rule, `[ cut here ]`, or the first of two headlines that are one. */
function mayPrecede(text: string): boolean {
  return text.includes("====") || text.includes("[ cut here ]") || mayBeHeadline(text);
}

/** Whether the line begins a stack dump, which is another's where it is not the report's. */
function opensDump({ name }: LineToken): boolean {
  return name === "Cpu" || name === "CallTrace" || name === "OtherDump";
}

/** Whether the line begins a report, or another subsystem's splat. */
function opensAnother(token: LineToken): boolean {
  return kindOf(token) !== null || CLOSERS.has(token.name);
}

/** `[ cut here ]` and what follows it, where nothing but a message does. */
function warningBegun(recent: readonly Seen[]): readonly Seen[] {
  for (let i = recent.length - 1; i >= 0; i--) {
    const name = recent[i]?.token?.name;
    if (name === "CutHere") return recent.slice(i).filter(({ token }) => token?.name !== "Blank");
    if (name !== undefined && name !== "OtherWarning" && name !== "Blank") break;
  }
  return [];
}

/** What stands before a headline and belongs to it: its box's upper rule, or `[ cut here ]` and a message. */
function preamble(kind: ReportKind, recent: readonly Seen[]): readonly Seen[] {
  const form: ReportForm = REPORTS[kind];
  const before = recent[recent.length - 1];
  const box = before?.token?.name === "DoubleRule" ? [before] : [];
  if (!form.lines.includes("CutHere") || (form.wasBoxed === true && box.length > 0)) return box;
  return warningBegun(recent);
}
