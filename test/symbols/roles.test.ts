import { describe, expect, test } from "vitest";
import { rolesOfEdges, rolesOfStack } from "../../src/symbols/roles.ts";
import { circular, frame, frames } from "../analyze/report.ts";

function tell(text: string): string[] {
  return rolesOfStack(frames(text)).roles.map(({ role, whose }) =>
    whose === null ? role : `${role}: ${whose}`,
  );
}

const ENTRY = "do_syscall_64 entry_SYSCALL_64_after_hwframe";

describe("rolesOfStack", () => {
  test.each([
    [
      `lock_acquire fs_reclaim_acquire __kmalloc_noprof kmalloc_under_a drv_ioctl __x64_sys_ioctl x64_sys_call ${ENTRY}`,
      ["allocation: kmalloc_under_a", "system-call: ioctl"],
    ],
    [
      "mutex_lock super_cache_scan do_shrink_slab shrink_slab shrink_node balance_pgdat kswapd kthread",
      ["reclaim", "shrinker: super_cache_scan", "kswapd"],
    ],
    [
      "mutex_lock i915_scan do_shrink_slab shrink_slab shrink_node do_try_to_free_pages try_to_free_pages __alloc_pages_slowpath __alloc_pages alloc_pages drv_alloc",
      ["shrinker: i915_scan", "reclaim", "direct-reclaim", "allocation: drv_alloc"],
    ],
    ["down_read rmap_walk try_to_free_mem_cgroup_pages try_charge_memcg", ["memcg-reclaim"]],
    ["mutex_lock compact_zone kcompactd kthread", ["compaction"]],
    [
      "lock_acquire __might_fault _copy_to_user drv_read vfs_read ksys_read __arm64_sys_read invoke_syscall",
      ["user-copy: drv_read", "system-call: read"],
    ],
    ["mutex_lock drv_fault __do_fault handle_mm_fault do_user_addr_fault exc_page_fault", ["page-fault"]],
    [
      "mutex_lock drv_invalidate mn_hlist_invalidate_range_start __mmu_notifier_invalidate_range_start unmap_vmas",
      ["mmu-notifier: drv_invalidate", "unmap"],
    ],
    ["mutex_lock drv_work process_one_work worker_thread kthread", ["work: drv_work"]],
    ["lock_acquire __flush_work flush_work drv_stop", ["work-flush: drv_stop"]],
    [
      "lock_acquire __flush_work __cancel_work_timer cancel_work_sync drv_stop",
      ["work-flush: drv_stop", "work-cancel: drv_stop"],
    ],
    [
      "lock_acquire touch_wq_lockdep_map __flush_workqueue drain_workqueue destroy_workqueue drv_exit",
      ["queue-flush: drv_exit"],
    ],
    [
      "_raw_spin_lock drv_tick call_timer_fn expire_timers run_timer_softirq handle_softirqs irq_exit_rcu sysvec_apic_timer_interrupt",
      ["timer: drv_tick", "softirq", "hardirq"],
    ],
    ["lock_acquire __timer_delete_sync timer_delete_sync drv_stop", ["timer-delete: drv_stop"]],
    [
      "mutex_lock drv_online cpuhp_invoke_callback cpuhp_thread_fun smpboot_thread_fn",
      ["cpu-hotplug: drv_online"],
    ],
    ["cpus_read_lock static_key_slow_inc drv_enable", ["cpus-kept: drv_enable"]],
    ["percpu_down_write offline_pages memory_subsys_offline", ["memory-hotplug"]],
    ["percpu_down_write sb_wait_write freeze_super drv_freeze", ["freeze: drv_freeze"]],
    ["lock_sync __synchronize_srcu synchronize_srcu drv_stop", ["grace-period: drv_stop"]],
    ["_raw_spin_lock drv_free rcu_do_batch rcu_core handle_softirqs", ["rcu-callback", "softirq"]],
    ["down_trylock vprintk_emit _printk drv_warn", ["printk: drv_warn"]],
    [
      "mutex_lock drv_store dev_attr_store sysfs_kf_write kernfs_fop_write_iter vfs_write",
      ["sysfs-method: drv_store"],
    ],
    ["lock_acquire kernfs_drain __kernfs_remove device_del drv_exit", ["sysfs-remove: drv_exit"]],
    [
      "mutex_lock drv_probe pci_device_probe really_probe __driver_probe_device do_init_module load_module",
      ["probe: drv_probe", "module-load"],
    ],
    ["ww_mutex_lock dma_resv_lockdep do_one_initcall kernel_init_freeable", ["priming", "boot"]],
    [
      "mutex_lock perf_release __fput ____fput task_work_run do_exit do_group_exit __x64_sys_exit_group",
      ["task-work", "exit", "system-call: exit_group"],
    ],
    [
      "__mutex_lock mutex_lock_nested do_ip_getsockopt SyS_getsockopt entry_SYSCALL_64_fastpath",
      ["system-call: getsockopt"],
    ],
    ["", []],
  ])("%s", (text, roles) => {
    expect(tell(text)).toEqual(roles);
  });

  test.each([
    ["_raw_spin_trylock drv_op", "trylock"],
    ["lock_sync __synchronize_srcu drv_op", "sync"],
    ["down_read drv_op", "read"],
    ["__lock_acquire lock_acquire cpus_read_lock drv_op", "read"],
    ["__srcu_read_lock drv_op", "recursive-read"],
    ["__mutex_lock mutex_lock_nested drv_op", "lock"],
    // the function that asks is not its caller
    ["mutex_lock drv_trylock_all", "lock"],
  ])("%s is asked for as %s", (text, how) => {
    expect(rolesOfStack(frames(text)).acquisition).toBe(how);
  });

  test("passes over lockdep, locks, allocators, guesses and compiler suffixes", () => {
    const guess = { ...frame("kswapd"), uncertain: true };
    const { at, functions, roles, module } = rolesOfStack([
      ...frames(
        "dump_stack_lvl print_circular_bug check_noncircular __lock_acquire lock_acquire.part.0 __kmalloc",
      ),
      guess,
      frame("drv_alloc.isra.0", "drv"),
    ]);
    expect(at).toBe("drv_alloc");
    expect(functions).not.toContain("kswapd");
    expect(roles).toEqual([{ role: "allocation", by: "__kmalloc", whose: "drv_alloc" }]);
    expect(module).toBe("drv");
  });

  test("a function that begins like a lock's or an allocator's is neither", () => {
    expect(rolesOfStack(frames("mutex_lock update_thing")).at).toBe("update_thing");
    expect(rolesOfStack(frames("mutex_lock check_media mark_page_accessed")).at).toBe("check_media");
    expect(tell("mutex_lock kmalloc_test_helper")).toEqual([]);
  });
});

test("rolesOfEdges tells them for every edge", () => {
  const report = circular([
    ["a → b", "mutex_lock drv_work process_one_work"],
    ["b → a", "lock_acquire __flush_work flush_work drv_stop"],
  ]);
  expect(rolesOfEdges(report).map(({ index, roles }) => [index, roles[0]?.role])).toEqual([
    [0, "work"],
    [1, "work-flush"],
  ]);
});
