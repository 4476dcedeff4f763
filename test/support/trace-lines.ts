import type { Frame, Registers, StackDump } from "../../src/report/schema.ts";
import { frameText } from "../../src/kinds/print/frames.ts";

/** The traces of x86, of arm64 and of 32-bit arm as those machines print them, for reports that are made up. */

type Printed = Pick<StackDump, "words" | "frames" | "registers">;

function placeText({ symbol, offset, size }: Pick<Frame, "symbol" | "offset" | "size">): string {
  return offset === null || size === null
    ? symbol
    : `${symbol}+0x${offset.toString(16)}/0x${size.toString(16)}`;
}

/** dump_backtrace_entry() in arch/arm/kernel/traps.c, with addresses up to v5.17. */
function traceText(frame: Frame, next: Frame | undefined): string {
  const { symbol, address, caller } = frame;
  if (caller === undefined) return frameText(frame);
  const from = placeText(caller);
  return address === null
    ? `${symbol} from ${from}`
    : `[<${address}>] (${symbol}) from [<${next?.address ?? address}>] (${from})`;
}

/** arm64 writes "Call trace:", and its traces begin with the functions that print them. */
const ARM64 = /^(?:dump_backtrace|show_stack)(?:\.|$)/;

/** Up to v4.9 a context stood before its first frame, and `<EOI>` or `<EOE>` ended it. */
const GLUED_ONLY: ReadonlySet<string> = new Set(["EOI", "EOE"]);

/** show_trace_log_lvl() in arch/x86/kernel/dumpstack.c, and its like elsewhere. */
export function traceOf({ words, frames, registers }: Printed): string[] {
  const [first] = frames;
  // show_regs() prints the registers of a warning before its trace
  const before = registers[0]?.afterFrame === 0 ? registers.slice(0, 1) : [];
  const others = registers.slice(before.length);
  const head = [...words.map((row) => ` ${row}`), ...before.flatMap(registerLines)];
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
  if (context !== null && !isGlued) lines.push(` </${context}>`);
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

function registerLines({ values, code }: Registers): string[] {
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
