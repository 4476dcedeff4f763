import type { KnownCommit } from "./schema.ts";

/**
 * Every commit that an entry names. `adds` says what it added to the graph of locks; an empty one that it
 * added no class and no edge: a rename, a message, a check taken away.
 *
 * Hashes, subjects and releases were collected by hand from public trees, push logs and archived mail.
 */
export const COMMITS: Readonly<Record<string, KnownCommit>> = {
  "040a0a371005": {
    subject: "mutex: Add support for wound/wait style locks",
    release: "v3.11",
    verified: true,
  },
  "0471db447cb7": {
    subject: "locking/lockdep: Improve the deadlock scenario print for sync and read lock",
    release: "v6.4",
    verified: true,
    adds: {},
  },
  "0952c8183c15": { subject: "xfs: clean up inode lockdep annotations", release: "v4.3", verified: true },
  "0976dfc1d0cd": {
    subject: "workqueue: Catch more locking problems with flush_work()",
    release: "v3.4",
    verified: true,
    adds: {
      edges: [
        { to: "work_completion", frames: /flush_work/ },
        { to: "legacy_work", frames: /flush_work/ },
      ],
    },
  },
  "0cce06ba859a": {
    subject: "debugobjects,locking: Annotate debug_object_fill_pool() wait type violation",
    release: "v6.4",
    verified: true,
    adds: { annotations: ["debug_objects_fill_pool", "wait_type_override"] },
  },
  "0ee223b2e1f6": {
    subject: "scsi: core: Avoid that SCSI device removal through sysfs triggers a deadlock",
    release: "v4.19",
    verified: true,
  },
  "108c14858b9e": {
    subject: "locking/lockdep: Add support for dynamic keys",
    release: "v5.1",
    verified: true,
    adds: {},
  },
  "1233751f7df7": {
    subject: "usb-storage: fix queue freeze vs limits lock order",
    release: "v6.14",
    verified: true,
  },
  "1704f47b50b5": {
    subject: "lockdep: Add novalidate class for dev->mutex conversion",
    release: "v2.6.34",
    verified: true,
  },
  "1751060e2527": {
    subject: "locking/percpu-rwsem, lockdep: Make percpu-rwsem use its own lockdep_map",
    release: "v5.7",
    verified: true,
  },
  "186873c549df": {
    subject: "random: use simpler fast key erasure flow on per-cpu keys",
    release: "v5.18",
    verified: true,
  },
  "19a5ecde086a": {
    subject: "rcu: Suppress lockdep false positive for rcp->exp_funnel_mutex",
    release: "v4.3",
    verified: true,
    adds: {},
  },
  "1a33e10e4a95": {
    subject: "net: partially revert dynamic lockdep key changes",
    release: "v5.7",
    verified: true,
  },
  "1a616c2fe96b": { subject: "lockdep: lockdep_set_notrack_class()", release: "v6.11", verified: true },
  "1bf70d08cc3b": {
    subject: "block: introduce a dedicated lock for protecting queue elevator updates",
    release: "v6.15",
    verified: true,
  },
  "1ca7d67cf5d5": {
    subject: "seqcount: Add lockdep functionality to seqcount/seqlock structures",
    release: "v3.13",
    verified: true,
  },
  "1d0f5838b126": {
    subject: "drm/amdgpu: Add lockdep annotations for lock ordering validation",
    release: "v7.2",
    verified: true,
  },
  "22465bbac53c": {
    subject: "blk-mq: move cpuhp callback registering out of q->sysfs_lock",
    release: "v6.13",
    verified: true,
  },
  "22843291efc9": {
    subject: "vfs: remove lockdep bogosity in __sb_start_write",
    release: "v5.10",
    verified: true,
  },
  "23b68395c7c7": {
    subject: "mm/mmu_notifiers: add a lockdep map for invalidate_range_start/end",
    release: "v5.4",
    verified: true,
    adds: { annotations: ["mmu_notifier_invalidate_range_start"] },
  },
  "2429f7ac2ef4": {
    subject: "net: introduce netif_addr_lock_nested() and call if when appropriate",
    release: "v3.3",
    verified: true,
  },
  "24a57affd242": {
    subject: "rcu/nocb: Invert rcu_state.barrier_mutex VS hotplug lock locking order",
    release: "v6.0",
    verified: true,
  },
  "24ef659a857c": {
    subject: "rcu: Provide better diagnostics for blocking in RCU callback functions",
    release: "v3.17",
    verified: true,
  },
  "28bc55f654de": {
    subject: "sched: Constrain locks in sched_submit_work()",
    release: "v6.7",
    verified: true,
    adds: {},
  },
  "2a8061ee5e41": {
    subject: "better lockdep annotations for simple_recursive_removal()",
    release: "v6.17",
    verified: true,
  },
  "2dcb96bacce3": {
    subject: "net: core: Correct the sock::sk_lock.owned lockdep annotations",
    release: "v5.15",
    verified: true,
  },
  "2f1f043e7bea": {
    subject: "locking/lockdep: Introduce lock_sync()",
    release: "v6.4",
    verified: true,
    adds: {},
  },
  "310bc39546a4": {
    subject: "KVM: x86/xen: Avoid deadlock by adding kvm->arch.xen.xen_lock leaf node lock",
    release: "v6.2",
    verified: true,
  },
  "322c4293ecc5": {
    subject: "loop: make autoclear operation asynchronous",
    release: "v5.17",
    verified: true,
  },
  "34a3d1e83708": { subject: "lockdep: annotate journal_start()", release: "v2.6.24", verified: true },
  "34f50cc6441b": {
    subject: "drm/sched: Use drm sched lockdep map for submit_wq",
    release: "v6.12",
    verified: true,
    adds: { annotations: ["drm_sched_map"] },
  },
  "383a4bc88849": {
    subject: "locking/lockdep: Make print_circular_bug() aware of crossrelease",
    release: "v4.14",
    verified: true,
    adds: {},
  },
  "384c1d907eeb": {
    subject: "drm/amdgpu: Fix lockdep false positive in amdgpu_lockdep_init",
    release: "v7.2",
    verified: true,
  },
  "3955802f160b": {
    subject: "af_unix: Define locking order for unix_table_double_lock().",
    release: "v6.11",
    verified: true,
  },
  "3ce6e1f662a9": {
    subject: "loop: reintroduce global lock for safe loop_validate_file() traversal",
    release: "v5.14",
    verified: true,
  },
  "3e738c531aad": {
    subject: "btrfs: add lockdep annotations for transaction states wait events",
    release: "v6.1",
    verified: true,
  },
  "3f906ba23689": {
    subject: "mm/memory-hotplug: switch locking to a percpu rwsem",
    release: "v4.13",
    verified: true,
  },
  "42a90008f890": {
    subject: "KVM: Ensure lockdep knows about kvm->lock vs. vcpu->mutex ordering rule",
    release: "v6.2",
    verified: true,
  },
  "44d174596260": {
    subject: "KVM: Use dedicated mutex to protect kvm_usage_count to avoid deadlock",
    release: "v6.12",
    verified: true,
  },
  "473106dd3aa9": {
    subject: "nvme: fix queue freeze vs limits lock order",
    release: "v6.14",
    verified: true,
  },
  "48228f7b470a": {
    subject: "lockdep/timers: Explain in detail the locking problems del_timer_sync() may cause",
    release: "v2.6.39",
    verified: true,
    adds: {},
  },
  "491f2927ae09": {
    subject: "ext4: fast commit: make s_fc_lock reclaim-safe",
    release: "v7.0",
    verified: true,
  },
  "4a55c0474a92": {
    subject: "mm/hotplug: silence a lockdep splat with printk()",
    release: "v5.6",
    verified: true,
  },
  "4d322dce82a1": {
    subject: "af_unix: fix lockdep positive in sk_diag_dump_icons()",
    release: "v6.8",
    verified: true,
  },
  "4dbada2be460": { subject: "gpio: omap: use raw locks for locking", release: "v4.1", verified: true },
  "4dcc4874deb4": {
    subject: "block: cleanup the lockdep handling in *alloc_disk",
    release: "v5.15",
    verified: true,
  },
  "4e6045f13478": {
    subject: "workqueue: debug flushing deadlocks with lockdep",
    release: "v2.6.24",
    verified: true,
    adds: { annotations: ["wq_completion", "work_completion", "static_work", "legacy_work"] },
  },
  "4eae06de482b": {
    subject: "ovl: lockdep annotate of nested OVL_I(inode)->lock",
    release: "v4.15",
    verified: true,
  },
  "4f3eaf452a14": {
    subject: "mm: report a more useful address for reclaim acquisition",
    release: "v5.15",
    verified: true,
    adds: {},
  },
  "4fc95e867f1e": { subject: "lockdep: sanitize bit names", release: "v2.6.30", verified: true },
  "51ee049e771c": { subject: "vfs: s_vfs_rename_key per filesystem type", release: "v3.0", verified: false },
  "5a9ba6709f13": {
    subject: "btrfs: add lockdep annotations for num_extwriters wait event",
    release: "v6.1",
    verified: true,
  },
  "5accdf82ba25": { subject: "fs: Improve filesystem freezing handling", release: "v3.6", verified: true },
  "5cb9eaa3d274": { subject: "sched: Wrap rq::lock access", release: "v5.14", verified: true },
  "5e338405119a": { subject: "drm/ttm: convert to the reservation api", release: "v3.11", verified: true },
  "5f4b55e10645": {
    subject: "smp/hotplug: Differentiate the AP-work lockdep class between up and down",
    release: "v4.14",
    verified: true,
  },
  "5fbff813a4a3": { subject: "dma-fence: basic lockdep annotations", release: "v5.9", verified: true },
  "613051dac40d": {
    subject: "drm: locking&new iterators for connector_list",
    release: "v4.11",
    verified: true,
  },
  "623af4f538b5": { subject: "fsnotify: fix wrong lockdep annotations", release: "v5.19", verified: true },
  "66204f1d2d1b": {
    subject: "mm/mmu_notifiers: prime lockdep",
    release: "v5.4",
    verified: true,
    adds: {
      edges: [
        {
          from: "fs_reclaim",
          to: "mmu_notifier_invalidate_range_start",
          frames: /^_*(?:do_)?mmu_notifier_register$/,
        },
      ],
    },
  },
  "669de8bda87b": {
    subject: "kernel/workqueue: Use dynamic lockdep keys for workqueues",
    release: "v5.1",
    verified: true,
    adds: {},
  },
  "6cc8e7430801": {
    subject: "loop: scale loop device by introducing per device lock",
    release: "v5.12",
    verified: true,
  },
  "6d7225f0cc1a": {
    subject: "lockdep: teach lockdep about memalloc_noio_save",
    release: "v4.12",
    verified: false,
    adds: {},
  },
  "6dcde60efd94": {
    subject: "xfs: more lockdep whackamole with kmem_alloc*",
    release: "v5.8",
    verified: true,
  },
  "6f2b9b9a9d75": {
    subject: "timer: implement lockdep deadlock detection",
    release: "v2.6.30",
    verified: true,
  },
  "730633f0b7f9": {
    subject: "mm: Protect operations adding pages to page cache with invalidate_lock",
    release: "v5.15",
    verified: true,
  },
  "76aed95319da": { subject: "rtnetlink: Add per-netns RTNL.", release: "v6.13", verified: true },
  "786d7257e537": {
    subject: "reservation: cross-device reservation support, v4",
    release: "v3.11",
    verified: true,
  },
  "7b7510662f4d": { subject: "jbd2: add lockdep support", release: "v2.6.25", verified: true },
  "7dd1b884f777": {
    subject: "dma-resv: lockdep-prime address_space->i_mmap_rwsem for dma-resv",
    release: "v5.10",
    verified: true,
    adds: { edges: [{ to: "i_mmap_rwsem", frames: /^dma_resv_lockdep$/ }] },
  },
  "7e4d784f5810": {
    subject: "net: hold netdev instance lock during rtnetlink operations",
    release: "v6.15",
    verified: true,
  },
  "7e7844226f10": {
    subject: "lockdep: allow to disable reclaim lockup detection",
    release: "v4.12",
    verified: true,
    adds: {},
  },
  "7f473f971382": {
    subject: "ext4: lockdep: handle i_data_sem subclassing for special inodes",
    release: "v7.2",
    verified: true,
  },
  "8009f9fb3067": {
    subject: "ext4: Fix circular locking dependency with migrate and rm.",
    release: "v2.6.25",
    verified: true,
  },
  "8129ed29644b": {
    subject: "change sb_writers to use percpu_rw_semaphore",
    release: "v4.3",
    verified: true,
  },
  "83382af9ddc3": {
    subject: "slab: Make slub local_(try)lock more precise for LOCKDEP",
    release: "v6.18",
    verified: true,
  },
  "845e0ebb4408": {
    subject: "net: change addr_list_lock back to static key",
    release: "v5.8",
    verified: true,
  },
  "846f99749ab6": {
    subject: "sysfs: Add lockdep annotations for the sysfs active reference",
    release: "v2.6.34",
    verified: true,
  },
  "851a67b82554": {
    subject: "lockdep: annotate rcu_read_{,un}lock{,_bh}",
    release: "v2.6.24",
    verified: true,
  },
  "87915adc3f0a": {
    subject: "workqueue: re-add lockdep dependencies for flushing",
    release: "v4.19",
    verified: true,
    adds: {
      edges: [
        { to: "wq_completion", frames: /^_*(?:flush|cancel)_\w{0,30}work\w{0,20}$|^start_flush_work$/ },
        { to: "work_completion", frames: /^_*(?:flush|cancel)_\w{0,30}work\w{0,20}$|^start_flush_work$/ },
      ],
    },
  },
  "893cdaaa3977": {
    subject: "sched: avoid false lockdep splat in put_task_struct()",
    release: "v6.6",
    verified: true,
    adds: {},
  },
  "897c6ff9568b": { subject: "[PATCH] lockdep: annotate sb ->s_umount", release: "v2.6.18", verified: true },
  "8a0e8bb112af": {
    subject: "mm: shrinker: convert shrinker_rwsem to mutex",
    release: "v6.7",
    verified: true,
  },
  "91710728d172": { subject: "locking: Introduce local_lock()", release: "v5.8", verified: true },
  "92e250c624ea": {
    subject: "timekeeping: Add a lockdep override in tick_freeze()",
    release: "v6.15",
    verified: true,
    adds: {},
  },
  "92ec07677107": {
    subject: "drm/msm: Don't init ww_mutec acquire ctx before needed",
    release: "v5.6",
    verified: true,
  },
  "93a8614e3a4d": {
    subject: "xfs: fix directory inode iolock lockdep false positive",
    release: "v3.15",
    verified: true,
  },
  "95d6c701f4ca": {
    subject: "mm: extract might_alloc() debug check",
    release: "v5.11",
    verified: true,
    adds: {},
  },
  "9902af79c01a": { subject: "parallel lookups: actual switch to rwsem", release: "v4.7", verified: true },
  "9a5b183941b5": {
    subject: "mm, percpu: do not consider sleepable allocations atomic",
    release: "v6.15",
    verified: true,
  },
  "9a7aa12f3911": {
    subject: "vfs: Set special lockdep map for dirs only if not set by fs",
    release: "v2.6.31",
    verified: true,
  },
  a05829a7222e: {
    subject: "cfg80211: avoid holding the RTNL when calling the driver",
    release: "v5.12",
    verified: true,
  },
  a09785a2414a: { subject: "[PATCH] lockdep: annotate af_unix locking", release: "v2.6.18", verified: true },
  a5b5bb9a053a: { subject: "[PATCH] lockdep: annotate sk_locks", release: "v2.6.18", verified: true },
  a652d7081bc9: { subject: "lockdep: sanitize reclaim bit names", release: "v2.6.30", verified: true },
  a8698707a183: { subject: "block: move bd_mutex to struct gendisk", release: "v5.14", verified: true },
  ab714aff4f74: { subject: "jbd2: move lockdep tracking to journal_s", release: "v4.8", verified: true },
  ab9a323f9ab5: {
    subject: "btrfs: add macros for annotating wait events with lockdep",
    release: "v6.1",
    verified: true,
  },
  adc5e8b58f48: {
    subject: "kernfs: drop s_ prefix from kernfs_node members",
    release: "v3.14",
    verified: true,
  },
  b1eaa950f7e9: {
    subject: "ovl: lockdep annotate of nested stacked overlayfs inode lock",
    release: "v4.11",
    verified: true,
  },
  b1f9d3858f72: { subject: "ovl: use ovl_inode_lock in ovl_llseek()", release: "v5.6", verified: true },
  b2a8116e2592: {
    subject: "dma_resv: prime lockdep annotations",
    release: "v5.5",
    verified: true,
    adds: {
      edges: [
        { to: "reservation_ww", frames: /^dma_resv_lockdep$/ },
        { to: "mmap_lock", frames: /^dma_resv_lockdep$/ },
        { to: "fs_reclaim", frames: /^dma_resv_lockdep$/ },
      ],
    },
  },
  b3c6a5997541: {
    subject: "block: Fix a lockdep complaint triggered by request queue flushing",
    release: "v5.6",
    verified: true,
  },
  b3fbab0571eb: {
    subject: "rcu: Restore checks for blocking in RCU read-side critical sections",
    release: "v3.2",
    verified: true,
    adds: {},
  },
  b6dd4d83dc2f: {
    subject: "irqchip/gic-v3: Change pr_debug message to pr_devel",
    release: "v4.16",
    verified: true,
  },
  c1e8d7c6a7a6: { subject: "mmap locking API: convert mmap_sem comments", release: "v5.8", verified: true },
  c755e251357a: {
    subject: "ext4: fix deadlock between inline_data and ext4_expand_extra_isize_ea()",
    release: "v4.11",
    verified: true,
  },
  c7f8f31c00d1: { subject: "mm: separate vma->lock from vm_area_struct", release: "v6.4", verified: true },
  c8c06efa8b55: { subject: "mm: convert i_mmap_mutex to rwsem", release: "v3.19", verified: true },
  c99f66e4084a: {
    subject: "block: fix queue freeze vs limits lock order in sysfs store methods",
    release: "v6.14",
    verified: true,
  },
  // version 2 of f920e413ff9c: it applied the task's scopes to a copy of the mask and tested the other one; seen by an XFS
  // maintainer three days after the first report, and dropped
  cbf7c9d86d75: {
    subject: "mm: track mmu notifiers in fs_reclaim_acquire/release",
    release: "linux-next",
    verified: true,
    adds: {
      edges: [
        {
          to: "mmu_notifier_invalidate_range_start",
          frames: /^fs_reclaim_acquire$|^might_alloc$|alloc/,
          without: /^__mmu_notifier_invalidate|^mmu_interval_/,
        },
      ],
      records: [
        {
          to: "fs_reclaim",
          in: ["fs_reclaim_acquire", "__need_fs_reclaim"],
          within: ["NOFS", "NOIO"],
          mendedIn: "f920e413ff9c",
        },
      ],
    },
  },
  cecf5d87ff20: { subject: "block: split .sysfs_lock into two locks", release: "v5.4", verified: true },
  cf40bd16fdad: {
    subject: "lockdep: annotate reclaim context (__GFP_NOFS)",
    release: "v2.6.30",
    verified: true,
  },
  cf508b1211db: {
    subject: "netdev: Handle ->addr_list_lock just like ->_xmit_lock for lockdep.",
    release: "v2.6.27",
    verified: true,
  },
  d0b9a9aef0a1: {
    subject: "dma-fence: prime lockdep annotations",
    release: "v5.9",
    verified: true,
    adds: {
      edges: [
        { to: "dma_fence_map", frames: /^dma_resv_lockdep$/ },
        { to: "mmu_notifier_invalidate_range_start", frames: /^dma_resv_lockdep$/ },
      ],
    },
  },
  d1b72cc6d8cb: { subject: "overlayfs: fix lockdep misannotation", release: "v3.18", verified: true },
  d475fd428ce7: { subject: "lockdep: per filesystem inode lock class", release: "v2.6.24", verified: true },
  d5037d1d82b3: {
    subject: "locking/selftests: add testcases for fs_reclaim",
    release: "v5.11",
    verified: true,
    adds: {},
  },
  d690cb8ae14b: {
    subject: "block: add an API to atomically update queue limits",
    release: "v6.9",
    verified: true,
  },
  d6e89786bed9: {
    subject: "workqueue: skip lockdep wq dependency in cancel_work_sync()",
    release: "v4.19",
    verified: true,
    adds: {},
  },
  d92a8cfcb37e: {
    subject: "locking/lockdep: Rework FS_RECLAIM annotation",
    release: "v4.14",
    verified: true,
    adds: { annotations: ["fs_reclaim"] },
  },
  da1c55f1b272: {
    subject: "mmap locking API: rename mmap_sem to mmap_lock",
    release: "v5.8",
    verified: true,
  },
  daee779718a3: {
    subject: "console: implement lockdep support for console_lock",
    release: "v3.9",
    verified: true,
  },
  daeed1595b4d: {
    subject: "printk: Avoid false positive lockdep report for legacy printing",
    release: "v6.12",
    verified: true,
    adds: {},
  },
  dbdda842fe96: {
    subject: "printk: Add console owner and waiter logic to load balance console writes",
    release: "v4.16",
    verified: true,
    adds: { annotations: ["console_owner"] },
  },
  de8f5e4f2dc1: { subject: "lockdep: Introduce wait-type checks", release: "v5.7", verified: true, adds: {} },
  dfd5e3f5fe27: { subject: "locking/lockdep: Mark local_lock_t", release: "v5.12", verified: true, adds: {} },
  e044374a8a0a: {
    subject: "ima: annotate iint mutex to avoid lockdep false positive warnings",
    release: "v6.7",
    verified: true,
  },
  e1489b4fe604: {
    subject: "btrfs: add lockdep annotations for num_writers wait event",
    release: "v6.1",
    verified: true,
  },
  e319e1fbd9d4: {
    subject: "block, locking/lockdep: Assign a lock_class per gendisk used for wait_for_completion()",
    release: "v4.15",
    verified: true,
  },
  e966eaeeb623: {
    subject: "locking/lockdep: Remove the cross-release locking checks",
    release: "v4.15",
    verified: true,
  },
  eb1cfd09f788: {
    subject: "lockdep: Add lock_set_cmp_fn() annotation",
    release: "v6.5",
    verified: true,
    adds: {},
  },
  ebe7561e9b92: {
    subject: "pinctrl: renesas: rzt2h: Fix invalid wait context",
    release: "v7.0",
    verified: true,
  },
  f0f44752f5f6: {
    subject: "rcu: Annotate SRCU's update-side lockdep dependencies",
    release: "v6.4",
    verified: true,
    adds: { edges: [{ to: "srcu", frames: /^_*synchronize_srcu/ }] },
  },
  f1be1788a32e: {
    subject: "block: model freeze & enter queue as lock for supporting lockdep",
    release: "v6.13",
    verified: true,
    adds: { annotations: ["q_usage_counter_io", "q_usage_counter_queue"] },
  },
  f35ab95ca0af: {
    subject: "mm: replace vm_lock and detached flag with a reference count",
    release: "v6.15",
    verified: true,
  },
  f3dec61d7544: { subject: "nbd: fix queue freeze vs limits lock order", release: "v6.14", verified: true },
  f920e413ff9c: {
    subject: "mm: track mmu notifiers in fs_reclaim_acquire/release",
    release: "v5.11",
    verified: true,
    adds: {
      edges: [
        {
          to: "mmu_notifier_invalidate_range_start",
          frames: /^fs_reclaim_acquire$|^might_alloc$|alloc/,
          without: /^__mmu_notifier_invalidate|^mmu_interval_/,
        },
      ],
    },
  },
  fab3a549e204: {
    subject: "ext4: Fix potential fiemap deadlock (mmap_sem vs. i_data_sem)",
    release: "v2.6.33",
    verified: true,
  },
  fc8dffd379ca: {
    subject: "cpu/hotplug: Convert hotplug locking to percpu rwsem",
    release: "v4.13",
    verified: true,
  },
  fd1464105cb3: {
    subject: "fs: Avoid grabbing sb->s_umount under bdev->bd_holder_lock",
    release: "v6.7",
    verified: true,
  },
  fd1a5b04dfb8: {
    subject: "workqueue: Remove now redundant lock acquisitions wrt. workqueue flushes",
    release: "v4.15",
    verified: true,
  },
  fedf7a441fe8: {
    subject: "dma-resv: Also prime acquire ctx for lockdep",
    release: "v5.6",
    verified: true,
    adds: { edges: [{ to: "reservation_ww", frames: /^dma_resv_lockdep$/ }] },
  },
  ffa1e7ada456: {
    subject: "block: Make request_queue lockdep splats show up earlier",
    release: "v6.15",
    verified: true,
    adds: { edges: [{ from: "fs_reclaim", to: "q_usage_counter_io", frames: /^blk_alloc_queue$/ }] },
  },
};
