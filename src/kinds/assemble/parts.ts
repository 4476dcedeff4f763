import type { FrameText, PlaceText } from "../../../grammar/frame.ts";
import type { LineName } from "../../../grammar/lines.ts";
import type { ClassText, LockText } from "../../../grammar/lock.ts";
import type { LineToken } from "../../../grammar/tokenize.ts";
import type { ClassNode, ReportTree, Section, Stack } from "../../../grammar/tree.ts";
import { parseClassName } from "../../../grammar/class-name.ts";
import { demangle } from "../../symbols/demangle.ts";
import type {
  ClassDump,
  Frame,
  HeldLocks,
  IrqEvents,
  Kernel,
  Lock,
  LockClass,
  ScenarioStep,
  Task,
} from "../../report/schema.ts";

/** Lines and parts of a syntax tree as the types of a report. */

/**
 * A frame that was made of the same text before, by its context: a busy log has a million frames, and few that differ.
 * What is put into one later is put into a copy.
 */
const framesKnown = new Map(
  [null, "TASK", "IRQ"].map((context) => [context, new WeakMap<FrameText, Frame>()]),
);

export function frameOf(text: FrameText, context: string | null = null): Frame {
  const known = framesKnown.get(context);
  let frame = known?.get(text);
  if (frame === undefined) {
    frame = newFrame(text, context);
    known?.set(text, frame);
  }
  return frame;
}

function newFrame(text: FrameText, context: string | null): Frame {
  const { symbol, offset, size, module, file, line, inline, uncertain, address, buildId, caller } = text;
  const demangled = demangle(symbol);
  const frame =
    demangled === undefined
      ? { symbol, offset, size, module, file, line, inline, uncertain, address, context }
      : { symbol, demangled, offset, size, module, file, line, inline, uncertain, address, context };
  if (caller === undefined && buildId === undefined) return frame;
  return {
    ...frame,
    ...(buildId === undefined ? {} : { buildId }),
    ...(caller === undefined ? {} : { caller: placeOf(caller) }),
  };
}

/** Without its line, which is that of the caller's own frame. */
function placeOf({ symbol, offset, size }: PlaceText): NonNullable<Frame["caller"]> {
  return { symbol, offset, size };
}

export function framesOf(lines: readonly LineToken[]): Frame[] {
  const frames: Frame[] = [];
  for (const { frame } of lines) if (frame !== null) frames.push(frameOf(frame));
  return frames;
}

export function classOf(text: ClassText): LockClass {
  const { class: name, version, subclass, usage, wait } = text;
  return { class: name, version, subclass, usage, wait: wait === null ? null : { ...wait } };
}

/** A class of which only the name is printed. */
function namedClass(name: string): LockClass {
  return { ...parseClassName(name), usage: null, wait: null };
}

/** The class of a lock, without its instance and site. */
export function classOnly({ class: name, version, subclass, usage, wait }: LockClass): LockClass {
  return { class: name, version, subclass, usage, wait };
}

export function lockOf(text: LockText): Lock {
  return {
    ...classOf(text),
    address: text.address,
    at: text.at === null ? null : frameOf(text.at),
  };
}

/** A lock of which only the name is printed: print_lockdep_cache(). */
export function namedLock(name: string, at: FrameText | null): Lock {
  return { ...namedClass(name), address: null, at: at === null ? null : frameOf(at) };
}

/** The number in a group that the line's pattern makes digits; null if the line has none. */
export function numberOf(line: LineToken, group: string): number | null {
  const text = line.groups[group];
  return text === undefined ? null : Number(text);
}

export function textOf(line: LineToken, group: string): string | null {
  return line.groups[group] ?? null;
}

/** `comm/pid`, with `[HC0[0]:SC0[0]:HE1:SE1]` where printed. */
export function taskOf(line: LineToken): Task | null {
  const { comm, pid, hc } = line.groups;
  if (comm === undefined || pid === undefined) return null;
  const count = (group: string): number => Number(line.groups[group] ?? 0);
  const irq =
    hc === undefined
      ? null
      : {
          hardirqContext: count("hc") !== 0,
          hardirqCount: count("hcount"),
          softirqContext: count("sc") !== 0,
          softirqCount: count("scount"),
          hardirqsEnabled: count("he") !== 0,
          softirqsEnabled: count("se") !== 0,
        };
  return { comm, pid: Number(pid), irq };
}

/** `Not tainted` is null; of `Tainted: G        W` the letters are kept. */
function taintOf(text: string | undefined): string | null {
  if (text === undefined || text === "Not tainted") return null;
  return text.slice("Tainted:".length).trim().split(/\s+/).join(" ");
}

export function kernelOf(line: LineToken): Kernel | null {
  const { release, build, taint, old } = line.groups;
  if (release !== undefined) return { release, build: build ?? null, taint: taintOf(taint) };
  // up to v3.9: "(2.6.32-rc6 #1)"
  const [oldRelease, oldBuild] = old?.split(" ") ?? [];
  if (oldRelease === undefined) return null;
  return { release: oldRelease, build: oldBuild ?? null, taint: taintOf(taint) };
}

/** The sections of a report, found by what they are. */
export class Parts {
  readonly tree: ReportTree;

  constructor(tree: ReportTree) {
    this.tree = tree;
  }

  get headline(): LineToken {
    return this.tree.headline;
  }

  /** The first line of this name, the headline included. */
  line(name: LineName): LineToken | null {
    if (this.tree.headline.name === name) return this.tree.headline;
    for (const section of this.tree.sections)
      if (section.type === "line" && section.line.name === name) return section.line;
    return null;
  }

  lines(name: LineName): LineToken[] {
    return this.all("line").flatMap(({ line }) => (line.name === name ? [line] : []));
  }

  all<Type extends Section["type"]>(type: Type): Extract<Section, { type: Type }>[] {
    return this.tree.sections.filter(
      (section): section is Extract<Section, { type: Type }> => section.type === type,
    );
  }

  first<Type extends Section["type"]>(type: Type): Extract<Section, { type: Type }> | null {
    return this.all(type)[0] ?? null;
  }

  /** What the task of the headline does, and the lock it does it to. */
  get acting(): { task: Task | null; lock: Lock | null } {
    const sections = this.all("acting");
    const [section] = sections;
    const locks = sections.find(({ locks: [first] }) => first?.lock)?.locks ?? [];
    return { task: section?.lead ? taskOf(section.lead) : null, lock: lockIn(locks) };
  }

  /** The lock that the headline names as already held. */
  get holding(): Lock | null {
    return lockIn(this.all("holding").find(({ locks: [first] }) => first?.lock)?.locks ?? []);
  }
}

/** The links of a circular report, by their number; of a doubled line the one with frames counts. */
export function chainOf(parts: Parts): Map<number, { lock: LockClass; stack: Frame[]; line: number }> {
  const links = new Map<number, { lock: LockClass; stack: Frame[]; line: number }>();
  for (const { head, frames } of parts.all("chain").flatMap(({ links: all }) => all)) {
    const index = numberOf(head, "index");
    if (head.lock === null || index === null) continue;
    const stack = framesOf([head, ...frames]);
    const known = links.get(index);
    if (known === undefined || known.stack.length === 0)
      links.set(index, { lock: classOf(head.lock), stack, line: head.number });
  }
  return links;
}

/** Lists of held locks, as lockdep_print_held_locks() prints them. */
export function heldOf(sections: readonly Extract<Section, { type: "held" }>[]): HeldLocks[] {
  const found: HeldLocks[] = [];
  for (const { lead, locks } of sections) {
    const last = found[found.length - 1];
    const task = lead === null ? null : taskOf(lead);
    if (task === null || lead === null) {
      // the line before was not a lock, or the one that names the task was lost: then nobody knows whose these are
      if (last !== undefined && continues(last, locks)) last.locks.push(...locksOf(locks));
      continue;
    }
    const count = numberOf(lead, "count") ?? 0;
    if (
      last?.locks.length === 0 &&
      last.task.pid === task.pid &&
      last.task.comm === task.comm &&
      last.count === count
    )
      found.pop();
    const state = textOf(lead, "state");
    const cpu = numberOf(lead, "cpu");
    const where =
      state === null || cpu === null
        ? {}
        : ({ cpu: { state: state === "on" ? state : "last", number: cpu } } as const);
    found.push({ task, count, ...where, locks: locksOf(locks) });
  }
  return found;
}

/** Whether these are the next of the list. */
function continues({ count, locks }: HeldLocks, lines: readonly LineToken[]): boolean {
  const [first] = lines;
  return first !== undefined && numberOf(first, "index") === locks.length && locks.length < count;
}

/** Held locks in the order of their numbers; a symboliser repeats a line for each inlined frame, the place last. */
function locksOf(lines: readonly LineToken[]): (Lock | null)[] {
  const locks = new Map<number, LineToken[]>();
  for (const line of lines) {
    const index = numberOf(line, "index") ?? locks.size;
    locks.set(index, [...(locks.get(index) ?? []), line]);
  }
  return [...locks.values()].map(lockIn);
}

/** The lock of lines that are one but for their places: of inlined functions first, of the one that holds them last. */
function lockIn(lines: readonly LineToken[]): Lock | null {
  const found = lines.flatMap(({ lock }) => lock ?? []);
  const last = found.at(-1);
  if (last === undefined) return null;
  const before = found.slice(0, -1).map(({ at }) => at);
  return withInlined(lockOf(last), before);
}

/** The lock with what a symboliser printed before its place, for functions inlined there. */
export function withInlined(lock: Lock, before: readonly (FrameText | null)[]): Lock {
  const inlined = before.flatMap((at) => (at === null ? [] : [frameOf(at)]));
  return inlined.length === 0 ? lock : { ...lock, inlined };
}

/** Blanks before an operation of the right column; the left one's has at most four. */
const SECOND_COLUMN = 12;

export function scenarioOf(parts: Parts): ScenarioStep[] {
  const steps: ScenarioStep[] = [];
  const lines = parts.all("scenario").flatMap((scenario) => scenario.lines);
  const hasRight = lines.some(({ name, indent }) => name === "ScenarioLock" && indent >= SECOND_COLUMN);
  // a picture of two CPUs with one column has lost the other: who did what is not known
  const isFlat =
    !hasRight && lines.some(({ name, text }) => name === "ScenarioCpus" && text.includes("CPU1"));
  for (const line of lines) {
    const cpu = isFlat ? null : line.indent >= SECOND_COLUMN ? 1 : 0;
    const nothing = { class: null, version: null, subclass: null };
    if (line.name === "ScenarioIrqsOff") steps.push({ cpu: 1, operation: "local_irq_disable", ...nothing });
    else if (line.name === "ScenarioInterrupt") steps.push({ cpu: 0, operation: "interrupt", ...nothing });
    else if (line.name === "ScenarioLock") {
      const lock = parseClassName(textOf(line, "lock") ?? "");
      const operation = textOf(line, "operation");
      steps.push({
        cpu,
        operation:
          operation === "rlock" || operation === "sync" || operation === "unlock" ? operation : "lock",
        class: lock.class,
        version: lock.version,
        subclass: lock.subclass,
      });
    }
  }
  return steps;
}

/** The three classes of `Chain exists of:`; the ones between them the kernel leaves out. */
export function chainExistsOf(parts: Parts): LockClass[] {
  const line = parts.all("scenario").flatMap((s) => s.lines.filter((l) => l.name === "ChainOfThree"))[0];
  return line === undefined ? [] : line.text.split(" --> ").map(namedClass);
}

export function irqEventsOf(parts: Parts): IrqEvents | null {
  const lines = parts.all("irqs").flatMap((irqs) => irqs.lines);
  const stamp = lines.find((line) => line.name === "IrqStamp");
  const event = (type: string, to: string): IrqEvents["hardirqsEnabled"] => {
    const line = lines.find((l) => l.groups["type"] === type && l.groups["switch"] === to);
    const number = line === undefined ? null : numberOf(line, "event");
    const frame = line?.frame ?? null;
    return number === null || frame === null ? null : { event: number, at: frameOf(frame) };
  };
  if (stamp === undefined) return null;
  return {
    stamp: numberOf(stamp, "stamp") ?? 0,
    hardirqsEnabled: event("hardirqs", "enabled"),
    hardirqsDisabled: event("hardirqs", "disabled"),
    softirqsEnabled: event("softirqs", "enabled"),
    softirqsDisabled: event("softirqs", "disabled"),
  };
}

export function classDumpOf(node: ClassNode): ClassDump | null {
  const { head, key, acquiredAt } = node;
  if (head.lock === null) return null;
  return {
    lock: classOf(head.lock),
    ops: numberOf(head, "ops"),
    usages: node.usages.map((usage: Stack) => ({
      state: textOf(usage.head, "state") ?? "",
      stack: framesOf(usage.frames),
    })),
    key: key?.frame ? frameOf(key.frame) : null,
    acquiredAt: acquiredAt === null ? null : framesOf(acquiredAt.frames),
  };
}
