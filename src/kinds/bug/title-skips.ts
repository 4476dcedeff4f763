/**
 * Which functions never name a bug for syzbot. The facts are those of syzkaller's pkg/report, sorted here by
 * what the functions do. A pattern matches anywhere in the name unless it is anchored.
 */

const sanitizers = [
  "__(?:sanitizer|asan|msan)",
  "k[am]san",
  "hwasan",
  "kcsan_setup_watchpoint",
  "check_(?:memory_region|heap_object|object)",
  "read_word_at_a_time",
  "(?:read|write)_once_.*nocheck",
];

/** What prints a report, and the traps on the way there. */
const reporting = [
  "print_(?:address_description|report|usage_bug|unlock|tainted|hex_dump)",
  "imbalance_bug",
  "(?:dump|show|walk)_stack",
  "dump_backtrace",
  // arm, 32 bit; syzkaller cuts it off the report before it looks for a function
  "^unwind_backtrace$",
  "arch_stack_walk",
  "stack_trace_(?:consume_entry|save)",
  "panic",
  "__warn",
  "warn_(?:slowpath|alloc|bogus)",
  "(?:report|fixup)_bug",
  "assertfail",
  "__fortify_report",
  "^get_taint$",
  "invalid_op",
  "do_(?:error|trap|mem_abort|kernel_fault|translation_fault)",
  "_trap$",
  "el1_abort",
  "el1h_64_sync",
  "program_check_(?:exception|common)",
];

/** Checks that other functions carry: lockdep itself, object debugging, "may sleep" and tracing. */
const annotations = [
  "lockdep",
  "lock_(?:acquire|release|class)",
  "mark_lock",
  "(?:mark|reacquire)_held_locks",
  "trace_(?:hard|soft)irq",
  "perf_trace",
  "might_(?:fault|sleep)",
  "__might_resched",
  "debug_object",
  "(?:timer|work)_is_static_object",
  "seqprop_assert",
  "ref_tracker",
];

const locks = [
  "raw_spin_rq",
  "(?:spin|read|write)_(?:lock|trylock|unlock)",
  "^down$",
  "down_(?:read|write|trylock)",
  "up_(?:read|write)",
  "^(?:__|rt_)?mutex_",
  "owner_on_cpu",
  "osq_(?:un)?lock",
  "^(?:un)?lock_page",
  "bh_(?:en|dis)able",
  "cleanup_srcu_struct",
];

const memory = [
  "alloc_page",
  "[mzc]alloc",
  "krealloc",
  "kmem_cache",
  "allocate_slab",
  "slab_",
  "__alloc_frozen_pages_noprof",
  "^kv?free$",
  "kfree_skb",
  "folio_(?:alloc|unlock)",
  "filemap_alloc_folio",
  "__filemap_get_folio",
  "find_or_create_page",
  "find_lock_entries",
  "do_read_cache_folio",
  "read_cache_page",
  "pagecache_get_page",
  "grab_cache_page_write_begin",
  "truncate_inode_pages_range",
  "__phys_addr",
];

/** Small helpers: copying, strings, bits, counters, lists, trees, checksums, device registers. */
const helpers = [
  "mem(?:cpy|cmp|set|chr|move|dup)",
  "str(?:ing|cmp|ncmp|cpy|lcpy|ncpy|scpy|len|nlen|str|nstr|chr|dup|ndup)",
  "copy_(?:to|from)_(?:user|iter)",
  "copy_page_(?:to|from)_iter",
  "copy_folio_to_iter",
  "^copy(?:in|out)$",
  "(?:get|put)_user",
  "extract_(?:user|iter)_to_sg",
  "atomic(?:64)?_(?:read|set|add|sub|inc|dec|and|or|xor|fetch|xchg|cmpxchg|try)",
  "(?:set|clear|change|test)_bit",
  "^(?:refcount|kref)_",
  "list_(?:add|del|replace|move|splice)",
  "^(?:__)?rb_",
  "^klist_",
  "xas_(?:start|load|find)",
  "rhashtable_lookup",
  "ida_free",
  "_indirect_thunk_",
  "pointer",
  "sc?nprintf",
  "kv?asprintf",
  "printk",
  "va_format",
  "hex_dump_to_buffer",
  "dev_(?:info|notice|warn|err|alert|crit|emerg)",
  "(?:read|write)[bwlq]$",
  "logic_(?:in|out)",
  "^crc\\d+",
  "crc_itu_t",
];

/** Timers, works and waiting: the bug is with whoever asked for them. */
const deferral = [
  "del_timer",
  "__timer_delete_sync",
  "__mod_timer",
  "lock_timer_base",
  "sk_stop_timer_sync",
  "flush_work",
  "(?:drain|destroy)_workqueue",
  "queue_work",
  "insert_work",
  "__queue_delayed_work",
  "queue_delayed_work_on",
  "__cancel_work_timer",
  "cancel_work_sync",
  "try_to_grab_pending",
  "__wake_up",
  "finish_wait",
  "^complete$",
  "wait_for_completion",
  "kthread_stop",
];

/** Registering and dropping objects of the device model, of the network, of USB, of the VFS. */
const objects = [
  "kobject_",
  "add_uevent_var",
  "get_device_parent",
  "device_(?:add|del|unregister|destroy|release|for_each_child|remove_file)",
  "^put_device$",
  "devres_release_all",
  "sysfs_remove",
  "hwrng_unregister",
  "i2c_del_adapter",
  "__unregister_client",
  "tty_unregister_device",
  "rollback_registered",
  "unregister_netdev",
  "dummy_urb_enqueue",
  "usb_(?:kill_urb|kill_anchored_urbs|control_msg|hcd_submit_urb|submit_urb)",
  "^iput(?:_final)?$",
  "^ihold$",
  "drop_nlink",
  "mark_buffer_dirty",
  "dput",
];

const NEVER_GUILTY: readonly string[] = [
  ...sanitizers,
  ...reporting,
  ...annotations,
  ...locks,
  ...memory,
  ...helpers,
  ...deferral,
  ...objects,
];

let neverGuilty: RegExp | undefined;

/** Whether a function is never that of a title. The pattern is built when the first one is asked for. */
export function isNeverGuilty(name: string): boolean {
  neverGuilty ??= new RegExp(NEVER_GUILTY.join("|"));
  return neverGuilty.test(name);
}
