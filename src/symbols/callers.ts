import { plainSymbol } from "./functions.ts";

/** What lockdep.c and its neighbours offer to the rest of the kernel. */
const ENTRIES =
  "(?:__)?lock_(?:acquire|release|sync|set_class|set_subclass|downgrade|contended|acquired|is_held|is_held_type|pin_lock|unpin_lock)|" +
  "lockdep_\\w+|(?:__)?(?:trace_)?(?:hard|soft)irqs_(?:on|off)\\w*|debug_check_no_locks_\\w+";

/** Static functions of lockdep.c. */
const STATIC =
  "__lock_acquire|validate_chain|check_(?:noncircular|prevs?_add|irq_usage|usage|deadlock|wait_context)|" +
  "print_(?:circular_bug|deadlock_bug|usage_bug|irq_inversion_bug|bad_irq_dependency|unlock_imbalance_bug|lock_contention_bug|lock_nested_lock_not_held|lock_invalid_wait_context)|" +
  "mark_(?:lock|lock_irq|usage|held_locks)|valid_state|register_lock_class|reacquire_held_locks";

/** Functions that are not seen outside the file that has them, and the only ones that call them. */
const CALLERS: readonly { readonly callee: RegExp; readonly callers: RegExp }[] = [
  { callee: /^__lock_acquire$/, callers: new RegExp(`^(?:${ENTRIES}|reacquire_held_locks)$`) },
  { callee: new RegExp(`^(?:${STATIC})$`), callers: new RegExp(`^(?:${ENTRIES}|${STATIC})$`) },
  // lockdep takes no lock that it looks at
  { callee: /^lock_(?:acquire|release|sync)$/, callers: new RegExp(`^(?!(?:${STATIC})$)`) },
  { callee: /^kthread$/, callers: /ret_from_|kernel_thread|child_rip/ },
  { callee: /^__schedule_bug$/, callers: /^(?:schedule_debug|_{0,2}schedule)$/ },
  {
    callee: /^__schedule$/,
    callers: /^(?:_{0,2}(?:preempt_)?schedule\w*|do_task_dead|_{0,2}cond_resched\w*)$/,
  },
  // the ways into the kernel, and to what its threads do
  { callee: /^x64_sys_call$/, callers: /^do_syscall_(?:64|x64)$/ },
  { callee: /^do_syscall_64$/, callers: /^(?:entry_|return_from_SYSCALL_64)/ },
  { callee: /^invoke_syscall$/, callers: /^(?:el0_svc_common|do_el0_svc)/ },
  { callee: /^do_el0_svc$/, callers: /^el0_s/ },
  { callee: /^kthread$/, callers: /ret_from|kernel_thread|child_rip/ },
  { callee: /^(?:worker|rescuer)_thread$/, callers: /^kthread$/ },
  {
    callee: /^process_(?:one_work|scheduled_works)$/,
    callers: /^(?:worker_thread|rescuer_thread|process_scheduled_works|bh_worker)$/,
  },
];

/** Stacks have most of their functions in common. */
const known = new Map<string, RegExp | null>();
const MOST_KNOWN = 4096;

function callersOf(symbol: string): RegExp | null {
  let callers = known.get(symbol);
  if (callers === undefined) {
    const name = plainSymbol(symbol);
    callers = CALLERS.find(({ callee }) => callee.test(name))?.callers ?? null;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(symbol, callers);
  }
  return callers;
}

/** As much of a frame as tells who called whom. */
interface CalledFrame {
  readonly symbol: string;
  readonly uncertain: boolean;
  readonly inline: boolean;
}

/** Whether a function is above one that cannot have called it: frames between them were lost, or are in another stack. */
export function isGapped(frames: readonly CalledFrame[]): boolean {
  let above: string | null = null;
  for (const { symbol, uncertain, inline } of frames) {
    if (uncertain || inline || symbol.startsWith("0x")) continue;
    const callers = above === null ? null : callersOf(above);
    // compilers split a function, and the part is above it
    if (callers !== null && above !== null && plainSymbol(above) !== plainSymbol(symbol))
      if (!callers.test(plainSymbol(symbol))) return true;
    above = symbol;
  }
  return false;
}
