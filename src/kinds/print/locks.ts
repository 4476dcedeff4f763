import type { HeldLocks, Lock, LockClass, Report, ScenarioStep, Task } from "../../report/schema.ts";
import { printedName } from "../../../grammar/class-name.ts";
import { frameText } from "./frames.ts";
import type { Lines } from "./lines.ts";

/** Locks, lists of held ones and the scenario picture, as kernel/locking/lockdep.c prints them. */

/** print_lock_name() without its leading blank; wait types came with v5.7, usage is all older ones print. */
export function classText(lock: LockClass): string {
  const usage = lock.usage === null ? "" : `{${lock.usage}}`;
  const wait = lock.wait === null ? "" : `-{${lock.wait.outer}:${lock.wait.inner}}`;
  return `(${printedName(lock)})${usage}${wait}`;
}

/** print_lock(): the instance's address came with v4.17. */
export function lockText(lock: Lock | null): string {
  if (lock === null) return "<RELEASED>";
  const address = lock.address === null ? "" : `${lock.address} `;
  const at = lock.at === null ? "" : `, at: ${frameText(lock.at)}`;
  return `${address}${classText(lock)}${at}`;
}

/** print_lock() where it begins a line or follows a blank: without an address, print_lock_name() adds one. */
function lockLine(lock: Lock | null): string {
  return lock?.address === null ? ` ${lockText(lock)}` : lockText(lock);
}

/** That line, once more before it for each function that a symboliser found inlined at the lock's place. */
export function lockLines(lock: Lock | null): Lines {
  return lock === null
    ? [lockLine(lock)]
    : [...(lock.inlined ?? []), lock.at].map((at) => lockLine({ ...lock, at }));
}

export function taskText({ comm, pid }: Task): string {
  return `${comm}/${pid}`;
}

/** `x/1 [HC0[0]:SC0[0]:HE1:SE1]`. */
export function taskWithIrqs(task: Task): string {
  const { irq } = task;
  if (irq === null) return taskText(task);
  const hardirq = `HC${Number(irq.hardirqContext)}[${irq.hardirqCount}]`;
  const softirq = `SC${Number(irq.softirqContext)}[${irq.softirqCount}]`;
  const enabled = `HE${Number(irq.hardirqsEnabled)}:SE${Number(irq.softirqsEnabled)}`;
  return `${taskText(task)} [${hardirq}:${softirq}:${enabled}]`;
}

/** The first line of lockdep_print_held_locks(), which names the task's CPU since v7.3. */
function heldText({ task, count, cpu }: HeldLocks): string {
  const who = taskText(task);
  if (cpu !== undefined)
    return `locks held by ${who}: ${count}, ${cpu.state} CPU#${cpu.number}${count > 0 ? ":" : ""}`;
  return count === 0 ? `no locks held by ${who}.` : `${count} lock${count === 1 ? "" : "s"} held by ${who}:`;
}

/** debug_show_held_locks() after debug_locks_off(). */
export const LOCKDEP_IS_OFF = "INFO: lockdep is turned off.";

/** lockdep_print_held_locks() of each task; debug_show_held_locks() may find lockdep off. */
export function heldLines({ held, lockdepOff }: Pick<Report, "held" | "lockdepOff">): Lines {
  const lists = held.flatMap((list) => [
    heldText(list),
    ...list.locks.flatMap((lock, i) => lockLines(lock).map((line) => ` #${i}: ${line}`)),
  ]);
  return lockdepOff === true ? [...lists, LOCKDEP_IS_OFF] : lists;
}

const COLUMN = " ".repeat(31);

function stepLine(
  { cpu, operation, class: name, version, subclass }: ScenarioStep,
  interrupted: boolean,
): string {
  const text =
    operation === "interrupt"
      ? "<Interrupt>"
      : operation === "local_irq_disable"
        ? "local_irq_disable();"
        : `${operation}(${printedName({ class: name ?? "", version: version ?? 1, subclass: subclass ?? 0 })});`;
  return (cpu === 1 ? COLUMN : interrupted ? "    " : "  ") + text;
}

/**
 * print_circular_lock_scenario(), print_deadlock_scenario(), print_usage_bug_scenario() and
 * print_irq_lock_scenario(), the classes of `Chain exists of:` first.
 *
 * @param unsafe what the locking is
 */
export function scenarioLines({ scenario, chainExists = [] }: Report, unsafe = "unsafe"): Lines {
  const chain =
    chainExists.length === 0
      ? []
      : ["Chain exists of:", `  ${chainExists.map(printedName).join(" --> ")}`, ""];
  if (scenario.length === 0) return chain;
  const second = scenario.some(({ cpu }) => cpu !== 0);
  const interrupt = scenario.findIndex(({ operation }) => operation === "interrupt");
  return [
    ...chain,
    ` Possible ${unsafe} locking scenario:`,
    "",
    second ? "       CPU0                    CPU1" : "       CPU0",
    second ? "       ----                    ----" : "       ----",
    ...scenario.map((step, i) => stepLine(step, interrupt >= 0 && i > interrupt)),
    "",
    " *** DEADLOCK ***",
    "",
  ];
}
