import type { Frame, Kind, Lock, Report, StackDump } from "../../report/schema.ts";
import { chainLines, dependencyLines } from "./kernel/dependencies.ts";
import {
  dumpLines,
  frameText,
  ipLines,
  irqEventLines,
  kernelText,
  leadingNotes,
  stackLines,
  taintText,
} from "./kernel/frames.ts";
import { printedName } from "../../../grammar/class-name.ts";
import { given, type Lines } from "./kernel/lines.ts";
import {
  classText,
  heldLines,
  lockLine,
  lockText,
  scenarioLines,
  taskText,
  taskWithIrqs,
} from "./kernel/locks.ts";
import type { ReportFormat } from "./report-format.ts";
import { blanks, ended, join, printable, type Safe } from "../words/safe.ts";

/**
 * Each kind as its print function in the kernel writes it; a `\n` that begins or ends a message there is an
 * empty line here. What a damaged report does not have is left out.
 */
const PRINTERS = {
  /** print_circular_bug_header(), print_circular_bug(). */
  circular: (report) => [
    ...boxLines(report, 54),
    ...acquiringLines(report, "is trying to acquire lock:"),
    ...given(report.holding, (lock) => [
      "",
      "but task is already holding lock:",
      lockLine(lock),
      "",
      "which lock already depends on the new lock.",
      "",
    ]),
    ...(report.edges.length === 0 ? [] : ["", "the existing dependency chain (in reverse order) is:"]),
    ...chainLines(report.edges),
    ...otherInfo(report, ""),
    ...scenarioLines(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_deadlock_bug(). */
  recursive: (report) => [
    ...boxLines(report, 44),
    ...acquiringLines(report, "is trying to acquire lock:"),
    ...given(report.holding, (lock) => ["", "but task is already holding lock:", lockLine(lock)]),
    ...given(report.comparison, (value) => [`and the lock comparison function returns ${value}:`]),
    ...otherInfo(report),
    ...scenarioLines(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_bad_irq_dependency(). */
  "irq-order": (report) => [
    ...boxLines(report, 53, 54),
    ...acquiringLines(report, "is trying to acquire:"),
    ...given(report.holding, (lock) => ["", "and this task is already holding:", lockLine(lock)]),
    ...given(report.newDependency, ({ from, to }) => [
      "which would create a new lock dependency:",
      ` ${classText(from)} -> ${classText(to)}`,
    ]),
    ...given(report.safe, ({ state, lock, stack }) => [
      "",
      `but this new dependency connects a ${state}-irq-safe lock:`,
      ...given(lock, (safe) => [` ${classText(safe)}`]),
      "",
      `... which became ${state}-irq-safe at:`,
      ...stackLines(stack, 1),
    ]),
    ...given(report.unsafe, ({ state, lock, stack }) => [
      "",
      `to a ${state}-irq-unsafe lock:`,
      ...given(lock, (unsafe) => [` ${classText(unsafe)}`]),
      "",
      `... which became ${state}-irq-unsafe at:`,
      "...",
      ...stackLines(stack, 1),
    ]),
    ...otherInfo(report, ""),
    ...scenarioLines(report),
    ...heldLines(report),
    ...dependencyLines(report),
    ...backtraceLines(report),
  ],

  /** print_irq_inversion_bug(). */
  "irq-inversion": (report) => [
    ...boxLines(report, 56),
    ...acquiringLines(report, "just changed the state of lock:"),
    ...given(report.other, ({ state, lock, taken }) => [
      taken === "after"
        ? `but this lock took another, ${state}-unsafe lock in the past:`
        : `but this lock was taken by another, ${state}-safe lock in the past:`,
      ...given(lock, (other) => [` ${classText(other)}`]),
    ]),
    "",
    "",
    "and interrupts could create inverse lock ordering between them.",
    "",
    ...otherInfo(report),
    ...scenarioLines(report),
    ...heldLines(report),
    ...dependencyLines(report),
    ...backtraceLines(report),
  ],

  /** print_usage_bug(). */
  inconsistent: (report) => [
    ...boxLines(report, 32),
    ...given(report.usage, ({ from, to }) => [`inconsistent {${from}} -> {${to}} usage.`]),
    ...acquiringLines(report, "takes:"),
    ...given(report.registered, ({ state, stack }) => [
      `{${state}} state was registered at:`,
      ...stackLines(stack, 1),
    ]),
    ...irqEventLines(report.irqEvents),
    ...otherInfo(report),
    ...scenarioLines(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_lock_invalid_wait_context(): the only box without empty lines. */
  "wait-context": (report) => [
    ...boxLines(report, 29),
    ...acquiringLines(report, "is trying to lock:"),
    ...otherInfo(report).slice(1),
    ...given(report.context, ({ outer, inner }) => [`context-{${outer}:${inner}}`]),
    ...heldLines(report),
    ...backtraceLines(report).slice(1),
  ],

  /** print_lock_nested_lock_not_held(): the locks held stand between two stack dumps. */
  "nested-lock": (report) => [
    ...boxLines(report, 34),
    ...acquiringLines(report, "is trying to lock:"),
    ...given(report.nest, (name) => ["", "but this task is not holding:", name]),
    ...backtraceLines(report, 0, 1),
    ...otherInfo(report),
    ...heldLines(report),
    ...backtraceLines(report, 1),
  ],

  /** print_unlock_imbalance_bug(). */
  "unlock-balance": (report) => [
    ...boxLines(report, 37),
    ...releasingLines(report, "release", "but there are no more locks to release!"),
    ...otherInfo(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_lock_contention_bug(). */
  contention: (report) => [
    ...boxLines(report, 33),
    ...releasingLines(report, "contend", "but there are no locks held!"),
    ...otherInfo(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_freed_lock_bug(). */
  "held-freed": (report) => [
    ...boxLines(report, 25),
    ...given(report.freed, ({ from, to }) =>
      given(report.task, (task) => [
        `${taskText(task)} is freeing memory ${from}-${to}, with a lock still held there!`,
      ]),
    ),
    ...given(report.lock, (lock) => [lockLine(lock)]),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** print_held_locks_bug(): up to v3.8 the headline does not name the task. */
  "held-exit": (report) => [
    ...boxLines(report, 36, 37),
    ...(report.headline === "lock held at task exit time!"
      ? given(report.task, (task) => [`${taskText(task)} is exiting with locks still held!`])
      : []),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** lockdep_sys_exit(). */
  "held-user": (report) => [
    ...boxLines(report, 48),
    ...given(report.task, (task) => [`${taskText(task)} is leaving the kernel with locks still held!`]),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** lockdep_rcu_suspicious(): the note about an offline CPU stands first, the others last. */
  rcu: (report) => [
    ...boxLines(report, 29),
    ...given(report.rcu, ({ file, line, message }) => [`${file}:${line} ${message}!`]),
    ...otherInfo(report, ""),
    ...given(report.rcu, ({ schedulerActive, debugLocks, notes }) => {
      const offline = notes[0]?.endsWith("offline CPU!") === true ? 1 : 0;
      return [
        "",
        ...notes.slice(0, offline),
        ...given(schedulerActive, (active) => [
          `rcu_scheduler_active = ${active}, debug_locks = ${debugLocks ?? 0}`,
        ]),
        ...notes.slice(offline),
      ];
    }),
    ...heldLines(report),
    ...backtraceLines(report),
  ],

  /** assign_lock_key(). */
  "non-static-key": (report) => [
    bannerText(report),
    "The code is fine but needs lockdep annotation, or maybe",
    "you didn't initialize this object before use?",
    TURNING_OFF,
    ...heldLines(report),
    ...allDumps(report),
  ],

  /** lockdep_init_map_type(). */
  "unregistered-key": (report) => [bannerText(report), ...warningLines(report)],

  /** look_up_lock_class(). */
  subclass: (report) => [bannerText(report), TURNING_OFF, ...allDumps(report)],

  /** print_lockdep_off(); __lock_acquire() adds the depth, and debug_show_all_locks() finds lockdep off. */
  limit: (report) => [
    bannerText(report),
    TURNING_OFF,
    ...(report.limit?.lockStat === true
      ? ["Please attach the output of /proc/lock_stat to the bug report"]
      : []),
    ...given(report.limit?.depth, (depth) => [`depth: ${depth}  max: ${report.limit?.max ?? 0}!`]),
    ...heldLines(report),
    ...allDumps(report),
  ],

  /** print_collision(). */
  "chain-collision": (report) => [
    ...boxLines(report, 28),
    ...given(report.task, (task) => [`${taskText(task)}: `]),
    "Hash chain already cached but the contents don't match!",
    ...given(report.collision, ({ held, irqContext, cached }) => [
      "Held locks:",
      `depth: ${held.length}${irqContext === null ? "" : ` (irq_context ${irqContext})`}`,
      ...held.map(({ id, chainKey, lock }) => collisionLine(id, chainKey, lockText(lock))),
      "Locks in cached chain:",
      `depth: ${cached.length}`,
      ...cached.map(({ id, chainKey, lock }) =>
        collisionLine(id, chainKey, lock === null ? "" : ` ${classText(lock)}`),
      ),
    ]),
    ...backtraceLines(report),
  ],

  /** A WARN() in kernel/locking/lockdep.c, or a DEBUG_LOCKS_WARN_ON() anywhere. */
  internal: (report) => warningLines(report),

  /** __might_resched(). */
  sleeping: (report) => [
    bannerText(report),
    ...given(report.sleeping, (state) => [
      ...given(report.task, ({ comm, pid }) =>
        given(state.inAtomic, (inAtomic) => [
          `in_atomic(): ${inAtomic}, irqs_disabled(): ${state.irqsDisabled ?? 0}` +
            (state.nonBlock === null ? "" : `, non_block: ${state.nonBlock}`) +
            `, pid: ${pid}, name: ${comm}`,
        ]),
      ),
      ...given(state.preemptCount, (count) => [
        `preempt_count: ${count}, expected: ${state.preemptExpected ?? "0"}`,
      ]),
      ...given(state.rcuDepth, (depth) => [`RCU nest depth: ${depth}, expected: ${state.rcuExpected ?? 0}`]),
      ...(state.stackOverrun ? ["Thread overran stack, or stack corrupted"] : []),
    ]),
    ...heldLines(report),
    ...irqEventLines(report.irqEvents),
    ...given(report.preemptionDisabledAt, preemptionLines),
    ...allDumps(report),
  ],

  /** __schedule_bug(). */
  "atomic-scheduling": (report) => {
    const [dump, ...others] = report.dumps;
    const modules = given(dump, leadingNotes);
    const rest = given(dump, (d) => [{ ...d, notes: d.notes.slice(modules.length) }]);
    return [
      bannerText(report),
      ...heldLines(report),
      ...modules,
      ...irqEventLines(report.irqEvents),
      ...given(report.preemptionDisabledAt, preemptionLines),
      ...allDumps({ ...report, dumps: [...rest, ...others] }),
    ];
  },

  /** process_one_work(): up to v6.9 it counts nothing. */
  leaked: (report) => [
    bannerText(report),
    ...given(report.leaked, ({ function: symbol, module, preempt, lock, rcu }) => {
      const name = module === undefined ? symbol : `${symbol ?? ""} [${module}]`;
      return lock === null || rcu === null
        ? given(name, (last) => [`     last function: ${last}`])
        : [
            `     preempt=${preempt ?? "0x00000000"} lock=${lock.before}->${lock.after}` +
              ` RCU=${rcu.before}->${rcu.after} workfn=${name ?? ""}`,
          ];
    }),
    ...heldLines(report),
    ...allDumps(report),
  ],

  /** spin_dump(), rwlock_bug(): the latter names the lock in its first line. */
  "spinlock-debug": (report) => [
    bannerText(report),
    ...given(report.spinlock, ({ object, magic, owner, ownerCpu }) =>
      given(magic, (value) => [
        ` lock: ${object === null ? given(report.lock, (lock) => [objectText(lock)]).join("") : frameText(object)}, ` +
          `.magic: ${value}, .owner: ${owner === null ? "<none>/-1" : taskText(owner)}, ` +
          `.owner_cpu: ${ownerCpu ?? -1}`,
      ]),
    ),
    ...heldLines(report),
    ...allDumps(report),
  ],

  /** check_preemption_disabled(). */
  preemptible: (report) => [
    bannerText(report),
    ...given(report.preemptible?.caller, (caller) => [`caller is ${frameText(caller)}`]),
    ...heldLines(report),
    ...allDumps(report),
  ],

  /** debug_rt_mutex_print_deadlock() up to v5.13; rt_mutex_handle_deadlock() since. */
  "rtmutex-deadlock": (report) =>
    report.warning === undefined ? rtmutexLines(report) : warningLines(report),

  /** debug_show_all_locks(). */
  "held-dump": (report) => ["", `${report.headline}:`, ...heldLines(report), "", "=".repeat(45), ""],
} as const satisfies Record<Kind, (report: Report) => Lines>;

const TURNING_OFF = "turning off the locking correctness validator.";

/** Kinds whose headline stands between brackets where it is no WARNING; the others' never does. */
const UNBOXED: ReadonlySet<Kind> = new Set<Kind>([
  "non-static-key",
  "unregistered-key",
  "subclass",
  "limit",
  "sleeping",
  "atomic-scheduling",
  "leaked",
  "spinlock-debug",
  "preemptible",
]);

/** `WARNING: x` since v4.12 (fb43d6cb91ef), `[ INFO: x ]` and `[ BUG: x ]` before and where they stayed. */
function bannerText({ kind, tag, headline }: Report): string {
  if (tag === "WARNING" || tag === null || UNBOXED.has(kind)) return `${tag ?? "WARNING"}: ${headline}`;
  return `[ ${tag}: ${headline} ]`;
}

/**
 * The box of a headline, with print_kernel_ident() in it.
 *
 * @param width of its rules, which are part of the message
 * @param older theirs where the headline stands between brackets
 */
function boxLines(
  report: Report,
  width: number,
  older = bannerText(report).length,
  ident: Lines = given(report.kernel, (k) => [kernelText(k)]),
): Lines {
  const banner = bannerText(report);
  const rule = banner.startsWith("[ ") ? older : width;
  return ["", "=".repeat(rule), banner, ...ident, "-".repeat(rule)];
}

/** The line before the picture and the locks held; a report that was cut before them does not have it. */
function otherInfo(report: Report, ...more: Lines): Lines {
  const isCut = report.scenario.length === 0 && report.held.length === 0 && report.dumps.length === 0;
  return isCut ? [] : ["", "other info that might help us debug this:", ...more];
}

/** Who does what to which lock. */
function acquiringLines({ task, lock }: Report, act: string): Lines {
  return [
    ...given(task, (who) => [`${taskWithIrqs(who)} ${act}`]),
    ...given(lock, (what) => [lockLine(what)]),
  ];
}

/** print_lockdep_cache(): the name alone, and print_ip_sym(). */
function releasingLines({ task, lock }: Report, act: string, but: string): Lines {
  return given(task, (who) =>
    given(lock, (what) => [
      `${taskText(who)} is trying to ${act} lock (${printedName(what)}) at:`,
      ...given(what.at, (at) => [...ipLines([at]), but]),
    ]),
  );
}

/** A lock as `%pS`: the variable, or the address of one that is in allocated memory. */
function objectText(lock: Lock): string {
  return lock.address ?? printedName(lock);
}

/** print_chain_key_iteration() ends no line: the lock follows. */
function collisionLine(id: number, chainKey: string, lock: string): string {
  return ` hlock_id:${id} -> chain_key:${chainKey}${lock}`;
}

/** print_preempt_disable_ip(). */
function preemptionLines(frames: readonly Frame[]): Lines {
  return ["Preemption disabled at:", ...ipLines(frames)];
}

/** The dumps without a title. */
function allDumps(report: Report, from = 0, to = report.dumps.length): Lines {
  return report.dumps.slice(from, to).flatMap(dumpLines);
}

/** `stack backtrace:` and the dumps, each under its title. */
function backtraceLines(report: Report, from = 0, to = report.dumps.length): Lines {
  return report.dumps
    .slice(from, to)
    .flatMap((_, i) => ["", "stack backtrace:", ...allDumps(report, from + i, from + i + 1)]);
}

/** What stands between `[ cut here ]` and `[ end trace ]`: __warn() in kernel/panic.c. */
function warningLines(report: Report): Lines {
  const { warning, dumps } = report;
  const message = given(warning?.message, (text) => [text]);
  const place = given(warning, (raised) => [placeText(raised, dumps[0])]);
  return [
    "------------[ cut here ]------------",
    ...(warning?.below === true ? [...place, ...message] : [...message, ...place]),
    ...heldLines(report),
    ...allDumps(report),
    ...irqEventLines(report.irqEvents),
    ...given(warning?.endTrace, (number) => [`---[ end trace ${number} ]---`]),
    ...given(warning?.reason, (reason) => [`possible reason: ${reason}`]),
    // which says so once more
    ...(warning?.at?.symbol === "check_flags" ? irqEventLines(report.irqEvents) : []),
  ];
}

/** The line of __warn(): in 7.2 and later it ends with who ran into it, before it began with that. */
function placeText(
  { condition, file, line, at, runner }: NonNullable<Report["warning"]>,
  dump: StackDump | undefined,
): string {
  const where =
    file === null ? "" : `${condition === undefined ? "" : `[${condition}] `}${file}:${line ?? 0} `;
  const place = at === null ? "" : frameText(at);
  return runner === undefined
    ? `WARNING: ${runnerText(dump)}at ${where}${place}`
    : `WARNING: ${where}at ${place}, CPU#${runner.cpu}: ${taskText(runner.task)}`;
}

function runnerText(dump: StackDump | undefined): string {
  return given(dump?.cpu, (cpu) => given(dump?.task, ({ pid }) => [`CPU: ${cpu} PID: ${pid} `])).join("");
}

/** debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c, up to v5.13. */
function rtmutexLines(report: Report): Lines {
  const { rtmutex, dumps } = report;
  const { current = null, blocked = null, locks = [] } = rtmutex ?? {};
  return [
    ...boxLines(report, 44, 46, [taintText(report.kernel?.taint ?? null, report.kernel?.release)]),
    ...given(blocked, (b) =>
      given(current, (c) => [`${taskText(b)} is deadlocking current task ${taskText(c)}`, ""]),
    ),
    ...locks.flatMap(({ number, task, address, name, owner }) => [
      "",
      `${number}) ${taskText(task)} is ${number === 1 ? "trying to acquire" : "blocked on"} this lock:`,
      ...given(address, (at) => [` [${at}] {${name ?? ""}}`]),
      // the report keeps neither the owner's address nor its priority
      ...given(owner, ({ comm, pid }) => [
        `.. held by:  ${comm.padStart(16)}:${String(pid).padStart(5)} [0000000000000000,   0]`,
      ]),
    ]),
    ...heldLines(report),
    ...dumps.flatMap((dump, i) => [
      "",
      ...given(dump.task === null ? blocked : current, (who) => [
        `${taskText(who)}'s [${dump.task === null ? "blocked" : "current"}] stackdump:`,
        "",
      ]),
      ...allDumps(report, i, i + 1),
    ]),
    "[ turning off deadlock detection.Please report this trace. ]",
    "",
  ];
}

/**
 * Prints a report as the kernel would have printed it on a quiet console: no prefixes, no foreign lines, in
 * the words of current kernels, except where the report's own data shows an older form. Reading it again gives
 * the same report.
 *
 * @returns lines that each end in "\n"; what a log smuggled in is escaped
 */
export function printReport(report: Report): Safe {
  const print: (report: Report) => Lines = PRINTERS[report.kind];
  // s390 prints tabs in its `Krnl Code`
  return ended(print(report).map((line) => join(line.split("\t").map(printable), "\t")));
}

/** Reports as the kernel prints them, one after another. */
export const kernelFormat: ReportFormat = {
  report: printReport,
  begin: () => blanks(0),
  lead: () => blanks(0),
  end: () => blanks(0),
  source: null,
};
