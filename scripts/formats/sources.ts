/**
 * Where a kernel prints reports: the files, and of files that print much else the functions where it begins (old and
 * new names). What is missing in a tree did not exist there yet, or any more.
 */
export const SOURCES: readonly { readonly file: string; readonly roots: readonly string[] }[] = [
  { file: "include/linux/debug_locks.h", roots: [] },
  { file: "kernel/locking/lockdep.c", roots: [] },
  { file: "kernel/locking/mutex-debug.c", roots: [] },
  { file: "kernel/locking/rtmutex.c", roots: [] },
  { file: "kernel/locking/rtmutex_api.c", roots: [] },
  { file: "kernel/locking/rtmutex-debug.c", roots: [] },
  { file: "kernel/locking/rwsem.c", roots: [] },
  { file: "kernel/locking/ww_mutex.h", roots: [] },
  { file: "kernel/locking/spinlock_debug.c", roots: [] },
  { file: "kernel/locking/irqflag-debug.c", roots: [] },
  { file: "lib/smp_processor_id.c", roots: [] },
  { file: "lib/dump_stack.c", roots: [] },
  { file: "kernel/rcu/update.c", roots: ["lockdep_rcu_suspicious"] },
  {
    file: "kernel/sched/core.c",
    roots: [
      "___might_sleep",
      "__might_resched",
      "__cant_sleep",
      "__cant_migrate",
      "__schedule_bug",
      "schedule_debug",
    ],
  },
  { file: "kernel/workqueue.c", roots: ["process_one_work", "print_worker_info"] },
  {
    file: "kernel/panic.c",
    roots: ["__warn", "warn_slowpath_fmt", "__warn_printk", "check_panic_on_warn", "oops_exit"],
  },
];

/** Headers whose macros are in formats. */
export const HEADERS = ["include/asm-generic/bug.h", "include/linux/printk.h", "include/linux/kern_levels.h"];
