import type { Edge, Frame, Kind, Registers, Report } from "../report/schema.ts";
import { functionName, SYSCALL_PREFIX } from "../symbols/functions.ts";
import { isDumper } from "../symbols/stack-ends.ts";
import { isNeverGuilty } from "./title-skips.ts";

type TitledReport = Omit<Report, "id" | "siteId" | "title">;

/** The word before the headline: `WARNING: `, or `[ BUG: … ]` and `[ INFO: … ]` as old kernels print it. */
type Tag = "BUG" | "INFO" | "WARNING";

type MaybeFrame = Frame | null | undefined;

/**
 * The title that syzbot would give. Where syzbot knows the report it names one function; where it does not,
 * the title is the headline with its numbers and addresses made neutral.
 */
export function titleOf(report: TitledReport, tag: Tag = tagOf(report)): string {
  return neutral(titles[report.kind]({ report, tag, headline: headlineOf(report, tag) }));
}

interface Asked {
  report: TitledReport;
  tag: Tag;
  /** The line of the log, for what syzbot does not know. */
  headline: string;
}

const asPrinted = ({ headline }: Asked): string => headline;

/** Work queues take the locks of their work items, so that their functions say nothing about the deadlock. */
const workqueues = ["process_one_work", "flush_workqueue", "drain_workqueue", "destroy_workqueue"];
const socketLocks = ["lock_sock", "release_sock"];
const percpuAccess = ["dump_stack", "preempt", "debug_", "processor_id", "this_cpu"];

const titles: Record<Kind, (asked: Asked) => string> = {
  circular(asked) {
    const { report, tag, headline } = asked;
    if (tag !== "WARNING") return atSite(asked, "possible deadlock");
    if (report.task === null && report.lock === null) return headline;
    return `possible deadlock in ${circularFunction(report)}`;
  },
  recursive: (asked) => atSite(asked, "possible deadlock"),
  "irq-inversion": (asked) => atSite(asked, "possible deadlock"),
  "irq-order"(asked) {
    const { report, tag, headline } = asked;
    if (tag === "WARNING") return `possible deadlock in ${safeFunction(report)}`;
    return bare(report.headline).startsWith("SOFTIRQ-safe") ? atSite(asked, "possible deadlock") : headline;
  },
  inconsistent(asked) {
    const { report, tag, headline } = asked;
    if (tag !== "WARNING") return atSite(asked, "inconsistent lock state");
    if (printedSite(report) === null) return headline;
    return `inconsistent lock state in ${tracedFunction(report)}`;
  },
  "wait-context": ({ report }) => `WARNING: locking bug in ${tracedFunction(report, socketLocks)}`,
  "nested-lock": ({ report, tag, headline }) =>
    tag === "WARNING" ? `WARNING: nested lock was not taken in ${trappedFunction(report)}` : headline,
  "unlock-balance": ({ report, tag }) => `${tag}: bad unlock balance in ${unlockFunction(report)}`,
  contention: asPrinted,
  "held-freed": (asked) => atSite(asked, `${asked.tag}: held lock freed`),
  "held-exit"({ report, tag, headline }) {
    const site = exitSite(report, tag);
    return site === null ? headline : `${tag}: still has locks held in ${site}`;
  },
  "held-user"({ report, tag, headline }) {
    const site = firstName(heldSites(report));
    return site === null ? headline : `${tag}: lock held when returning to user space in ${site}`;
  },
  rcu({ report, tag, headline }) {
    if (report.rcu === undefined) return headline;
    return `${tag}: suspicious RCU usage in ${tracedFunction(report, ["rcu", "kmem", "slab"])}`;
  },
  "non-static-key": ({ report }) =>
    `INFO: trying to register non-static key in ${tracedFunction(report, ["stack", "lock", "IRQ"])}`,
  "unregistered-key": ({ report }) =>
    `BUG: key ADDR ${report.headline.includes("not in .data") ? "not in .data!" : "has not been registered!"}`,
  subclass: () => "BUG: looking up invalid subclass: NUM",
  limit: asPrinted,
  "chain-collision": asPrinted,
  internal: ({ report }) => internalTitle(report),
  sleeping: ({ report }) => `BUG: sleeping function called from invalid context in ${tracedFunction(report)}`,
  "atomic-scheduling": ({ report }) =>
    `BUG: scheduling while atomic in ${tracedFunction(report, ["schedule"])}`,
  leaked: ({ report, headline }) => leakedTitle(report, headline),
  "spinlock-debug"({ report, headline }) {
    const problem = spinlockProblem(report);
    if (problem === null) return headline;
    return `BUG: ${problem} in ${tracedFunction(report, ["spin_", "_lock", "_unlock"])}`;
  },
  preemptible({ report, headline }) {
    const operation = preemptibleOperation(report);
    if (operation === null) return headline;
    return `BUG: using ${operation}() in preemptible code in ${tracedFunction(report, percpuAccess)}`;
  },
  // since v5.14 it is a WARN()
  "rtmutex-deadlock": (asked) =>
    asked.report.warning === undefined ? asPrinted(asked) : internalTitle(asked.report),
  "held-dump": ({ report }) => report.headline,
};

/* The headline as it stands in the log. */

const alwaysBug: ReadonlySet<Kind> = new Set<Kind>([
  "wait-context",
  "unregistered-key",
  "subclass",
  "limit",
  "sleeping",
  "atomic-scheduling",
  "leaked",
  "spinlock-debug",
  "preemptible",
]);

/** `[ INFO: … ]` before Linux 4.12; the other kinds of lockdep were `[ BUG: … ]`. */
const onceInfo: ReadonlySet<Kind> = new Set<Kind>([
  "circular",
  "recursive",
  "irq-order",
  "irq-inversion",
  "inconsistent",
  "rcu",
]);
const onceBug: ReadonlySet<Kind> = new Set<Kind>([
  "nested-lock",
  "unlock-balance",
  "contention",
  "held-freed",
  "held-exit",
  "held-user",
  "rtmutex-deadlock",
]);

function tagOf(report: TitledReport): Tag {
  if (alwaysBug.has(report.kind)) return "BUG";
  if (report.kind === "non-static-key") return "INFO";
  const printed = /^\[?\s*(BUG|INFO|WARNING):/.exec(report.headline)?.[1];
  if (printed === "BUG" || printed === "INFO" || printed === "WARNING") return printed;
  if (!beforeWarnings(report.kernel?.release)) return "WARNING";
  if (onceInfo.has(report.kind)) return "INFO";
  return onceBug.has(report.kind) ? "BUG" : "WARNING";
}

function beforeWarnings(release: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release ?? "");
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major < 4 || (major === 4 && minor < 12);
}

function bare(headline: string): string {
  return headline.replace(/^\[?\s*(?:(?:BUG|INFO|WARNING):\s*)?/, "").replace(/\s{1,80}\]$/, "");
}

function headlineOf(report: TitledReport, tag: Tag): string {
  let text = bare(report.headline);
  if (report.kind === "held-exit" && text.startsWith("still has") && report.task !== null) {
    text = `${report.task.comm}/${report.task.pid} ${text}`;
  }
  const boxed = report.kind === "wait-context" || (tag !== "WARNING" && boxable(report.kind));
  return `${tag}: ${text}${boxed ? " ]" : ""}`;
}

function boxable(kind: Kind): boolean {
  return onceInfo.has(kind) || onceBug.has(kind);
}

/* Functions as a line prints them. */

/** As syzbot reads it: a dot before the name, as on ppc64, it does not know. */
function nameOf(frame: MaybeFrame): string | null {
  return frame?.symbol.startsWith(".") ? null : functionName(frame);
}

function firstName(frames: Iterable<MaybeFrame>): string | null {
  for (const frame of frames) {
    const name = nameOf(frame);
    if (name !== null) return name;
  }
  return null;
}

/* Functions after `at:`. Those are taken as they are: nothing is skipped, no prefix is cut. */

function atSite({ report, headline }: Asked, what: string): string {
  const site = printedSite(report);
  return site === null ? headline : `${what} in ${site}`;
}

function printedSite(report: TitledReport): string | null {
  return firstName(sites(report));
}

function sites(report: TitledReport): MaybeFrame[] {
  return [outOfLine(report, report.lock?.at), outOfLine(report, report.holding?.at), ...heldSites(report)];
}

function heldSites(report: TitledReport): MaybeFrame[] {
  return report.held.flatMap((held) => held.locks.map((lock) => outOfLine(report, lock?.at)));
}

/** A symboliser repeats the line once per inlined function; only the last, out-of-line one counts. */
function outOfLine(report: TitledReport, frame: MaybeFrame): MaybeFrame {
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

/** syzbot reads `at: [<address>] function` in the old form of this report only, and `at: function` in the new. */
function exitSite(report: TitledReport, tag: Tag): string | null {
  return firstName(heldSites(report).filter((at) => tag === "BUG" || at?.address === null));
}

/* Functions out of a trace: the first one that is not skipped. */

/** Stacks of the fault injector get mixed into reports; nothing behind its frame can be trusted. */
const faultInjection = /^should_fail(?:slab)?(?:\.|$)/;

/**
 * The first function of a stack that is neither a lock primitive, an allocator nor any other helper: who syzbot
 * would name, which need not be who took a lock. Without its compiler's suffix and the prefix of a system call.
 */
function tellingFunction(frames: Iterable<MaybeFrame>, skip: readonly string[] = []): string | null {
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

const corrupted = "corrupted";

/** syzbot's word for a report of which no function can be named. */
export function isCorrupted(title: string): boolean {
  return title.endsWith(` in ${corrupted}`);
}

function trace(report: TitledReport): readonly Frame[] {
  if (report.backtrace.length > 0) return report.backtrace;
  return report.dumps.find((dump) => dump.frames.length > 0)?.frames ?? [];
}

function tracedFunction(report: TitledReport, skip: readonly string[] = []): string {
  return tellingFunction(trace(report), skip) ?? corrupted;
}

/** The lock being acquired, the lock held, then the stacks of the chain as they are printed. */
function circularFunction(report: TitledReport): string {
  const taken = sites(report)
    .filter((at) => nameOf(at) !== null)
    .slice(0, 2);
  const stacks = inPrintedOrder(report.edges).flatMap((edge) => edge.stack);
  return tellingFunction([...taken, ...stacks], workqueues) ?? corrupted;
}

/** `-> #N` first and the acquisition under way, `-> #0`, last; each block takes what the next one holds. */
function inPrintedOrder(edges: readonly Edge[]): Edge[] {
  const left = [...edges];
  const closing = left.find((edge) => edge.closes);
  if (closing === undefined) return left.toReversed();
  left.splice(left.indexOf(closing), 1);
  const printed: Edge[] = [];
  let taken = closing.from;
  while (left.length > 0) {
    const index = left.findLastIndex((edge) => edge.to === taken);
    const edge = left.splice(index, 1)[0];
    if (edge === undefined) break;
    printed.push(edge);
    taken = edge.from;
  }
  return [...printed, closing];
}

/** The traces of a lock-order report start with where the one lock became irq-safe. */
function safeFunction(report: TitledReport): string {
  const dependencies = (report.dependencies ?? []).flatMap(({ classes }) =>
    classes.flatMap(({ usages, acquiredAt }) => [
      ...usages.flatMap((usage) => usage.stack),
      ...(acquiredAt ?? []),
    ]),
  );
  const frames = [...(report.safe?.stack ?? []), ...(report.unsafe?.stack ?? []), ...dependencies];
  return tellingFunction(frames) ?? corrupted;
}

/** The line after `is trying to release lock`, then the trace. Without that line the trace is not found. */
function unlockFunction(report: TitledReport): string {
  const at = outOfLine(report, report.lock?.at) ?? heldSites(report).find((site) => site?.address);
  return at ? (tellingFunction([at, ...trace(report)]) ?? corrupted) : corrupted;
}

/** Of a WARN: where the registers were taken, what stands below them in the same trace, then the trace. */
function trappedFunction(report: TitledReport, skip: readonly string[] = []): string {
  for (const dump of report.dumps) {
    const registers = dump.registers.find(({ at }) => at !== null);
    if (registers === undefined) continue;
    const below = registers.afterFrame > 0 ? dump.frames.slice(registers.afterFrame) : [];
    const name = tellingFunction([registerFrame(registers), ...below], skip);
    if (name !== null) return name;
    break;
  }
  return tracedFunction(report, skip);
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
function internalTitle(report: TitledReport): string {
  const { file, at } = report.warning ?? {};
  const inLockdep = !file || file.endsWith("kernel/locking/lockdep.c");
  return inLockdep && at && /lock_/.test(at.symbol)
    ? `WARNING: locking bug in ${trappedFunction(report, socketLocks)}`
    : `WARNING in ${trappedFunction(report)}`;
}

/* What the headline says besides. */

const spinlockProblems =
  /(?:spinlock|rwlock) (?:lockup suspected|already unlocked|(?:cpu )?recursion|bad magic|wrong owner|wrong CPU|trylock failure on UP)/;

function spinlockProblem({ spinlock, headline }: TitledReport): string | null {
  const text = spinlock === undefined ? headline : `${spinlock.type} ${spinlock.what}`;
  return spinlockProblems.exec(text)?.[0] ?? null;
}

function preemptibleOperation({ preemptible, headline }: TitledReport): string | null {
  const text = preemptible?.operation ?? /using (\w+)\(\)/.exec(headline)?.[1];
  return /^([a-z_]+)(?:\(\))?$/.exec(text ?? "")?.[1] ?? null;
}

/** syzbot knows the old wording and needs the last function there; otherwise the line stays whole. */
function leakedTitle({ leaked, task, headline: text }: TitledReport, headline: string): string {
  const old = /leaked lock or atomic/.test(text);
  if (old && leaked?.function && /^\w+$/.test(leaked.function)) {
    return `BUG: workqueue leaked lock or atomic in ${leaked.function}`;
  }
  if (task === null || headline.includes(": ", "BUG: ".length)) return headline;
  return old
    ? `${headline}: ${task.comm}/${leaked?.preempt ?? "0x00000000"}/${task.pid}`
    : `${headline}: ${task.comm}[${task.pid}]`;
}

/* What may not tell two reports of one bug apart. */

const volatile: readonly (readonly [RegExp, string])[] = [
  [/syz-executor\.?\d+(?:[/:]\d+)?/g, "syz-executor"],
  [/syzkaller\d+(?:[/:]\d+)?/g, "syzkaller"],
  [/([^a-zA-Z0-9])(?:0x)?[0-9a-f]{6,}/g, "$1ADDR"],
  [/\d{1,3}(?:\.\d{1,3}){3}/g, "IP"],
  [/(\.\w+)(?::\d+)+/g, "$1:LINE"],
  [/([a-zA-Z][\w.]{1,512})\+0x[0-9a-z]+\/0x[0-9a-z]+/g, "$1"],
  [/CPU#\d+/g, "CPU"],
  [/(\W)\d+(\W|$)/g, "$1NUM$2"],
  [/\d{7,}/g, "NUM"],
];

const longestTitle = 120;
const longestHeadline = 1000;

function neutral(title: string): string {
  let text = title.slice(0, longestHeadline);
  for (const [pattern, replacement] of volatile) {
    for (let before = ""; before !== text;) {
      before = text;
      text = text.replace(pattern, replacement);
    }
  }
  return text
    .slice(0, longestTitle)
    .replace(/[^\t\x20-\x7e]/g, "")
    .replace(/[\t ]+/g, " ")
    .trim();
}
