import { POINTER } from "./lock.ts";

/**
 * Every line that lockdep and its neighbours print, one row a line: its name, the pattern of its text
 * (prefix and outer blanks taken off), the function that prints it, and an example. Rows are tried in this
 * order. File names are those of the 6.12 tree; functions without a file are in kernel/locking/lockdep.c.
 *
 * Patterns are anchored and free of nested repetition, so that no line can make one slow.
 * Locks, stack frames and registers are read by hand (lock.ts, frame.ts, registers.ts).
 */
export interface LineRow {
  readonly name: string;
  readonly pattern: RegExp;
  readonly printedBy: string;
  readonly example: string;
  /** The release that was the first to print it, where that is known and the oldest of KERNELS is not it. */
  readonly first?: string;
  /** The release that was the last to print it; none where the newest of KERNELS does. */
  readonly last?: string;
}

/** The kernels whose print calls were compared with these rows, oldest first. */
export const KERNELS = ["5.10", "6.1", "6.12", "7.2", "7.3"] as const;

/**
 * `comm/pid`: a comm may hold slashes, blanks and colons, so the pid stands after the last slash. It has at
 * most 15 bytes (TASK_COMM_LEN), a kworker's with its work appended at most 63.
 */
const TASK = String.raw`(?<comm>.{0,80})\/(?<pid>-?\d{1,15})`;
const IRQ = String.raw`\[HC(?<hc>\d{1,15})\[(?<hcount>\d{1,15})\]:SC(?<sc>\d{1,15})\[(?<scount>\d{1,15})\]:HE(?<he>\d{1,15}):SE(?<se>\d{1,15})\]`;
const TAINT = String.raw`(?<taint>Not tainted|Tainted: [A-Z ()-]*[A-Z)-])`;

/**
 * What `%pS` printed, and in 7.2 and later who ran into the warning: __warn() in kernel/panic.c. With
 * CONFIG_DEBUG_BUGVERBOSE_DETAILED the condition comes before the file. A symboliser puts file and line after it.
 */
const CONDITION = String.raw`(?:\[(?<condition>.*)\] )?`;
const WARNED_AT = String.raw`(?<at>\S+(?: \[[^\]]*\])?(?: \(?[\w./+-]{1,200}:\d{1,9}\)?)?(?: \[inline\])?)(?:, CPU#(?<cpu>\d{1,15}): ${TASK})?`;

/** What a headline may be decorated with. */
export const TAGS = ["WARNING: ", "BUG: ", "INFO: "] as const;

/** A headline, decorated as `WARNING: x` (v4.12 on), `[ INFO: x ]`, `[ BUG: x ]`, `BUG: x` or `INFO: x`. */
function banner(core: string): RegExp {
  return new RegExp(String.raw`^(?:${TAGS.join("|")}|\[ (?:${TAGS.join("|")}))(?<headline>${core})(?: \])?$`);
}

function line(text: string): RegExp {
  return new RegExp(`^${text}$`);
}

/** What an nbcon console prints that lost its owner in the middle of a line: that line comes once more. */
export const REPLAYING = "** replaying previous printk message **";

/** The lines that open a report, one row a kind at least: the kinds are those named here, in this order. */
export const HEADLINES = [
  {
    name: "Circular",
    kind: "circular",
    pattern: banner("possible circular locking dependency detected"),
    printedBy: "print_circular_bug_header()",
    example: "WARNING: possible circular locking dependency detected",
  },
  {
    name: "Recursive",
    kind: "recursive",
    pattern: banner("possible recursive locking detected"),
    printedBy: "print_deadlock_bug()",
    example: "WARNING: possible recursive locking detected",
  },
  {
    name: "IrqOrder",
    kind: "irq-order",
    pattern: banner(String.raw`[\w-]+-safe -> [\w-]+-unsafe lock order detected`),
    printedBy: "print_bad_irq_dependency()",
    example: "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
  },
  {
    name: "IrqInversion",
    kind: "irq-inversion",
    pattern: banner("possible irq lock inversion dependency detected"),
    printedBy: "print_irq_inversion_bug()",
    example: "WARNING: possible irq lock inversion dependency detected",
  },
  {
    name: "Inconsistent",
    kind: "inconsistent",
    pattern: banner("inconsistent lock state"),
    printedBy: "print_usage_bug()",
    example: "WARNING: inconsistent lock state",
  },
  {
    name: "WaitContext",
    kind: "wait-context",
    pattern: banner("Invalid wait context"),
    printedBy: "print_lock_invalid_wait_context()",
    example: "[ BUG: Invalid wait context ]",
    first: "5.7",
  },
  {
    name: "NestedLock",
    kind: "nested-lock",
    pattern: banner("Nested lock was not taken"),
    printedBy: "print_lock_nested_lock_not_held()",
    example: "WARNING: Nested lock was not taken",
  },
  {
    name: "UnlockBalance",
    kind: "unlock-balance",
    pattern: banner("bad unlock balance detected!"),
    printedBy: "print_unlock_imbalance_bug()",
    example: "WARNING: bad unlock balance detected!",
  },
  {
    name: "Contention",
    kind: "contention",
    pattern: banner("bad contention detected!"),
    printedBy: "print_lock_contention_bug()",
    example: "WARNING: bad contention detected!",
  },
  {
    name: "HeldFreed",
    kind: "held-freed",
    pattern: banner("held lock freed!"),
    printedBy: "print_freed_lock_bug()",
    example: "WARNING: held lock freed!",
  },
  {
    name: "HeldExit",
    kind: "held-exit",
    pattern: banner(`(?:${TASK} still has locks held!|lock held at task exit time!)`),
    printedBy: "print_held_locks_bug()",
    example: "WARNING: splat-exit/41 still has locks held!",
  },
  {
    name: "HeldUser",
    kind: "held-user",
    pattern: banner("lock held when returning to user space!"),
    printedBy: "lockdep_sys_exit()",
    example: "WARNING: lock held when returning to user space!",
  },
  {
    name: "Rcu",
    kind: "rcu",
    pattern: banner(String.raw`suspicious (?:RCU usage|rcu_dereference_check\(\) usage)\.?`),
    printedBy: "lockdep_rcu_suspicious()",
    example: "WARNING: suspicious RCU usage",
  },
  {
    name: "NonStaticKey",
    kind: "non-static-key",
    pattern: banner(String.raw`trying to register non-static key\.`),
    printedBy: "assign_lock_key()",
    example: "INFO: trying to register non-static key.",
  },
  {
    name: "UnregisteredKey",
    kind: "unregistered-key",
    pattern: banner(String.raw`key (?<key>\S+) (?:has not been registered!|not in \.data!)`),
    printedBy: "lockdep_init_map_type()",
    example: "BUG: key ffff8880005bdfd0 has not been registered!",
  },
  {
    name: "Subclass",
    kind: "subclass",
    pattern: banner(String.raw`looking up invalid subclass: (?<subclass>\d{1,15})`),
    printedBy: "look_up_lock_class()",
    example: "BUG: looking up invalid subclass: 9",
  },
  {
    name: "Limit",
    kind: "limit",
    pattern: banner(String.raw`(?<limit>MAX_[A-Z_]+) too low!`),
    printedBy: "print_lockdep_off()",
    example: "BUG: MAX_LOCK_DEPTH too low!",
  },
  {
    name: "ChainCollision",
    kind: "chain-collision",
    pattern: banner("chain_key collision"),
    printedBy: "print_collision()",
    example: "WARNING: chain_key collision",
  },
  {
    name: "LocksWarnOn",
    kind: "internal",
    // a statement, as a patch has it, ends otherwise
    pattern: /^(?<headline>DEBUG_(?:LOCKS|RWSEMS)_WARN_ON\(.*[^;{])$/,
    printedBy: "DEBUG_LOCKS_WARN_ON() in include/linux/debug_locks.h",
    example: "DEBUG_LOCKS_WARN_ON(current->softirqs_enabled)",
  },
  {
    name: "LockdepWarning",
    kind: "internal",
    pattern: new RegExp(
      String.raw`^WARNING: (?:CPU: \d{1,15} PID: (?<runner>\d{1,15}) )?(?:at )?${CONDITION}(?<file>(?:[\w./+-]{1,200}\/)?kernel\/(?:locking\/)?lockdep\.c):(?<line>\d{1,15})(?: at)? ${WARNED_AT}$`,
    ),
    printedBy: "__warn() in kernel/panic.c",
    example: "WARNING: CPU: 1 PID: 41 at kernel/locking/lockdep.c:5719 check_flags+0xf6/0x14f",
  },
  {
    name: "Sleeping",
    kind: "sleeping",
    pattern: banner(
      String.raw`sleeping function called from invalid context(?: at (?<file>\S+):(?<line>\d{1,15}))?`,
    ),
    printedBy: "__might_resched() in kernel/sched/core.c",
    example: "BUG: sleeping function called from invalid context at kernel/rcu/tree.c:4027",
  },
  {
    name: "AtomicScheduling",
    kind: "atomic-scheduling",
    pattern: banner(String.raw`scheduling while atomic: ${TASK}\/(?<count>0x[0-9a-f]+)`),
    printedBy: "__schedule_bug() in kernel/sched/core.c",
    example: "BUG: scheduling while atomic: init/41/0x00000002",
  },
  {
    name: "Leaked",
    kind: "leaked",
    pattern: banner(
      String.raw`workqueue leaked (?:atomic, lock or RCU: (?<worker>.{0,80})\[(?<workerPid>\d{1,15})\]|lock or atomic: (?<comm>.{0,80})\/(?<count>0x[0-9a-f]+)\/(?<pid>\d{1,15}))`,
    ),
    printedBy: "process_one_work() in kernel/workqueue.c",
    example: "BUG: workqueue leaked atomic, lock or RCU: kworker/0:0[7]",
  },
  {
    name: "SpinlockDebug",
    kind: "spinlock-debug",
    pattern: banner(
      String.raw`(?<type>spinlock|rwlock)(?<what>[ -][\w -]+) on CPU#(?<cpu>\d{1,15}), ${TASK}(?:, (?<address>${POINTER}))?`,
    ),
    printedBy: "spin_dump() and rwlock_bug() in kernel/locking/spinlock_debug.c",
    example: "BUG: spinlock bad magic on CPU#1, swapper/1/0",
  },
  {
    name: "Preemptible",
    kind: "preemptible",
    pattern: banner(
      String.raw`using (?<operation>[^()]*)\(\) in preemptible(?: \[(?<count>[0-9a-f]+)\])?(?: code:(?: ${TASK})?)?`,
    ),
    printedBy: "check_preemption_disabled() in lib/smp_processor_id.c",
    example: "BUG: using smp_processor_id() in preemptible [00000000] code: syz-executor/9012",
  },
  {
    name: "RtmutexDeadlock",
    kind: "rtmutex-deadlock",
    pattern:
      /^(?:(?:WARNING: |\[ BUG: )(?<headline>circular locking deadlock detected!)(?: \])?|(?<warning>rtmutex deadlock detected))$/,
    printedBy: "debug_rt_mutex_print_deadlock() up to v5.13, rt_mutex_handle_deadlock() since",
    example: "[ BUG: circular locking deadlock detected! ]",
  },
  {
    name: "HeldDump",
    kind: "held-dump",
    pattern: /^(?<headline>Showing all locks held in the system):$/,
    printedBy: "debug_show_all_locks()",
    example: "Showing all locks held in the system:",
  },
] as const satisfies readonly (LineRow & { readonly kind: string })[];

/** The lines within a report. */
export const BODY = [
  // ---- who does what
  {
    name: "Kernel",
    // alone, `2.43.5` is git's below a patch; syzbot's kernels are called syzkaller
    pattern: new RegExp(
      String.raw`^(?!2\.(?!6\.)\S*$)(?<release>\d{1,15}\.\d\S*|syzkaller(?= #))(?: (?<build>#\S+))?(?: ${TAINT})?$`,
    ),
    printedBy: "print_kernel_ident()",
    example: "6.12.117 #1 Not tainted",
  },
  {
    name: "Taint",
    pattern: new RegExp(`^${TAINT}$`),
    printedBy: "debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c",
    example: "Not tainted",
    last: "5.13",
  },
  {
    name: "Acts",
    pattern: new RegExp(
      // without a pid where a person took it
      String.raw`^(?:${TASK}(?: ${IRQ})?|[^\s/].{0,80}(?= is trying)) (?<act>is trying to acquire lock|is trying to acquire|is trying to lock|takes|just changed the state of lock):$`,
    ),
    printedBy:
      "print_circular_bug_header(), print_deadlock_bug(), print_bad_irq_dependency(), print_usage_bug(), …",
    example: "splat ba:1/42 is trying to acquire lock:",
  },
  {
    name: "Releases",
    pattern: new RegExp(String.raw`^${TASK} is trying to (?<act>release|contend) lock \((?<lock>.*)\) at:$`),
    printedBy: "print_unlock_imbalance_bug(), print_lock_contention_bug()",
    example: "init/41 is trying to release lock (spin_a) at:",
  },
  {
    name: "Frees",
    pattern: new RegExp(
      String.raw`^${TASK} is freeing memory (?<from>[0-9a-fx]+)-(?<to>[0-9a-fx]+), with a lock still held there!$`,
    ),
    printedBy: "print_freed_lock_bug()",
    example: "init/42 is freeing memory ffff888000c2f400-ffff888000c2f5ff, with a lock still held there!",
  },
  {
    name: "Leaves",
    pattern: new RegExp(String.raw`^${TASK} is (?:leaving the kernel|exiting) with locks still held!$`),
    printedBy: "lockdep_sys_exit(); print_held_locks_bug() up to v3.8",
    example: "init/41 is leaving the kernel with locks still held!",
  },
  {
    name: "AlreadyHolding",
    pattern:
      /^(?:but task is already holding lock|and this task is already holding|but now in release context of a crosslock acquired at the following):$/,
    printedBy: "print_circular_bug_header(), print_deadlock_bug(), print_bad_irq_dependency()",
    example: "but task is already holding lock:",
  },
  {
    name: "Comparison",
    pattern: /^and the lock comparison function returns (?<value>-?\d{1,15}):$/,
    printedBy: "print_deadlock_bug()",
    example: "and the lock comparison function returns 0:",
    first: "6.5",
  },
  {
    name: "NoMoreLocks",
    pattern: /^but there are (?:no more locks to release|no locks held)!$/,
    printedBy: "print_unlock_imbalance_bug(), print_lock_contention_bug()",
    example: "but there are no more locks to release!",
  },
  {
    name: "NotHolding",
    pattern: line("but this task is not holding:"),
    printedBy: "print_lock_nested_lock_not_held()",
    example: "but this task is not holding:",
  },
  {
    name: "OtherInfo",
    pattern: line("other info that might help us debug this:"),
    printedBy: "print_circular_bug() and most others",
    example: "other info that might help us debug this:",
  },
  // ---- the chain
  {
    name: "DependsOnNew",
    pattern: line(String.raw`which lock already depends on the new lock\.`),
    printedBy: "print_circular_bug_header()",
    example: "which lock already depends on the new lock.",
  },
  {
    name: "ChainHeader",
    pattern: line(String.raw`the existing dependency chain \(in reverse order\) is:`),
    printedBy: "print_circular_bug_header()",
    example: "the existing dependency chain (in reverse order) is:",
  },
  {
    name: "ChainLink",
    // code hosts turn "#1" into a link to an issue; the oldest kernels print the first frame after the class
    pattern: /^-> (?:[\w-]+\/[\w.-]+)?#(?<index>\d{1,6}) +(?<lock>\(.*\}):(?: +(?<at>\[<.*|\S+\+0x\S.*))?$/,
    printedBy: "print_circular_bug_entry()",
    example: "-> #1 (lock_b){+.+.}-{4:4}:",
  },
  // ---- the picture
  {
    name: "ChainExists",
    pattern: line("Chain exists of:"),
    printedBy: "print_circular_lock_scenario(), print_irq_lock_scenario()",
    example: "Chain exists of:",
  },
  {
    name: "ChainOfThree",
    // any text of these fits: "." would not take U+2028, and trying each arrow before it takes its time
    pattern: /^\S[^]* --> [^]*\S$/,
    printedBy: "print_circular_lock_scenario(), print_irq_lock_scenario()",
    example: "raw_a --> raw_b --> raw_c",
  },
  {
    name: "Scenario",
    pattern: /^Possible (?:interrupt )?unsafe locking scenario(?: by crosslock)?:$/,
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), …",
    example: "Possible unsafe locking scenario:",
  },
  {
    name: "ScenarioCpus",
    pattern: /^CPU0(?: +CPU1)?$/,
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), …",
    example: "CPU0                    CPU1",
  },
  {
    name: "ScenarioRule",
    pattern: /^----(?: +----)?$/,
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), …",
    example: "----                    ----",
  },
  {
    name: "ScenarioLock",
    pattern: /^(?<operation>lock|rlock|sync|unlock)\((?<lock>.*)\);$/,
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), …",
    example: "lock(lock_b);",
  },
  {
    name: "ScenarioIrqsOff",
    pattern: line(String.raw`local_irq_disable\(\);`),
    printedBy: "print_irq_lock_scenario()",
    example: "local_irq_disable();",
  },
  {
    name: "ScenarioInterrupt",
    pattern: line("<Interrupt>"),
    printedBy: "print_irq_lock_scenario(), print_usage_bug_scenario()",
    example: "<Interrupt>",
  },
  {
    name: "Deadlock",
    pattern: line(String.raw`\*\*\* DEADLOCK \*\*\*`),
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), …",
    example: "*** DEADLOCK ***",
  },
  {
    name: "MissingNesting",
    pattern: line("May be due to missing lock nesting notation"),
    printedBy: "print_deadlock_scenario()",
    example: "May be due to missing lock nesting notation",
  },
  // ---- interrupts
  {
    name: "NewDependency",
    pattern: line("which would create a new lock dependency:"),
    printedBy: "print_bad_irq_dependency()",
    example: "which would create a new lock dependency:",
  },
  {
    name: "ConnectsSafe",
    pattern: /^but this new dependency connects an? (?<state>\S+?)-(?:irq-)?safe lock:$/,
    printedBy: "print_bad_irq_dependency()",
    example: "but this new dependency connects a HARDIRQ-irq-safe lock:",
  },
  {
    name: "ToUnsafe",
    pattern: /^to an? (?<state>\S+?)-(?:irq-)?unsafe lock:$/,
    printedBy: "print_bad_irq_dependency()",
    example: "to a HARDIRQ-irq-unsafe lock:",
  },
  {
    name: "Became",
    pattern: /^\.{3,6} ?which became (?<state>\S+?)-(?:irq-)?(?:safe|unsafe) at:$/,
    printedBy: "print_bad_irq_dependency()",
    example: "... which became HARDIRQ-irq-safe at:",
  },
  {
    name: "Ellipsis",
    // or as a person writes who left lines out
    pattern: /^(?:\.\.\.|\[ ?(?:\.{2,4}|snip|cut) ?\]|<(?:\.{3}|snip)>)$/,
    printedBy: "print_bad_irq_dependency()",
    example: "...",
  },
  {
    name: "DependenciesOfSafe",
    pattern:
      /^(?:the dependencies between (?<state>\S+?)-irq-safe lock and the holding lock|the \S+-irq-safe lock's dependencies):$/,
    printedBy: "print_bad_irq_dependency()",
    example: "the dependencies between HARDIRQ-irq-safe lock and the holding lock:",
  },
  {
    name: "DependenciesOfWanted",
    pattern:
      /^the dependencies between the lock to be acquired(?: and (?<state>\S+?)-irq-unsafe lock:)?$|^the \S+-irq-unsafe lock's dependencies:$/,
    printedBy: "print_bad_irq_dependency()",
    example: "the dependencies between the lock to be acquired",
  },
  {
    name: "AndUnsafe",
    pattern: /^and (?<state>\S+?)-irq-unsafe lock:$/,
    printedBy: "print_bad_irq_dependency()",
    example: "and HARDIRQ-irq-unsafe lock:",
  },
  {
    name: "ShortestDependencies",
    pattern:
      /^(?:the shortest dependencies between 2nd lock and 1st lock|the (?:first|second) lock's dependencies):$/,
    printedBy: "print_irq_inversion_bug()",
    example: "the shortest dependencies between 2nd lock and 1st lock:",
  },
  {
    name: "ClassHead",
    pattern: /^-> (?<lock>\(.*\})(?: ops: (?<ops>\d{1,15}))? \{$/,
    printedBy: "print_lock_class_header()",
    example: "-> (raw_a){-...}-{2:2} ops: 2 {",
  },
  {
    name: "UsageAt",
    pattern:
      /^(?<state>(?:IN-|in-)?[A-Za-z_]+(?:-(?:ON|on))?(?:-[WR])?|INITIAL (?:READ )?USE|initial-use) *at:$/,
    printedBy: "print_lock_class_header()",
    example: "IN-HARDIRQ-W at:",
  },
  {
    name: "ClassEnd",
    pattern: line(String.raw`\}`),
    printedBy: "print_lock_class_header()",
    example: "}",
  },
  {
    name: "Key",
    pattern: /^\.\.\. key +at: (?<at>.+)$/,
    printedBy: "print_lock_class_header()",
    example: "... key      at: [<ffffffff81d2b2f8>] raw_a+0x18/0x40",
  },
  {
    name: "AcquiredAt",
    pattern: line(String.raw`\.\.\. acquired at:`),
    printedBy: "print_shortest_lock_dependencies()",
    example: "... acquired at:",
  },
  {
    name: "BadPath",
    pattern: /^lockdep:\S+ bad path found in chain graph$/,
    printedBy: "print_shortest_lock_dependencies()",
    example: "lockdep:print_shortest_lock_dependencies bad path found in chain graph",
  },
  {
    name: "TookUnsafe",
    pattern: /^but this lock took another, (?<state>\S+?)-(?:irq-)?unsafe lock in the past:$/,
    printedBy: "print_irq_inversion_bug()",
    example: "but this lock took another, HARDIRQ-unsafe lock in the past:",
  },
  {
    name: "TakenBySafe",
    pattern: /^but this lock was taken by another, (?<state>\S+?)-(?:irq-)?safe lock in the past:$/,
    printedBy: "print_irq_inversion_bug()",
    example: "but this lock was taken by another, SOFTIRQ-safe lock in the past:",
  },
  {
    name: "CouldInvert",
    pattern: line(String.raw`and interrupts could create inverse lock ordering between them\.`),
    printedBy: "print_irq_inversion_bug()",
    example: "and interrupts could create inverse lock ordering between them.",
  },
  {
    name: "Usage",
    pattern: /^inconsistent \{(?<from>[^{}]*)\} -> \{(?<to>[^{}]*)\} usage\.$/,
    printedBy: "print_usage_bug()",
    example: "inconsistent {IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage.",
  },
  {
    name: "Registered",
    pattern: /^\{(?<state>[^{}]*)\} state was registered at:$/,
    printedBy: "print_usage_bug()",
    example: "{IN-HARDIRQ-W} state was registered at:",
  },
  {
    name: "IrqStamp",
    pattern: /^irq event stamp: (?<stamp>\d{1,15})$/,
    printedBy: "print_irqtrace_events()",
    example: "irq event stamp: 91",
  },
  {
    name: "IrqEvent",
    pattern:
      /^(?<type>hardirqs|softirqs) last +(?<switch>enabled|disabled) at +\((?<event>\d{1,15})\): (?<at>.+)$/,
    printedBy: "print_irqtrace_events()",
    example: "hardirqs last  enabled at (91): [<ffffffff814e01f0>] _raw_spin_unlock_irq+0x26/0x31",
  },
  {
    name: "Context",
    pattern: /^context-\{(?<outer>-?\d{1,15}):(?<inner>-?\d{1,15})\}$/,
    printedBy: "print_lock_invalid_wait_context()",
    example: "context-{5:5}",
    first: "5.7",
  },
  // ---- held locks
  {
    name: "HeldCount",
    pattern: new RegExp(String.raw`^(?<count>\d{1,15}) locks? held by ${TASK}[:.]?$`),
    printedBy: "lockdep_print_held_locks()",
    example: "1 lock held by splat ba:1/42:",
    last: "7.2",
  },
  {
    name: "HeldOnCpu",
    pattern: new RegExp(
      String.raw`^locks held by ${TASK}: (?<count>\d{1,15}), (?<state>on|last) CPU#(?<cpu>\d{1,15}):?$`,
    ),
    printedBy: "lockdep_print_held_locks()",
    example: "locks held by splat ba:1/42: 1, last CPU#0:",
    first: "7.3",
  },
  {
    name: "NoneHeld",
    pattern: new RegExp(String.raw`^no locks held by ${TASK}\.$`),
    printedBy: "lockdep_print_held_locks()",
    example: "no locks held by swapper/1/0.",
    last: "7.2",
  },
  {
    name: "HeldLock",
    pattern: /^#(?<index>\d{1,4}): +(?<lock>\S.*)$/,
    printedBy: "lockdep_print_held_locks()",
    example: "#0: ffffffff81d2b4e8 (lock_b){+.+.}-{4:4}, at: take_ba+0x16/0x3e",
  },
  {
    name: "LockdepIsOff",
    pattern: line(String.raw`INFO: lockdep is turned off\.`),
    printedBy: "debug_show_held_locks(), debug_show_all_locks()",
    example: "INFO: lockdep is turned off.",
  },
  // ---- RCU
  {
    name: "RcuState",
    pattern: /^rcu_scheduler_active = (?<active>\d{1,15}), debug_locks = (?<debug>\d{1,15})$/,
    printedBy: "lockdep_rcu_suspicious()",
    example: "rcu_scheduler_active = 2, debug_locks = 1",
  },
  {
    name: "RcuNote",
    pattern:
      /^(?:RCU used illegally from .*!|Possible false positive due to lockdep disabling via debug_locks = 0)$/,
    printedBy: "lockdep_rcu_suspicious()",
    example: "RCU used illegally from extended quiescent state!",
  },
  // ---- keys, limits, collisions
  {
    name: "KeyAdvice",
    pattern:
      /^(?:[Tt]he code is fine but needs lockdep annotation(?:, or maybe|\.)|you didn't initialize this object before use\?)$/,
    printedBy: "assign_lock_key()",
    example: "The code is fine but needs lockdep annotation, or maybe",
  },
  {
    name: "TurningOff",
    pattern: line(String.raw`turning off the locking correctness validator\.`),
    printedBy: "print_lockdep_off(), assign_lock_key(), look_up_lock_class()",
    example: "turning off the locking correctness validator.",
  },
  {
    name: "AttachLockStat",
    pattern: line(String.raw`Please attach the output of /proc/lock_stat to the bug report`),
    printedBy: "print_lockdep_off()",
    example: "Please attach the output of /proc/lock_stat to the bug report",
  },
  {
    name: "DepthAndMax",
    pattern: /^depth: (?<depth>\d{1,15}) +max: (?<max>\d{1,15})!$/,
    printedBy: "__lock_acquire()",
    example: "depth: 48  max: 48!",
  },
  {
    name: "CollisionTask",
    pattern: new RegExp(String.raw`^${TASK}:(?: Hash chain already cached but the contents don't match!)?$`),
    printedBy: "print_collision()",
    example: "swapper/0/1: Hash chain already cached but the contents don't match!",
  },
  {
    name: "CollisionText",
    pattern: line("Hash chain already cached but the contents don't match!"),
    printedBy: "print_collision()",
    example: "Hash chain already cached but the contents don't match!",
  },
  {
    name: "CollisionHeld",
    pattern: /^Held locks:(?:depth: \d{1,15}(?: \(irq_context (?<context>\d{1,15})\))?)?$/,
    printedBy: "print_collision()",
    example: "Held locks:",
  },
  {
    name: "CollisionCached",
    pattern: /^Locks in cached chain:(?:depth: \d{1,15})?$/,
    printedBy: "print_collision()",
    example: "Locks in cached chain:",
  },
  {
    name: "CollisionDepth",
    pattern: /^depth: (?<depth>\d{1,15})(?: \(irq_context (?<context>\d{1,15})\))?$/,
    printedBy: "print_chain_keys_held_locks(), print_chain_keys_chain()",
    example: "depth: 3 (irq_context 0)",
  },
  {
    name: "CollisionLock",
    pattern: /^(?:hlock_id|class_idx):(?<id>-?\d{1,15}) -> chain_key:(?<key>[0-9a-f]{16}) ?(?<lock>\S.*)?$/,
    printedBy: "print_chain_key_iteration()",
    example: "hlock_id:12 -> chain_key:00000000deadbeef (lock_a){+.+.}-{4:4}",
  },
  // ---- the neighbours: scheduler, workqueue, spinlock debugging, preemption
  {
    name: "InAtomic",
    pattern:
      /^in_atomic\(\): ?(?<atomic>\d{1,15}), irqs_disabled\(\): ?(?<irqs>\d{1,15})(?:, non_block: (?<nonblock>\d{1,15}))?(?:, pid: (?<pid>-?\d{1,15})(?:, name:(?: (?<comm>.*))?)?)?,?$/,
    printedBy: "__might_resched() in kernel/sched/core.c",
    example: "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 41, name: init",
  },
  {
    name: "PreemptCount",
    pattern: /^preempt_count: (?<count>[0-9a-f]+), expected: (?<expected>[0-9a-f]+)$/,
    printedBy: "__might_resched() in kernel/sched/core.c",
    example: "preempt_count: 1, expected: 0",
    first: "6.1",
  },
  {
    name: "RcuDepth",
    pattern: /^RCU nest depth: (?<depth>\d{1,15}), expected: (?<expected>\d{1,15})$/,
    printedBy: "__might_resched() in kernel/sched/core.c",
    example: "RCU nest depth: 1, expected: 0",
    first: "6.1",
  },
  {
    name: "PreemptionOff",
    pattern: /^Preemption disabled at: ?(?<at>\[<.*)?$/,
    printedBy: "print_preempt_disable_ip() in kernel/sched/core.c",
    example: "Preemption disabled at:",
  },
  {
    name: "StackOverrun",
    pattern: line("Thread overran stack, or stack corrupted"),
    printedBy: "__might_resched() in kernel/sched/core.c",
    example: "Thread overran stack, or stack corrupted",
  },
  {
    name: "LeakedCounts",
    pattern:
      /^preempt=(?<preempt>0x[0-9a-f]+) lock=(?<lock0>\d{1,15})->(?<lock1>\d{1,15}) RCU=(?<rcu0>\d{1,15})->(?<rcu1>\d{1,15}) workfn=(?<function>\S+)(?: \[(?<module>[^\]]*)\])?$/,
    printedBy: "process_one_work() in kernel/workqueue.c",
    example: "preempt=0x00000000 lock=0->1 RCU=0->0 workfn=leak_fn",
    first: "6.10",
  },
  {
    name: "LeakedBy",
    pattern: /^last function: (?<function>\S+)(?: \[(?<module>[^\]]*)\])?$/,
    printedBy: "process_one_work() in kernel/workqueue.c, up to v6.9",
    example: "last function: leak_fn",
    last: "6.9",
  },
  {
    name: "SpinlockState",
    pattern: new RegExp(
      String.raw`^lock: (?<lock>\S+(?: \[[^\]]*\])?), \.magic: (?<magic>[0-9a-f]+), \.owner: ${TASK}, \.owner_cpu: (?<cpu>-?\d{1,15})$`,
    ),
    printedBy: "spin_dump() in kernel/locking/spinlock_debug.c",
    example: "lock: runqueues+0x0/0x980, .magic: dead4ead, .owner: <none>/-1, .owner_cpu: -1",
  },
  {
    name: "CallerIs",
    pattern: /^caller is (?<at>\S.*)$/,
    printedBy: "check_preemption_disabled() in lib/smp_processor_id.c",
    example: "caller is radix_tree_node_alloc+0x1e/0x60",
  },
  // ---- the deadlock detector of rtmutexes
  {
    name: "RtmutexBlocks",
    pattern:
      /^(?<comm>.{0,80})\/(?<pid>\d{1,15}) is deadlocking current task (?<comm2>.{0,80})\/(?<pid2>\d{1,15})$/,
    printedBy: "debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c",
    example: "tester/12 is deadlocking current task tester/13",
    last: "5.13",
  },
  {
    name: "RtmutexWants",
    pattern: new RegExp(
      String.raw`^(?<number>\d)\) ${TASK} is (?:trying to acquire this lock|blocked on this lock):$`,
    ),
    printedBy: "debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c",
    example: "1) tester/13 is trying to acquire this lock:",
    last: "5.13",
  },
  {
    name: "RtmutexLock",
    pattern: new RegExp(String.raw`^\[(?<address>${POINTER})\] \{(?<name>.*)\}$`),
    printedBy: "printk_lock() in kernel/locking/rtmutex-debug.c",
    example: "[ffff88003a1b2c3d] {&lock->mutex}",
    last: "5.13",
  },
  {
    name: "RtmutexOwner",
    pattern: new RegExp(
      String.raw`^\.\. (?:->owner: \S+|held by:(?: +(?<comm>\S.{0,80}): *(?<pid>\d{1,15}) \[(?:${POINTER}), *\d{1,15}\])?)$`,
    ),
    printedBy: "printk_lock() in kernel/locking/rtmutex-debug.c",
    example: ".. held by:            tester:   12 [ffff88003a1b2c3d, 120]",
    last: "5.13",
  },
  {
    name: "RtmutexTask",
    // since v4.9 printk_task() begins a line of its own, as it lacks KERN_CONT
    pattern: new RegExp(
      String.raw`^(?:<none>|(?<comm>\S.{0,80}): *(?<pid>\d{1,15}) \[(?:${POINTER}), *\d{1,15}\])$`,
    ),
    printedBy: "printk_task() in kernel/locking/rtmutex-debug.c",
    example: "tester:   12 [ffff88003a1b2c3d, 120]",
  },
  {
    name: "Stackdump",
    pattern: new RegExp(String.raw`^${TASK}'s \[(?<which>blocked|current)\] stackdump:$`),
    printedBy: "debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c",
    example: "tester/12's [blocked] stackdump:",
    last: "5.13",
  },
  {
    name: "TurningOffRtmutex",
    pattern: /^\[ turning off deadlock detection\. ?Please report this trace\. \]$/,
    printedBy: "debug_rt_mutex_print_deadlock() in kernel/locking/rtmutex-debug.c",
    example: "[ turning off deadlock detection.Please report this trace. ]",
    last: "5.13",
  },
  // ---- warnings raised by WARN()
  {
    name: "CutHere",
    pattern: /^-+\[ cut here \]-+$/,
    printedBy: "CUT_HERE in include/asm-generic/bug.h",
    example: "------------[ cut here ]------------",
  },
  {
    name: "OtherWarning",
    pattern: new RegExp(
      String.raw`^WARNING: (?:CPU: \d{1,15} PID: (?<runner>\d{1,15}) )?(?:(?:at )?${CONDITION}(?<file>[\w./-]+):(?<line>\d{1,15})(?: at)?|at) ${WARNED_AT}$`,
    ),
    printedBy: "__warn() in kernel/panic.c",
    example: "WARNING: CPU: 0 PID: 0 at kernel/locking/ww_mutex.h:190 __ww_mutex_lock+0x21a/0x94d",
  },
  {
    name: "PossibleReason",
    pattern: /^possible reason: (?<reason>.*)$/,
    printedBy: "check_flags()",
    example: "possible reason: unannotated irqs-on.",
  },
  {
    name: "EndTrace",
    pattern: /^---\[ end trace (?<id>\S*) \]---$/,
    printedBy: "print_oops_end_marker() in kernel/panic.c",
    example: "---[ end trace 0000000000000000 ]---",
  },
  // ---- dump_stack()
  {
    name: "StackBacktrace",
    pattern: line("stack backtrace:"),
    printedBy: "print_circular_bug() and most others",
    example: "stack backtrace:",
  },
  {
    name: "Cpu",
    pattern: new RegExp(
      String.raw`^(?:CPU: (?<cpu>\d{1,15})(?: UID: (?<uid>\d{1,15}))? PID: |Pid: )(?<pid>-?\d{1,15}),? [Cc]omm: (?<comm>.{0,80}?)(?<kdump> Kdump: loaded)? ${TAINT} +(?:\((?<old>\S+ #\S+)\)|(?<release>\S+) (?<build>#\S+)|\d{1,15}\.\d\S*(?=$))(?: (?<package>.*))?$`,
    ),
    printedBy: "dump_stack_print_info() in lib/dump_stack.c",
    example: "CPU: 1 UID: 0 PID: 42 Comm: splat ba:1 Not tainted 6.12.117 #1",
  },
  {
    name: "Taints",
    pattern: /^Tainted: (?<taints>\[.+)$/,
    printedBy: "dump_stack_print_info() in lib/dump_stack.c",
    example: "Tainted: [W]=WARN",
    first: "6.12",
  },
  {
    name: "Hardware",
    pattern: /^Hardware name: (?<hardware>.*)$/,
    printedBy: "dump_stack_print_info() in lib/dump_stack.c",
    example: "Hardware name: linux,dummy-virt (DT)",
  },
  {
    name: "Workqueue",
    pattern: /^Workqueue: (?<workqueue>.*)$/,
    printedBy: "print_worker_info() in kernel/workqueue.c",
    example: "Workqueue: events leak_fn",
  },
  {
    name: "DumpNote",
    pattern:
      /^(?:Modules linked in:|Unloaded tainted modules:|Stopper: |Sched_ext: |Last Breaking-Event-Address:|Kernel Offset: ).*$/,
    printedBy: "print_modules() in kernel/module/main.c, print_stop_info() in kernel/stop_machine.c, …",
    example: "Modules linked in:",
  },
  {
    name: "CallTrace",
    pattern: /^(?:Call Trace|Call trace|call trace|Backtrace|Stack(?: Trace)?):(?: \(unreliable\))?$/,
    printedBy: "show_trace_log_lvl() in arch/x86/kernel/dumpstack.c and its kin",
    example: "Call Trace:",
  },
  {
    name: "TraceOpen",
    pattern: /^<(?<context>TASK|IRQ|NMI|SOFTIRQ|EOI|ENTRY_TRAMPOLINE|#[A-Z0-9]+)>$/,
    printedBy: "show_trace_log_lvl() in arch/x86/kernel/dumpstack.c",
    example: "<TASK>",
  },
  {
    name: "TraceClose",
    pattern: /^<\/(?<context>TASK|IRQ|NMI|SOFTIRQ|EOI|ENTRY_TRAMPOLINE|#[A-Z0-9]+)>$/,
    printedBy: "show_trace_log_lvl() in arch/x86/kernel/dumpstack.c",
    example: "</TASK>",
  },
  {
    name: "TraceGlued",
    pattern: /^(?:<<?EOE>>? +)?<(?<context>IRQ|NMI|EOI|EOE|#[A-Z0-9]+)> +(?<at>(?:\[<|\? )?\S.*)$/,
    printedBy: "print_context_stack() in arch/x86/kernel/dumpstack.c, up to v4.8",
    example: "<IRQ>  [<ffffffff81d90469>] dump_stack+0xc1/0x128",
    last: "4.9",
  },
  {
    name: "StackWords",
    // the word between angles is the one that the machine came to
    pattern:
      /^(?:[0-9a-f]{8}(?:[0-9a-f]{8})?|<[0-9a-f]{8}>|X{8})(?: +(?:[0-9a-f]{8}(?:[0-9a-f]{8})?|<[0-9a-f]{8}>|X{8}))*$/,
    printedBy:
      "show_stack_log_lvl() in arch/x86/kernel/dumpstack_64.c, up to v4.8; show_registers() in arch/s390/kernel/dumpstack.c; show_instructions() in arch/powerpc/kernel/process.c, up to v6.1",
    example: "ffff8801bd87f948 ffffffff81d90469 ffffffff849ae8b8 ffff8801be6c1800",
  },
  {
    name: "Code",
    pattern: /^(?:Code|Instruction dump): ?(?<code>.*)$/,
    printedBy:
      "show_opcodes() in arch/x86/kernel/dumpstack.c; show_instructions() in arch/powerpc/kernel/process.c",
    example: "Code: 40 00 48 c7 c2 <0f> 0b",
  },
  // ---- boxes
  {
    name: "DoubleRule",
    pattern: /^={10,}$/,
    printedBy: "every boxed headline",
    example: "======================================================",
  },
  {
    name: "SingleRule",
    pattern: /^-{10,}$/,
    printedBy: "every boxed headline",
    example: "------------------------------------------------------",
  },
  {
    name: "Dropped",
    pattern: /^\*\* (?<count>\d{1,15}) printk messages? dropped \*\*$/,
    printedBy: "console_emit_next_record() in kernel/printk/printk.c",
    example: "** 123 printk messages dropped **",
  },
  {
    name: "Replaying",
    pattern: line(REPLAYING.replaceAll("*", String.raw`\*`)),
    printedBy: "console_prepend_replay() in kernel/printk/printk.c",
    example: REPLAYING,
    first: "6.12",
  },
  {
    name: "PanicOnWarn",
    pattern: /^Kernel panic - not syncing: (?:(?:.*: )?panic_on_warn set.*|scheduling while atomic)$/,
    printedBy: "check_panic_on_warn() in kernel/panic.c; __schedule_bug() up to v6.1",
    example: "Kernel panic - not syncing: panic_on_warn set ...",
  },
  // ---- another task's or processor's stack, as within a stall, sysrq-t or KASAN's report
  {
    name: "OtherDump",
    pattern:
      /^(?:task:\S[^]{0,80} state:|NMI backtrace for cpu \d|Sending NMI from CPU |(?:[Aa]llocated|[Ff]reed|Created) by (?:task \d|interrupt )|(?:Allocated|Freed) in \S{1,256} age=\d|(?:Last|Second to last) potentially related work creation:|(?:read|write|read-write)(?: \([a-z, ]{1,40}\))? to 0x[0-9a-f]{1,16} of \d{1,10} bytes by |unreferenced object 0x[0-9a-f]{1,16} \(|backtrace(?: \(crc [0-9a-f]{1,8}\))?:$|(?:Uninit|Local variable \S{1,256}) was (?:stored|created)|page last (?:allocated|free)|ref_tracker: |(?:rcu: )?RCU grace-period kthread stack dump:)[^]*$/,
    printedBy:
      "sched_show_task() in kernel/sched/core.c, nmi_cpu_backtrace() in lib/nmi_backtrace.c, KASAN, KCSAN, KFENCE, KMSAN, SLUB, kmemleak, page_owner, …",
    example: "task:kthreadd        state:S stack:0     pid:2     tgid:2     ppid:0      flags:0x00004000",
  },
  // ---- another subsystem's splat: ends whatever was open
  {
    name: "OtherSplat",
    pattern:
      /^(?:(?:WARNING|BUG|INFO): .*|watchdog: .*|rcu: INFO: .*|Kernel panic - .*|Oops:? .*|general protection fault.*|Unable to handle .*|kernel BUG at .*|kernel tried to .*|=+\[ cut here.*)$/,
    printedBy: "others than lockdep",
    example: "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
  },
  // ---- lines that a pattern cannot tell: only where the report expects them
  {
    name: "RcuMessage",
    pattern: /^(?<file>[\w./+-]+):(?<line>\d{1,15}) (?<message>.*)!$/,
    printedBy: "lockdep_rcu_suspicious()",
    example: "drivers/misc/splat.c:163 suspicious rcu_dereference_check() usage!",
  },
] as const satisfies readonly LineRow[];

/** Lines that are read by hand, and the two that have no form of their own. */
export const BY_HAND = [
  { name: "Frame", printedBy: "stack_trace_print() in kernel/stacktrace.c", example: "take_ba+0x24/0x3e" },
  {
    name: "Lock",
    printedBy: "print_lock()",
    example: "ffffffff81d2b588 (lock_a){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
  },
  { name: "Class", printedBy: "print_lock_name()", example: "(raw_a){-...}-{2:2}" },
  {
    name: "ClassPair",
    printedBy: "print_bad_irq_dependency()",
    example: "(raw_a){-...}-{2:2} -> (raw_b){....}-{2:2}",
  },
  { name: "Registers", printedBy: "show_regs()", example: "RAX: ffffffffffffffda RBX: 00007ffd504661e0" },
  { name: "Blank", printedBy: "most of them", example: "" },
  { name: "Text", printedBy: "WARN() messages, the name of the lock that is not held", example: "lock_a" },
] as const;

export type Headline = (typeof HEADLINES)[number]["name"];
export type ReportKind = (typeof HEADLINES)[number]["kind"];
export type LineName = Headline | (typeof BODY)[number]["name"] | (typeof BY_HAND)[number]["name"];
