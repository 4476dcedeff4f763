/**
 * What functions in a stack tell about what the code was doing. One row a role; add a pattern or a row, and
 * the analyzer knows it. Patterns are for names without compiler suffixes.
 */
export interface RoleRow {
  readonly role: string;
  /** A function that shows the role. */
  readonly frames: RegExp;
  /** Only where it is the innermost function but for the lock's own. */
  readonly innermost?: true;
  /** Whose it is: the function that is called from there, or that calls it. */
  readonly whose?: "callee" | "caller";
  /** Functions to pass over when looking for whose it is. */
  readonly past?: RegExp;
}

/** Entries of the allocators and what is inside them; a function that merely begins like one is a caller. */
const ALLOCATOR_BASE =
  "devm_k[mzc]?alloc|devm_kstrdup|devm_kmemdup|devm_kv?asprintf|devm_krealloc|k[mzc]alloc|kvm?alloc|kvzalloc|kmem_cache_z?alloc|alloc_pages?|alloc_frozen_pages|alloc_contig|folio_alloc|vma_alloc|get_free_pages?|get_zeroed_page|v[mz]alloc|pcpu_alloc|alloc_percpu|slab_alloc|slab_pre_alloc|z?alloc_cpumask_var|alloc_(?:empty|full)_sheaf|refill_sheaf|pcs_replace_(?:empty|full)_main|do_kmalloc|do_slab_alloc|new_slab|allocate_slab|kmem_alloc|kmemdup|kstrdup|kvmemdup|vmemdup|memdup|krealloc|kvrealloc|kv?asprintf|mempool_alloc|radix_tree_preload|idr_preload|xas_nomem|xas_alloc|mas_alloc|mas_preallocate|ptlock_alloc|pte_alloc|might_alloc|fs_reclaim_acquire|prepare_alloc_pages|stack_depot_save|vmalloc_area|vm_area_alloc|__alloc_size";
const ALLOCATOR_SUFFIX =
  "noprof|node|array|cache|track_caller|trace|large|lru|bulk|slowpath|nodemask|current|exact|mpol|interleave|range|area|align|reserved|flags|hook|mask|order|one|user|zeroed|movable|folio|obj|huge|nul|const|kernel|direct_reclaim|direct_compact|may_oom|hashtable|const|pages|vma|gfp|sleepable";
const ALLOCATORS = new RegExp(
  `^(?:_{0,3}(?:${ALLOCATOR_BASE})(?:_(?:${ALLOCATOR_SUFFIX})){0,5}_{0,2}|kasan_\\w{1,40}|__kasan_\\w{1,40}|kmemleak_\\w{1,40})$`,
);

const HOTPLUG =
  /^(?:cpuhp_(?:thread_fun|invoke_callback\w{0,12}|issue_call|up_callbacks|down_callbacks|bringup_ap|online_idle)|_?cpu_(?:up|down)|do_cpu_(?:up|down)|bringup_cpu|takedown_cpu|cpu_device_(?:up|down))$/;

export const ROLES = [
  {
    role: "priming",
    frames: /^dma_resv_lockdep$|taints_mutex|lockdep_prime|lockdep_init$|_lockdep_init/,
  },
  {
    // these do other things, too: only what they take themselves is declared
    role: "priming",
    innermost: true,
    frames:
      /^(?:i915_address_space_init|xe_ggtt_init\w{0,20}|xe_guc_ct_init\w{0,20}|msm_drm_init|icc_init|blk_alloc_queue|_{0,2}(?:do_)?mmu_notifier_register)$/,
  },
  { role: "allocation", frames: ALLOCATORS, whose: "caller", past: ALLOCATORS },
  {
    role: "shrinker",
    frames: /^(?:do_shrink_slab|shrink_slab|shrink_slab_memcg)$/,
    whose: "callee",
    past: /^(?:do_)?shrink_slab/,
  },
  { role: "kswapd", frames: /^(?:kswapd|balance_pgdat|kswapd_shrink_node)$/ },
  { role: "memcg-reclaim", frames: /^(?:try_to_free_mem_cgroup_pages|mem_cgroup_reclaim|reclaim_high)$/ },
  {
    role: "direct-reclaim",
    frames:
      /^(?:__alloc_pages_direct_reclaim|__perform_reclaim|try_to_free_pages|do_try_to_free_pages|node_reclaim|__node_reclaim)$/,
  },
  {
    role: "reclaim",
    frames:
      /^(?:shrink_(?:node|node_memcgs|lruvec|list|many|one|folio_list|page_list|inactive_list|active_list|zone|zones)|evict_folios|drop_slab|drop_caches_sysctl_handler|prune_[id]cache_sb|super_cache_scan)$/,
  },
  {
    role: "compaction",
    frames:
      /^(?:compact_zone\w{0,10}|kcompactd\w{0,10}|try_to_compact_pages|__alloc_pages_direct_compact|isolate_migratepages\w{0,10})$/,
  },
  {
    role: "user-copy",
    frames:
      /^_{0,2}(?:might_fault|copy_(?:to|from)_(?:user|iter)\w{0,20}|raw_copy_(?:to|from)_user|strncpy_from_user|strnlen_user|filldir(?:64)?|verify_dirent_name|fiemap_fill_next_extent|put_user\w{0,10}|get_user_\d|fault_in_\w{1,20}|clear_user)$/,
    whose: "caller",
    past: /^_*(?:might_fault|copy_(?:to|from)_|copy_page_to_iter|raw_copy|strn|put_user|get_user|clear_user|fault_in_|filldir|verify_dirent)/,
  },
  {
    role: "page-fault",
    frames:
      /^(?:do_user_addr_fault|exc_page_fault|asm_exc_page_fault|_{0,2}do_page_fault|page_fault|async_page_fault|handle_mm_fault|__handle_mm_fault|do_mem_abort|el0_da|el1_abort|lock_mm_and_find_vma)$/,
  },
  {
    role: "pin-user-pages",
    frames:
      /^(?:_{0,2}get_user_pages\w{0,20}|pin_user_pages\w{0,20}|internal_get_user_pages_fast|faultin_page|gup_\w{1,20}|faultin_and_\w{1,20})$/,
  },
  {
    role: "mmu-notifier",
    frames:
      /^(?:__mmu_notifier_\w{1,40}|mmu_notifier_invalidate_range_(?:start|end)\w{0,20}|mn_(?:hlist|itree)_\w{1,30}|mmu_interval_\w{1,30})$/,
    whose: "callee",
    past: /^_{0,2}(?:mmu_notifier_|mn_(?:hlist|itree)_|mmu_interval_)/,
  },
  {
    role: "unmap",
    frames:
      /^(?:unmap_vmas|unmap_region|try_to_unmap|try_to_migrate|zap_page_range\w{0,10}|do_munmap|do_mas_munmap|do_vmi_munmap|exit_mmap|change_protection|move_page_tables)$/,
  },
  {
    role: "work-flush",
    frames:
      /^_{0,2}(?:flush_work|flush_delayed_work|start_flush_work|kthread_flush_work\w{0,5}|flush_rcu_work)$/,
    whose: "caller",
    past: /^_*(?:flush_(?:work|delayed|rcu)|start_flush|kthread_flush|cancel_(?:delayed_)?work|disable_(?:delayed_)?work|kthread_cancel)/,
  },
  {
    role: "work-cancel",
    frames:
      /^_{0,2}(?:cancel_work_sync|cancel_delayed_work_sync|cancel_work_timer|disable_(?:delayed_)?work_sync|kthread_cancel_\w{1,30}_sync)$/,
    whose: "caller",
    past: /^_*(?:flush_(?:work|delayed|rcu)|start_flush|kthread_flush|cancel_(?:delayed_)?work|disable_(?:delayed_)?work|kthread_cancel)/,
  },
  {
    role: "queue-flush",
    frames:
      /^_{0,2}(?:flush_workqueue|drain_workqueue|destroy_workqueue|flush_scheduled_work|kthread_flush_worker|kthread_destroy_worker|cleanup_workqueue_thread)$/,
    whose: "caller",
    past: /^_*(?:flush_(?:workqueue|scheduled)|drain_workqueue|destroy_workqueue|kthread_(?:flush|destroy)_worker|cleanup_workqueue)/,
  },
  {
    role: "work",
    frames:
      /^(?:process_one_work|process_scheduled_works|worker_thread|run_workqueue|kthread_worker_fn|rescuer_thread)$/,
    whose: "callee",
    past: /^(?:process_|worker_thread|run_workqueue|kthread_worker_fn|rescuer)/,
  },
  {
    role: "timer-delete",
    frames:
      /^_{0,2}(?:del_timer_sync|timer_delete_sync\w{0,10}|try_to_del_timer_sync|timer_shutdown_sync|del_singleshot_timer_sync)$/,
    whose: "caller",
    past: /^_*(?:del_timer|timer_delete|try_to_del_timer|timer_shutdown)/,
  },
  {
    role: "timer",
    frames:
      /^(?:call_timer_fn|expire_timers|__run_timers|run_timer_softirq|run_timer_base|__hrtimer_run_queues|hrtimer_run_softirq)$/,
    whose: "callee",
    past: /^(?:call_timer_fn|expire_timers|_*run_timer|__hrtimer_run)/,
  },
  {
    role: "softirq",
    frames:
      /^(?:_{0,2}do_softirq(?:_own_stack)?|handle_softirqs|run_ksoftirqd|do_softirq_own_stack|invoke_softirq|net_rx_action|tasklet_action\w{0,10})$/,
  },
  {
    role: "hardirq",
    frames:
      /^(?:handle_irq_event\w{0,10}|__handle_irq_event_percpu|handle_(?:edge|level|fasteoi|percpu\w{0,20}|simple)_irq|do_IRQ|common_interrupt|asm_common_interrupt|(?:asm_)?sysvec_\w{1,40}|__sysvec_\w{1,40}|(?:smp_)?apic_timer_interrupt|hrtimer_interrupt|generic_smp_call_function_single_interrupt|gic_handle_irq|el1h?_64_irq|el0t_64_irq|__handle_domain_irq|do_interrupt_handler)$/,
  },
  { role: "cpu-hotplug", frames: HOTPLUG, whose: "callee", past: HOTPLUG },
  {
    role: "cpus-kept",
    frames:
      /^(?:cpus_read_lock|get_online_cpus|cpus_read_trylock|__cpuhp_(?:setup|remove)_state\w{0,20}|__cpuhp_state_\w{1,30}|static_key_slow_(?:inc|dec)\w{0,20}|static_key_(?:enable|disable)\w{0,20}|stop_machine)$/,
    whose: "caller",
    past: /^(?:cpus_|get_online|__cpuhp|cpuhp_|static_key|stop_machine|jump_label)/,
  },
  {
    role: "memory-hotplug",
    frames:
      /^(?:online_pages|offline_pages|mem_hotplug_begin|add_memory\w{0,20}|remove_memory|memory_subsys_\w{1,10}|arch_add_memory)$/,
  },
  {
    role: "freeze",
    frames:
      /^(?:freeze_super|thaw_super\w{0,10}|sb_wait_write|freeze_bdev|bdev_freeze|blk_(?:mq_)?freeze_queue\w{0,20}|freeze_processes|dpm_suspend\w{0,10}|suspend_devices_and_enter)$/,
    whose: "caller",
    past: /^(?:freeze_super|thaw_super|freeze_bdev|bdev_freeze|blk_(?:mq_)?freeze_queue|sb_wait_write)/,
  },
  {
    role: "grace-period",
    frames:
      /^_{0,2}(?:synchronize_(?:rcu|srcu|sched|net|irq)\w{0,20}|srcu_barrier|rcu_barrier\w{0,10}|wait_rcu_gp|rcu_sync_enter)$/,
    whose: "caller",
    past: /^_*(?:synchronize_|srcu_barrier|rcu_barrier|wait_rcu_gp|rcu_sync_)/,
  },
  {
    role: "rcu-callback",
    frames:
      /^(?:rcu_do_batch|rcu_core|rcu_core_si|rcu_process_callbacks|srcu_invoke_callbacks|rcu_cpu_kthread)$/,
  },
  {
    role: "console",
    frames:
      /^(?:console_unlock|console_flush_\w{1,20}|console_emit_next_record|call_console_drivers\w{0,10}|vt_console_print|serial8250_console_\w{1,20}|univ8250_console_write|console_lock_spinning_enable|console_trylock_spinning)$/,
  },
  {
    role: "printk",
    frames:
      /^(?:_?printk(?:_deferred)?|vprintk\w{0,10}|dev_printk\w{0,10}|_dev_\w{1,10}|netdev_(?:err|warn|info|printk)|__warn|warn_slowpath_\w{1,10}|__report_bug|report_bug|__warn_printk)$/,
    whose: "caller",
    past: /^_*(?:v?printk|dev_(?:printk|err|warn|info|emerg)|netdev_(?:err|warn|info|printk)|dynamic_\w+|warn_|warn$|report_bug)/,
  },
  {
    role: "sysfs-remove",
    frames:
      /^(?:_{0,2}kernfs_(?:drain|remove\w{0,20})|sysfs_(?:remove\w{0,20}|deactivate|addrm_finish)|device_(?:del|remove_file\w{0,10}|unregister)|kobject_del)$/,
    whose: "caller",
    past: /^_*(?:kernfs_|sysfs_|kobject_|device_(?:del|remove_file|unregister))/,
  },
  {
    role: "sysfs-create",
    frames:
      /^(?:kernfs_(?:new_node|create_\w{1,20}|add_one)|__kernfs_new_node|sysfs_create_\w{1,20}|kobject_add\w{0,20}|device_add)$/,
    whose: "caller",
    past: /^_*(?:kernfs_|sysfs_|kobject_|device_(?:add|create))/,
  },
  {
    role: "sysfs-method",
    frames:
      /^(?:kernfs_fop_\w{1,20}|sysfs_kf_\w{1,20}|kernfs_seq_\w{1,10}|cgroup_file_write|cgroup_seqfile_show)$/,
    whose: "callee",
    past: /^(?:kernfs_|sysfs_kf|seq_read|dev_attr_|kobj_attr_|cgroup_(?:file_write|seqfile_show))/,
  },
  {
    role: "probe",
    frames:
      /^(?:really_probe|__?driver_probe_device|__driver_attach|__device_attach\w{0,10}|bus_probe_device|device_attach|pci_device_probe|platform_probe|usb_probe_\w{1,10})$/,
    whose: "callee",
    past: /^(?:really_probe|_{0,2}driver_probe_device|__driver_attach|__device_attach|bus_)/,
  },
  {
    role: "driver-remove",
    frames:
      /^(?:device_release_driver\w{0,10}|__device_release_driver|driver_detach|bus_remove_device|pci_device_remove|usb_disconnect|usb_unbind_\w{1,10})$/,
  },
  {
    role: "module-load",
    frames: /^(?:do_init_module|load_module|init_module_from_file|_{0,2}do_sys_(?:f?init_module))$/,
  },
  {
    role: "boot",
    frames:
      /^(?:do_one_initcall|do_initcalls|do_initcall_level|kernel_init_freeable|start_kernel|smp_init|do_basic_setup)$/,
  },
  {
    role: "mount",
    frames:
      /^(?:(?:path|do|ksys|init|vfs_kern|fc)_mount|legacy_get_tree|vfs_get_tree|get_tree_\w{1,12}|mount_(?:bdev|nodev|fs|single)|reconfigure_super|do_remount_sb|do_new_mount\w{0,5}|\w{1,30}_(?:fill_super|mount|mount_root|mount_rw|get_tree)|open_ctree)$/,
  },
  {
    role: "unmount",
    frames:
      /^(?:generic_shutdown_super|kill_(?:block|anon|litter)_super|deactivate_(?:locked_)?super|cleanup_mnt|\w{1,30}_(?:put_super|kill_sb|kill_super)|close_ctree)$/,
  },
  {
    role: "writeback",
    frames:
      /^(?:wb_workfn|wb_writeback|wb_do_writeback|__writeback_(?:single_inode|inodes_wb)|writeback_sb_inodes|do_writepages|filemap_fdatawrite_wbc)$/,
  },
  {
    role: "io-submit",
    frames: /^(?:_{0,3}blk_queue_enter|bio_queue_enter|__bio_queue_enter|blk_mq_alloc_request\w{0,10})$/,
    whose: "caller",
    past: /^_{0,3}(?:blk_|blkdev_|bio_|submit_bio|mpage_|scsi_|sd_|nvme_|ata_|ioctl_|dm_|generic_make_request)/,
  },
  {
    role: "device-open",
    frames: /^_{0,2}(?:blkdev_get\w{0,20}|bdev_(?:file_)?open\w{0,20}|blkdev_open)$/,
    whose: "caller",
    past: /^_{0,2}(?:blkdev_get|bdev_(?:file_)?open)/,
  },
  { role: "exit", frames: /^(?:do_exit|do_group_exit|exit_mm|make_task_dead)$/ },
  { role: "task-work", frames: /^(?:task_work_run|____fput)$/ },
] as const satisfies readonly RoleRow[];

export type RoleName = (typeof ROLES)[number]["role"] | "system-call";

/** Lockdep, the lock functions and what reports them: never what the code was doing. */
const REPORTING =
  "dump_stack\\w{0,10}|dump_backtrace|show_stack|walk_stackframe|print_\\w{1,40}_bug|print_\\w{0,20}usage\\w{0,20}|spin_(?:dump|bug)|panic|__warn|report_bug|fixup_bug|do_error_trap|do_invalid_op|invalid_op|exc_invalid_op|handle_bug|asm_exc_invalid_op|(?:bug|bug_brk|brk)_handler|call_(?:el1_)?break_hook|do_debug_exception|(?:do_)?el1_(?:dbg|brk64)|do_program_check|program_check_\\w{1,20}|monitor_event_exception|__do_pgm_check|pgm_check_handler|do_trap_break|handle_break|__schedule_bug|__schedule|schedule|schedule_timeout|preempt_schedule\\w{0,20}";
const LOCKDEP =
  "_{0,2}lock_acquire\\w{0,20}|lock_release\\w{0,20}|lock_sync|lock_map_\\w{1,20}|__lock_\\w{1,20}|validate_chain|check_(?:prevs?_add|noncircular|irq_usage|flags|wait_context|deadlock|chain_key|preemption_disabled|usage\\w{0,20})|mark_(?:lock\\w{0,10}|held_locks|usage|irqflags)|save_trace|register_lock_class|look_up_lock_class|add_lock_to_list|reacquire_held_locks|lockdep_\\w{1,40}|trace_(?:hard|soft)irqs_\\w{1,10}|touch_w\\w{1,20}_lockdep_map|debug_check_no_locks_\\w{1,10}|debug_smp_processor_id|__this_cpu_preempt_check|rcu_preempt_sleep_check|_{0,3}might_(?:resched|sleep|lock)\\w{0,10}";
const LOCKING =
  "_{0,2}raw_(?:spin|read|write)_\\w{1,40}|_{0,3}(?:mutex|ww_mutex|rt_mutex|down|up|rtlock|rt_spin|rwbase|rwsem|debug_mutex)(?:_\\w{1,40})?|percpu_(?:down|up)_\\w{1,20}|__percpu_down_read|queued_(?:spin|read|write)_\\w{1,40}|do_raw_\\w{1,30}|spin_(?:lock|unlock)\\w{0,20}";
export const LOCK_FUNCTIONS = new RegExp(`^(?:${REPORTING}|${LOCKDEP}|${LOCKING})$`);
export const LOCKDEP_FUNCTIONS = new RegExp(`^(?:${LOCKDEP})$`);

/** How the lock was asked for, told by the function that asks. The first that fits counts. */
export const ACQUISITIONS = [
  {
    how: "trylock",
    frames:
      /^_*(?:raw_)?(?:spin|read|write|mutex|down|percpu_down|rt_mutex|ww_mutex|cpus|mmap|console|rtnl|folio)_(?:\w{1,20}_)?trylock/,
  },
  { how: "sync", frames: /^lock_sync$/ },
  { how: "recursive-read", frames: /^_*s?rcu_read_lock|^_*read_lock_recursive|^cpus_read_lock_recursive/ },
  {
    how: "read",
    frames:
      /^_*(?:raw_)?read_lock|^_*down_read|^percpu_down_read|^__percpu_down_read|^cpus_read_lock$|^mmap_read_lock|^inode_lock_shared/,
  },
] as const satisfies readonly { how: string; frames: RegExp }[];
