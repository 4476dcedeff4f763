/**
 * Orders that the kernel writes down: each step is taken under those before it. An edge against such an order is the one
 * that is wrong, one along it is not. A step is an entry of the catalogue or a pattern of class names; of steps that
 * are beside each other nothing is said.
 */
export interface DocumentedOrder {
  readonly steps: readonly (readonly (string | RegExp)[])[];
  /** Where it is written, in the kernel's sources. */
  readonly source: string;
}

export const ORDERS: readonly DocumentedOrder[] = [
  {
    steps: [["sb_writers"], ["i_rwsem", "s_umount"]],
    source: "include/linux/fs.h, sb_start_write()",
  },
  {
    steps: [["mmap_lock"], ["sb_pagefaults"]],
    source: "include/linux/fs.h, sb_start_pagefault()",
  },
  {
    steps: [["sb_writers"], ["sb_pagefaults"], ["sb_internal"]],
    source: "include/linux/fs.h, the levels of freezing",
  },
  {
    steps: [["i_rwsem"], ["mmap_lock"], ["invalidate_lock"], ["i_mmap_rwsem"], ["anon_vma_rwsem"]],
    source: "mm/rmap.c and mm/filemap.c, lock ordering",
  },
  {
    steps: [["i_rwsem"], ["jbd2_handle"], [/^&ei->i_data_sem$/]],
    source: "fs/ext4/super.c, lock ordering",
  },
  {
    steps: [["i_rwsem"], ["mmap_lock"], ["invalidate_lock"], ["xfs_ilock"]],
    source: "fs/xfs/xfs_inode.c, xfs_ilock()",
  },
  {
    steps: [
      [/^uuid_mutex$/],
      [/^&fs_devs->device_list_mutex$/],
      [/^&fs_info->chunk_mutex$/],
      [/^&fs_info->balance_mutex$/],
    ],
    source: "fs/btrfs/volumes.c, lock nesting",
  },
  {
    steps: [[/^&fs_info->commit_root_sem$/], ["btrfs_tree"]],
    source: "fs/btrfs/qgroup.c, btrfs_qgroup_trace_extent_post()",
  },
  {
    steps: [["limits_lock"], ["q_usage_counter_io", "q_usage_counter_queue"], ["elevator_lock"]],
    source: "include/linux/blkdev.h, elevator_lock; queue_limits_commit_update_frozen()",
  },
  {
    steps: [["elevator_lock"], [/^&q->rq_qos_mutex$/]],
    source: "include/linux/blkdev.h: elevator_lock covers wbt's latency, wbt_init() takes rq_qos_mutex",
  },
  {
    steps: [["fs_reclaim"], ["q_usage_counter_io"]],
    source: "block/blk-core.c, blk_alloc_queue()",
  },
  {
    steps: [["q_usage_counter_queue"], [/^\(work_completion\)\(&\(&wb->[a-z_]{1,20}\)->work\)$/]],
    source: "block/genhd.c, del_gendisk()",
  },
  {
    steps: [["open_mutex"], ["loop_lo_mutex"]],
    source: "drivers/block/loop.c, lo_open()",
  },
  {
    steps: [
      ["mmap_lock"],
      ["reservation_ww"],
      ["fs_reclaim"],
      ["mmu_notifier_invalidate_range_start"],
      ["dma_fence_map"],
    ],
    source: "drivers/dma-buf/dma-resv.c, dma_resv_lockdep()",
  },
  {
    steps: [
      [/^&sig->exec_update_lock$/],
      [/^&ctx->mutex$|^&cpuctx_mutex$/],
      [/^&event->child_mutex$/],
      ["mmap_lock"],
      [/^&event->mmap_mutex$/],
    ],
    source: "kernel/events/core.c, lock order",
  },
  {
    steps: [["cpu_hotplug_lock"], [/^pmus_lock$/]],
    source: "kernel/events/core.c, lock order",
  },
  {
    steps: [[/^&kvm->lock$/], [/^&vcpu->mutex$/], [/^&kvm->slots_lock$/], [/^&kvm->srcu$/]],
    source: "Documentation/virt/kvm/locking.rst",
  },
  {
    steps: [[/^&kvm->lock$/], [/^&kvm->irq_lock$/]],
    source: "Documentation/virt/kvm/locking.rst",
  },
  {
    // mdevs_lock was called lock before there was a guests_lock
    steps: [[/^&matrix_dev->guests_lock$/], [/^&kvm->lock$/], [/^&matrix_dev->(?:mdevs_)?lock$/]],
    source: "drivers/s390/crypto/vfio_ap_ops.c, get_update_locks_for_kvm()",
  },
  {
    steps: [["cpu_hotplug_lock"], [/^kvm_lock$/]],
    source: "Documentation/virt/kvm/locking.rst",
  },
  {
    steps: [["cpu_hotplug_lock"], ["slab_mutex", "jump_label_mutex", "cpuhp_state_mutex"]],
    source: "mm/slab_common.c, kernel/jump_label.c and kernel/cpu.c: cpus_read_lock() comes first",
  },
  {
    steps: [["rtnl_mutex"], ["netdev_instance_lock"]],
    source: "Documentation/networking/netdevices.rst",
  },
  {
    steps: [["rtnl_mutex"], ["sk_lock"]],
    source:
      "net/ipv4/ip_sockglue.c and net/ipv6/ipv6_sockglue.c: setsockopt takes rtnl_mutex before the socket",
  },
  {
    steps: [[/^cb_lock$/], ["rtnl_mutex"]],
    source: "net/netlink/genetlink.c, genl_rcv()",
  },
  {
    steps: [["pernet_ops_rwsem"], ["rtnl_mutex"]],
    source: "net/core/net_namespace.c and net/core/dev.c, register_netdevice_notifier()",
  },
  {
    steps: [["rtnl_mutex"], ["wiphy_mutex"]],
    source: "net/wireless/core.h",
  },
  {
    steps: [["pi_lock"], ["rq_lock"]],
    source: "kernel/sched/core.c, serialization rules",
  },
];

/** How an edge stands to what is written down; null: nothing is. */
export interface OrderFound {
  readonly way: "along" | "against";
  readonly source: string;
}

/**
 * @param from names of the entries and of the class that is held, of which steps speak
 * @param to the same of the class that is taken under it
 */
export function documentedOrder(from: readonly string[], to: readonly string[]): OrderFound | null {
  for (const { steps, source } of ORDERS) {
    const outer = placeOf(steps, from);
    const inner = outer === -1 ? -1 : placeOf(steps, to);
    if (inner !== -1 && outer !== inner) return { way: outer < inner ? "along" : "against", source };
  }
  return null;
}

function placeOf(steps: DocumentedOrder["steps"], names: readonly string[]): number {
  return steps.findIndex((step) =>
    step.some((one) =>
      typeof one === "string" ? names.includes(one) : names.some((name) => one.test(name)),
    ),
  );
}
