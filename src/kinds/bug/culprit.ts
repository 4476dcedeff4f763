import type { Frame, Registers, Untitled } from "../../report/schema.ts";
import { functionName, SYSCALL_PREFIX } from "../../symbols/functions.ts";
import { isDumper } from "../../symbols/stack-ends.ts";
import type { Tag } from "./banner.ts";
import { isNeverGuilty } from "./title-skips.ts";

/** Whom syzbot names in its titles: whose turn it is, by the lines that it looks at. */

type MaybeFrame = Frame | null | undefined;

/** What a title is made of. */
export interface Asked {
  readonly report: Untitled;
  readonly tag: Tag;
  /** The line of the log, for what syzbot does not know. */
  readonly headline: string;
}

/** syzbot's word for a function that cannot be named. */
export const CORRUPTED = "corrupted";

export const SOCKET_LOCKS = ["lock_sock", "release_sock"];

export const asPrinted = ({ headline }: Asked): string => headline;

/* Functions as a line prints them. */

/** As syzbot reads it: a dot before the name, as on ppc64, it does not know. */
export function nameOf(frame: MaybeFrame): string | null {
  return frame?.symbol.startsWith(".") ? null : functionName(frame);
}

export function firstName(frames: Iterable<MaybeFrame>): string | null {
  for (const frame of frames) {
    const name = nameOf(frame);
    if (name !== null) return name;
  }
  return null;
}

/* Functions after `at:`. Those are taken as they are: nothing is skipped, no prefix is cut. */

/** Who takes the lock that the report names; the headline where nobody is named. */
export function atSite({ report, headline }: Asked, what: string): string {
  const site = printedSite(report);
  return site === null ? headline : `${what} in ${site}`;
}

export function printedSite(report: Untitled): string | null {
  return firstName(sites(report));
}

export function sites(report: Untitled): MaybeFrame[] {
  return [outOfLine(report, report.lock?.at), outOfLine(report, report.holding?.at), ...heldSites(report)];
}

export function heldSites(report: Untitled): MaybeFrame[] {
  return report.held.flatMap((held) => held.locks.map((lock) => outOfLine(report, lock?.at)));
}

/** A symboliser repeats the line once per inlined function; only the last, out-of-line one counts. */
export function outOfLine(report: Untitled, frame: MaybeFrame): MaybeFrame {
  if (!frame?.inline) return frame;
  for (const stack of [...report.edges.map((edge) => edge.stack), report.backtrace]) {
    const index = stack.findIndex(
      (other) =>
        other.inline &&
        other.symbol === frame.symbol &&
        other.file === frame.file &&
        other.line === frame.line,
    );
    if (index >= 0) return stack.slice(index).find((other) => !other.inline);
  }
  return frame;
}

/* Functions out of a trace: the first one that is not skipped. */

/** Stacks of the fault injector get mixed into reports; nothing after its frame can be trusted. */
const faultInjection = /^should_fail(?:slab)?(?:\.|$)/;

/**
 * The first function of a stack that is neither a lock primitive, an allocator nor any other helper: who syzbot
 * would name, which need not be who took a lock. Without its compiler's suffix and the prefix of a system call.
 */
export function tellingFunction(frames: Iterable<MaybeFrame>, skip: readonly string[] = []): string | null {
  for (const frame of frames) {
    const name = nameOf(frame);
    if (name === null) continue;
    if (frame && faultInjection.test(frame.symbol)) return null;
    if (!isNeverGuilty(name) && !isDumper(name) && !isAny(skip, name))
      return name.replace(SYSCALL_PREFIX, "");
  }
  return null;
}

const compiled = new Map<string, RegExp>();

/** Whether one of the patterns fits; each list is compiled once, for a log may hold thousands of reports. */
function isAny(list: readonly string[], name: string): boolean {
  if (list.length === 0) return false;
  const source = list.join("|");
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(source);
    compiled.set(source, pattern);
  }
  return pattern.test(name);
}

export function trace(report: Untitled): readonly Frame[] {
  if (report.backtrace.length > 0) return report.backtrace;
  return report.dumps.find((dump) => dump.frames.length > 0)?.frames ?? [];
}

export function tracedFunction(report: Untitled, skip: readonly string[] = []): string {
  return tellingFunction(trace(report), skip) ?? CORRUPTED;
}

/** For a WARN: where the registers were taken, what is below them in the same trace, then the trace. */
export function trappedFunction(report: Untitled, skip: readonly string[] = []): string {
  for (const dump of report.dumps) {
    const registers = dump.registers.find(({ at }) => at !== null);
    if (registers === undefined) continue;
    // within a trace they are the warning's below its trap, else those of what was interrupted
    const trap = dump.frames[registers.afterFrame - 1]?.symbol ?? "invalid_op";
    if (report.warning?.at && !trap.includes("invalid_op")) continue;
    const below = registers.afterFrame > 0 ? dump.frames.slice(registers.afterFrame) : [];
    const name = tellingFunction([registerFrame(registers), ...below], skip);
    if (name !== null) return name;
    break;
  }
  // where the machine prints none, or they were lost, the warning says itself where it was
  return tellingFunction([report.warning?.at ?? null, ...trace(report)], skip) ?? CORRUPTED;
}

/** `0010:foo+0x1/0x2`, `[<address>] foo+0x1/0x2`; user space and bare addresses name no function. */
function registerFrame(registers: Registers): Frame | null {
  const symbol = /^(?:[0-9a-f]+:)?(?:\[<?(?:0x)?[0-9a-f]+>?\]\s+){0,2}([\w.]+)/i.exec(registers.at ?? "");
  if (symbol?.[1] === undefined) return null;
  return {
    symbol: symbol[1],
    offset: null,
    size: null,
    module: null,
    file: null,
    line: null,
    inline: false,
    uncertain: false,
    address: null,
    context: null,
  };
}

/** A WARN of lockdep.c is a locking bug only when the function it names is about a lock. */
export function warningTitle(report: Untitled): string {
  const { file, at } = report.warning ?? {};
  const inLockdep = !file || file.endsWith("kernel/locking/lockdep.c");
  return inLockdep && at && /lock_/.test(at.symbol)
    ? `WARNING: locking bug in ${trappedFunction(report, SOCKET_LOCKS)}`
    : `WARNING in ${trappedFunction(report)}`;
}
