import type {
  Frame,
  IrqEvent,
  IrqEvents,
  Kernel,
  Registers,
  StackDump,
  Task,
} from "../../../report/schema.ts";
import { given, type Lines } from "./lines.ts";

/** Places in the code and stack dumps, as dump_stack() of lib/dump_stack.c and the architectures print them. */

/** `%pS`, behind `[<address>]` where one is known, with what a symboliser added. */
export function frameText(frame: Frame): string {
  const { address, uncertain, module, file, line, inline } = frame;
  const words = [
    address === null ? null : `[<${address}>]`,
    uncertain ? "?" : null,
    placeText(frame),
    module === null ? null : `[${module}]`,
    file === null || line === null ? null : `${file}:${line}`,
    inline ? "[inline]" : null,
  ];
  return words.filter((word) => word !== null).join(" ");
}

function placeText({ symbol, offset, size }: Pick<Frame, "symbol" | "offset" | "size">): string {
  return offset === null || size === null
    ? symbol
    : `${symbol}+0x${offset.toString(16)}/0x${size.toString(16)}`;
}

/** stack_trace_print(): one blank more than it was asked for. */
export function stackLines(stack: readonly Frame[], spaces: number): Lines {
  return stack.map((frame, i) => " ".repeat(spaces + 1) + traceText(frame, stack[i + 1]));
}

/**
 * A line of a trace. A 32-bit arm machine names the function, and the place in its caller:
 * dump_backtrace_entry() in arch/arm/kernel/traps.c, with addresses up to v5.17.
 */
function traceText(frame: Frame, next: Frame | undefined): string {
  const { symbol, address, caller } = frame;
  if (caller === undefined) return frameText(frame);
  const from = placeText(caller);
  // the report does not keep the address of the place in the caller; the next function begins before it
  return address === null
    ? `${symbol} from ${from}`
    : `[<${address}>] (${symbol}) from [<${next?.address ?? address}>] (${from})`;
}

/** print_ip_sym(): `[<address>] place`, not indented. */
export function ipLines(frames: readonly Frame[]): Lines {
  return frames.map(frameText);
}

/** The letters of print_tainted() in kernel/panic.c, each in its column. */
const TAINT_FLAGS = "[PG] F S R M B U D A W C I O E L K X T N".split(" ");

/** print_tainted(): a blank for each flag that is not set. */
export function taintText(taint: string | null): string {
  if (taint === null) return "Not tainted";
  const columns = TAINT_FLAGS.map((flag) => new RegExp(flag).exec(taint)?.[0] ?? " ").join("");
  // letters of other kernels stay as they stand
  const isKnown = columns.trim().split(/ +/).join(" ") === taint;
  return `Tainted: ${isKnown ? columns : taint}`;
}

/** print_kernel_ident(). */
export function kernelText({ release, build, taint }: Kernel): string {
  return [release, ...(build === null ? [] : [build]), taintText(taint)].join(" ");
}

/** print_irqtrace_events(). */
export function irqEventLines(events: IrqEvents | undefined): Lines {
  if (events === undefined) return [];
  return [
    `irq event stamp: ${events.stamp}`,
    ...eventLine("hardirqs last  enabled", events.hardirqsEnabled),
    ...eventLine("hardirqs last disabled", events.hardirqsDisabled),
    ...eventLine("softirqs last  enabled", events.softirqsEnabled),
    ...eventLine("softirqs last disabled", events.softirqsDisabled),
  ];
}

function eventLine(what: string, event: IrqEvent | null): Lines {
  return given(event, ({ event: number, at }) => [`${what} at (${number}): ${frameText(at)}`]);
}

/** What stands before the line of the CPU: print_modules(), and the panic that ends a warning. */
const BEFORE_CPU = /^(?:Modules linked in:|Unloaded tainted modules:|Kernel panic - )/;

/** dump_kernel_offset() in arch/x86/kernel/setup.c: the very last of a panic. */
const AFTER_TRACE = /^Kernel Offset: /;

/** The notes of a dump that stand before the line of the CPU. */
export function leadingNotes({ notes }: StackDump): Lines {
  const end = notes.findIndex((note) => !BEFORE_CPU.test(note));
  return end < 0 ? notes : notes.slice(0, end);
}

/**
 * dump_stack() and show_regs(): who ran where, and the trace.
 *
 * @param isCut the log ended within the trace
 */
export function dumpLines(dump: StackDump, isCut = false): Lines {
  const notes = leadingNotes(dump);
  // a trace that names its contexts ends with `</TASK>`, and nothing belongs to it any more
  const isOpen = dump.frames[dump.frames.length - 1]?.context === null;
  const after = isOpen ? dump.notes.findIndex((note) => AFTER_TRACE.test(note)) : -1;
  const last = after < 0 ? dump.notes.length : after;
  return [
    ...notes,
    ...cpuLines(dump),
    ...(dump.taints === null ? [] : [`Tainted: ${dump.taints}`]),
    ...(dump.hardware === null ? [] : [`Hardware name: ${dump.hardware}`]),
    ...(dump.workqueue === null ? [] : [`Workqueue: ${dump.workqueue}`]),
    ...dump.notes.slice(notes.length, last),
    ...dump.words.map((words) => ` ${words}`),
    ...traceLines(dump, isCut),
    ...dump.notes.slice(last),
  ];
}

/** dump_stack_print_info(). */
function cpuLines({ cpu, uid, task, kernel, kdump, package: pack }: StackDump): Lines {
  if (task === null) return [];
  if (cpu === null) return oldCpuLines(task, kernel);
  const user = uid === null ? "" : ` UID: ${uid}`;
  const loaded = kdump ? " Kdump: loaded" : "";
  const who = `CPU: ${cpu}${user} PID: ${task.pid} Comm: ${task.comm}${loaded}`;
  return [`${who} ${versionText(kernel)} ${packageText(pack ?? "")}`];
}

/** preempt_model_str() in kernel/sched/core.c, which stands before the package in 7.2 and later. */
const PREEMPTION = /^(?:PREEMPT|VOLUNTARY|NONE)\S*/;

/** What is left out there, package and build id, leaves its blank. */
function packageText(text: string): string {
  const model = PREEMPTION.exec(text)?.[0];
  if (model === undefined) return text;
  return text === model ? `${text}  ` : / [0-9a-f]{40}$/.test(text) ? text : `${text} `;
}

/** `Not tainted 6.12.117 #1`, the other way round than in print_kernel_ident(). */
function versionText(kernel: Kernel | null): string {
  if (kernel === null) return taintText(null);
  const { release, build, taint } = kernel;
  return [taintText(taint), release, ...(build === null ? [] : [build])].join(" ");
}

/** Up to v3.9: `Pid: 1, comm: swapper Not tainted (2.6.32 #1)`. */
function oldCpuLines({ pid, comm }: Task, kernel: Kernel | null): Lines {
  const version = kernel === null ? "" : ` (${kernel.release} ${kernel.build ?? ""})`;
  return [`Pid: ${pid}, comm: ${comm} ${taintText(kernel?.taint ?? null)}${version}`];
}

/** arm64 writes "Call trace:", and its traces begin with the functions that print them. */
const ARM64 = /^(?:dump_backtrace|show_stack)(?:\.|$)/;

/** Up to v4.9 a context stood before its first frame, and `<EOI>` or `<EOE>` ended it. */
const GLUED_ONLY: ReadonlySet<string> = new Set(["EOI", "EOE"]);

/** show_trace_log_lvl() in arch/x86/kernel/dumpstack.c, and its like elsewhere. */
function traceLines({ frames, registers }: StackDump, isCut: boolean): Lines {
  const [first] = frames;
  // show_regs() prints the registers of a warning before its trace
  const before = registers[0]?.afterFrame === 0 ? registers.slice(0, 1) : [];
  const others = registers.slice(before.length);
  const head = before.flatMap(registerLines);
  if (first === undefined) return [...head, ...others.flatMap(registerLines)];

  const isArm64 = before.some(({ values }) => "pstate" in values) || ARM64.test(first.symbol);
  const lines = [...head, isArm64 ? "Call trace:" : "Call Trace:"];
  const isGlued = frames.some(({ context }) => context !== null && GLUED_ONLY.has(context));
  let context: string | null = null;
  let after = 0;
  const printRegisters = (): void => {
    for (const group of others) if (group.afterFrame === after) lines.push(...registerLines(group));
  };
  for (const [i, frame] of frames.entries()) {
    const begins = frame.context !== context;
    const opens = begins && frame.context !== null;
    if (begins && context !== null && !isGlued) lines.push(` </${context}>`);
    if (opens && !isGlued) lines.push(` <${frame.context}>`);
    printRegisters();
    lines.push(` ${opens && isGlued ? `<${frame.context}>  ` : ""}${traceText(frame, frames[i + 1])}`);
    context = frame.context;
    after = i + 1;
  }
  printRegisters();
  if (context !== null && !isGlued && !isCut) lines.push(` </${context}>`);
  return lines;
}

/** Registers that begin a line, in __show_regs() of x86 (64 and 32 bit), arm64, arm and riscv. */
const BEGINS_LINE = new Set(
  (
    "RIP RSP RAX RDX RBP R10 R13 FS CS CR2 DR0 DR3 PKRU EIP EAX ESI DS CR0 DR6 " +
    "pstate pc lr sp x29 x26 x23 x20 x17 x14 x11 x8 x5 x2 psr r10 r7 r3 Flags Control " +
    "epc gp t1 s1 a1 a3 a6 s3 s6 s9 t3 status NIP REGS MSR CFAR GPR00 GPR04 GPR08 GPR12 GPR16 GPR20 GPR24 GPR28"
  ).split(" "),
);
/** Printed with a blank before the colon, or as many as make the name three letters wide. */
const ARM64_REGISTER = /^(?:x\d{1,2}|pc|lr|sp)$/;

function registerLines({ values, code }: Registers): Lines {
  const lines: string[] = [];
  const isX86 = "RIP" in values || "EIP" in values;
  const isArm64 = "x0" in values || "x29" in values;
  for (const [name, value] of Object.entries(values)) {
    const text = registerText(name, value, isArm64);
    const last = lines[lines.length - 1];
    // the segments of 64-bit x86 share a line, those of 32-bit have their own
    const begins = name === "DS" || name === "CR0" ? !("CS" in values) : BEGINS_LINE.has(name);
    if (last === undefined || begins || hasWords(value) || hasWords(last)) lines.push(text);
    else lines[lines.length - 1] = `${last} ${text}`;
  }
  if (code !== null) lines.splice(isX86 ? 1 : lines.length, 0, `Code: ${code}`);
  return lines;
}

function registerText(name: string, value: string, isArm64: boolean): string {
  if (isArm64 && ARM64_REGISTER.test(name)) return `${name.padEnd(3)}: ${value}`;
  return name === "FS" || name === "CS"
    ? `${name}:  ${value}`
    : name === "GS" || name === "knlGS"
      ? `${name}:${value}`
      : `${name}: ${value}`;
}

/** Such a register, as pstate with its flags spelled out, stands alone on its line. */
function hasWords(text: string): boolean {
  return /[g-z] [a-z+-]|\(/.test(text) && !/^(?:FS|[0-9a-f]+\()/.test(text);
}
