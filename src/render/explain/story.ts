import { rolesOfStack } from "../../symbols/roles.ts";
import { annotationOf } from "../../catalogue/index.ts";
import type { Frame, HeldLocks, Kind, Report } from "../../report/schema.ts";
import { taskName } from "../reports/facts.ts";
import { tellingBacktrace } from "../words/frames.ts";
import { counted, fn, lock, name, type Part, plain, words } from "../words/parts.ts";
import { waitedFor } from "./deadlock.ts";
import { type Block, classPart, inFrame, listed, lockList, pathInWords, say, sentences } from "./text.ts";

/** What happened, in one paragraph: who, running what, holding what, wanted or did what, where. */
export function story(report: Report): Part[] {
  return sentences(who(report), ...told(report));
}

const LISTS: ReadonlySet<Kind> = new Set(["held-dump", "rtmutex-deadlock"]);

function who(report: Report): Part[] | null {
  const { task, kernel, kind } = report;
  if (LISTS.has(kind)) return null;
  const running = kind === "leaked" ? [] : pathInWords(guilty(report));
  const call = rolesOfStack(report.backtrace).roles.find(({ role }) => role === "system-call")?.whose;
  const on = kernel === null ? [] : say`, on ${name(kernel.release)}`;
  const irq = task?.irq;
  const context = irq?.hardirqContext ? " in a hard interrupt" : irq?.softirqContext ? " in a softirq" : "";
  const by =
    call === undefined || call === null || context !== "" ? [] : say` for the system call ${fn(call)}`;
  const subject = task === null ? [plain("A task")] : [name(taskName(task))];
  if (running.length === 0) return say`It was ${subject}${context}${on}.`;
  return say`${subject} ran ${running}${by}${context}${on}.`;
}

/** The backtrace; from the function of the title on, where that is none of an allocator's. */
function guilty(report: Report): readonly Frame[] {
  const own = tellingBacktrace(report);
  return own.length === 0 ? report.backtrace : own;
}

/** The locks of the task that the report is about. */
function ownLocks({ held, task }: Report): HeldLocks | null {
  return held.find((one) => one.task.pid === task?.pid) ?? (held.length === 1 ? (held[0] ?? null) : null);
}

function heldSentence(report: Report): Part[] | null {
  const own = ownLocks(report);
  if (own === null) {
    const { holding } = report;
    return holding === null ? null : say`It held ${classPart(holding)}${inFrame(holding.at, ", taken in ")}.`;
  }
  if (own.locks.length > 0) return say`It held ${lockList(own.locks)}.`;
  return say`It held ${own.count === 0 ? "no lock" : counted(own.count, "lock")}.`;
}

function aboutLock({ lock: about }: Report): Part[] {
  return about === null ? [plain("a lock")] : [classPart(about), ...inFrame(about.at)];
}

function fileLine(file: string | null, line: number | null): Part[] {
  return file === null ? [] : [name(line === null ? file : `${file}:${line}`)];
}

/** What a state of a lock says of where it is taken. */
function contextWords(states: string): { readonly inside: string; readonly outside: string } {
  if (/RECLAIM/i.test(states))
    return { inside: "inside memory reclaim", outside: "over an allocation that may reclaim" };
  const which = /SOFTIRQ/i.test(states) && !/HARDIRQ/i.test(states) ? "softirq" : "hard interrupt";
  return { inside: `in a ${which}`, outside: `with ${which}s on` };
}

/** `IN-HARDIRQ-W`: taken in a hard interrupt. */
function usageWords(state: string): string {
  const read = /-R$/i.test(state) ? " for reading" : "";
  const { inside, outside } = contextWords(state);
  return /^\{?in-/i.test(state) ? `taken${read} ${inside}` : `held${read} ${outside}`;
}

function inPath(stack: readonly Frame[] | undefined): Part[] {
  const where = pathInWords(stack ?? []);
  return where.length === 0 ? [] : say`, in ${where}`;
}

function told(report: Report): (Part[] | null)[] {
  const { kind, lock: about, holding, edges, cycle } = report;
  const held = heldSentence(report);
  switch (kind) {
    case "circular": {
      if (about === null) return [held];
      const steps = edges.length > 2 ? ` over ${edges.length - 1} steps` : "";
      return [
        held,
        wantedInCycle(report),
        holding === null || cycle.length === 0
          ? null
          : say`Lockdep had already seen ${classPart(about)} come before ${classPart(holding)}${steps}: taking them in this order closes the cycle.`,
      ];
    }
    case "recursive": {
      const same = about?.address && holding?.address ? about.address === holding.address : null;
      return [
        held,
        say`Then it wanted ${aboutLock(report)}.`,
        same === null
          ? say`It already held one of this class.`
          : same
            ? say`That is the very lock it holds: the address is the same.`
            : say`It already held another lock of this class: the addresses differ. Lockdep checks classes, not single locks.`,
      ];
    }
    case "irq-order": {
      const { safe, unsafe } = report;
      const context = contextWords(`${report.headline} ${safe?.state ?? ""}`);
      return [
        held,
        say`Then it wanted ${aboutLock(report)}.`,
        safe?.lock
          ? say`${classPart(safe.lock)} is also taken ${context.inside}${inPath(safe.stack)}.`
          : null,
        unsafe?.lock
          ? say`${classPart(unsafe.lock)} is held elsewhere ${context.outside}${inPath(unsafe.stack)}.`
          : null,
      ];
    }
    case "irq-inversion": {
      const { other } = report;
      const after = other?.taken === "after";
      const { inside, outside } = contextWords(other?.state ?? report.headline);
      return [
        held,
        about === null ? null : say`It took ${aboutLock(report)}, ${after ? inside : outside}.`,
        other?.lock
          ? say`${classPart(other.lock)}, ${after ? `taken under it elsewhere, is held ${outside}` : `under which it is taken elsewhere, is taken ${inside}`}.`
          : null,
      ];
    }
    case "inconsistent":
      return [
        held,
        report.usage === undefined
          ? null
          : say`Now ${aboutLock(report)}, is ${usageWords(report.usage.to)}; before, it was ${usageWords(report.usage.from)}${inPath(report.registered?.stack)}.`,
      ];
    case "wait-context": {
      const wait = about?.wait;
      const allowed = report.context;
      return [
        held,
        say`Then it wanted ${aboutLock(report)}.`,
        wait && allowed
          ? say`That lock is of wait type ${wait.outer}. ${strictest(report, allowed.inner)} (2: a raw spinlock; 3: spinlock_t, which may sleep on PREEMPT_RT; 4: a lock that sleeps. Kernels without PROVE_RAW_LOCK_NESTING count spinlock_t as 2 and sleeping locks as 3.)`
          : null,
      ];
    }
    case "nested-lock":
      return [
        held,
        say`Then it took ${aboutLock(report)}, and told lockdep that ${lock(report.nest ?? "an outer lock")} makes this safe. That outer lock is not held.`,
      ];
    case "unlock-balance":
      return [held, say`It released ${aboutLock(report)}, which is not among them.`];
    case "contention":
      return [
        held,
        say`Lock statistics saw it wait for ${aboutLock(report)}, but lockdep had not seen it ask.`,
      ];
    case "held-freed":
      return [
        held,
        about === null
          ? null
          : say`Then the memory in which ${classPart(about)} lies was freed${
              report.freed === undefined ? [] : say` (${name(report.freed.from)} to ${name(report.freed.to)})`
            }.`,
      ];
    case "held-exit":
      return [held, say`It stopped (ended, froze or ran another program) and did not release that first.`];
    case "held-user":
      return [held, say`It went back to user space and did not release that first.`];
    case "rcu": {
      const { rcu } = report;
      return [
        held,
        rcu === undefined
          ? null
          : say`At ${fileLine(rcu.file, rcu.line)} RCU objected: ${words(rcu.message)}.`,
        ...(rcu?.notes ?? []).map((note) => say`The log adds: ${words(note)}.`),
      ];
    }
    case "non-static-key":
      return [
        say`It took a lock that lockdep cannot name: it was never initialised, or its key is no static memory.`,
      ];
    case "unregistered-key":
      return [
        say`It initialised a lock with the key ${name(report.key ?? "?")}, which lies in allocated memory and was not registered.`,
      ];
    case "subclass":
      return [
        say`It asked for subclass ${report.invalidSubclass ?? "?"} of a lock. Lockdep knows eight, 0 to 7.`,
      ];
    case "limit": {
      const { limit } = report;
      const counts =
        typeof limit?.depth !== "number"
          ? []
          : say` (${limit.depth}${limit.max === null ? "" : ` of ${limit.max}`})`;
      return [held, say`Lockdep needed more than ${name(limit?.name ?? "its tables")} allows${counts}.`];
    }
    case "chain-collision": {
      const { collision } = report;
      const cached = (collision?.cached ?? []).map(({ lock: of }): Part[] => [
        of === null ? plain("an unknown lock") : classPart(of),
      ]);
      return [
        collision === undefined ? held : say`It held ${lockList(collision.held.map(({ lock: of }) => of))}.`,
        cached.length === 0
          ? null
          : say`Lockdep remembers chains of locks by a hash, and under this one it had ${listed(cached)}.`,
      ];
    }
    case "internal": {
      const { warning } = report;
      return [
        held,
        say`A check of lockdep itself failed: ${words(warning?.message ?? report.headline)}${
          warning?.file ? say`, at ${fileLine(warning.file, warning.line)}` : []
        }.`,
        warning?.reason ? say`The kernel guesses: ${words(warning.reason)}.` : null,
      ];
    }
    case "sleeping": {
      const { sleeping } = report;
      if (sleeping === undefined) return [held];
      const why = [
        ...(sleeping.irqsDisabled === 1 ? [say`interrupts were off`] : []),
        ...(sleeping.preemptCount !== null && sleeping.preemptCount !== (sleeping.preemptExpected ?? "0")
          ? [say`preemption was off (count ${name(sleeping.preemptCount)})`]
          : []),
        ...((sleeping.rcuDepth ?? 0) > (sleeping.rcuExpected ?? 0) ? [say`an RCU section was open`] : []),
      ];
      if (why.length === 0 && sleeping.inAtomic === 1) why.push(say`it was in atomic context`);
      return [
        held,
        say`What stands at ${fileLine(sleeping.file, sleeping.line)} may sleep${
          why.length === 0 ? [] : say`, but ${listed(why)}`
        }.`,
        report.preemptionDisabledAt === undefined || report.preemptionDisabledAt.length === 0
          ? null
          : say`Preemption was switched off in ${pathInWords(report.preemptionDisabledAt)}.`,
      ];
    }
    case "atomic-scheduling":
      return [
        held,
        Number(report.preemptCount) === 0
          ? say`It gave up the CPU with a preempt count that does not fit: more was switched on than off.`
          : say`It gave up the CPU while preemption was off${
              report.preemptCount === undefined ? [] : say` (preempt count ${name(report.preemptCount)})`
            }.`,
      ];
    case "leaked": {
      const { leaked } = report;
      const changes = [...change("locks held", leaked?.lock), ...change("RCU depth", leaked?.rcu)];
      return [
        say`The work function ${fn(leaked?.function ?? "?")} returned${
          changes.length === 0
            ? leaked?.preempt
              ? say` with preempt count ${name(leaked.preempt)}`
              : []
            : say`: ${listed(changes)}`
        }.`,
        held,
      ];
    }
    case "spinlock-debug": {
      const { spinlock } = report;
      const object = spinlock?.object;
      const owner = spinlock?.owner;
      return [
        say`The checks of ${spinlock?.type ?? "spinlock"}s found: ${words(spinlock?.what ?? report.headline)}${
          object ? say`, on ${fn(object.symbol)}` : []
        }.`,
        owner
          ? say`Its owner is ${name(taskName(owner))}${
              spinlock.ownerCpu !== null && spinlock.ownerCpu >= 0 ? `, on CPU ${spinlock.ownerCpu}` : ""
            }.`
          : spinlock === undefined
            ? null
            : say`Nobody owns it${spinlock.magic === null ? [] : say`; its magic is ${name(spinlock.magic)}`}.`,
      ];
    }
    case "preemptible":
      return [held, say`It used ${fn(`${report.preemptible?.operation ?? "?"}()`)} with preemption on.`];
    case "rtmutex-deadlock":
      return [say`These tasks wait for each other now, each for a mutex that the next holds.`];
    case "held-dump":
      return [
        say`The kernel listed who holds which lock, because it was asked to or because something hangs. The list is no error by itself.`,
      ];
    default:
      return kind satisfies never;
  }
}

function change(what: string, of: { before: number; after: number } | null | undefined): Part[][] {
  return of && of.before !== of.after ? [say`${what} went from ${of.before} to ${of.after}`] : [];
}

/** Who of the held locks and the context allows least. */
function strictest(report: Report, context: number): Part[] {
  const locks = ownLocks(report)?.locks ?? [];
  const limits = locks.flatMap((one) =>
    one?.wait && one.wait.inner > 0 ? [{ one, limit: one.wait.inner }] : [],
  );
  const [least] = limits.toSorted((a, b) => a.limit - b.limit);
  return least !== undefined && least.limit < context
    ? say`${classPart(least.one)}, which is held, allows only types up to ${least.limit} inside.`
    : say`The context allows only types up to ${context}.`;
}

/** What the task wanted last; an allocation wants no lock by itself. */
function wantedInCycle(report: Report): Part[] {
  const { lock: about, annotations } = report;
  if (about === null) return [];
  const known = annotations.find(
    ({ class: of, where, certainty }) => of === about.class && where === "cycle" && certainty === "certain",
  );
  const context = known !== undefined && annotationOf(known.id)?.kind === "pseudo-lock";
  const allocation = rolesOfStack(report.backtrace).roles.find(({ role }) => role === "allocation");
  if (context && allocation !== undefined)
    return say`Then it allocated memory (by ${fn(allocation.by)}), and for that it took ${classPart(about)}: no lock, but a context.`;
  const waited = waitedFor(report);
  if (waited !== null) return say`Then it ${waited}.`;
  return context
    ? say`Then it took ${aboutLock(report)}: no lock, but a context.`
    : say`Then it wanted ${aboutLock(report)}.`;
}

const MOST_TASKS = 12;

/** Who holds what, of kinds that are about many tasks. */
export function holders(report: Report): Block[] {
  if (report.kind !== "held-dump") return [];
  const rows = report.held.slice(0, MOST_TASKS).map(({ task, locks, count }): Block => ({
    type: "item",
    parts: say`${name(taskName(task))}: ${
      locks.length > 0 ? lockList(locks) : `${counted(count, "lock")}, which the log does not name`
    }`,
  }));
  const left = report.held.length - rows.length;
  return left > 0 ? [...rows, { type: "item", parts: say`${counted(left, "more task")}` }] : rows;
}

/** Why that matters; nothing where a drawing says it. */
export function consequence({ kind, rcu }: Report): string | null {
  if (kind === "rcu" && rcu?.message.startsWith("Illegal "))
    return "Nothing may sleep in an RCU read section, nor wait for RCU: memory is freed only when all such sections have ended, and this one would wait for itself.";
  return CONSEQUENCE[kind] ?? null;
}

/** Why that matters, for kinds whose drawing does not say it. */
const CONSEQUENCE: Partial<Record<Kind, string>> = {
  "wait-context":
    "On PREEMPT_RT such a lock may sleep, and the code around it must not: the scheduler would be called where it cannot be. Other kernels only check that the code would work there.",
  "nested-lock":
    "Several locks of one class are only safe in any order while an outer lock lets one task at a time do it. Without it, two tasks can take them crosswise.",
  "unlock-balance":
    "A lock that is released by somebody who does not hold it lets two in at once, and whoever holds it loses it unnoticed.",
  contention: "Either the lock was taken without lockdep being told, or what it noted down is wrong.",
  "held-freed":
    "The memory may be handed out again: whoever releases the lock, or waits for it, then writes into something else.",
  "held-exit":
    "Nobody else can release it. Whoever wants the lock next waits until the task goes on, if it ever does.",
  "held-user":
    "User space may run as long as it likes. Whoever wants the lock waits until the task enters the kernel again, and the next system call may want it itself.",
  rcu: "RCU frees old data when no reader is left. Code that is no marked reader and holds no lock may read what is being freed.",
  "non-static-key":
    "Lockdep orders classes of locks, and the class comes from the set-up. Without one it cannot check anything. An object that was never set up is often used too early or too late.",
  "unregistered-key":
    "The class of a lock is known by the address of its key. The memory may be used again for another key, and then two kinds of locks would be one.",
  subclass: "Subclasses tell levels of one class apart. The lock is checked with a wrong one, or not at all.",
  limit: "Lockdep found no deadlock here. It has no more room, and so it stops looking.",
  "chain-collision":
    "A chain that hashes to a known one is taken for checked. It may hide a deadlock; more often what lockdep noted down about held locks is wrong.",
  internal:
    "What lockdep believes and what the CPU does differ. Reports that come later may be wrong, and it is switched off.",
  sleeping:
    "A task that sleeps with preemption or interrupts off, or inside an RCU section, keeps others out until it wakes up, and may hang the CPU.",
  "atomic-scheduling":
    "Another task now runs inside a section that was meant to be undisturbed. If it wants the same spinlock, the CPU hangs.",
  leaked:
    "The worker goes on with other work in that state. What fails later, fails in code that has nothing to do with it.",
  "spinlock-debug": "The lock protects nothing any more, or a CPU spins on it for ever.",
  preemptible:
    "The task may be moved to another CPU between two steps. Then it works with the data of the wrong CPU.",
};
