import type { Frame, HeldLocks, Lock, Report, StackDump } from "../report/schema.ts";

/** Places of a report that a symboliser can say more about, where they are, and how what it says is put there. */

/** A frame, and what a symboliser would print in its place: functions inlined there, innermost first, then the frame. */
export type LinesOf = (frame: Frame) => readonly Frame[] | null;

/** One frame that can get a line. */
export interface Place {
  readonly frame: Frame;
  /** It is the address of an instruction that ran or was interrupted, not the one after a call. */
  readonly isExact: boolean;
}

/**
 * What an interrupt or an exception enters by: the frame below is where it came, as arch_stack_walk() saves it, and not
 * where a call returns to.
 */
const INTERRUPT_ENTRY =
  /^(?:asm_(?:sysvec|exc)_\w{1,60}|asm_(?:common|spurious)_interrupt|el1h?_(?:64_)?(?:irq|fiq|sync|error)|__(?:irq|dabt|pabt|und)_svc|(?:apic_timer|reschedule|call_function(?:_single)?|irq_work|common)_interrupt|ret_from_(?:intr|exception))$/;

/**
 * Makes all that a report holds its own, and each frame that of one place: reports have in common what is equal in them,
 * and places frames.
 */
export function unshare(report: Report): void {
  const copies = new Map<object, unknown>();
  for (const [name, part] of Object.entries(report)) Object.assign(report, { [name]: copyOf(part, copies) });
}

/** @param copies of all but frames, by what they were made of: one stack in two places stays one */
function copyOf(part: unknown, copies: Map<object, unknown>): unknown {
  if (typeof part !== "object" || part === null) return part;
  const known = copies.get(part);
  if (known !== undefined) return known;
  const copy = Array.isArray(part)
    ? part.map((item: unknown) => copyOf(item, copies))
    : Object.fromEntries(Object.entries(part).map(([name, item]) => [name, copyOf(item, copies)]));
  if (!("symbol" in part)) copies.set(part, copy);
  return copy;
}

export function placesOf(report: Report): Place[] {
  const places: Place[] = [];
  for (const stack of new Set(stacksOf(report))) {
    let isExact = false;
    for (const frame of stack) {
      // a C function of the same name, on newer kernels
      const isEntered = isExact && !frame.symbol.startsWith("asm_");
      if (isBare(frame)) places.push({ frame, isExact: isEntered && !frame.uncertain });
      if (!frame.uncertain && !frame.inline) isExact = INTERRUPT_ENTRY.test(frame.symbol);
    }
  }
  for (const { at } of locksOf(report))
    if (at !== null && isBare(at)) places.push({ frame: at, isExact: false });
  for (const frame of calledFrom(report)) if (isBare(frame)) places.push({ frame, isExact: false });
  const at = report.warning?.at ?? null;
  if (at !== null && isBare(at)) places.push({ frame: at, isExact: true });
  return places;
}

/** Puts lines into a report, as a symbolised log has them: inlined functions are frames of their own, or `inlined`. */
export function putLines(report: Report, linesOf: LinesOf): void {
  for (const dump of report.dumps) moveRegisters(dump, linesOf);
  for (const stack of new Set(stacksOf(report)))
    stack.splice(0, stack.length, ...stack.flatMap((frame) => linesOf(frame) ?? [frame]));
  for (const lock of new Set(locksOf(report))) {
    const frames = lock.at === null ? null : linesOf(lock.at);
    if (frames === null) continue;
    lock.at = frames.at(-1) ?? null;
    if (frames.length > 1) lock.inlined = frames.slice(0, -1);
  }
  // a single frame has no place for what is inlined
  for (const frame of [...calledFrom(report), ...(report.warning?.at ? [report.warning.at] : [])]) {
    const last = linesOf(frame)?.at(-1);
    if (last !== undefined) Object.assign(frame, { file: last.file, line: last.line });
  }
}

/** A frame of 32-bit arm names the function, and the place in its caller: it stays as it is. */
function isBare({ file, inline, offset, size, caller }: Frame): boolean {
  return file === null && !inline && offset !== null && size !== null && size >= 0 && caller === undefined;
}

/** A register dump comes after so many frames, and there are more now. */
function moveRegisters({ frames, registers }: StackDump, linesOf: LinesOf): void {
  for (const dump of registers)
    dump.afterFrame = frames
      .slice(0, dump.afterFrame)
      .reduce((count, frame) => count + (linesOf(frame)?.length ?? 1), 0);
}

function stacksOf(report: Report): Frame[][] {
  const { edges, backtrace, dumps, dependencies = [], registered, safe, unsafe } = report;
  const classes = dependencies.flatMap((some) => some.classes);
  return [
    ...edges.map(({ stack }) => stack),
    backtrace,
    ...dumps.map(({ frames }) => frames),
    ...classes.flatMap(({ usages, acquiredAt }) => [
      ...usages.map(({ stack }) => stack),
      ...(acquiredAt === null ? [] : [acquiredAt]),
    ]),
    ...[registered, safe, unsafe].flatMap((trace) => (trace === undefined ? [] : [trace.stack])),
    ...(report.preemptionDisabledAt === undefined ? [] : [report.preemptionDisabledAt]),
  ];
}

function locksOf({ lock, holding, held, dumps, collision }: Report): Lock[] {
  const lists: readonly HeldLocks[] = [...held, ...dumps.flatMap((dump) => dump.held ?? [])];
  const all = [
    lock,
    holding,
    ...lists.flatMap(({ locks }) => locks),
    ...(collision?.held.map((entry) => entry.lock) ?? []),
  ];
  return all.filter((some) => some !== null);
}

/** Single return addresses. */
function calledFrom({ irqEvents, preemptible }: Report): Frame[] {
  const events = irqEvents === undefined ? [] : Object.values(irqEvents);
  return [
    ...events.flatMap((event) => (typeof event === "number" || event === null ? [] : [event.at])),
    ...(preemptible?.caller ? [preemptible.caller] : []),
  ];
}
