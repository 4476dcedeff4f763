import type { LineToken } from "../../grammar/tokenize.ts";
import type { Registers, StackDump } from "../report/schema.ts";
import { frameOf, kernelOf, numberOf, type Parts, taskOf, textOf } from "./parts.ts";

/** A stack dump, and what tells whether it came whole. */
export interface Dump {
  readonly dump: StackDump;
  /** Lines of a context that was opened and never closed: the trace is cut. */
  readonly openContext: number | null;
}

/**
 * The stack dumps of a report: dump_stack_print_info() in lib/dump_stack.c, show_trace_log_lvl() and
 * show_regs() of the architecture. A nested-lock report has two.
 */
export function dumpsOf(parts: Parts): Dump[] {
  const dumps: Dump[] = [];
  for (const { lines } of parts.all("dump")) {
    let builder = new DumpBuilder();
    for (const line of lines) {
      if (builder.isFollowedBy(line)) {
        dumps.push(builder.finish());
        builder = new DumpBuilder();
      }
      builder.add(line);
    }
    dumps.push(builder.finish());
  }
  return withNotesInPlace(dumps);
}

/** A header without a trace, as a list of modules before held locks, belongs to the dump that follows. */
function withNotesInPlace(dumps: readonly Dump[]): Dump[] {
  const whole: Dump[] = [];
  let notes: string[] = [];
  for (const { dump, openContext } of dumps) {
    notes = [...notes, ...dump.notes];
    if (dump.task === null && dump.frames.length === 0 && dump.registers.length === 0) continue;
    whole.push({ dump: { ...dump, notes }, openContext });
    notes = [];
  }
  return whole;
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
  };
  #context: string | null = null;
  #openedAt: number | null = null;
  #inRegisters = false;

  /** A second header begins a second dump. */
  isFollowedBy(line: LineToken): boolean {
    return (line.name === "StackBacktrace" || line.name === "Cpu") && this.#dump.frames.length > 0;
  }

  add(line: LineToken): void {
    const dump = this.#dump;
    const registers = line.name === "Registers" || line.name === "Code";
    if (registers) this.#addRegisters(line);
    this.#inRegisters = registers;
    switch (line.name) {
      case "Cpu":
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
        dump.notes.push(line.text);
        break;
      case "TraceOpen":
        this.#context = textOf(line, "context");
        this.#openedAt = line.number;
        break;
      case "TraceGlued":
        this.#context = textOf(line, "context");
        if (line.frame !== null) dump.frames.push(frameOf(line.frame, this.#context));
        break;
      case "StackWords":
        dump.words.push(line.text);
        break;
      case "TraceClose":
        // an interrupt's stack is followed by the one of the task it came upon
        this.#openedAt = this.#context === "TASK" ? null : line.number;
        this.#context = null;
        break;
      case "Frame":
        // up to v5.15 an interrupt's stack is followed by the task's without <TASK>
        if (this.#context === null) this.#openedAt = null;
        if (line.frame !== null) dump.frames.push(frameOf(line.frame, this.#context));
        break;
      default:
        break;
    }
  }

  #addRegisters(line: LineToken): void {
    const { registers, frames } = this.#dump;
    let group = this.#inRegisters ? registers[registers.length - 1] : undefined;
    if (group === undefined) {
      group = { afterFrame: frames.length, at: null, code: null, values: {} } satisfies Registers;
      registers.push(group);
    }
    if (line.name === "Code") group.code = textOf(line, "code");
    for (const [name, value] of Object.entries(line.values ?? {})) {
      group.values[name] = value;
      if (name === "RIP" || name === "EIP" || name === "pc" || name === "epc" || name === "NIP")
        group.at ??= value;
    }
  }

  finish(): Dump {
    return { dump: this.#dump, openContext: this.#openedAt };
  }
}
