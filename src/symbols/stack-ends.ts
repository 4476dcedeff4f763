/** Where every stack of a machine begins, so that no frame of the same stack follows but another of these. */
const ENDS =
  /^\.?(?:start_secondary_prolog|start_here_common|start_kernel_thread|system_call_(?:vectored_)?common|syscall_common|ret_from_(?:fork|kernel_thread|kernel_user_thread)(?:_asm|_kernel_asm|_user_asm)?|entry_(?:SYSCALL|SYSENTER|INT80)_\w+|restore_all_\w+|el0t?_(?:64|32)_(?:sync|svc|irq)|ret_fast_syscall|common_startup_64|restart_int_handler|secondary_startup(?:_64)?(?:_no_verify)?|__secondary_switched)$/;

/** What walks and prints a stack on some machine, and so is at its top. */
const DUMPERS =
  /^(?:__)?(?:arc_|microblaze_|hexagon_|nios2_|xtensa_)?(?:unwind_(?:backtrace|core|stack\w*)|dump_(?:stack(?:_lvl|_set_arch_desc)?|backtrace(?:_entry|_log)?|mem)|show_(?:stack(?:_log_lvl|_loglvl|trace)?|trace(?:_log_lvl|_unwind)?)|walk_stack\w*|arch_stack_walk|microblaze_unwind|print_stack_trace|stack_(?:trace_save\w*|show\w*)|save_stack_trace\w*|_?show_stack\w*|show_regs\w*|sh_unwind\w*|stack_reader_dump)(?:\.|$)/;

/** What the printing of a stack calls: where that takes a lock, the report's stack runs through the printing of another. */
const CALLED_BY_DUMPERS =
  /^(?:_?printk|vprintk\w*|__show_regs|show_(?:iret_regs|opcodes)|(?:__)?kernel_text_address|unwind_next_frame)(?:\.|$)/;

/** What prints a report of lockdep or its neighbours, and so is in no stack but that report's. */
const REPORTERS =
  /^(?:lockdep_rcu_suspicious|lockdep_sys_exit|print_(?:circular|deadlock|usage|irq_inversion|bad_irq|unlock_imbalance|lock_contention|lock_nested|freed_lock|held_locks|lock_invalid|collision|lockdep)\w*|check_(?:noncircular|preemption_disabled|prev_add)|debug_check_no_locks_(?:held|freed)|__might_(?:resched|sleep)|___might_sleep|__schedule_bug|spin_(?:bug|dump)|rwlock_bug)(?:\.|$)/;

/** How a system call comes in: no thread of the kernel's own does so. */
const SYSCALLS =
  /^(?:x64_sys_call|ia32_sys_call|__(?:x64|ia32|arm64|s390x?|riscv|se)_(?:compat_)?sys_\w+|do_syscall_(?:64|x64)|do_(?:int80_syscall_32|fast_syscall_32)|(?:__)?do_el0_svc|el0_svc(?:_common\w*)?|invoke_syscall|__do_syscall|system_call_exception)(?:\.|$)/;

/** What runs in threads of the kernel's own, and in these only. */
const THREADS =
  /^\.?(?:kthread|worker_thread|process_one_work|process_scheduled_works|smpboot_thread_fn)(?:\.|$)/;

/** Where a thread begins: what a system call does is below none of them. */
const THREAD_ENDS = /^\.?ret_from_/;

/** Where KASAN takes stacks for its reports; and what is called there while it does. */
const KEEPERS = /^kasan_(?:save_(?:stack|track)|set_track)(?:\.|$)/;
const KEPT_BY = /^(?:_?_?stack_depot_|stack_trace_|arch_stack_walk|kasan_|_?_?depot_)/;

/** What prints the reports of sanitizers, and words that all it calls have in their names. */
const SANITIZERS = /^(?:k(?:asan|csan|msan)_report\w*|print_report|__asan_report_\w+)(?:\.|$)/;
const SANITIZERS_CALL = /print|report|lock|dump|trace|irq|kasan|kcsan|kmsan|stack|panic|warn|console|preempt/;

/** Functions that are in most reports. */
const USUAL =
  "vfs_write vfs_read ksys_write ksys_read __x64_sys_write __x64_sys_read __arm64_sys_write full_proxy_write x64_sys_call " +
  "do_syscall_64 invoke_syscall do_el0_svc el0t_64_sync el0t_64_sync_handler entry_SYSCALL_64_after_hwframe kthread " +
  "worker_thread process_one_work process_scheduled_works ret_from_fork ret_from_fork_asm dump_stack dump_stack_lvl " +
  "show_stack dump_backtrace unwind_backtrace lockdep_rcu_suspicious print_circular_bug print_deadlock_bug " +
  "check_noncircular check_prev_add validate_chain __lock_acquire lock_acquire lock_release __mutex_lock " +
  "mutex_lock_nested _raw_spin_lock _raw_spin_lock_irqsave _raw_spin_lock_irq _raw_spin_lock_bh down_read down_write " +
  "__might_resched __might_sleep __schedule_bug";

/** Each of these with one of its letters lost, which no function is called. */
const LETTER_LOST: ReadonlySet<string> = new Set(
  USUAL.split(" ").flatMap((name) =>
    Array.from(name, (letter, i) => (letter === "_" ? name : name.slice(0, i) + name.slice(i + 1))).filter(
      (lost) => lost !== name,
    ),
  ),
);

/** What no compiler puts into the name of a function, in C, C++ or Rust, which alone has a dollar. */
// eslint-disable-next-line no-control-regex -- serial lines at a wrong rate
const NO_NAME = /[\u0000-\u0020\u007f~^@#%!"'`|\\;?]|\.$|^(?!_Z|_R)[^]*\$/;

interface Role {
  readonly isName: boolean;
  readonly isReporter: boolean;
  readonly isDumper: boolean;
  readonly isEnd: boolean;
  readonly isSyscall: boolean;
  readonly isThread: boolean;
  readonly isKeeper: boolean;
  readonly isSanitizer: boolean;
}

/** Stacks of one kernel have most of their functions in common. */
const known = new Map<string, Role>();
const MOST_KNOWN = 8192;

function roleOf(symbol: string): Role {
  let role = known.get(symbol);
  if (role === undefined) {
    role = {
      isReporter: REPORTERS.test(symbol),
      isDumper: DUMPERS.test(symbol),
      isEnd: ENDS.test(symbol),
      isName: !NO_NAME.test(symbol) && !LETTER_LOST.has(symbol),
      isSyscall: SYSCALLS.test(symbol),
      isThread: THREADS.test(symbol),
      isKeeper: KEEPERS.test(symbol),
      isSanitizer: SANITIZERS.test(symbol),
    };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(symbol, role);
  }
  return role;
}

/** Whether the function prints reports, or leads to what does. */
export function isReporter(symbol: string): boolean {
  return roleOf(symbol).isReporter;
}

/** Whether the function does nothing but print a stack. */
export function isDumper(symbol: string): boolean {
  return roleOf(symbol).isDumper;
}

/** Whether a function can have that name. */
export function isName(symbol: string): boolean {
  return roleOf(symbol).isName;
}

export function isStackEnd(symbol: string): boolean {
  return roleOf(symbol).isEnd;
}

/** As much of a frame as tells whose stack it is of. */
interface StackFrame {
  readonly symbol: string;
  readonly uncertain: boolean;
  readonly inline: boolean;
  readonly context?: string | null;
}

/**
 * Whether the frames cannot be one stack: something is below its end, or the end in an interrupt's; a function that
 * prints stacks in its middle, one that only saves or prints them for a sanitizer with another above it; or a thread of
 * the kernel's own made a system call. Then two processors printed at a time.
 */
export function isMixed(frames: readonly StackFrame[]): boolean {
  let end: string | null = null;
  let above: string | null = null;
  let hasBegun = false;
  let isSystemCall = false;
  let isKernelThread = false;
  let context: string | null | undefined;
  for (const { symbol, uncertain, inline, context: own } of frames) {
    if (uncertain || inline || symbol.startsWith("0x")) continue;
    const role = roleOf(symbol);
    if (own !== context) {
      end = null;
      isSystemCall = isKernelThread = false;
    }
    context = own;
    if (end !== null && !(role.isEnd && mayFollow(end, symbol))) return true;
    if (hasBegun && role.isDumper && above !== null && !isDumper(above) && !CALLED_BY_DUMPERS.test(above))
      return true;
    if (role.isKeeper && above !== null && !KEPT_BY.test(above)) return true;
    if (role.isSanitizer && above !== null && !SANITIZERS_CALL.test(above)) return true;
    if (role.isEnd && (own === "IRQ" || own === "NMI")) return true;
    isSystemCall ||= role.isSyscall;
    isKernelThread ||= role.isThread;
    if (isSystemCall && (isKernelThread || (end === null && THREAD_ENDS.test(symbol)))) return true;
    if (role.isEnd) end = symbol;
    hasBegun ||= !role.isDumper;
    above = symbol;
  }
  return false;
}

/** `ret_from_fork()` in C is called by `ret_from_fork_asm`; on i386 its entry from user space is below both. */
function mayFollow(end: string, next: string): boolean {
  return next !== end && !end.startsWith("entry_") && !(end.endsWith("_asm") && next.startsWith("ret_from_"));
}
