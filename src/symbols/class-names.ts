/**
 * Names of lock classes over the releases. A class is named after the expression that initialises it, so that its
 * name changes when a field does, or when the macro around it does. Here all names of one class become one.
 */

/**
 * Fields that were renamed: the old name, then the one of today. A test holds the list against `aliases` in the
 * catalogue, which say when and by which commit.
 */
export const RENAMED: readonly (readonly [old: string, today: string])[] = [
  ["&mm->mmap_sem", "&mm->mmap_lock"],
  ["&vma->vm_lock->lock", "vm_lock"],
  ["&mapping->i_mmap_lock", "&mapping->i_mmap_rwsem"],
  ["&mapping->i_mmap_mutex", "&mapping->i_mmap_rwsem"],
  ["shrinker_rwsem", "shrinker_mutex"],
  ["&rq->lock", "&rq->__lock"],
  ["cpu_hotplug.lock", "cpu_hotplug_lock"],
  ["mem_hotplug.lock", "mem_hotplug_lock"],
  ["s_active", "kn->active"],
  ["kn->count", "kn->active"],
  ["&bdev->bd_mutex", "&disk->open_mutex"],
];

const TODAY = new Map(RENAMED);

/** spin_lock_init() named the raw lock within up to v5.6: `&(&x->lock)->rlock`. */
const RAW_LOCK = /^&\((&.{1,200}|\w{1,100})\)->rlock$/s;
/** A percpu_rw_semaphore was named after the semaphore within up to v5.6 (1751060e2527). */
const INNER_SEMAPHORE = /^(\w{1,100})\.rw_sem$/;
/** alloc_workqueue() named the class with the format string up to v5.0 (669de8bda87b): `"%s""netns"`, `"events"`. */
const QUOTED_WORKQUEUE = /^(?:\(wq_completion\))?(?:"[^"]{0,100}")?"([^"]{1,100})"$/;
const WORKQUEUE = /^\(wq_completion\)(.{1,200})$/s;
/** A work item had no prefix up to v4.14 (fd1a5b04dfb8). */
const BARE_WORK = /^\(&.{1,200}work\)?\)$/s;

/**
 * The name under which classes of different kernels are the same one.
 *
 * @param name as print_lock_name() writes it, without `#version` and `/subclass`
 */
export function comparableClass(name: string): string {
  const plain = RAW_LOCK.exec(name)?.[1] ?? INNER_SEMAPHORE.exec(name)?.[1] ?? name;
  // of `&(&(&m->i_pages)->xa_lock)->rlock` the outer wrapper only is the lock's
  const queue = QUOTED_WORKQUEUE.exec(plain)?.[1] ?? WORKQUEUE.exec(plain)?.[1];
  // wg-kex-wireguard1, ext4-rsv-conversion/sda1: one queue a device
  if (queue !== undefined) return `(wq_completion)${queue.replace(/\d+/g, "0")}`;
  if (BARE_WORK.test(plain)) return `(work_completion)${plain}`;
  return TODAY.get(plain) ?? plain;
}

/** Words that any code calls its own: alone they tell nothing of whose lock it is. */
const COMMON_WORDS = new Set(
  (
    "lock rlock rwlock spinlock spin mutex mtx sem rwsem rw_sem semaphore rtmutex wait_lock list_lock io_lock " +
    "state_lock reg_lock data_lock dev_lock queue_lock tx_lock rx_lock irq_lock key __key done wait work completion " +
    "dev device priv private data info ctx context obj object node entry item list head queue ring " +
    "chip host hw adapter drv driver port chan channel state self this base parent client handle " +
    "wq_completion work_completion events events_long events_unbound events_freezable events_power_efficient"
  ).split(" "),
);

/** One key for the locks of all drivers of a kind: of serial ports, of interrupts of any chip, of power domains. */
const SHARED_KEYS: ReadonlySet<string> = new Set(["&port_lock_key", "&irq_desc_lock_class", "&genpd->mlock"]);

/**
 * Whether a name is one that many unrelated locks bear: `lock`, `&p->lock`, `&priv->mutex`. Each of its words is
 * a common one or has no more than two letters.
 */
export function isCommonClass(name: string): boolean {
  if (SHARED_KEYS.has(name)) return true;
  const words = name.match(/\w+/g) ?? [];
  return words.every((word) => word.length <= 2 || COMMON_WORDS.has(word));
}
