import { ReportGrammar } from "../../grammar/parser.ts";
import { type Block, Cutter } from "../../src/blocks/cutter.ts";
import type { Line } from "../../src/read/line.ts";

const grammar = new ReportGrammar();

/** The lines of one caller; numbers are given when lines are put into a log. */
export type Log = readonly (readonly [caller: string | null, text: string])[];

export function of(caller: string | null, texts: readonly string[]): Log {
  return texts.map((text) => [caller, text]);
}

export function lineOf([caller, text]: Log[number], index: number): Line {
  return {
    number: index + 1,
    text: text.trimEnd(),
    time: caller === null ? null : index / 1000,
    caller,
    transport: caller === null ? "plain" : "console",
  };
}

/** The blocks that a log is cut into, in the order of their beginnings. */
export function cut(log: Log): Block[] {
  const blocks: Block[] = [];
  const cutter = new Cutter(grammar, (block) => blocks.push(block));
  for (const [index, entry] of log.entries()) cutter.feed(lineOf(entry, index));
  cutter.end();
  return blocks.toSorted((a, b) => a.first.number - b.first.number);
}

export function newCutter(blocks: Block[]): Cutter {
  return new Cutter(grammar, (block) => blocks.push(block));
}

/** What the tests ask of a block: kind, first and last line, damage, lines not understood. */
export function outline({ kind, first, lastLine, unparsed, damage }: Block): unknown {
  return { kind, first: first.number, last: lastLine, unparsed, damage: damage.map(({ code }) => code) };
}

export function textsOf({ tokens }: Block): string[] {
  return tokens.map(({ text }) => text);
}

/** print_deadlock_bug() on arm64 and others that do not mark the end of a trace; invented. */
export const RECURSIVE = [
  "============================================",
  "WARNING: possible recursive locking detected",
  "6.12.1 #1 Not tainted",
  "--------------------------------------------",
  "sh/12 is trying to acquire lock:",
  "ffff000001020304 (&d->lock){+.+.}-{4:4}, at: take_two+0x30/0x60",
  "",
  "but task is already holding lock:",
  "ffff000001020104 (&d->lock){+.+.}-{4:4}, at: take_two+0x20/0x60",
  "",
  "other info that might help us debug this:",
  " Possible unsafe locking scenario:",
  "",
  "       CPU0",
  "       ----",
  "  lock(&d->lock);",
  "  lock(&d->lock);",
  "",
  " *** DEADLOCK ***",
  "",
  " May be due to missing lock nesting notation",
  "",
  "1 lock held by sh/12:",
  " #0: ffff000001020104 (&d->lock){+.+.}-{4:4}, at: take_two+0x20/0x60",
  "",
  "stack backtrace:",
  "CPU: 0 UID: 0 PID: 12 Comm: sh Not tainted 6.12.1 #1",
  "Hardware name: linux,dummy-virt (DT)",
  "Call trace:",
  " show_stack+0x14/0x1c",
  " take_two+0x30/0x60",
  " ret_from_fork+0x10/0x20",
] as const;

/** The same on x86. */
export const RECURSIVE_X86 = [
  ...RECURSIVE.filter((text) => !text.startsWith("Hardware")).slice(0, -4),
  "Call Trace:",
  " <TASK>",
  " dump_stack_lvl+0xb9/0xd1",
  " take_two+0x30/0x60",
  "RIP: 0033:0x4319f0",
  "RAX: ffffffffffffffda RBX: 00007ffd59d130c0 RCX: 00000000004319f0",
  " </TASK>",
] as const;

/** DEBUG_LOCKS_WARN_ON() on arm64; invented. */
export const WARNING = [
  "------------[ cut here ]------------",
  "DEBUG_LOCKS_WARN_ON(1)",
  "WARNING: CPU: 0 PID: 12 at kernel/locking/lockdep.c:238 hlock_class+0x1/0x2",
  "Modules linked in:",
  "CPU: 0 UID: 0 PID: 12 Comm: sh Not tainted 6.12.1 #1",
  "pstate: 60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)",
  "pc : hlock_class+0x1/0x2",
  "Call trace:",
  " hlock_class+0x1/0x2",
  " ret_from_fork+0x10/0x20",
  "irq event stamp: 12",
  "---[ end trace 0000000000000000 ]---",
] as const;
