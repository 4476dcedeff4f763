import type { AllocationScope } from "./schema.ts";

/**
 * Scopes in which allocations are kept out of a part of reclaim, whatever mask they are given: a function that runs
 * only within one shows it in a stack. Which masks a scope takes away is current_gfp_context() of include/linux/sched/mm.h
 * (NOIO takes __GFP_IO and __GFP_FS, NOFS takes __GFP_FS); with PF_MEMALLOC a task never reclaims.
 */
export const SCOPES = [
  {
    id: "xfs-transaction",
    sets: "NOFS",
    what: "an XFS transaction",
    // not xfs_trans_alloc(): it allocates before it sets the scope
    frames:
      /^(?:xfs_trans_(?:ijoin|bjoin|commit|roll|roll_inode|log_\w{1,20}|read_buf_map|get_buf_map|getsb|brelse|buf_\w{1,20}|reserve_quota\w{0,20}|mod_\w{1,20}|apply_\w{1,20}|unreserve_\w{1,20}|add_item|ail_\w{1,20}|inode_\w{1,20}|dqjoin|dirty_\w{1,20}|binval)|__xfs_trans_commit|xfs_defer_(?:finish|trans_roll|finish_noroll|finish_one)|xfs_bmap_(?:btalloc|add_extent\w{0,30}|del_extent\w{0,20}|alloc_userdata)|xfs_btree_(?:insert|delete|insrec|delrec|split\w{0,10}|make_block_unfull)|xfs_alloc_(?:fix_freelist|ag_vextent\w{0,20}|read_agf)|xfs_ialloc_\w{1,20}|xfs_dir_(?:createname|removename|replace))$/,
    evidence:
      "fs/xfs/xfs_trans.c: xfs_trans_alloc() sets PF_MEMALLOC_NOFS (PF_FSTRANS before v4.12), xfs_trans_free() drops it",
  },
  {
    id: "jbd2-handle",
    sets: "NOFS",
    what: "a handle of the journal (jbd2)",
    frames:
      /^(?:jbd2_journal_(?:get_(?:write|create|undo)_access|dirty_metadata|forget|extend|revoke|stop)|__?ext4_journal_get_\w{1,20}|__ext4_(?:handle_dirty_metadata|forget|mark_inode_dirty)|ext4_(?:reserve_inode_write|mark_iloc_dirty|ext_insert_extent|add_entry|mb_new_blocks|orphan_add|orphan_del))$/,
    held: "jbd2_handle",
    evidence: "fs/jbd2/transaction.c: start_this_handle() saves a NOFS scope in the handle, since v4.12",
  },
  {
    id: "xfs-btree-split-worker",
    sets: "NOFS",
    what: "XFS's worker for splits",
    frames: /^xfs_btree_split_worker$/,
    evidence: "fs/xfs/libxfs/xfs_btree.c: xfs_btree_split_worker() calls memalloc_nofs_save()",
  },
  {
    id: "sunrpc-scheduler",
    sets: "NOFS",
    what: "the scheduler of sunrpc",
    frames: /^(?:rpc_async_schedule|xs_tcp_setup_socket|xs_udp_setup_socket|xs_stream_data_receive_workfn)$/,
    evidence: "net/sunrpc/sched.c: rpc_async_schedule(), net/sunrpc/xprtsock.c: its workers",
  },
  {
    id: "named-nofs",
    sets: "NOFS",
    what: "a function named for it",
    frames: /^(?!memalloc_)\w{1,60}_nofs$/,
    evidence: "fs/dlm/lowcomms.c and fs/ocfs2/cluster/tcp.c: recvmsg_nofs(); fs/ntfs3 and others the same",
  },
  {
    id: "cachefiles-io",
    sets: "NOFS",
    what: "I/O of cachefiles",
    frames: /^(?:cachefiles_read|__cachefiles_write|cachefiles_vfs_\w{1,20})$/,
    evidence: "fs/cachefiles/io.c: memalloc_nofs_save() around vfs_iocb_iter_read()",
  },
  {
    id: "loop-worker",
    sets: "NOIO",
    what: "a worker of a loop device",
    frames: /^(?:loop_process_work|loop_workfn|loop_rootcg_workfn|loop_queue_work)$/,
    evidence: "drivers/block/loop.c: loop_process_work() sets PF_MEMALLOC_NOIO",
  },
  {
    id: "usb-reset",
    sets: "NOIO",
    what: "a reset of a USB device",
    frames: /^usb_reset_device$/,
    evidence: "drivers/usb/core/hub.c: usb_reset_device() calls memalloc_noio_save()",
  },
  {
    id: "ceph-connect",
    sets: "NOIO",
    what: "ceph's connecting",
    frames: /^ceph_tcp_connect$/,
    evidence: "net/ceph/messenger.c: ceph_tcp_connect() calls memalloc_noio_save()",
  },
  {
    id: "md-suspended",
    sets: "NOIO",
    what: "a suspended md array",
    frames: /^(?:raid5_(?:start_reshape|resize)|resize_stripes|md_bitmap_resize)$/,
    evidence: "drivers/md/md.c: mddev_suspend() saves a NOIO scope, mddev_resume() restores it",
  },
  {
    id: "reclaim",
    sets: "NORECLAIM",
    what: "reclaim itself",
    frames:
      /^(?:kswapd|balance_pgdat|__perform_reclaim|try_to_free_pages|try_to_free_mem_cgroup_pages|__node_reclaim)$/,
    evidence:
      "mm/vmscan.c: kswapd() and __node_reclaim(), mm/page_alloc.c: __perform_reclaim() set PF_MEMALLOC",
  },
  {
    id: "nbd-send",
    sets: "NORECLAIM",
    what: "nbd's sending",
    frames: /^(?:sock_xmit|__sock_xmit)$/,
    evidence: "drivers/block/nbd.c: sock_xmit() calls memalloc_noreclaim_save()",
  },
  {
    id: "btrfs-transaction",
    sets: null,
    what: "a transaction of btrfs, which sets no scope: its allocations name GFP_NOFS themselves",
    frames:
      /^(?:btrfs_(?:commit_transaction|run_delayed_\w{1,20}|insert_\w{1,30}|update_inode\w{0,20}|cow_block|create_pending_\w{1,20}|make_block_group|chunk_alloc)|commit_cowonly_roots|create_pending_snapshots?|do_chunk_alloc)$/,
    evidence: "fs/btrfs/transaction.c: start_transaction() calls no memalloc_nofs_save()",
  },
  {
    id: "gfs2-transaction",
    sets: null,
    what: "a transaction of gfs2, which sets no scope",
    frames: /^gfs2_trans_(?:add_\w{1,20}|end|remove_revoke)$/,
    evidence: "fs/gfs2/trans.c: __gfs2_trans_begin() calls no memalloc_nofs_save()",
  },
] as const satisfies readonly AllocationScope[];
