import { begin, beginBehind, mayGoOn } from "../../grammar/continued.ts";
import { isCutOff } from "../../grammar/cut.ts";
import type { LineName, ReportKind } from "../../grammar/lines.ts";
import { REPORTS, type ReportForm } from "../../grammar/reports.ts";
import { parseClassName } from "../../grammar/class-name.ts";
import { isBarePlace } from "../../grammar/frame.ts";
import { bareFrameToken, kindOf, type LineToken } from "../../grammar/tokenize.ts";
import { DEED_LINES, DUMP_LINES, isInOrder, isPassing, isUnder, TASK_LINES } from "./order.ts";
import { isGapped } from "../symbols/callers.ts";
import { isDumper, isMixed, isReporter } from "../symbols/stack-ends.ts";
import { HeldList } from "./held-list.ts";
import { join } from "./join.ts";
import { Losses } from "./losses.ts";
import { type Joined, Pieces } from "./pieces.ts";
import { StackProgress } from "./stack-progress.ts";
import type { Line } from "../read/line.ts";

/** A report longer than this is cut: the longest real ones have some thousand lines. */
const LONGEST_REPORT = 20_000;

/**
 * How many unknown lines may stand between two of a report's. Where the log names its callers, another
 * caller's lines never get here, so what is unknown is rare; without callers, all the log is in one stream.
 */
const GAP = { withCaller: 12, without: 40 };

/** What a report may have more than once. */
const REPEATED: ReadonlySet<LineName> = new Set<LineName>([
  "ChainLink",
  "ClassHead",
  "UsageAt",
  "ClassEnd",
  "Key",
  "AcquiredAt",
  "Ellipsis",
  "Became",
  "Lock",
  "Class",
  "Frame",
  "HeldLock",
  "ScenarioLock",
  "IrqEvent",
  "Registers",
  "Code",
  "TraceOpen",
  "TraceClose",
  "TraceGlued",
  "StackWords",
  "DumpNote",
  "CollisionLock",
  "CollisionDepth",
  "HeldCount",
  "HeldOnCpu",
  "NoneHeld",
  "RtmutexLock",
  "RtmutexOwner",
  "KeyAdvice",
]);

/** What is left of a frame's line when the log ends within it. */
const HALF_FRAME =
  /^ +(?:\? ?)?(?:\[?<?[0-9a-f]*|[A-Za-z_][\w.]*(?:\+(?:0(?:x[0-9a-f]*(?:\/(?:0x?)?)?)?)?)?)$/;

const RULES: ReadonlySet<LineName> = new Set<LineName>(["SingleRule", "DoubleRule"]);

/** Whether words stand in parentheses, with blanks between: a class has these in inner brackets and quotes only. */
function isProse(text: string): boolean {
  const inner = text.trimStart();
  if (!inner.startsWith("(")) return false;
  const end = inner.slice(1).search(/[()[\]"{}]/);
  if (end >= 0 && (inner.charAt(end + 1) !== ")" || inner.includes("{"))) return false;
  return inner
    .slice(1, end < 0 ? undefined : end + 1)
    .trim()
    .includes(" ");
}

/** 1234 of `comm/1234`, of `PID: 1234`. */
function pidOf({ groups, text }: LineToken): string | null {
  return groups["pid"] ?? groups["workerPid"] ?? / PID: (\d{1,15}) /.exec(text)?.[1] ?? null;
}

/** Behind these the frames of a dump begin. */
const LEADS_FRAMES: ReadonlySet<LineName> = new Set<LineName>([
  "Cpu",
  "Hardware",
  "Workqueue",
  "CallTrace",
  "TraceOpen",
]);

/** Where a warning was raised. */
const PLACES: ReadonlySet<LineName> = new Set<LineName>(["LockdepWarning", "OtherWarning"]);

const HELD_LEADS: ReadonlySet<LineName> = new Set<LineName>(["HeldCount", "HeldOnCpu"]);

/** Upper rules of boxes: of `held lock freed!` and of `chain_key collision`. Those of all others are wider. */
const SHORT_BOXES: ReadonlySet<number> = new Set([25, 28]);

/** debug_show_all_locks() has one of this length; a person shortens it to less than most boxes are wide. */
function isLowerRule({ text }: LineToken): boolean {
  return text.length === 45 || (text.length < 29 && !SHORT_BOXES.has(text.length));
}

function isOfIrqs(name: LineName): boolean {
  return name === "IrqStamp" || name === "IrqEvent";
}

/** A report under way, and how far it has come. */
export class OpenReport {
  readonly kind: ReportKind;
  first: Line;
  readonly tokens: LineToken[] = [];
  /** How many lines were left out that came a second time. */
  doubled = 0;
  /** Null where it is another subsystem's. */
  headline: { readonly line: Line; readonly token: LineToken } | null = null;
  readonly losses = new Losses();
  /** The stamp of its latest line that has one. */
  until: number | null = null;
  /** Whether its lines came under more than one caller. */
  changesCaller = false;
  readonly #vocabulary: ReadonlySet<LineName>;
  readonly #form: ReportForm;
  readonly #stack: StackProgress;
  #held: HeldList | null = null;
  /** The last line that others may stand under. */
  #parent: LineName | undefined;
  /** Which lines it has. */
  readonly #names = new Set<LineName>();
  /** Of the task that the report is about. */
  #pid: string | null = null;
  /** Index of the last link of the chain. */
  #chainAt: number | null = null;
  /** Blanks before all its lines. */
  #indent = 0;
  /** Where another took a line that this one could have had, too. */
  contestedAt: number | null = null;
  /** Whether its frames cannot be of one stack. */
  isMixed = false;
  /** Whether the last line was the head of another task's list of locks. */
  #isOthersList = false;
  /** Whether another report has begun since the last line. */
  #isInterrupted = false;
  #done = false;
  readonly #pieces = new Pieces();

  /** Number of the latest line of the caller's since the report began. */
  get latest(): number {
    return (this.losses.pending.at(-1) ?? this.tokens.at(-1) ?? this.first).number;
  }

  /** Another subsystem's splat, which only keeps its lines out of ours. */
  readonly isForeign: boolean;

  constructor(kind: ReportKind, first: Line, vocabulary: ReadonlySet<LineName>, isForeign = false) {
    this.kind = kind;
    this.isForeign = isForeign;
    this.first = first;
    this.#vocabulary = vocabulary;
    this.#form = REPORTS[kind];
    this.#stack = new StackProgress(this.#form);
  }

  /** Whether the line may come now: what the report prints, in no place where it never stands. */
  accepts(token: LineToken): boolean {
    const { name } = token;
    if (this.isForeign && kindOf(token) !== null) return false;
    // the lower rule of KASAN's report
    if (name === "DoubleRule" && this.isForeign) return !this.#done && this.#stack.inDump;
    if (this.#done || !this.#vocabulary.has(name)) return false;
    // the lower rule of a list of held locks, the upper rule of the next report's box
    if (name === "DoubleRule") return this.kind === "held-dump" && isLowerRule(token);
    if (name === "PanicOnWarn") return !this.#stack.hasTrace;
    // below its headline and no further down: another's box, or SLUB's
    if (name === "SingleRule") return isInOrder(this.#parent, name);
    // the next warning's, where the machine does not mark the end of a trace, or another processor's
    if (name === "CutHere") return !this.#stack.hasTrace && !this.#hasPlace;
    // of another report of the same kind, or of the same one: its headline opens a new one
    if (this.#repeatsPlace(token)) return true;
    if (PLACES.has(name) && this.#hasPlace) return false;
    if (kindOf(token) !== null && (this.#stack.hasTrace || this.tokens.some((t) => t.name === name)))
      return false;
    if (!this.#isOfTask(token)) return false;
    // an oops lists its modules behind its trace, a warning the last interrupts
    if (this.isForeign && this.#stack.isOver)
      return (
        name === "DumpNote" || name === "EndTrace" || (isOfIrqs(name) && this.#names.has("OtherWarning"))
      );
    if (this.#stack.isOver && this.#form.afterTrace?.includes(name) !== true) return false;
    if (this.#hasPending && this.#stack.isBegun && this.#stack.hasFrames)
      return this.isInTrace && (name === "Frame" || name === "TraceOpen" || name === "TraceGlued");
    if (name === "HeldLock") return this.#held?.isNext(token) === true;
    if (this.#repeatsHeld(token)) return true;
    if (this.#isListed) return false;
    if (DUMP_LINES.has(name)) return this.#isOfDump(token);
    if (name === "Ellipsis" && this.#endsWords) return true;
    if (name === "Frame" && (this.#stack.inDump || this.#stack.beginsDump(token, this.#parent)))
      return this.#stack.mayTake(this.#dedented(token));
    return isUnder(name, this.#parent);
  }

  /** Whether the place of a warning has come, or what follows that: another one is another's. */
  get #hasPlace(): boolean {
    return this.#names.has("Cpu") || [...PLACES].some((name) => this.#names.has(name));
  }

  /** mips and loongarch end the words of a stack with `...`. */
  get #endsWords(): boolean {
    const last = this.tokens.at(-1)?.name;
    return this.#stack.inDump && (last === "StackWords" || last === "Registers");
  }

  /** A symboliser prints the place of a warning once for each function that is inlined there, the outermost last. */
  #repeatsPlace({ name, groups }: LineToken): boolean {
    const last = this.tokens.at(-1);
    return (
      last?.name === name &&
      last.frame?.inline === true &&
      PLACES.has(name) &&
      last.groups["file"] === groups["file"] &&
      last.groups["line"] === groups["line"]
    );
  }

  /** A symboliser repeats a held lock for each function inlined at its place: without its number, where that stood alone. */
  #repeatsHeld({ name, lock }: LineToken): boolean {
    const last = this.tokens.at(-1);
    return (
      name === "Lock" &&
      last?.name === "HeldLock" &&
      last.lock?.at?.inline === true &&
      last.lock.class === lock?.class &&
      last.lock.address === lock.address
    );
  }

  /** Whether the line comes in order: neither had already, nor behind what is printed after it. */
  expects(token: LineToken): boolean {
    const { name } = token;
    if (this.#names.has(name) && !REPEATED.has(name)) return false;
    if (name === "ChainLink" && this.#chainAt !== null && Number(token.groups["index"]) !== this.#chainAt - 1)
      return false;
    if (this.#isInChain && name !== "ChainLink" && name !== "Frame") return false;
    if (!this.#stack.isInLine(this.#dedented(token))) return false;
    if (HELD_LEADS.has(name) && this.#lacksDeed) return false;
    if (this.#lacksTrace(token) || (name === "TraceOpen" && this.isInContext)) return false;
    if (name === "Cpu" && this.#lacksLead) return false;
    if (this.#lacksDump && name !== "Cpu" && DUMP_LINES.has(name)) return false;
    // the modules of an oops
    if (name === "DumpNote" && this.isForeign && this.#stack.isOver) return true;
    return (name === "Frame" && !this.#stack.inDump) || isInOrder(this.#parent, name);
  }

  /** Whether the line stands below `Call Trace:`, which has not come; 32-bit ARM prints none, and some dumps of others. */
  #lacksTrace(token: LineToken): boolean {
    if (this.isForeign || this.#stack.hasTrace || !this.#stack.inDump) return false;
    return (
      token.name === "TraceOpen" || (token.name === "Frame" && !this.#stack.beginsDump(token, this.#parent))
    );
  }

  /** Whether what its task does, of which all such reports tell before what it holds, has not come. */
  get #lacksDeed(): boolean {
    const deeds = [...DEED_LINES].filter((name) => this.#vocabulary.has(name));
    return deeds.length > 0 && !deeds.some((name) => this.#names.has(name));
  }

  /** Whether its dump, which nothing leads, has not begun: the line of the CPU begins every one. */
  get #lacksDump(): boolean {
    return !this.#stack.inDump && (this.isForeign || this.#form.dumpLead === undefined);
  }

  /** Whether links of its chain are to come: the last is #0. */
  get #isInChain(): boolean {
    return this.#parent === "ChainLink" && this.#chainAt !== 0;
  }

  /** Whether both are of one task, which does not print two reports at a time. */
  isOfSameTask(other: OpenReport): boolean {
    return this.#pid !== null && this.#pid === other.#pid;
  }

  /** Whether another's dump, which is not a report, stands where one of this report's locks was taken. */
  tookLockIn(dump: OpenReport): boolean {
    if (!dump.isForeign) return false;
    const places = this.tokens.flatMap(({ lock }) =>
      lock?.at ? [`${lock.at.symbol}+${lock.at.offset}`] : [],
    );
    return dump.tokens.some(
      ({ frame }) => frame !== null && places.includes(`${frame.symbol}+${frame.offset}`),
    );
  }

  /** Whether the line tells the task that the report is about. */
  isAbout(token: LineToken): boolean {
    return this.#pid !== null && pidOf(token) === this.#pid;
  }

  /** Whether the line tells a task, and it is not this report's. */
  #isOfTask(token: LineToken): boolean {
    if (this.#pid === null || this.kind === "held-dump" || this.kind === "rtmutex-deadlock") return true;
    if (token.name !== "Cpu" && !TASK_LINES.has(token.name)) return true;
    const pid = pidOf(token);
    return pid === null || pid === this.#pid;
  }

  /** Most reports say `stack backtrace:` before their dump; what comes before that is another's. */
  get #lacksLead(): boolean {
    return this.#form.dumpLead !== undefined && !this.#names.has(this.#form.dumpLead);
  }

  #isOfDump({ name, groups }: LineToken): boolean {
    switch (name) {
      case "Cpu":
        // where the lead was lost, the task tells
        if (this.#lacksLead && this.#pid === null) return false;
        return !this.#stack.hasFrames || this.#stack.hasMore;
      case "CallTrace":
        if (this.#stack.isInContext || (this.#stack.hasFrames && !this.#stack.hasMore)) return false;
        // or a person took the lead away, and all before the trace
        return this.#stack.inDump || !this.#lacksLead || !this.#hasPending;
      case "Hardware":
      case "Taints":
      case "Workqueue":
        return this.#stack.inDump || !this.#lacksLead || (!this.#stack.hasTrace && !this.#hasPending);
      case "TraceClose":
        return this.#stack.hasTrace && (this.#stack.isInContext || groups["context"] === "TASK");
      case "StackWords":
      case "Registers":
        // or a person took away what stood before them
        return this.#stack.inDump || this.#parent === "StackBacktrace" || this.#mayBeginDump;
      default:
        return this.#stack.inDump || this.#parent === "StackBacktrace";
    }
  }

  get #mayBeginDump(): boolean {
    return this.#form.dumpLead === undefined && !this.#stack.hasTrace && !this.#hasPending && !this.isForeign;
  }

  /** @param line as it stands in the log */
  push(given: LineToken, line: Line): void {
    this.#endPieces();
    this.losses.settle(line.caller !== null, this.#isCutOff);
    this.until = line.time ?? this.until;
    const last = this.tokens.at(-1);
    const dedented = this.#dedented(given);
    const token =
      last !== undefined && this.#repeatsHeld(dedented)
        ? { ...dedented, name: last.name, groups: last.groups }
        : dedented;
    if (line.caller === null && !this.#stack.inDump && this.#stack.isOfOther(token)) this.mix(token.number);
    this.#add(token);
    const beginning = beginBehind(token.name) ?? (mayGoOn(token) ? begin(line.text, this.#prints) : null);
    if (beginning !== null) this.#pieces.set(beginning, beginning.text === "" ? null : token, token.number);
  }

  /** A person, or `git log`, indents a report as a whole: its headline is told by that, as it has no blanks before it. */
  #dedented(token: LineToken): LineToken {
    if (kindOf(token) !== null) this.#indent = token.indent;
    return this.#indent === 0 ? token : { ...token, indent: Math.max(0, token.indent - this.#indent) };
  }

  readonly #prints = (name: LineName): boolean =>
    this.#stack.isOver ? (this.#form.afterTrace?.includes(name) ?? false) : this.#vocabulary.has(name);

  readonly #isCutOff = ({ text }: Line): boolean => isCutOff(text, this.#prints);

  #add(token: LineToken): void {
    const { name } = token;
    this.tokens.push(token);
    if (this.tokens.length === LONGEST_REPORT) {
      this.losses.tell("too-long", token.number, `cut after ${LONGEST_REPORT} lines`);
      this.#done = true;
    }
    this.#isInterrupted = false;
    this.#isOthersList = false;
    if (!isPassing(name)) this.#parent = name;
    this.#names.add(name);
    if (this.#pid === null && (TASK_LINES.has(name) || kindOf(token) !== null || name === "OtherWarning"))
      this.#pid = pidOf(token);
    this.#takeOfStack(token);
    switch (name) {
      case "Cpu":
        this.#pid ??= pidOf(token);
        // a person's doing, or the line is not all there
        if (token.groups["build"] === undefined && token.groups["old"] === undefined)
          this.losses.tell("truncated", token.number);
        break;
      case "EndTrace":
        if (this.isForeign) this.#done = true;
        break;
      case "HeldCount":
      case "HeldOnCpu":
        this.#held = new HeldList(token);
        break;
      case "HeldLock":
        this.#held?.take(token);
        break;
      case "ChainLink":
        this.#chainAt = Number(token.groups["index"]);
        break;
      case "DoubleRule":
        this.#done = this.tokens.length > 1 && (this.kind === "held-dump" || this.isForeign);
        break;
      default:
        break;
    }
  }

  /** It begins with a line under which a stack stands. */
  expectStack(): void {
    this.#stack.inDump = true;
  }

  /** A line of the report's own of which the place is lost: what it belongs to did not come. */
  orphan(line: Line): void {
    this.#endPieces();
    this.losses.settle(line.caller !== null, this.#isCutOff);
    this.losses.orphan(line.number);
  }

  /** Whether the line is one of the report's, wherever it stands. */
  mayOwn(token: LineToken): boolean {
    const { name } = token;
    if (this.isForeign || this.#done || this.mayBeWhole || this.#stack.isOver) return false;
    if (RULES.has(name) || kindOf(token) !== null) return false;
    // any dump has these, and any code
    if (DUMP_LINES.has(name) && !this.#stack.inDump) return false;
    if (name === "ClassEnd" && !this.#names.has("ClassHead")) return false;
    if (name === "HeldLock" && this.#isOthersList) return false;
    this.#isOthersList = HELD_LEADS.has(name) && !this.#isOfTask(token);
    return this.#vocabulary.has(name) && !this.#isOthersList && this.#isOfTask(token);
  }

  /** Its lines and another's came mixed, and nothing tells whose some of them are. */
  mix(line: number): void {
    if (!this.isForeign) this.losses.mixed(line);
  }

  /** Another report begins: what comes may be its. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  get #hasPending(): boolean {
    return this.losses.pending.length > 0 || this.#isInterrupted;
  }

  #takeOfStack(token: LineToken): void {
    const { traces } = this.#stack;
    this.#stack.take(token, this.#parent);
    if (this.#stack.traces !== traces) this.#judgeForeign();
  }

  /** Whether another's stack has frames that are not its. */
  #judgeForeign(): void {
    if (!this.isForeign) return;
    const frames = this.tokens.flatMap(({ name, frame }) =>
      name === "Frame" && frame !== null ? [frame] : [],
    );
    this.isMixed ||= isMixed(frames) || isGapped(frames) || frames.some(({ symbol }) => isReporter(symbol));
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
    if (this.#done || this.isForeign || this.#stack.isBegun || this.#stack.isInContext) return false;
    // the name that is awaited may stand in parentheses
    if (this.#pieces.awaitsName(line)) return false;
    // a person's words in parentheses
    if (line.caller === null && isProse(line.text)) return false;
    const beginning = begin(line.text, this.#prints);
    if (beginning === null) return false;
    this.#endPieces();
    this.#pieces.set(beginning, null, line.number);
    return true;
  }

  /** The line as a frame of the report's backtrace, where a person left the names alone; null where it is none. */
  bareFrame({ text, number }: Line): LineToken | null {
    const last = this.tokens.at(-1);
    if (this.isForeign || this.#done || last === undefined || number !== last.number + 1) return null;
    const isLed = LEADS_FRAMES.has(last.name);
    const isNext = last.frame !== null && isBarePlace(last.frame);
    if (this.#stack.isOver || (last.name === "Frame" ? !isNext : !isLed)) return null;
    const token = bareFrameToken(text, number);
    const symbol = token?.frame?.symbol;
    if (symbol === undefined || isNext) return token;
    // the first one may be any word
    return isDumper(symbol) || (this.#stack.hasTrace && text.includes("_")) ? token : null;
  }

  /** The kernel prints the message anew of which this line is the beginning: so it is nothing. */
  retract(number: number): void {
    this.#pieces.retract(number);
    if (this.losses.pending.at(-1)?.number === number) this.losses.pending.pop();
    else if (this.tokens.length > 1 && this.tokens.at(-1)?.number === number) {
      this.tokens.pop();
      this.#parent = this.tokens.findLast(({ name }) => !isPassing(name))?.name;
    }
  }

  /** `...` where a person left lines out. */
  elides(line: number): boolean {
    if (this.isForeign || this.#done || this.#stack.isOver) return false;
    // what follows the report
    if (this.#stack.hasTrace && !this.isInTrace) return false;
    if (this.mayBeWhole && (this.losses.pending.length > 0 || line - this.latest > 2)) return false;
    this.#endPieces();
    this.losses.tell("truncated", line);
    return true;
  }

  /** The log ends: perhaps in the middle of a frame. */
  breakOff(): void {
    const last = this.tokens.at(-1);
    // perhaps not all of the name
    if (last?.lock?.at && isBarePlace(last.lock.at) && this.losses.pending.length === 0)
      this.tokens.splice(-1, 1, { ...last, lock: { ...last.lock, at: null } });
    const [line, ...more] = this.losses.pending;
    if (line === undefined || more.length > 0 || this.tokens.at(-1)?.name !== "Frame") return;
    if (HALF_FRAME.test(line.text)) this.losses.tell("truncated", line.number);
  }

  /** Nothing more comes. */
  end(): void {
    this.#endPieces();
    const last = this.tokens.at(-1);
    // nothing else says how many tasks there are to list
    if (this.kind === "held-dump" && !this.#done && last !== undefined)
      this.losses.tell("truncated", last.number);
    this.#judgeForeign();
  }

  /** No more pieces of a line come: what is there of it is all there is. */
  #endPieces(): void {
    const end = this.#pieces.end(this.#hasName);
    if (end === null) return;
    if ("unread" in end) {
      this.losses.broken(end.unread);
    } else this.#piece(end, false);
  }

  #piece({ token, replaces, name }: Joined, hasCaller: boolean): void {
    if (replaces) this.tokens.pop();
    if (name !== null) this.losses.forget(name);
    this.losses.settle(hasCaller, this.#isCutOff);
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
    if (this.losses.pending.length === 0 || (token !== null && this.accepts(token))) return false;
    const pieces: string[] = [];
    let next = line.number;
    for (const before of this.losses.pending.toReversed()) {
      if (before.number !== --next) break;
      pieces.unshift(before.text);
    }
    const joined = join(pieces, line.text, line.number);
    if (joined === null || !this.accepts(joined.token)) return false;
    this.losses.pending.length -= joined.taken;
    this.push(joined.token, line);
    return true;
  }

  /** Whether a warning has its message, and not yet what follows that. */
  get waitsForPlace(): boolean {
    return this.#vocabulary.has("LockdepWarning") && !this.hasTrace && !this.#hasPlace;
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
    if (this.#done || this.#stack.isOver) return 0;
    if (this.#stack.isBegun && this.#stack.hasFrames) return hasCaller ? 1 : this.isInTrace ? 12 : 3;
    if (this.#isListed) return 0;
    return hasCaller ? GAP.withCaller : GAP.without;
  }

  /** Whether its stack is not at its end, so that frames may be its. */
  get isInTrace(): boolean {
    return this.#stack.isOpen;
  }

  /** Where another took the lines above this report's trace, which does not begin with what prints it; null: nowhere. */
  get topTakenAt(): number | null {
    if (this.#form.dumpLead === undefined || this.contestedAt === null) return null;
    const trace = this.tokens.findIndex(({ name }) => name === "CallTrace");
    const top = this.tokens.slice(trace).find(({ frame }) => frame?.uncertain === false);
    if (trace < 0 || !top?.frame || isDumper(top.frame.symbol)) return null;
    return top.number > this.contestedAt ? this.contestedAt : null;
  }

  /** Whether a `<TASK>` has not had its `</TASK>`. */
  get isInContext(): boolean {
    return this.#stack.isInContext;
  }

  get hasTrace(): boolean {
    return this.#stack.hasTrace;
  }

  /** Whether the line that its trace begins with has not come. */
  get lacksTrace(): boolean {
    return !this.isOver && !this.#names.has("CallTrace");
  }

  /** Whether its trace has come to its end. */
  get isTraced(): boolean {
    return this.#stack.isOver;
  }

  /** Whether its end is certain. */
  get isOver(): boolean {
    return this.#stack.isOver || this.#isListed;
  }

  /**
   * Whether the log that begins another report there is not the one of this headline, of which nothing followed: words of a
   * person quote a headline as they please, and the log below them has stamps on all of its lines.
   */
  isOnlyNamed({ time }: Line): boolean {
    const { headline } = this;
    if (headline === null || (headline.line.time === null) === (time === null)) return false;
    return this.tokens.every(({ number, name }) => number <= headline.line.number || RULES.has(name));
  }

  /** Whether more of it must come. */
  get isUnfinished(): boolean {
    return !this.#done && !this.isOver && (!this.mayBeWhole || this.isInTrace);
  }

  /** Whether the report could end here. */
  get mayBeWhole(): boolean {
    return this.#stack.mayBeWhole || this.#isListed;
  }

  /** Whether its trace is not cut off by the end of the report, which then may stand in another. */
  get hasEnd(): boolean {
    return this.mayBeWhole && !this.#stack.isBroken;
  }

  /** How far it has come: to the end of its trace, to where it may end, or not even there. */
  get progress(): "traced" | "whole" | "unfinished" {
    if (this.#pieces.isWaiting) return "unfinished";
    if (this.#stack.isOver) return "traced";
    return this.mayBeWhole ? "whole" : "unfinished";
  }

  /** Whether the list of held locks is complete, in the one kind that ends with it. */
  get #isListed(): boolean {
    return this.kind === "held-user" && this.#held?.isWhole === true;
  }

  /** Whether nothing can follow, so that the report need not wait for the next line. */
  get finished(): boolean {
    return this.#done || (this.#stack.isOver && this.#form.afterTrace === undefined);
  }
}
