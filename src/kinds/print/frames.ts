import type { Frame, IrqEvent, IrqEvents, Kernel, StackDump, Task } from "../../report/schema.ts";
import { sizeText } from "../../symbols/functions.ts";
import { given, type Lines } from "./lines.ts";

/** Places in the code and stack dumps, as dump_stack() of lib/dump_stack.c and the architectures print them. */

/** `%pS`, behind `[<address>]` where one is known, with what a symboliser added. */
export function frameText(frame: Frame): string {
  const { address, uncertain, offset, module, buildId, file, line, inline } = frame;
  // scripts/decode_stacktrace.sh puts the line in place of the offset, and asks where it knows none
  const isDecoded = file !== null && offset === null && !inline;
  const words = [
    address === null ? null : `[<${address}>]`,
    uncertain ? "?" : null,
    placeText(frame),
    isDecoded ? `(${file}:${line ?? "?"})` : null,
    module === null ? null : `[${module}${buildId === undefined ? "" : ` ${buildId}`}]`,
    isDecoded || file === null || line === null ? null : `${file}:${line}`,
    inline ? "[inline]" : null,
  ];
  return words.filter((word) => word !== null).join(" ");
}

function placeText({ symbol, offset, size }: Pick<Frame, "symbol" | "offset" | "size">): string {
  return offset === null || size === null ? symbol : `${symbol}+0x${offset.toString(16)}/0x${sizeText(size)}`;
}

/** stack_trace_print(): one blank more than it was asked for. */
export function stackLines(stack: readonly Frame[], spaces: number): Lines {
  return stack.map((frame) => " ".repeat(spaces + 1) + frameText(frame));
}

/** print_ip_sym(): `[<address>] place`, not indented. */
export function ipLines(frames: readonly Frame[]): Lines {
  return frames.map(frameText);
}

/** The letters of print_tainted() in kernel/panic.c, each in its column. */
const TAINT_FLAGS = "[PG] F S R M B U D A W C I O E L K X T".split(" ");

/** Columns that came later, each with the release that brought it. */
const LATER_FLAGS = [
  { flag: "N", major: 6, minor: 0 },
  { flag: "J", major: 6, minor: 15 },
] as const;

/**
 * print_tainted(): a blank for each flag that is not set.
 *
 * @param release tells how many flags there are; a kernel that does not say is taken for one of 6.12
 */
export function taintText(taint: string | null, release = "6.12"): string {
  if (taint === null) return "Not tainted";
  const [major = 0, minor = 0] = release.split(".").map(Number);
  const later = LATER_FLAGS.filter(
    (since) => major > since.major || (major === since.major && minor >= since.minor),
  );
  const flags = [...TAINT_FLAGS, ...later.map(({ flag }) => flag)];
  const columns = flags.map((flag) => new RegExp(flag).exec(taint)?.[0] ?? " ").join("");
  // letters of other kernels stay as they stand
  const isKnown = columns.trim().split(/ +/).join(" ") === taint;
  return `Tainted: ${isKnown ? columns : taint}`;
}

/** print_kernel_ident(). */
export function kernelText({ release, build, taint }: Kernel): string {
  return [release, ...(build === null ? [] : [build]), taintText(taint, release)].join(" ");
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

/** What comes before the line of the CPU: print_modules(), and the panic that ends a warning. */
const BEFORE_CPU = /^(?:Modules linked in:|Unloaded tainted modules:|Kernel panic - )/;

/** The notes of a dump that come before the line of the CPU. */
export function leadingNotes({ notes }: StackDump): Lines {
  const end = notes.findIndex((note) => !BEFORE_CPU.test(note));
  return end < 0 ? notes : notes.slice(0, end);
}

/** dump_stack() and show_regs(): who ran where, and what the machine printed below that. */
export function dumpLines(dump: StackDump): Lines {
  const notes = leadingNotes(dump);
  return [
    ...notes,
    ...cpuLines(dump),
    ...(dump.taints === null ? [] : [`Tainted: ${dump.taints}`]),
    ...(dump.hardware === null ? [] : [`Hardware name: ${dump.hardware}`]),
    ...(dump.workqueue === null ? [] : [`Workqueue: ${dump.workqueue}`]),
    ...dump.notes.slice(notes.length),
    ...dump.trace,
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

/** preempt_model_str() in kernel/sched/core.c, which comes before the package in 7.2 and later. */
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
  return [taintText(taint, release), release, ...(build === null ? [] : [build])].join(" ");
}

/** Up to v3.9: `Pid: 1, comm: swapper Not tainted (2.6.32 #1)`. */
function oldCpuLines({ pid, comm }: Task, kernel: Kernel | null): Lines {
  const version = kernel === null ? "" : ` (${kernel.release} ${kernel.build ?? ""})`;
  return [`Pid: ${pid}, comm: ${comm} ${taintText(kernel?.taint ?? null, kernel?.release)}${version}`];
}
