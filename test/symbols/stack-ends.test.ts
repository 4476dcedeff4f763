import { describe, expect, test } from "vitest";
import { isMixed, isName } from "../../src/symbols/stack-ends.ts";

const stack = (...symbols: string[]): Parameters<typeof isMixed>[0] =>
  symbols.map((text) => {
    const [symbol = "", context = null] = text.replace("? ", "").split("@");
    return { symbol, uncertain: text.startsWith("? "), inline: false, context };
  });

describe("frames that no one stack has", () => {
  test.each([
    ["below a stack's end", ["kthread", "ret_from_fork_asm", "vfs_write"]],
    ["a system call's functions in a thread", ["vfs_write", "x64_sys_call", "do_io", "ret_from_fork_asm"]],
    ["the same end twice", ["kthread", "ret_from_fork_asm", "ret_from_fork_asm"]],
    ["the end in C below its assembly", ["worker_thread", "kthread", "ret_from_fork_asm", "ret_from_fork"]],
    [
      "another end below the entry of a system call",
      ["vfs_write", "entry_SYSCALL_64_after_hwframe", "ret_from_fork_asm"],
    ],
    ["a thread of the kernel in a system call", ["ksys_write", "x64_sys_call", "kthread", "do_syscall_64"]],
    ["a system call in a thread of the kernel", ["__arm64_sys_write", "process_one_work", "worker_thread"]],
    [
      "KASAN's stack behind the beginning of another",
      ["dump_stack", "ktime_get", "kasan_save_stack", "tick_handler"],
    ],
    ["KASAN's report below what it does not call", ["vfs_write", "kasan_report", "ksys_write"]],
    ["the way into the kernel in an interrupt", ["tick_handler@IRQ", "entry_SYSCALL_64_after_hwframe@IRQ"]],
    ["the functions that print, in the middle", ["dump_stack", "vfs_write", "dump_stack_lvl"]],
    ["the same with a compiler's suffix", ["vfs_write", "dump_backtrace.part.0", "show_stack"]],
    ["the functions that print, below one that printk() called", ["_printk", "report_bug", "dump_stack"]],
  ])("%s", (_why, symbols) => {
    expect(isMixed(stack(...symbols))).toBe(true);
  });
});

describe("frames that one stack has", () => {
  test.each([
    ["x86", ["dump_stack_lvl", "dump_stack", "worker_thread", "kthread", "ret_from_fork", "ret_from_fork_asm"]],
    ["i386", ["worker_thread", "kthread", "ret_from_fork", "ret_from_fork_asm", "entry_INT80_32"]],
    ["a system call", ["vfs_write", "__x64_sys_write", "x64_sys_call", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"]],
    ["arm64", ["vfs_write", "__arm64_sys_write", "invoke_syscall", "do_el0_svc", "el0_svc", "el0t_64_sync_handler", "el0t_64_sync"]],
    ["powerpc", [".kernel_init", ".ret_from_kernel_thread"]],
    ["an interrupt of a thread", ["tick_handler@IRQ", "asm_sysvec@TASK", "process_one_work@TASK", "kthread@TASK", "ret_from_fork_asm@TASK"]],
    ["what is uncertain counts for nothing", ["? kthread", "do_syscall_64", "? ret_from_fork_asm", "entry_SYSCALL_64_after_hwframe"]],
    ["the depot of stacks itself takes a lock", ["_raw_spin_lock", "stack_depot_save_flags", "kasan_save_stack", "kasan_save_track", "kmalloc"]],
    ["arm64 by gcc", ["dump_backtrace.part.0", "show_stack", "dump_stack_lvl", "dump_stack", "print_circular_bug"]],
    ["a lock taken while a stack is printed", ["dump_stack", "lockdep_rcu_suspicious", "vprintk_emit", "printk", "show_trace_log_lvl", "show_stack", "dump_stack", "lockdep_rcu_suspicious", "switch_mm"]],
    ["a lock taken while registers are", ["dump_stack_lvl", "copy_from_user_nmi", "show_opcodes", "show_iret_regs", "__show_regs", "show_trace_log_lvl", "sched_show_task"]],
    ["KASAN's report", ["dump_stack_lvl", "print_report", "kasan_report", "foo_read"]],
    ["a lock that KCSAN's report takes", ["_raw_spin_lock_irqsave", "kcsan_report_known_origin", "foo_read"]],
    ["KASAN's own", ["kasan_save_stack", "kasan_save_track", "kmalloc"]],
  ])("%s", (_which, symbols) => {
    expect(isMixed(stack(...symbols))).toBe(false);
  });
}); // prettier-ignore

test.each([
  ["ksys_wri$e", false],
  ["_ZN4core3ptr18drop_in_place$LT$u8$GT$17h0123456789abcdefE", true],
  ["_RNvCs1_4core4main", true],
  ["file_start_write.isra.0", true],
])("whether %s names a function: %s", (symbol, is) => {
  expect(isName(symbol)).toBe(is);
});
