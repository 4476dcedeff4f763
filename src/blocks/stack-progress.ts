import type { LineName } from "../../grammar/lines.ts";
import type { ReportForm } from "../../grammar/reports.ts";
import type { LineToken } from "../../grammar/tokenize.ts";
import { isDumper, isStackEnd } from "../symbols/stack-ends.ts";
import { DUMP_LINES } from "./order.ts";

/** print_lock_trace() indents by at least six blanks, show_trace_log_lvl() by one. */
const RECORDED = 4;

function isOfTrace(name: LineName): boolean {
  return name === "Frame" || name === "DumpNote" || DUMP_LINES.has(name);
}

/** How far the stacks of a report under way have come: those that lockdep recorded, and the dump at its end. */
export class StackProgress {
  readonly #form: ReportForm;
  #trace: "none" | "begun" | "inContext" | "over" = "none";
  #framesOfTrace = 0;
  /** How many have ended. */
  traces = 0;
  /** Blanks before the first frame of the stack under way: those of a recorded stack stand further in than a trace's. */
  #indent: number | null = null;
  #latest: LineToken["frame"] = null;
  /** Whether the end of the report came before that of its trace. */
  isBroken = false;
  /** Whether the registers and words of a stack dump may come. */
  inDump = false;

  constructor(form: ReportForm) {
    this.#form = form;
  }

  /** Whether a trace has begun, or is over. */
  get hasTrace(): boolean {
    return this.#trace !== "none";
  }

  get isBegun(): boolean {
    return this.#trace === "begun";
  }

  /** Whether a `<TASK>` has not had its `</TASK>`. */
  get isInContext(): boolean {
    return this.#trace === "inContext";
  }

  /** Whether the last trace is over. */
  get isOver(): boolean {
    return this.#trace === "over";
  }

  get hasFrames(): boolean {
    return this.#framesOfTrace > 0;
  }

  /** Whether the trace could end here. */
  get mayBeWhole(): boolean {
    return this.isOver || (this.isBegun && this.hasFrames);
  }

  get hasMore(): boolean {
    return (
      this.#form.afterTrace?.includes("CallTrace") === true || (this.#form.traces ?? 1) > this.traces + 1
    );
  }

  /** Whether the stack is not at its end, so that frames may be its. */
  get isOpen(): boolean {
    if (this.isInContext) return true;
    if (!this.isBegun) return false;
    return !this.hasFrames || this.#latest === null || !isStackEnd(this.#latest.symbol);
  }

  /** Whether the frame is of a dump where the stack under way is a recorded one, or the other way round. */
  isOfOther({ name, indent }: LineToken): boolean {
    // where a mailer broke a line behind its stamp, there are no blanks at all
    if (name !== "Frame" || this.#indent === null || indent === 0) return false;
    return indent >= RECORDED !== this.#indent >= RECORDED;
  }

  /**
   * Whether the frame stands as far in as those of the stack under way, or as its first one may: by one blank below
   * `<TASK>`, and never by one alone where lockdep recorded it.
   */
  isInLine({ name, indent }: LineToken): boolean {
    if (name !== "Frame" || indent === 0) return true;
    if (this.#indent !== null) return indent === this.#indent;
    if (this.isInContext) return indent === 1;
    return this.inDump ? indent < RECORDED : indent > 1;
  }

  /** Whether the frame may be the dump's: a recorded one is none, where `Call Trace:` did not come. */
  mayTake({ indent }: LineToken): boolean {
    return this.hasTrace || indent < RECORDED;
  }

  /** Up to 2.6.18 and on 32-bit ARM there is no `Call Trace:`; ARM's first frame is the unwinder. */
  beginsDump({ frame }: LineToken, parent: LineName | undefined): boolean {
    if (this.hasTrace || frame === null) return false;
    return parent === "StackBacktrace" || (frame.caller !== undefined && isDumper(frame.symbol));
  }

  /** @param parent the line that others may stand under */
  take(token: LineToken, parent: LineName | undefined): void {
    const { name } = token;
    if (name === "Frame") this.#indent ??= token.indent;
    else if (!isOfTrace(name)) this.#indent = null;
    if (this.isBegun && this.hasFrames && !isOfTrace(name) && this.hasMore) this.end();
    switch (name) {
      case "Cpu":
        this.inDump = true;
        break;
      case "CallTrace":
        this.inDump = true;
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
        if (token.groups["context"] === "TASK") this.end();
        else if (this.hasTrace) this.#trace = "begun";
        break;
      case "Frame":
        this.#latest = token.frame;
        if (this.inDump || this.beginsDump(token, parent)) {
          this.inDump = true;
          if (!this.hasTrace) this.#trace = "begun";
          this.#framesOfTrace++;
        }
        break;
      case "EndTrace":
        this.isBroken = this.isInContext;
        // only check_flags() has more to say
        this.end();
        break;
      default:
        break;
    }
  }

  end(): void {
    if (!this.hasTrace) return;
    this.traces++;
    this.#trace = this.traces < (this.#form.traces ?? 1) ? "none" : "over";
    this.inDump = false;
    this.#framesOfTrace = 0;
  }
}
