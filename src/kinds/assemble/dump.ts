import type { CallerText } from "../../../grammar/frame.ts";
import type { LineName } from "../../../grammar/lines.ts";
import type { LineToken } from "../../../grammar/tokenize.ts";
import { placeIn } from "../../../grammar/registers.ts";
import type { Section } from "../../../grammar/tree.ts";
import type { Frame, Registers, StackDump } from "../../report/schema.ts";
import { isStackEnd } from "../../symbols/stack-ends.ts";
import { frameOf, heldOf, kernelOf, numberOf, taskOf, textOf } from "./parts.ts";

/** A stack dump, and what tells whether it came whole. */
export interface Dump {
  readonly dump: StackDump;
  /**
   * Whether its marks tell that the trace is not all there, or not all its own: a context that was opened and never closed,
   * or closed and never opened; `Call Trace:` with no frames.
   */
  readonly isTorn: boolean;
}

/**
 * The stack dumps of a report: dump_stack_print_info() in lib/dump_stack.c, show_trace_log_lvl() and
 * show_regs() of the architecture. A nested-lock report has two.
 *
 * @returns the dumps, and what else the report is made of
 */
export function dumpsOf(sections: readonly Section[]): { dumps: Dump[]; others: Section[] } {
  const builders: DumpBuilder[] = [];
  const others: Section[] = [];
  let isOpen = false;
  for (const section of sections) {
    const last = isOpen ? builders.at(-1) : undefined;
    if (section.type === "dump") {
      let builder = last?.mayGoOn(section.lines) === true ? last : undefined;
      for (const line of section.lines) {
        if (builder === undefined || builder.isFollowedBy(line)) builders.push((builder = new DumpBuilder()));
        builder.add(line);
      }
      isOpen = true;
    } else if (last?.hasTrace === true && section.type === "held") {
      last.addHeld(section);
    } else if (last?.hasTrace === true && section.type === "line" && section.line.name === "LockdepIsOff") {
      last.add(section.line);
    } else {
      others.push(section);
      isOpen = false;
    }
  }
  return { dumps: withNotesInPlace(builders.map((builder) => builder.finish())), others };
}

/** Lines that are printed below the header: by the architecture, each in its own words. */
const TRACE_LINES: ReadonlySet<LineName> = new Set<LineName>([
  "Registers",
  "Code",
  "StackWords",
  "CallTrace",
  "TraceOpen",
  "TraceGlued",
  "TraceClose",
  "Frame",
]);

/** A header without a trace, as a list of modules before held locks, belongs to the dump that follows. */
function withNotesInPlace(dumps: readonly Dump[]): Dump[] {
  const whole: Dump[] = [];
  let notes: string[] = [];
  let hasTorn = false;
  for (const { dump, isTorn } of dumps) {
    notes = [...notes, ...dump.notes];
    hasTorn ||= isTorn;
    if (dump.task === null && dump.frames.length === 0 && dump.registers.length === 0) continue;
    whole.push({ dump: { ...dump, notes }, isTorn: hasTorn });
    notes = [];
    hasTorn = false;
  }
  return whole;
}

function asPrinted({ indent, text }: LineToken): string {
  return " ".repeat(indent) + text;
}

function siteOf(calling: CallerText | null): Pick<Frame, "file" | "line"> {
  return { file: calling?.file ?? null, line: calling?.line ?? null };
}

class DumpBuilder {
  readonly #dump: StackDump = {
    cpu: null,
    uid: null,
    task: null,
    kernel: null,
    kdump: false,
    package: null,
    taints: null,
    hardware: null,
    workqueue: null,
    notes: [],
    words: [],
    frames: [],
    registers: [],
    trace: [],
  };
  #context: string | null = null;
  /** Whether more must come: a context is open, or an interrupt's is over and not the task's that it came upon. */
  #isOpen = false;
  /** Whether the context has a line of its own, as since v4.9: up to then it is not closed. */
  #isMarked = false;
  /** Whether `Call Trace:` came, and no frame since. */
  #isLed = false;
  #isTorn = false;
  #inRegisters = false;
  #hasHeld = false;
  /** The caller that the last frame names, where its line is known. */
  #calling: CallerText | null = null;

  /** A second header begins a second dump. */
  isFollowedBy({ name }: LineToken): boolean {
    return (name === "StackBacktrace" || name === "Cpu" || name === "CallTrace") && this.hasTrace;
  }

  get hasTrace(): boolean {
    return this.#dump.frames.length > 0;
  }

  /** s390 lists the held locks between the trace and the last of the registers: show_stack(). */
  mayGoOn([line]: readonly LineToken[]): boolean {
    return this.#hasHeld && line?.name === "DumpNote";
  }

  addHeld(section: Extract<Section, { type: "held" }>): void {
    const { lead, locks } = section;
    this.#hasHeld = true;
    this.#dump.held = [...(this.#dump.held ?? []), ...heldOf([section])];
    for (const line of lead === null ? locks : [lead, ...locks]) this.#dump.trace.push(asPrinted(line));
  }

  add(line: LineToken): void {
    const dump = this.#dump;
    if (dump.trace.length > 0 || TRACE_LINES.has(line.name)) dump.trace.push(asPrinted(line));
    // s390 and powerpc go on with bare words
    const registers =
      line.name === "Registers" || line.name === "Code" || (this.#inRegisters && line.name === "StackWords");
    if (registers) this.#addRegisters(line);
    this.#inRegisters = registers;
    switch (line.name) {
      case "Cpu":
        // all else comes below it
        this.#isTorn ||= dump.registers.length > 0 || this.#isLed;
        dump.cpu = numberOf(line, "cpu");
        dump.uid = numberOf(line, "uid");
        dump.task = taskOf(line);
        dump.kernel = kernelOf(line);
        dump.kdump = line.groups["kdump"] !== undefined;
        dump.package = textOf(line, "package");
        break;
      case "Taints":
        dump.taints = textOf(line, "taints");
        break;
      case "Hardware":
        dump.hardware = textOf(line, "hardware");
        break;
      case "Workqueue":
        dump.workqueue = textOf(line, "workqueue");
        break;
      case "DumpNote":
      case "PanicOnWarn":
        if (dump.trace.length === 0) dump.notes.push(line.text);
        break;
      case "CallTrace":
        this.#isTorn ||= this.#isLed;
        // up to v4.8 its words come first
        this.#isLed = line.text !== "Stack:";
        break;
      case "TraceOpen":
        this.#isTorn ||= this.#isMarked && this.#context !== null;
        this.#context = textOf(line, "context");
        this.#isMarked = true;
        this.#isOpen = true;
        break;
      case "TraceGlued":
        this.#context = textOf(line, "context");
        this.#isMarked = false;
        this.#addFrame(line);
        break;
      case "StackWords":
        if (!registers) dump.words.push(line.text);
        break;
      case "TraceClose":
        this.#isTorn ||= this.#context !== textOf(line, "context");
        this.#isOpen = this.#context !== "TASK";
        this.#context = null;
        break;
      case "Frame":
        // up to v5.15 an interrupt's stack is followed by the task's without <TASK>
        if (this.#context === null) this.#isOpen = false;
        this.#addFrame(line);
        break;
      default:
        break;
    }
  }

  /** 32-bit ARM prints the place of a call, and so its line, beside the function that was called. */
  #addFrame({ frame: text }: LineToken): void {
    if (text === null) return;
    this.#isLed = false;
    const frame = frameOf(text, this.#context);
    const calling = this.#calling;
    this.#dump.frames.push(calling?.symbol === text.symbol ? { ...frame, ...siteOf(calling) } : frame);
    this.#calling = text.caller?.file === undefined ? null : text.caller;
  }

  #addRegisters(line: LineToken): void {
    const { registers, frames } = this.#dump;
    let group = this.#inRegisters ? registers[registers.length - 1] : undefined;
    if (group === undefined) {
      group = { afterFrame: frames.length, at: null, code: null, values: {} } satisfies Registers;
      registers.push(group);
    }
    if (line.name === "Code") group.code = textOf(line, "code");
    // powerpc went on in further lines
    if (line.name === "StackWords" && group.code !== null)
      group.code = `${group.code} ${line.text}`.trimStart();
    const values = line.values ?? {};
    Object.assign(group.values, values);
    // powerpc and sparc name the address first, and then the place
    const at = placeIn(values);
    if (at !== null && (group.at === null || (at.includes("+0x") && !group.at.includes("+0x"))))
      group.at = at;
    // a symboliser prints the line once for each function inlined there, the place last
    if (at?.endsWith(" [inline]") === true) group.inlined = [...(group.inlined ?? []), at];
  }

  /** 32-bit ARM prints each function with its caller, and the last caller, where no stack ends, nowhere else. */
  #addOutermost(): void {
    const { frames } = this.#dump;
    const last = frames.at(-1);
    if (last?.caller === undefined || isStackEnd(last.caller.symbol)) return;
    const { caller, context } = last;
    const place = { ...caller, module: null, ...siteOf(this.#calling), inline: false, uncertain: false };
    frames.push({ ...place, address: null, context });
  }

  finish(): Dump {
    this.#addOutermost();
    return { dump: this.#dump, isTorn: this.#isTorn || this.#isOpen || this.#isLed };
  }
}
