import type { FindingCode } from "../../src/analyze/index.ts";
import type { Certainty } from "../../src/report/analysis-schema.ts";
import type { Report } from "../../src/report/schema.ts";
import { circular, frame, frames, held, lock, makeReport, recursive } from "./report.ts";

/** What a report should be found to be: its first finding. */
export interface Case {
  readonly name: string;
  readonly code: FindingCode;
  readonly certainty: Certainty;
  readonly report: Report;
}

const KSWAPD = "shrink_node balance_pgdat kswapd kthread ret_from_fork";
const WRITE = "vfs_write ksys_write __x64_sys_write do_syscall_64 entry_SYSCALL_64_after_hwframe";
const KMALLOC = "lock_acquire fs_reclaim_acquire __kmalloc_noprof";
const LOCKS = "__mutex_lock mutex_lock_nested";
/** What __might_resched() prints where nothing is wrong. */
const SLEEPING = {
  file: "a.c",
  line: 1,
  inAtomic: 0,
  irqsDisabled: 0,
  nonBlock: 0,
  preemptCount: "0",
  preemptExpected: "0",
  rcuDepth: 0,
  rcuExpected: 0,
  stackOverrun: false,
};

function one(name: string, code: FindingCode, certainty: Certainty, report: Report): Case {
  return { name, code, certainty, report };
}

export const CASES: readonly Case[] = [
  one(
    "an XFS inode in kswapd is another one",
    "reclaim-of-unreferenced-inode",
    "likely",
    circular([
      [
        "fs_reclaim → &xfs_nondir_ilock_class",
        `down_write_nested xfs_ilock xfs_reclaim_inode xfs_icwalk_ag super_cache_scan do_shrink_slab shrink_slab ${KSWAPD}`,
      ],
      ["&xfs_nondir_ilock_class → fs_reclaim", `${KMALLOC} xfs_iext_insert ${WRITE}`],
    ]),
  ),
  one(
    "an inode's lock under another's, in reclaim",
    "recursion-through-reclaim",
    "likely",
    recursive(
      "&ni->mrec_lock",
      ["00000000a", "00000000b"],
      `${LOCKS} ntfs_evict_inode evict dispose_list prune_icache_sb super_cache_scan ${KSWAPD}`,
    ),
  ),
  one(
    "RCU on a CPU that goes down",
    "rcu-not-watching",
    "certain",
    makeReport({
      kind: "rcu",
      rcu: {
        message: "suspicious rcu_dereference_check() usage!",
        notes: ["RCU used illegally from offline CPU!"],
        file: "a.c",
        line: 1,
        schedulerActive: 2,
        debugLocks: 1,
      },
      backtrace: frames("lockdep_rcu_suspicious perf_tp_event trace_cpu cpu_die"),
    }),
  ),
  one(
    "a userptr lock held while pages are unmapped",
    "notifier-keeps-lock",
    "likely",
    circular([
      [
        "mmu_notifier_invalidate_range_start → &vm->userptr_lock",
        "down_write drv_invalidate __mmu_notifier_invalidate_range_start",
      ],
      ["&vm->userptr_lock → &mapping->i_mmap_rwsem", "down_read unlink_file unmap_region do_munmap"],
      [
        "&mapping->i_mmap_rwsem → mmu_notifier_invalidate_range_start",
        "fs_reclaim_acquire __kmalloc drv_map drv_mmap",
      ],
    ]),
  ),
  one(
    "a lock that a notifier keeps until range_end",
    "notifier-keeps-lock",
    "likely",
    circular([
      [
        "&kvm->slots_lock → mmu_notifier_invalidate_range_start",
        "__mmu_notifier_invalidate_range_end wp_page_copy handle_mm_fault exc_page_fault",
      ],
      [
        "mmu_notifier_invalidate_range_start → &kvm->slots_lock",
        "down_read kvm_notifier_start __mmu_notifier_invalidate_range_start wp_page_copy handle_mm_fault",
      ],
    ]),
  ),
  one(
    "a device registered under its driver's lock, which open takes",
    "registered-under-lock",
    "likely",
    circular([
      ["minor_rwsem → drv_mutex", `${LOCKS} drv_open usb_open chrdev_open do_dentry_open`],
      ["drv_mutex → minor_rwsem", "down_write usb_register_dev drv_probe usb_probe_interface"],
    ]),
  ),
  one(
    "one that a part of taking it away takes",
    "registered-under-lock",
    "likely",
    circular([
      ["&dev->mutex → &drv->open_lock", `${LOCKS} drv_open input_open_device evdev_open chrdev_open`],
      [
        "&drv->open_lock → &dev->mutex",
        `${LOCKS} input_disconnect_device __input_unregister_device input_unregister_device drv_ll_open`,
      ],
    ]),
  ),
  one(
    "a lock taken while a path of btrfs is locked",
    "lock-under-tree",
    "likely",
    circular([
      ["btrfs-quota-00 → &fs_info->qgroup_rescan_lock", `${LOCKS} qgroup_rescan_init open_ctree`],
      [
        "&fs_info->qgroup_rescan_lock → btrfs-quota-00",
        "down_read_nested btrfs_search_slot btrfs_work_helper",
      ],
    ]),
  ),
  one(
    "what else is locked while something is registered",
    "lock-order-inversion",
    "likely",
    circular([
      ["lock_a → param_lock", `${LOCKS} wlan_init_rates wlan_register_hw drv_init`],
      ["param_lock → lock_a", `${LOCKS} drv_param_set param_attr_store`],
    ]),
  ),
  one(
    "two initcalls, which never run at once",
    "gate-on-every-edge",
    "likely",
    circular([
      ["lock_a → lock_b", `${LOCKS} take_ab drv_init do_one_initcall kernel_init_freeable kernel_init`],
      ["lock_b → lock_a", `${LOCKS} take_ba drv_init do_one_initcall kernel_init_freeable kernel_init`],
    ]),
  ),
  one(
    "two levels of one tree",
    "unrelated-objects",
    "possible",
    circular(
      [
        ["tree-01 → tree-01", `${LOCKS} tree_down`],
        ["tree-01 → reloc-02", `${LOCKS} reloc_root`],
        ["reloc-02 → tree-01", `${LOCKS} reloc_do`],
      ],
      { cycle: ["tree-01", "tree-01", "reloc-02"] },
    ),
  ),
  one(
    "what is left of a damaged report",
    "lock-order-inversion",
    "possible",
    makeReport({ lock: lock("lock_b", { at: frame("take_b") }), holding: lock("lock_a") }),
  ),
  one(
    "a device opened under a file system's lock",
    "device-opened-under-lock",
    "likely",
    circular([
      ["&disk->open_mutex → &drv->ctl_lock", `${LOCKS} drv_open blkdev_get_whole blkdev_open do_dentry_open`],
      [
        "&fs->devices → &disk->open_mutex",
        `${LOCKS} blkdev_get_by_dev blkdev_get_by_path fs_open_device fs_open_devices fs_mount`,
      ],
      ["&drv->ctl_lock → &fs->devices", `${LOCKS} fs_sync drv_sync drv_ioctl`],
    ]),
  ),
  one(
    "a socket within a socket",
    "stacked-objects",
    "likely",
    circular([
      ["&smc->clcsock_release_lock → rtnl_mutex", `${LOCKS} ipv6_sock_ac_close inet6_release smc_release`],
      ["rtnl_mutex → sk_lock-AF_INET6", "lock_sock_nested sockopt_lock_sock do_ipv6_setsockopt"],
      ["sk_lock-AF_INET6 → &smc->clcsock_release_lock", `${LOCKS} smc_switch_to_fallback smc_sendmsg`],
    ]),
  ),
  one(
    "an allocation in a transaction of XFS",
    "reclaim-edge-in-scope",
    "likely",
    circular([
      [
        "fs_reclaim → &xfs_nondir_ilock_class",
        `down_write_nested xfs_reclaim_inode super_cache_scan do_shrink_slab shrink_slab ${KSWAPD}`,
      ],
      [
        "&xfs_nondir_ilock_class → fs_reclaim",
        "fs_reclaim_acquire kmem_cache_alloc kmem_zone_alloc xfs_inode_item_init xfs_trans_ijoin xfs_setattr_nonsize",
      ],
    ]),
  ),
  one(
    "an allocation under a handle of the journal",
    "reclaim-edge-in-scope",
    "likely",
    circular([
      ["fs_reclaim → jbd2_handle", `start_this_handle ext4_evict_inode evict super_cache_scan ${KSWAPD}`],
      ["jbd2_handle → fs_reclaim", `${KMALLOC} ext4_setattr notify_change`],
    ]),
  ),
  one(
    "a driver's lock in kswapd",
    "alloc-under-reclaim-lock",
    "certain",
    circular([
      ["fs_reclaim → &dev->gem_lock", `${LOCKS} drv_shrinker_scan do_shrink_slab shrink_slab ${KSWAPD}`],
      ["&dev->gem_lock → fs_reclaim", `${KMALLOC} drv_ioctl ${WRITE}`],
    ]),
  ),
  one(
    "a driver that declared its lock",
    "alloc-under-reclaim-lock",
    "likely",
    circular([
      [
        "fs_reclaim → &gt->reset.mutex",
        `${LOCKS} i915_gem_shrinker_taints_mutex intel_gt_init_reset i915_driver_probe do_one_initcall`,
      ],
      ["&gt->reset.mutex → fs_reclaim", `${KMALLOC} intel_gt_reset process_one_work worker_thread kthread`],
    ]),
  ),
  one(
    "an invalidation without allocation",
    "mmu-notifier-recursion",
    "certain",
    circular([
      [
        "mmu_notifier_invalidate_range_start → &kvm->slots_lock",
        `${LOCKS} kvm_callback mn_hlist_invalidate_range_start __mmu_notifier_invalidate_range_start unmap_vmas`,
      ],
      [
        "&kvm->slots_lock → mmu_notifier_invalidate_range_start",
        "lock_acquire __mmu_notifier_invalidate_range_start unmap_vmas unmap_region do_munmap kvm_ioctl",
      ],
    ]),
  ),
  one(
    "reclaim as a state",
    "alloc-under-reclaim-state",
    "likely",
    makeReport({
      kind: "inconsistent",
      usage: { from: "RECLAIM_FS-ON-W", to: "IN-RECLAIM_FS-W" },
      lock: lock("&ip->i_lock"),
    }),
  ),
  one(
    "a device that is removed under its own lock",
    "sysfs-removal-under-lock",
    "certain",
    circular([
      [
        "kn->active → &dev->config",
        `${LOCKS} config_store dev_attr_store sysfs_kf_write kernfs_fop_write_iter ${WRITE}`,
      ],
      [
        "&dev->config → kn->active",
        "lock_acquire kernfs_drain __kernfs_remove kernfs_remove_by_name_ns device_del drv_teardown process_one_work",
      ],
    ]),
  ),
  one(
    "a method that removes a child's attribute",
    "sysfs-removal-under-lock",
    "possible",
    recursive(
      "kn->active",
      ["ffff1", "ffff2"],
      `kernfs_drain __kernfs_remove device_del child_remove delete_store sysfs_kf_write kernfs_fop_write_iter ${WRITE}`,
    ),
  ),
  one(
    "an inode's lock around a user copy may be another inode's",
    "fault-under-lock",
    "likely",
    circular([
      [
        "&mm->mmap_lock → &sb->s_type->i_mutex_key",
        "down_write inode_lock hugetlbfs_file_mmap mmap_region do_mmap vm_mmap_pgoff",
      ],
      [
        "&sb->s_type->i_mutex_key → &mm->mmap_lock",
        `lock_acquire __might_fault _copy_to_iter generic_file_read_iter ${WRITE}`,
      ],
    ]),
  ),
  one(
    "a shared queue",
    "flush-under-lock",
    "possible",
    circular([
      ["(wq_completion)events → &drv->lock", `${LOCKS} drv_work process_one_work worker_thread kthread`],
      ["&drv->lock → (wq_completion)events", `lock_acquire __flush_workqueue drv_stop ${WRITE}`],
    ]),
  ),
  one(
    "a cancelled work",
    "flush-under-lock",
    "certain",
    circular([
      [
        "(work_completion)(&drv->work) → &drv->lock",
        `${LOCKS} drv_work process_one_work worker_thread kthread`,
      ],
      [
        "&drv->lock → (work_completion)(&drv->work)",
        `lock_acquire __flush_work __cancel_work_timer cancel_work_sync drv_stop ${WRITE}`,
      ],
    ]),
  ),
  one(
    "freezing against eviction",
    "freeze-against-reclaim",
    "possible",
    circular([
      [
        "fs_reclaim → sb_internal",
        `percpu_down_read xfs_trans_alloc xfs_inactive evict prune_icache_sb super_cache_scan do_shrink_slab shrink_slab ${KSWAPD}`,
      ],
      ["sb_internal → fs_reclaim", `${KMALLOC} xfs_log_quiesce freeze_super do_vfs_ioctl`],
    ]),
  ),
  one(
    "an allocation before a fence is signalled",
    "fence-signalling-alloc",
    "likely",
    circular([
      [
        "dma_fence_map → fs_reclaim",
        `${KMALLOC} drv_run_job drm_sched_run_job_work process_one_work worker_thread`,
      ],
      ["fs_reclaim → dma_fence_map", "lock_acquire __dma_fence_might_wait dma_resv_lockdep do_one_initcall"],
    ]),
  ),
  one(
    "a static key under a lock of a callback",
    "cpu-hotplug-order",
    "certain",
    circular([
      [
        "cpu_hotplug_lock → &drv->mutex",
        `${LOCKS} drv_cpu_online cpuhp_invoke_callback cpuhp_thread_fun smpboot_thread_fn`,
      ],
      ["&drv->mutex → cpu_hotplug_lock", `cpus_read_lock static_key_slow_inc drv_enable ${WRITE}`],
    ]),
  ),
  one(
    "a guest's SRCU",
    "srcu-sync-under-lock",
    "certain",
    circular([
      ["&kvm->srcu → &kvm->lock", `${LOCKS} kvm_xen_hypercall kvm_arch_vcpu_ioctl_run kvm_vcpu_ioctl`],
      [
        "&kvm->lock → &kvm->srcu",
        "lock_sync __synchronize_srcu synchronize_srcu_expedited kvm_set_memory_region kvm_vm_ioctl",
      ],
    ]),
  ),
  one(
    "a timer deleted under the callback's lock",
    "timer-sync-under-lock",
    "certain",
    circular([
      [
        "(&drv->timer) → &drv->lock",
        "_raw_spin_lock drv_timer_fn call_timer_fn expire_timers run_timer_softirq handle_softirqs",
      ],
      ["&drv->lock → (&drv->timer)", `lock_acquire __timer_delete_sync timer_delete_sync drv_stop ${WRITE}`],
    ]),
  ),
  one(
    "a mutex under a spinlock",
    "sleeping-lock-in-atomic",
    "certain",
    makeReport({
      kind: "wait-context",
      lock: lock("&drv->mutex", { wait: { outer: 4, inner: 4 } }),
      held: held(lock("&drv->spin", { wait: { outer: 3, inner: 3 } })),
      backtrace: frames(
        `dump_stack_lvl __lock_acquire lock_acquire __mutex_lock mutex_lock_nested drv_op ${WRITE}`,
      ),
    }),
  ),
  one(
    "a spinlock in softirq that is no hard interrupt",
    "raw-over-spinlock",
    "likely",
    makeReport({
      kind: "wait-context",
      lock: lock("&drv->spin", { wait: { outer: 3, inner: 3 } }),
      backtrace: frames(
        "dump_stack_lvl __lock_acquire lock_acquire _raw_spin_lock drv_op handle_softirqs irq_exit_rcu sysvec_apic_timer_interrupt",
      ),
    }),
  ),
  one(
    "a sleeping wait in an RCU section",
    "sleep-in-rcu",
    "certain",
    makeReport({
      kind: "sleeping",
      held: held(lock("rcu_read_lock", { at: frame("drv_walk") })),
      backtrace: frames(`dump_stack_lvl __might_resched __might_sleep drv_wait drv_walk ${WRITE}`),
    }),
  ),
  one(
    "a spinlock of PREEMPT_RT in a softirq, with interrupts off: as many sections of RCU as there may be",
    "sleep-in-atomic",
    "certain",
    makeReport({
      kind: "sleeping",
      sleeping: { ...SLEEPING, irqsDisabled: 1, rcuDepth: 2, rcuExpected: 2 },
      held: held(lock("(softirq_ctrl.lock)"), lock("rcu_read_lock", { at: frame("rt_spin_lock") })),
      backtrace: frames("dump_stack_lvl __might_resched rt_spin_lock drv_start drv_complete handle_softirqs"),
    }),
  ),
  one(
    "a section of RCU that a spinlock of PREEMPT_RT entered",
    "sleep-in-atomic",
    "certain",
    makeReport({
      kind: "sleeping",
      sleeping: { ...SLEEPING, rcuDepth: 1, rcuExpected: 0 },
      held: held(lock("printing_lock"), lock("rcu_read_lock", { at: frame("rt_spin_trylock") })),
      backtrace: frames("dump_stack_lvl __might_resched drv_redraw drv_print"),
    }),
  ),
  one(
    "more sections of RCU than there may be, though none is held",
    "sleep-in-rcu",
    "certain",
    makeReport({
      kind: "sleeping",
      sleeping: { ...SLEEPING, rcuDepth: 1, rcuExpected: 0 },
      backtrace: frames("dump_stack_lvl __might_resched drv_alloc drv_map"),
    }),
  ),
  one(
    "an RCU section, and a lock that spins in it",
    "sleep-in-rcu",
    "likely",
    makeReport({
      kind: "sleeping",
      held: held(
        lock("rcu_read_lock", { at: frame("drv_walk") }),
        lock("&drv->lock", { wait: { outer: 2, inner: 2 } }),
      ),
      backtrace: frames("dump_stack_lvl __might_resched drv_wait drv_walk"),
    }),
  ),
  one(
    "RCU data without a section",
    "rcu-without-lock",
    "likely",
    makeReport({
      kind: "rcu",
      rcu: {
        file: "a.c",
        line: 1,
        message: "suspicious rcu_dereference_check() usage!",
        schedulerActive: 2,
        debugLocks: 1,
        notes: [],
      },
      backtrace: frames(`dump_stack_lvl lockdep_rcu_suspicious drv_get ${WRITE}`),
    }),
  ),
  one(
    "work that flushes its own sort",
    "work-waits-for-itself",
    "likely",
    recursive(
      "(work_completion)(&hub->work)",
      ["ffff1", "ffff2"],
      "__flush_work cancel_work_sync hub_stop hub_event process_one_work worker_thread",
    ),
  ),
  one(
    "a queue frozen over an allocation",
    "queue-freeze-order",
    "likely",
    circular([
      ["&q->q_usage_counter(io) → fs_reclaim", `${KMALLOC} elevator_init elv_iosched_store ${WRITE}`],
      [
        "fs_reclaim → &q->q_usage_counter(io)",
        `__submit_bio submit_bio swap_writepage shrink_folio_list ${KSWAPD}`,
      ],
    ]),
  ),
  one(
    "what leads to the console's owner prints, also where the stack was cut away",
    "printk-under-lock",
    "possible",
    circular([
      ["&pool->lock → console_owner", ""],
      ["console_owner → &port_lock_key", ""],
      [
        "&port_lock_key → &pool->lock",
        "_raw_spin_lock __queue_work queue_work_on imx_uart_rxint imx_uart_int",
      ],
    ]),
  ),
  one(
    "a message under a port's lock",
    "printk-under-lock",
    "likely",
    circular([
      [
        "console_owner → &port_lock_key",
        "_raw_spin_lock_irqsave serial8250_console_write console_flush_all console_unlock vprintk_emit",
      ],
      [
        "&port_lock_key → console_owner",
        "console_lock_spinning_enable console_flush_all console_unlock vprintk_emit _printk serial8250_handle_irq",
      ],
    ]),
  ),
  one(
    "only a declared edge",
    "declared-edge",
    "likely",
    circular([
      ["reservation_ww_class_mutex → &drv->lock", `${LOCKS} drv_pin ${WRITE}`],
      ["&drv->lock → reservation_ww_class_mutex", "ww_mutex_lock dma_resv_lockdep do_one_initcall"],
    ]),
  ),
  one(
    "one lock twice, for reading",
    "same-lock-twice",
    "likely",
    recursive("&drv->rwsem", ["00000000a", "00000000a"], "down_read drv_show drv_notify drv_probe"),
  ),
  one(
    "one instance twice",
    "same-lock-twice",
    "certain",
    recursive("&dev->mutex2", ["ffff1", "ffff1"], `${LOCKS} drv_op ${WRITE}`),
  ),
  one("a variable twice, on a kernel that prints no address", "same-lock-twice", "likely", {
    ...recursive("rtnl_mutex", ["", ""], `${LOCKS} rtnl_lock drv_op ${WRITE}`),
    lock: lock("rtnl_mutex"),
    holding: lock("rtnl_mutex"),
  }),
  one(
    "overlayfs on its lower file",
    "stacked-objects",
    "likely",
    recursive(
      "&sb->s_type->i_mutex_key",
      ["ffff1", "ffff2"],
      `down_write inode_lock ext4_buffered_write_iter backing_file_write_iter ovl_write_iter ${WRITE}`,
    ),
  ),
  one("a comparison function", "wrong-nesting-order", "likely", {
    ...recursive("&u->lock", ["ffff1", "ffff2"], `_raw_spin_lock unix_state_double_lock ${WRITE}`),
    comparison: 1,
  }),
  one(
    "two instances",
    "missing-nesting",
    "likely",
    recursive("&drv->lock", ["ffff1", "ffff2"], `${LOCKS} drv_op ${WRITE}`),
  ),
  one(
    "a journal handle",
    "journal-order",
    "likely",
    circular([
      ["jbd2_handle → &ei->i_data_sem", "down_write ext4_map_blocks ext4_writepages"],
      ["&ei->i_data_sem → jbd2_handle", "start_this_handle jbd2__journal_start ext4_quota_write"],
    ]),
  ),
  one(
    "btrfs waits",
    "btrfs-wait",
    "likely",
    circular([
      ["btrfs_trans_num_writers → &fs_info->tree_log_mutex", "mutex_lock_nested btrfs_sync_log"],
      [
        "&fs_info->tree_log_mutex → btrfs_trans_num_writers",
        "btrfs_might_wait_for_event btrfs_commit_transaction",
      ],
    ]),
  ),
  one(
    "a loop device",
    "teardown-under-open",
    "likely",
    circular([
      ["&disk->open_mutex → &lo->lo_mutex", `${LOCKS} lo_open blkdev_get_whole bdev_open`],
      ["&lo->lo_mutex → &disk->open_mutex", `${LOCKS} bdev_disk_changed loop_reread_partitions lo_ioctl`],
    ]),
  ),
  one(
    "per-CPU memory in the middle",
    "percpu-alloc-bridge",
    "possible",
    circular([
      ["pcpu_alloc_mutex → &drv->a", `${LOCKS} drv_a`],
      ["&drv->a → pcpu_alloc_mutex", `${LOCKS} pcpu_alloc_noprof drv_b ${WRITE}`],
    ]),
  ),
  one(
    "the console",
    "console-lock-order",
    "possible",
    circular([
      ["console_lock → &fb_info->lock", `${LOCKS} fbcon_blank do_blank_screen`],
      ["&fb_info->lock → console_lock", "console_lock register_framebuffer drv_probe"],
    ]),
  ),
  one(
    "mmap_lock without a copy",
    "mmap-lock-order",
    "possible",
    circular([
      ["&mm->mmap_lock → &drv->lock", `${LOCKS} drv_mmap mmap_region`],
      ["&drv->lock → &mm->mmap_lock", `down_write mmap_write_lock drv_map ${WRITE}`],
    ]),
  ),
  one(
    "an expedited grace period",
    "rcu-sync-under-lock",
    "likely",
    circular([
      ["rcu_state.exp_mutex → &drv->lock", `${LOCKS} drv_a`],
      ["&drv->lock → rcu_state.exp_mutex", `${LOCKS} synchronize_rcu_expedited synchronize_rcu drv_b`],
    ]),
  ),
  one(
    "write access over a pipe",
    "freeze-writers-order",
    "possible",
    circular([
      ["sb_writers → &pipe->mutex", `${LOCKS} pipe_lock iter_file_splice_write do_splice`],
      ["&pipe->mutex → sb_writers", "percpu_down_read mnt_want_write drv_write splice_from_pipe"],
    ]),
  ),
  one(
    "rtnl",
    "rtnl-order",
    "possible",
    circular([
      ["rtnl_mutex → &drv->lock", `${LOCKS} drv_open __dev_open`],
      ["&drv->lock → rtnl_mutex", `${LOCKS} rtnl_lock drv_reset`],
    ]),
  ),
  one(
    "sockets of different sorts",
    "unrelated-objects",
    "possible",
    circular([
      ["sk_lock-AF_INET → &nbd->config_lock", `${LOCKS} a`],
      ["&nbd->config_lock → &cmd->lock", `${LOCKS} b`],
      ["&cmd->lock → sk_lock-AF_INET", "lock_sock_nested tcp_sendmsg"],
    ]),
  ),
  one(
    "control groups",
    "cgroup-order",
    "possible",
    circular([
      ["cgroup_mutex → cgroup_threadgroup_rwsem", "percpu_down_write cgroup_attach_lock"],
      ["cgroup_threadgroup_rwsem → cgroup_mutex", `${LOCKS} cgroup_exit`],
    ]),
  ),
  one(
    "a completion of v4.14",
    "crossrelease-chain",
    "likely",
    circular([
      ["(completion)&req.done → &drv->lock", `${LOCKS} a`],
      ["&drv->lock → (completion)&req.done", "wait_for_completion b"],
    ]),
  ),
  one(
    "nothing known",
    "lock-order-inversion",
    "likely",
    circular([
      ["lock_a → lock_b", `${LOCKS} take_ab`],
      ["lock_b → lock_a", `${LOCKS} take_ba`],
    ]),
  ),
  one(
    "a lock that is only tried",
    "lock-order-inversion",
    "likely",
    circular([
      ["lock_a → lock_b", "_raw_spin_trylock take_ab"],
      ["lock_b → lock_a", `${LOCKS} take_ba`],
    ]),
  ),
  one(
    "a worker with a lock",
    "work-left-lock",
    "likely",
    circular([
      ["(wq_completion)drv → &drv->lock", "lock_release process_one_work worker_thread kthread"],
      ["&drv->lock → (wq_completion)drv", "lock_acquire process_one_work worker_thread kthread"],
    ]),
  ),
  one(
    "freezing in a pipe",
    "freezing-with-lock",
    "possible",
    makeReport({
      kind: "held-exit",
      held: held(lock("&pipe->mutex")),
      backtrace: frames("dump_stack debug_check_no_locks_held unix_stream_read_generic"),
    }),
  ),
  one(
    "a spinlock with a wrong magic",
    "uninitialised-lock",
    "likely",
    makeReport({
      kind: "spinlock-debug",
      spinlock: {
        what: "bad magic",
        type: "spinlock",
        cpu: 0,
        object: null,
        magic: "0",
        owner: null,
        ownerCpu: null,
      },
      backtrace: frames("dump_stack spin_dump do_raw_spin_lock drv_op"),
    }),
  ),
  one(
    "a spinlock taken twice",
    "spinlock-misused",
    "likely",
    makeReport({
      kind: "spinlock-debug",
      spinlock: {
        what: "recursion",
        type: "spinlock",
        cpu: 0,
        object: null,
        magic: "0",
        owner: { comm: "x", pid: 1, irq: null },
        ownerCpu: 0,
      },
      backtrace: frames("dump_stack spin_dump do_raw_spin_lock drv_op"),
    }),
  ),
  one(
    "this CPU's data",
    "per-cpu-preemptible",
    "likely",
    makeReport({
      kind: "preemptible",
      preemptible: { operation: "smp_processor_id", caller: frame("drv_op") },
    }),
  ),
  one("tasks that wait now", "rtmutex-cycle", "certain", makeReport({ kind: "rtmutex-deadlock" })),
  one(
    "a device's lock beside",
    "device-lock-unseen",
    "possible",
    makeReport({ kind: "held-dump", held: held(lock("&dev->mutex", { at: frame("hub_event") })) }),
  ),
  one(
    "a lock that is not there",
    "lockdep-state-broken",
    "possible",
    makeReport({ kind: "chain-collision", backtrace: frames("dump_stack drv_op") }),
  ),
];
