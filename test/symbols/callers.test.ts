import { describe, expect, test } from "vitest";
import { isGapped } from "../../src/symbols/callers.ts";

const stack = (...symbols: string[]): Parameters<typeof isGapped>[0] =>
  symbols.map((text) => ({
    symbol: text.replace(/^\? |\[inline\]$/g, ""),
    uncertain: text.startsWith("? "),
    inline: text.endsWith("[inline]"),
  }));

describe("a function stands above one that does not call it", () => {
  test.each([
    ["who takes the lock above lockdep's own", ["__lock_acquire", "_raw_spin_lock", "take_ba"]],
    ["the printing function above who takes the lock", ["print_circular_bug.cold", "__mutex_lock"]],
    ["lockdep's entry above its inner part", ["lock_acquire", "__lock_acquire", "lock_acquire"]],
    ["the scheduler above who takes a lock", ["__schedule_bug", "__schedule", "lock_acquire"]],
    ["a thread's function above who takes a lock", ["worker_thread", "kthread", "vfs_write"]],
    ["the scheduler's report above who sleeps", ["__schedule_bug", "schedule_timeout"]],
    ["a name that lost its first letter", ["mark_lock", "_lock_acquire", "lock_acquire"]],
    ["another system call's way in", ["__x64_sys_exit_group", "x64_sys_call", "ksys_read", "do_syscall_64"]],
    ["a worker that no thread is", ["process_scheduled_works", "worker_thread", "vfs_write"]],
    ["the kernel's own thread in the middle", ["tick_handler", "kthread", "vfs_write"]],
    ["behind a guess of the unwinder", ["check_noncircular", "? __lock_acquire", "take_ba"]],
  ])("%s", (_why, symbols) => {
    expect(isGapped(stack(...symbols))).toBe(true);
  });
});

describe("each function calls the one above it", () => {
  test.each([
    ["6.12", ["print_circular_bug", "check_noncircular", "__lock_acquire", "lock_acquire", "_raw_spin_lock"]],
    ["clang", ["check_noncircular", "check_prev_add", "validate_chain", "__lock_acquire", "lock_acquire", "down_read"]],
    ["a part that the compiler cut off", ["print_usage_bug.part.0", "mark_lock.part.0.cold", "__lock_acquire", "lock_acquire.part.0", "lock_acquire", "rt_spin_lock"]],
    ["interrupts are switched on", ["mark_lock", "mark_held_locks", "lockdep_hardirqs_on_prepare", "trace_hardirqs_on", "local_bh_enable"]],
    ["a lock is let go", ["__lock_acquire", "reacquire_held_locks", "__lock_release", "lock_release", "up_write"]],
    ["lock_release() inlined it", ["__lock_acquire", "reacquire_held_locks", "lock_release", "up_write"]],
    ["powerpc", [".__lock_acquire", ".lock_acquire", "._raw_spin_lock"]],
    ["a symboliser names what is inlined", ["__lock_acquire", "take[inline]", "lock_acquire", "down_read"]],
    ["the scheduler", ["__schedule_bug", "__schedule", "schedule", "worker_thread"]],
    ["a system call of 6.12", ["ksys_write", "__x64_sys_write", "x64_sys_call", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"]],
    ["arm64 of 5.10", ["__arm64_sys_write", "el0_svc_common.constprop.0", "do_el0_svc", "el0_sync_handler", "el0_sync"]],
    ["a worker", ["process_one_work", "process_scheduled_works", "worker_thread", "kthread", "ret_from_fork"]],
    ["powerpc's thread", [".process_one_work", ".worker_thread", ".kthread", ".ret_from_kernel_thread"]],
    ["a tracer takes a lock within lock_acquire()", ["__lock_acquire", "lock_acquire", "_raw_spin_lock", "perf_trace_lock", "lock_acquire", "down_read"]],
  ])("%s", (_why, symbols) => {
    expect(isGapped(stack(...symbols))).toBe(false);
  });
}); // prettier-ignore
