import type { FindingCode, SuspectCode } from "../../analyze/index.ts";
import type { RoleName } from "../../symbols/roles.ts";
import type { Finding, FindingArgs, LookAt } from "../../report/analysis-schema.ts";

/**
 * The sentences behind the codes of the analyzer. `{name}` stands for an argument; a sentence with an argument
 * that is not there, null, false or an empty list is left out.
 */
export interface Prose {
  readonly title: string;
  readonly explanation: readonly string[];
  /** What to ask next. */
  readonly questions: readonly string[];
  /** How to fix it. */
  readonly fixes: readonly string[];
  /** What only silences lockdep: right where the alarm is false, and never where a finding is certain. */
  readonly silences?: readonly string[];
  /** Why it may be a false alarm. */
  readonly doubts?: readonly string[];
}

export const FINDING_PROSE = {
  "lockdep-limit": {
    title: "lockdep ran out of room",
    explanation: [
      "{limit} was reached: lockdep has stopped checking. No deadlock was found.",
      "{repeated} is held {times} times at once: a loop seems to take one lock for each object.",
    ],
    questions: [
      "Does one lock repeat in the list of held locks?",
      "Are modules loaded over and over, or lock keys registered and never unregistered?",
    ],
    fixes: [
      "process the objects in smaller batches",
      "raise CONFIG_LOCKDEP_BITS, CONFIG_LOCKDEP_CHAINS_BITS or CONFIG_LOCKDEP_STACK_TRACE_BITS, if that is the limit that was reached",
    ],
  },
  "mmu-notifier-recursion": {
    title: "memory is allocated under a lock that an MMU notifier takes",
    explanation: [
      "Reclaim unmaps pages, and that calls the MMU notifiers registered for them.",
      "The callback {callback} takes a lock of this cycle.",
      "{caller} allocates memory (by {allocator}) while it holds {lock}: if that allocation has to reclaim, the callback waits for a lock that its own task holds.",
      "The mask was one {mask}.",
      "{noHelp} do not help: they keep reclaim out of file systems and I/O, but pages are unmapped all the same. What counts is __GFP_DIRECT_RECLAIM alone.",
    ],
    questions: [
      "Does the callback really need this lock?",
      "Can the allocation be made before the lock is taken?",
    ],
    fixes: [
      "allocate before {lock} is taken",
      "allocate with one of {helps}",
      "give the callback a lock of its own, under which nothing is allocated",
    ],
    silences: ["{silencedBy} on that allocation, where the two objects can never be the same"],
    doubts: [
      "Since v5.11 every allocation that may reclaim records this edge, even where no notifier is registered for that process.",
    ],
  },
  "notifier-keeps-lock": {
    title: "an MMU notifier keeps a lock from range_start to range_end",
    explanation: [
      "The callback {callback} takes {lock} and returns with it held: whatever is taken until range_end is taken under it.",
      "Here that is {taken}, in {at}.",
    ],
    questions: ["Must the lock be held while pages are unmapped, or would a sequence count do?"],
    fixes: ["drop {lock} in the callback, and let users check a sequence (mmu_interval_read_retry())"],
  },
  "reclaim-edge-in-scope": {
    title: "an allocation within a {scope} scope was recorded as one that may reclaim",
    explanation: [
      "{caller} allocates memory (by {allocator}) while it holds {lock}, within {what} ({frame}).",
      "That is a {scope} scope: current_gfp_context() clears __GFP_FS, so no edge to fs_reclaim should be recorded there.",
      "Either the code that records the edge is wrong, or the scope was not open after all.",
    ],
    questions: [
      "Does this kernel have a change to fs_reclaim_acquire(), might_alloc() or current_gfp_context()? Ask with --suspect.",
      "Does {frame} run only within {what} in this release, and does that set the scope?",
    ],
    fixes: [
      "where the edge is recorded, test the mask only after current_gfp_context()",
      "open the scope before {lock} is taken, if it was not open",
    ],
    doubts: ["Within such a scope reclaim does not enter file systems: the cycle cannot close."],
  },
  "reclaim-of-unreferenced-inode": {
    title: "memory is allocated under an inode's lock, and reclaim takes that of another inode",
    explanation: [
      "{caller} allocates memory (by {allocator}) while it holds {lock} of an inode that is in use.",
      "Reclaim takes a lock of the same class in {reclaimer}, of an inode that nobody references any more: the two are never the same.",
      "lockdep knows classes only, so it cannot see that.",
    ],
    questions: [
      "Does the allocating side hold a reference to its inode (it nearly always does)?",
      "Is the allocation within a transaction, so that no edge should be recorded?",
    ],
    fixes: ["allocate before {lock} is taken"],
    silences: ["__GFP_NOLOCKDEP on that allocation, as XFS uses it"],
    doubts: ["As a rule such reports are false: XFS's maintainers answer them with __GFP_NOLOCKDEP."],
  },
  "alloc-under-reclaim-lock": {
    title: "memory is allocated under a lock that reclaim takes",
    explanation: [
      "{caller} allocates memory (by {allocator}) while it holds {lock}; the allocation may have to reclaim memory first.",
      "Reclaim takes {inReclaim}.",
      "There it is the shrinker {shrinker}.",
      "When memory is short, the task waits in reclaim for a lock that it holds itself, or for one held by a task that waits for it.",
    ],
    questions: [
      "Which GFP mask does the allocation use?",
      "Do the locks on both sides belong to one object, or only to one class (an inode in use, an inode being evicted)?",
      "Was the other side recorded in reclaim itself, or declared at start-up?",
    ],
    fixes: [
      "allocate before {lock} is taken",
      "GFP_NOFS, or memalloc_nofs_save() around the part under {lock}",
      "use a trylock in the shrinker",
    ],
    silences: ["__GFP_NOLOCKDEP where the objects can never be the same"],
    doubts: ["Reclaim only frees objects that nobody uses: if the locked one is in use, the two never meet."],
  },
  "alloc-under-reclaim-state": {
    title: "memory is allocated under a lock that reclaim takes (as kernels before v4.14 say it)",
    explanation: [
      "{lock} was held over an allocation that may reclaim (RECLAIM_FS-ON), and was taken inside reclaim (IN-RECLAIM_FS).",
      "Where the drawing says <Interrupt>, read: reclaim.",
    ],
    questions: ["Which of the two came first (see where the state was registered)?"],
    fixes: ["GFP_NOFS under {lock}"],
    silences: ["__GFP_NOLOCKDEP from v4.12 on, where the objects can never be the same"],
  },
  "device-opened-under-lock": {
    title: "a block device is opened under a lock",
    explanation: [
      "{caller} opens a block device while it holds {lock}.",
      "Opening takes open_mutex, and under that whatever the driver takes: it ranks outside the locks of the device's users.",
    ],
    questions: ["Could another user of that device be on the other side (a loop device, a holder)?"],
    fixes: [
      "open the device before {lock} is taken",
      "look it up under {lock}, and open it once that is dropped",
    ],
  },
  "sysfs-removal-under-lock": {
    title: "a sysfs file is removed under a lock that its own methods take",
    explanation: [
      "Removing a file waits until its methods have returned.",
      "{remover} removes it while it holds {lock}.",
      "The method {method} takes a lock that leads back to {lock}, so neither makes progress.",
      "The file is removed from within a method ({within}): that deadlocks if it is the method's own file.",
    ],
    questions: [
      "Is it the same device on both sides, or a parent and its child?",
      "Does the method remove its own device?",
    ],
    fixes: [
      "in {giving}: sysfs_break_active_protection() or device_remove_file_self(), or trylock and restart_syscall()",
      "remove the file outside {movable}",
      "where that cannot be dropped ({movable}), trylock and restart_syscall() in the method",
    ],
    doubts: ["Devices of one type share the class of an attribute."],
  },
  "fault-under-lock": {
    title: "user memory is touched under a lock that page faults wait for",
    explanation: [
      "{caller} touches user memory ({access}) while it holds {lock}: that may fault and take mmap_lock.",
      "Elsewhere mmap_lock is held when {lock} is taken (in {other}).",
    ],
    questions: [
      "Is the other side mmap, a fault or exit?",
      "Do both locks belong to one kind of object (a directory is never mapped)?",
    ],
    fixes: [
      "copy into a kernel buffer under {lock}, and to user space afterwards",
      "fault the pages in before {lock} is taken and use copies that do not fault under it",
    ],
    silences: ["a class of its own for objects that are never mapped"],
  },
  "flush-under-lock": {
    title: "work is waited for under a lock that the work takes",
    explanation: [
      "{caller} waits for {work} while it holds {lock}.",
      "The work ({worker}) takes {lock}, directly or through the rest of the cycle: if it already runs, both wait for ever.",
      "Other work shares this queue ({shared}): it may be that the two never wait for each other.",
    ],
    questions: [
      "Is it this work that takes the lock, or another one of the same queue?",
      "Could it be cancelled without waiting?",
    ],
    fixes: [
      "wait before {lock} is taken or after it is dropped",
      "cancel_work_sync() on that one work item instead of flushing the whole queue",
      "have the work use a trylock and requeue itself",
      "a workqueue of its own for that work",
    ],
  },
  "work-left-lock": {
    title: "a work item returned with a lock held",
    explanation: [
      "A worker still held {lock} when it began the next work of {queue}: some work before did not drop it.",
    ],
    questions: ["Which work took {lock} last (see the stack of the other edge)?"],
    fixes: ["drop {lock} on every path out of the work function"],
  },
  "freeze-against-reclaim": {
    title: "freezing or a transaction against memory reclaim",
    explanation: [
      "Reclaim may begin a transaction ({lock}) when it evicts an inode, and under {lock} memory is allocated that may reclaim.",
      "One side freezes the file system ({freezing}).",
    ],
    questions: [
      "Is one side freezing or thawing?",
      "Is the allocation inside a transaction without a NOFS scope?",
    ],
    fixes: ["memalloc_nofs_save() in the transaction, or around freezing"],
    doubts: [
      "A frozen file system has no dirty inodes left to evict: with freezing on one side it is usually false.",
    ],
  },
  "fence-signalling-alloc": {
    title: "code that has to signal a fence may wait for one",
    explanation: [
      "{caller} takes {taken} in a section that must complete before a fence is signalled; through reclaim or a buffer's lock that may wait for fences.",
      "{allocates} allocates memory while it holds {lock}, which such a section waits for: reclaim may wait for the fence.",
    ],
    questions: ["What is allocated or locked between dma_fence_begin_signalling() and its end?"],
    fixes: [
      "allocate before {lock} is taken",
      "allocate before that section",
      "GFP_ATOMIC or GFP_NOWAIT within it",
      "move it out of the section",
    ],
  },
  "cpu-hotplug-order": {
    title: "CPU hotplug is held off under a lock that its callbacks take",
    explanation: [
      "{lock} is held when CPU hotplug is held off by {keeper}.",
      "{caller} asks for it.",
      "With hotplug held off, or in a callback of it, {inCallback} is taken.",
      "That callback is {callback}.",
      "A CPU that goes up or down at that moment blocks both.",
    ],
    questions: [
      "What takes cpus_read_lock() here: a static key, cpuhp_setup_state(), stop_machine(), a new workqueue?",
      "Is there a _cpuslocked variant?",
    ],
    fixes: ["cpus_read_lock() first, then {lock}", "move the call out of {lock}"],
  },
  "srcu-sync-under-lock": {
    title: "SRCU readers are waited for under a lock that a reader takes",
    explanation: [
      "{caller} waits for all readers of {srcu} while it holds {lock}.",
      "A reader ({reader}) takes a lock that leads to {lock}: it never leaves its read section, and the wait never ends.",
    ],
    questions: [
      "Can a reader really block on {lock}?",
      "Is there one srcu_struct for all objects, or one for each?",
    ],
    fixes: [
      "call_srcu() instead of waiting",
      "wait after {lock} is dropped",
      "a separate lock for the readers",
    ],
  },
  "timer-sync-under-lock": {
    title: "a timer is waited for under a lock that interrupts take",
    explanation: [
      "{caller} deletes a timer and waits for its callback.",
      "It does so under {lock}.",
      "The callback {callback}, or an interrupt on top of it, needs that lock.",
    ],
    questions: ["Does the callback take the lock, or only some interrupt?", "Is the timer TIMER_IRQSAFE?"],
    fixes: [
      "delete it after the lock is dropped",
      "timer_delete() without waiting, and a flag",
      "a work item instead of the timer",
    ],
  },
  "irq-safe-lock-irqs-on": {
    title: "a lock is taken in an interrupt, and elsewhere with interrupts on",
    explanation: [
      "{lock} is taken in {interrupt} context (by {inInterrupt}) and elsewhere with such interrupts on (by {withInterrupts}).",
      "An interrupt at that moment on the same CPU waits for the lock that it interrupted.",
    ],
    questions: ["Which of the two sites is wrong?", "Which is new?"],
    fixes: [
      "spin_lock_irqsave() or spin_lock_bh() where interrupts are on",
      "move the interrupt's part to a work item",
    ],
  },
  "irq-lock-inversion": {
    title: "an irq-safe lock is ordered before an irq-unsafe one",
    explanation: [
      "{safe} is taken in {interrupt} context; {unsafe} is held with such interrupts on; and {unsafe} is taken under {safe}, directly or through others.",
      "One CPU holds {unsafe} and is interrupted, the interrupt waits for {safe}, and the CPU that holds {safe} waits for {unsafe}.",
    ],
    questions: ["Which of the sites is new?", "Are there readers on one side (then it may be no deadlock)?"],
    fixes: [
      "take {unsafe} with interrupts off everywhere",
      "do not take {unsafe} under {safe}",
      "do not take {safe} in interrupts",
    ],
  },
  "raw-over-spinlock": {
    title: "a spinlock_t is taken where only raw spinlocks may be",
    explanation: [
      "{lock} is taken by {at}; on PREEMPT_RT it may sleep.",
      "It is taken under {outer}.",
      "It is taken in a hard interrupt ({hardirq}).",
    ],
    questions: ["Does this code ever run on PREEMPT_RT?", "Is the outer lock raw on purpose?"],
    fixes: ["raw_spinlock_t, if the section is short", "move it out of the raw section"],
    doubts: ["Without PREEMPT_RT it cannot deadlock."],
  },
  "sleeping-lock-in-atomic": {
    title: "a sleeping lock is taken in atomic context",
    explanation: ["{at} takes {lock}, which may sleep.", "It holds {outer}, under which nothing may sleep."],
    questions: ["Which section is it inside: a spinlock, RCU, an interrupt?"],
    fixes: ["take {lock} first", "move the part that sleeps to a work item"],
  },
  "sleep-in-rcu": {
    title: "something sleeps in an RCU read-side section",
    explanation: [
      "{at} may sleep, or waits for RCU, inside an RCU read-side section.",
      "The section is {reader}, entered in {since}.",
      "It runs in an RCU callback ({callback}).",
    ],
    questions: ["Can the section end earlier?"],
    fixes: ["leave the section first", "SRCU", "GFP_ATOMIC", "queue_rcu_work() instead of call_rcu()"],
  },
  "rcu-not-watching": {
    title: "RCU is used on a CPU that it is not watching",
    explanation: [
      "{at} uses RCU on a CPU that RCU is not watching: {where}.",
      "rcu_read_lock() does not help there: RCU does not wait for readers on such a CPU.",
      "The CPU is on its way up or down ({offline}).",
    ],
    questions: [
      "Is it tracing, printing or a notifier that runs too early or too late on this CPU?",
      "Which call is the last before RCU stops watching, or the first after?",
    ],
    fixes: [
      "move it to where RCU watches: before the CPU reports dead or idle, or after rcutree_report_cpu_starting()",
      "ct_irq_enter() around it, RCU_NONIDLE() before v6.3; raw_ or arch_ variants that are not traced",
    ],
  },
  "rcu-without-lock": {
    title: "RCU data is read without protection",
    explanation: ["{at}: {message}", "Neither a read section nor the lock that guards the data is held."],
    questions: [
      "Which lock is meant to protect it?",
      "Is the condition given to rcu_dereference_check() right?",
    ],
    fixes: ["rcu_read_lock() around it", "rcu_dereference_protected() with the lock that is held"],
  },
  "work-waits-for-itself": {
    title: "work waits for work of its own class",
    explanation: ["{work} is waited for by work of the same class.", "The work is {worker}."],
    questions: ["Is it one object, or a parent and its child initialised at one place?"],
    fixes: [
      "do not flush the queue that the work runs on",
      "a queue or a class of its own for the inner one",
    ],
    doubts: ["If they are two objects, nothing waits for itself."],
  },
  "queue-freeze-order": {
    title: "a frozen block queue against what I/O needs",
    explanation: [
      "{queue} is frozen, or is entered, in this cycle: while it is frozen no I/O gets through, and whoever waits for I/O is stuck.",
      "The cycle runs through memory reclaim, which may need I/O ({reclaim}).",
      "One of the edges was declared when the queue was made; no reclaim happened there ({declared}).",
    ],
    questions: [
      "Is it the same queue on all edges?",
      "Does the cycle run through sockets, per-CPU memory or other subsystems?",
    ],
    fixes: [
      "allocate before the queue is frozen",
      "memalloc_noio_save() while it is frozen",
      "the order of locks that this release asks for: see elevator_lock and limits_lock",
    ],
    doubts: ["A cycle over another device's queue or a user's socket is false."],
  },
  "printk-under-lock": {
    title: "a message is printed under a lock that printing needs",
    explanation: [
      "{message} prints a message, and that takes {printing}.",
      "It holds {lock}, which printing leads to.",
      "Printing takes {port} of the console's driver, under which {driver} takes {under}.",
      "The message itself often points at the real problem: look at it first.",
    ],
    questions: ["What was printed, and why?"],
    fixes: [
      "fix the cause of the message",
      "print after the lock is dropped",
      "printk_deferred()",
      "in the console's driver, drop {port} before {under} is taken, or leave that to a work item",
    ],
  },
  "declared-edge": {
    title: "an edge was declared, not observed",
    explanation: [
      "{by} recorded the edge from {from} to {to} by hand, to declare an order. Nothing raced there: the other edges break the declared rule, or the rule is wrong.",
    ],
    questions: ["Does the rule hold for this device and path?"],
    fixes: ["keep to the rule on the other edges", "fix or drop the declaration"],
  },
  "same-lock-twice": {
    title: "one lock is taken twice by one task",
    explanation: [
      "{lock} is taken in {first} and again in {second}, without being dropped in between.",
      "The task waits for itself ({alone}).",
      "It is taken for reading the second time ({reading}): the task stops at once where the first time was for writing, else where a writer waits in between.",
    ],
    questions: ["Which caller already holds it?"],
    fixes: ["take it once, and call the variant that expects it to be held"],
  },
  "stacked-objects": {
    title: "one class, objects of different levels",
    explanation: [
      "Objects of {lock} are stacked on each other: the upper one holds its lock while it calls the lower one.",
      "Here that is {by}.",
    ],
    questions: [
      "Can the lower one be the upper one?",
      "Is the depth bounded?",
      "Do the numbers behind the names differ (then they are different classes already)?",
    ],
    fixes: ["refuse to stack an object on itself"],
    silences: ["lockdep_set_class() for each level, or a key for each object"],
    doubts: ["As long as nothing is stacked on itself it cannot deadlock."],
  },
  "wrong-nesting-order": {
    title: "locks of one class in the wrong order",
    explanation: [
      "{lock} has a comparison function that gives the order in which several may be taken; it returned {comparison}.",
    ],
    questions: ["Which order does the function ask for?"],
    fixes: ["take them in that order"],
  },
  "recursion-through-reclaim": {
    title: "the second lock is of an object that reclaim frees",
    explanation: [
      "Under {lock}, taken in {first}, memory is reclaimed, and {freeing} takes a lock of the same class.",
      "Reclaim frees what nobody references, and the locked object is in use: they are two objects.",
    ],
    questions: ["Is the allocation under the lock meant to enter file systems (GFP_NOFS)?"],
    fixes: ["GFP_NOFS, or memalloc_nofs_save() under {lock}"],
    silences: ["a class of its own for objects that are being freed"],
    doubts: [
      "As a rule such reports are false; but deep recursion through reclaim may still run out of stack.",
    ],
  },
  "missing-nesting": {
    title: "two locks of one class are nested",
    explanation: [
      "{lock} is taken in {second} while another of its class is held, taken in {first}.",
      "Lockdep knows no order between them: either the annotation is missing, or there is no order and two tasks may take them in opposite orders.",
    ],
    questions: [
      "Is there an order: by depth, by address, by index?",
      "Can two tasks take them in opposite orders?",
    ],
    fixes: ["a subclass (SINGLE_DEPTH_NESTING and its like), if the order is certain", "lock_set_cmp_fn()"],
    silences: ["a class of its own for one of the two kinds of object"],
  },
  "journal-order": {
    title: "a journal handle and another lock are taken in opposite orders",
    explanation: [
      "A handle of the journal is held while {underHandle} is taken; under {lock} a handle or a commit is waited for.",
    ],
    questions: ["Is it waiting for room in the journal, or for a commit?"],
    fixes: ["open the handle before {lock} is taken", "do not wait for a commit under {lock}"],
  },
  "btrfs-wait": {
    title: "btrfs waits for something that needs its lock",
    explanation: ["{event} is waited for under a lock that those who finish it need."],
    questions: ["Who has to complete the event, and what does that task wait for?"],
    fixes: ["drop the lock before waiting"],
    doubts: ["All mounted btrfs file systems share the class."],
  },
  "lock-under-tree": {
    title: "another lock is taken while a btrfs tree is locked",
    explanation: [
      "{at} takes {taken} while it holds {tree}, a block of a tree.",
      "Trees are locked last, under everything else of the file system: elsewhere {taken} is held when a tree is searched.",
    ],
    questions: ["Is the path still needed at that point?"],
    fixes: [
      "release the path (btrfs_release_path()) before {taken} is taken",
      "take {taken} before the tree is searched",
    ],
    doubts: ["All file systems share the class of a tree: a loop device on btrfs may join two of them."],
  },
  "teardown-under-open": {
    title: "opening and tearing down a disk take locks in opposite orders",
    explanation: [
      "{lock} is held when a disk is opened or closed, and here it is taken both before and after {other}.",
    ],
    questions: ["Is it a loop device's teardown, or the removal of a disk?"],
    fixes: ["tear down later, outside {lock}"],
    doubts: ["All disks share the class."],
  },
  "percpu-alloc-bridge": {
    title: "the cycle runs through per-CPU memory",
    explanation: [
      "Per-CPU memory is allocated under {lock}.",
      "{caller} allocates it.",
      "Elsewhere ordinary memory is allocated under pcpu_alloc_mutex, and so reclaim comes in.",
    ],
    questions: ["Can it be allocated earlier?"],
    fixes: ["allocate before {lock} is taken"],
    doubts: ["Unrelated subsystems meet in this mutex."],
  },
  "console-lock-order": {
    title: "console_lock and another lock are taken in opposite orders",
    explanation: [
      "console_lock is taken under {lock}, and {lock} under console_lock, directly or through others.",
    ],
    questions: ["Is it about registering a display, blanking or resuming?"],
    fixes: ["console_lock first", "move the console's part to a work item"],
  },
  "mmap-lock-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: [
      "{lock} is taken before and after another lock of this cycle, without a copy from or to user space in sight.",
    ],
    questions: ["Which of the two orders is the documented one?"],
    fixes: ["the other lock first, or {lock} dropped before"],
  },
  "rcu-sync-under-lock": {
    title: "a grace period is waited for under a lock that RCU needs",
    explanation: ["{caller} waits for RCU while it holds {lock}."],
    questions: ["Does a callback or hotplug, which the grace period needs, take {lock}?"],
    fixes: ["wait outside {lock}"],
  },
  "freeze-writers-order": {
    title: "write access to a file system and a lock are taken in opposite orders",
    explanation: [
      "sb_writers is taken under a lock that a writer takes inside it.",
      "{bridge} is the bridge: two unrelated files may meet there.",
    ],
    questions: ["Is it the same file system on both sides (compare the numbers behind sb_writers)?"],
    fixes: ["write access first"],
    doubts: ["Chains over splice and seq_file often join unrelated files."],
  },
  "rtnl-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: ["{lock} is taken under a lock that elsewhere is taken under {lock}."],
    questions: ["Is it taken in a work that is cancelled under it?", "Does the chain only pass through it?"],
    fixes: [
      "{lock} first",
      "rtnl_trylock() and restart_syscall() in sysfs methods",
      "move (un)registration of the device out",
    ],
  },
  "unrelated-objects": {
    title: "the cycle may join objects that never meet",
    explanation: [
      "{hub} is a class of many unrelated objects: edges of different ones may meet only in the name.",
      "It is in the cycle twice: of two objects, or of two levels ({twice}).",
    ],
    questions: ["Which object is behind each edge? Can they be the same?"],
    fixes: [],
    silences: ["a class of its own for the special objects"],
  },
  "cgroup-order": {
    title: "cgroup_mutex and another lock are taken in opposite orders",
    explanation: ["cgroup_mutex is taken both before and after {other}."],
    questions: ["Does the writing side break active protection?"],
    fixes: ["cpus_read_lock() first", "kernfs_break_active_protection()"],
  },
  "crossrelease-chain": {
    title: "the chain runs through a completion",
    explanation: [
      "{completion} is there because this kernel checked completions as locks, for a short time. Most such reports were false, and the check was taken out again.",
    ],
    questions: ["Is the other side really what completes it?"],
    fixes: ["none until the rest of the chain has been checked"],
  },
  "gate-on-every-edge": {
    title: "one lock is held on every edge: only one of these tasks can run",
    explanation: [
      "All edges were taken under {gate}, as {frames} shows: no two of them run at the same time.",
    ],
    questions: ["Can one of these paths also run without it?"],
    fixes: [],
    silences: [
      "a class of its own for one of the locks, or one order everywhere: lockdep does not see gates",
    ],
  },
  "registered-under-lock": {
    title: "something is registered, or taken away, under a lock that its callbacks take",
    explanation: [
      "{registers} is called with {lock} held, and takes {taken}.",
      "The other way round, {calledBack} runs under {taken} or what leads from it, and leads to {lock}.",
    ],
    questions: [
      "Does the framework call back under {taken} (open, a notifier, an attribute)?",
      "What has {lock} to protect while {registers} runs?",
    ],
    fixes: [
      "call {registers} before {lock} is taken, or after it is dropped, with a flag that says the object is gone",
      "leave it to a work item that is started without {lock}",
    ],
  },
  "lock-order-inversion": {
    title: "locks taken in opposite orders",
    explanation: ["{locks} are taken in one order and in the other.", "The places are {functions}."],
    questions: [
      "Can the paths run at the same time, on the same objects?",
      "Which order is the documented one?",
    ],
    fixes: ["one order everywhere", "drop the first lock before the second is taken"],
  },
  "lock-freed-while-held": {
    title: "memory is freed with a held lock in it",
    explanation: ["{at} frees memory that contains {lock}, which is held."],
    questions: ["Who still holds it, and why is the object freed?"],
    fixes: ["drop the lock before the object is freed", "hold a reference for as long as the lock is held"],
  },
  "lock-not-released": {
    title: "a lock was never dropped",
    explanation: ["Still held: {locks}, taken in {takenAt}.", "The task ends with it ({exit})."],
    questions: ["Which path returns without dropping it?", "Is it handed to another task on purpose?"],
    fixes: ["drop it on every path", "tell lockdep where a lock is handed over"],
  },
  "freezing-with-lock": {
    title: "a task stops with a lock held",
    explanation: ["{at} stops (freezes, ends or executes another program) while {locks} is held."],
    questions: ["Is it meant to be held there?"],
    fixes: ["do not freeze inside the lock"],
    doubts: ["Some callers are allowed to."],
  },
  "unlock-not-held": {
    title: "a lock is dropped that is not held",
    explanation: ["{at} drops {lock}, which lockdep does not know to be held by this task."],
    questions: ["Was it dropped before, on an error path?", "Was it taken by another task?"],
    fixes: ["drop it once, in the task that took it"],
  },
  "outer-lock-not-held": {
    title: "the outer lock of a nesting is not held",
    explanation: [
      "{at} takes {lock} as nested under {outer} (mutex_lock_nest_lock() and its like), but {outer} is not held.",
    ],
    questions: ["Was the ticket or the outer lock dropped, or never taken?"],
    fixes: ["take {outer} first"],
  },
  "work-left-atomic": {
    title: "a work function returned in another state than it was called in",
    explanation: [
      "{worker} returned with preemption off, in an RCU section, or with a lock held.",
      "Still held: {locks}.",
    ],
    questions: ["Which path out of it misses an unlock?"],
    fixes: ["undo it on every path"],
  },
  "sleep-in-atomic": {
    title: "a function that may sleep is called in atomic context",
    explanation: [
      "{at} may sleep, and nothing may sleep there.",
      "Interrupts are off ({interruptsOff}).",
      "Preemption is off ({preemptionOff}).",
      "It is within non_block_start() and non_block_end() ({notToBlock}).",
      "Preemption was disabled in {since}.",
      "{spinlock} is held, a spinlock of PREEMPT_RT: code under it may be preempted, but must not sleep of its own will.",
      "Held: {locks}.",
    ],
    questions: ["What disabled preemption or interrupts?"],
    fixes: ["GFP_ATOMIC or a variant that does not sleep", "move it out of the section"],
  },
  "uninitialised-lock": {
    title: "a lock was never initialised",
    explanation: [
      "{at} uses a lock that was not initialised, or whose memory was freed or overwritten.",
      "What was seen: {what}.",
      "The key {key} is not registered.",
    ],
    questions: ["Is the object used before it is initialised, or after it is freed?"],
    fixes: [
      "initialise it first (mutex_init() and its like)",
      "lockdep_register_key() for keys in allocated memory",
    ],
    doubts: [
      "On some architectures lockdep did not know all static memory (s390 before v6.4 its start-up code, parisc, arm64 its modules): there even a properly initialised lock is reported.",
    ],
  },
  "spinlock-misused": {
    title: "a spinlock is in an impossible state",
    explanation: ["{at}: {what}.", "Its owner is {owner}."],
    questions: ["Was the memory freed or overwritten?", "Who holds it?"],
    fixes: ["find who took it, or what overwrote it"],
  },
  "subclass-too-large": {
    title: "a subclass is out of range",
    explanation: ["{at} asks for subclass {subclass}; there are eight, 0 to 7."],
    questions: ["Is the depth bounded?"],
    fixes: ["a class for each level instead of subclasses"],
  },
  "per-cpu-preemptible": {
    title: "per-CPU data is used with preemption on",
    explanation: ["{at} uses {operation}() with preemption on."],
    questions: ["Does it matter which CPU's data it is?"],
    fixes: ["get_cpu(), a local_lock, or the this_cpu operations that do not check"],
  },
  "rtmutex-cycle": {
    title: "tasks wait for each other in a cycle",
    explanation: ["This is not a mere possibility: these tasks are waiting for each other now."],
    questions: ["Which order do they take the locks in?"],
    fixes: ["one order everywhere"],
  },
  "lockdep-state-broken": {
    title: "lockdep's own checks failed",
    explanation: [
      "{check}",
      "{reason}",
      "It was noticed in {at}.",
      "Locks or interrupts were changed without lockdep being told, or memory was overwritten.",
    ],
    questions: ["Is there an earlier warning in the log?"],
    fixes: ["fix the first warning"],
  },
  "device-lock-unseen": {
    title: "a device's lock is held, which lockdep does not order",
    explanation: [
      "{lock} is held, taken in {at}. Lockdep does not check its order: it may take part in a deadlock that is not shown.",
    ],
    questions: ["Does the other task hold a device's lock, too?"],
    fixes: ["a key of its own for the bus"],
  },
  "earlier-problem": {
    title: "the kernel had warned before",
    explanation: [
      "The kernel is tainted ({taint}): a warning, an oops or a stuck CPU came first. This report may follow from it.",
    ],
    questions: ["What does the log say before?"],
    fixes: ["look at the first problem first"],
  },
  "trylock-in-cycle": {
    title: "a lock of the cycle is taken by a trylock",
    explanation: ["{class} is taken by a trylock, or makes no order: the task does not wait for it there."],
    questions: ["Does the edge start at a lock that was trylocked and is then held?"],
    fixes: ["none, unless the other edges alone make a cycle"],
  },
} as const satisfies Record<FindingCode, Prose>;

/** The answers to `--suspect`: what takes part, and what that means for a bisection that blamed it. */
export const SUSPECT_PROSE = {
  "class-in-cycle": ["{class} is in the cycle."],
  "class-held": ["{class} is held, but is not in the cycle: without it the cycle would be the same."],
  "class-in-stack": ["{class} is no lock of this report; only functions that take it are in a stack."],
  "class-absent": ["{class} is not in this report."],
  "function-in-stack": ["{function} is a function in a stack of this report, not a lock."],
  "commit-edge-in-cycle": [
    "This commit adds edges to {to}, and one of this cycle's edges is such a one: without the commit lockdep would not have seen this cycle. That does not make the cycle false.",
  ],
  "commit-edge-absent": [
    "This commit adds only edges to {to}. None of this cycle's edges ({cycle}) is one that it adds, so reverting it should not make this report go away; a run without it may simply have missed the race.",
    "{to} is in the cycle, but through an edge that this commit did not add ({classInCycle}).",
  ],
  "commit-records-edge": [
    "This commit changes {recorder}, which records {from} → {to}: since then lockdep is told of such allocations within a {scope} scope, too.",
    "This one runs within {what} ({frame}), so it should never have been recorded: suspect the commit, not the locks. Reverting it should make this report go away.",
    "{mendedIn} has the change without that mistake.",
  ],
  "commit-records-other": [
    "This commit changes when edges to {to} are recorded within {within} scopes.",
    "No function shows that one of this cycle's was taken within such a scope, but a caller may have opened one that no stack shows ({recorded}).",
    "{mendedIn} has the change without that mistake.",
  ],
  "commit-class-in-cycle": [
    "This commit introduced {class}, which is in the cycle: without the commit lockdep would not have seen this cycle. That does not make the cycle false.",
  ],
  "commit-class-held": [
    "This commit introduced {class}, which is only held here: reverting the commit should not make this report go away; a run without it may simply have missed the race.",
  ],
  "commit-class-in-stack": [
    "This commit introduced {class}, which is no lock of this report; but functions that take it are in a stack, so what reverting it does cannot be told.",
  ],
  "commit-class-absent": [
    "This commit introduced {class}, which is not in this report: reverting the commit should not make this report go away; a run without it may simply have missed the race.",
  ],
  "commit-extends-class": [
    "This commit changed where {class} is taken; the catalogue does not say which edges that added. The answer is about the class.",
  ],
  "commit-adds-nothing": [
    "This commit added no class and no edge to the graph of locks: it cannot have made this report by what it annotates.",
    "It only renamed, reported or left out checks of {classes}.",
  ],
  "commit-fixes-class": [
    "This commit fixed another report with such a class. The catalogue does not say what else it changed: give the patch itself, or --linux with a tree that has it.",
  ],
  "unknown-commit": [
    "The catalogue does not know the commit {sha}, so it cannot say what it added: give the patch itself, or --linux with a tree that has it.",
  ],
  unknown: [
    "Neither an annotation, nor a class or function of this report, nor a commit that the catalogue knows.",
  ],
  "patch-takes-lock": [
    "In {function} this patch takes {to}, and that function is on the edge {from} → {to}: the patch adds the edge. Reverting it should make this report go away; that does not make the cycle false.",
  ],
  "patch-adds-call": [
    "In {function} this patch calls {callee}, and that call leads to {to} while {from} is held: the patch adds the edge {from} → {to}. Reverting it should make this report go away; that does not make the cycle false.",
  ],
  "patch-moves-call": [
    "In {function} this patch moves or changes the call of {callee}, which leads to {to} on the edge {from} → {to}. Whether {from} was held there before is not told by the patch alone.",
  ],
  "patch-records-edge": [
    "This patch changes {recorder}, which decides whether {from} → {to} is recorded.",
    "That edge was taken within {what} ({frame}), a {scope} scope, from which it should never have been recorded: suspect the patch, not the locks. Reverting it should make this report go away.",
  ],
  "patch-keeps-recording": [
    "This patch changes {recorder}, which records {from} → {to}, but leaves alone when that is done: it should have no part in this report. As it is the function that records the edge, reverting it is not ruled out.",
  ],
  "patch-changes-recorder": [
    "This patch changes {recorder}, which records {from} → {to}. Whether the edge would have been recorded without it cannot be told from the patch alone.",
  ],
  "patch-widens-mask": [
    "In {function} this patch changes how memory is allocated on the edge {from} → {to} ({masks}): since then the allocation may reclaim. Reverting it should make this report go away; that does not make the cycle false.",
  ],
  "patch-narrows-mask": [
    "In {function} this patch keeps allocations out of reclaim ({masks}); this edge, {from} → {to}, was recorded all the same.",
  ],
  "patch-holds-lock": [
    "In {function} this patch takes {from}, or no longer drops it, before {to} is taken: it adds the edge {from} → {to}. Reverting it should make this report go away; that does not make the cycle false.",
  ],
  "patch-changes-order": [
    "In {function}, on the edge {from} → {to}, this patch changes where {lock} is taken or dropped. Whether the order was another before is not told by the patch alone.",
  ],
  "patch-changes-class": [
    "In {function} this patch changes the class of {lock}, which is in the cycle: edges of other locks may have been added to it, or taken away.",
  ],
  "patch-in-stack": [
    "This patch changes {function}, which is in a stack of this report, but no lock of the cycle in it and no call that leads to one. What reverting it does cannot be told.",
  ],
  "patch-elsewhere": [
    "This patch takes or drops {lock} in {function}, which is in no stack of this report; it may have been inlined into one that does. What reverting it does cannot be told.",
  ],
  "patch-unclear": [
    "Nothing that this patch names is in this report, but that is not all there is to see.",
    "The patch is cut or damaged ({cut}).",
    "The report is damaged or lacks a stack ({damaged}).",
    "It changes {file}, where functions of the stacks are.",
    "What it changes may show in no stack: {hidden}.",
  ],
  "patch-absent": [
    "This patch changes no function in a stack of this report and no lock of its cycle: reverting it should not make this report go away; a run without it may simply have missed the race.",
  ],
} as const satisfies Record<SuspectCode, readonly string[]>;

/** Why an edge is the one to look at: behind "look at it:". */
export const EDGE_REASON_PROSE = {
  "against-order": "the kernel documents the other order",
  breaks: "it is the edge that a fix usually breaks",
  "port-lock": "it is taken under a lock that printing takes",
  "off-path": "all other locks of the cycle are taken on one path, and this one on another",
  "set-up": "it is taken while mounting, where the order is easier to change",
  module: "it is the only one through a module",
  closes: "it is the newest one",
  only: "no other edge is likelier",
} as const satisfies Record<LookAt["reason"], string>;

/** What code was doing, in a few words; `{whose}` where it is known whose. */
export const ROLE_PROSE = {
  priming: ["declares an order at start-up"],
  allocation: ["allocates memory", "for {whose}"],
  shrinker: ["runs a shrinker", "{whose}"],
  kswapd: ["reclaims memory in the background (kswapd)"],
  "memcg-reclaim": ["reclaims memory of a memory cgroup"],
  "direct-reclaim": ["reclaims memory for an allocation of its own"],
  reclaim: ["reclaims memory"],
  compaction: ["compacts memory"],
  "user-copy": ["copies from or to user memory", "for {whose}"],
  "page-fault": ["handles a page fault"],
  "pin-user-pages": ["pins user pages"],
  "mmu-notifier": ["runs an MMU notifier", "{whose}"],
  unmap: ["unmaps memory"],
  "work-flush": ["waits for a work item", "in {whose}"],
  "work-cancel": ["cancels a work item and waits", "in {whose}"],
  "queue-flush": ["waits for a workqueue", "in {whose}"],
  work: ["runs a work item", "{whose}"],
  "timer-delete": ["deletes a timer and waits", "in {whose}"],
  timer: ["runs a timer", "{whose}"],
  softirq: ["runs in softirq"],
  hardirq: ["runs in a hard interrupt"],
  "cpu-hotplug": ["brings a CPU up or down", "in {whose}"],
  "cpus-kept": ["holds CPU hotplug off", "for {whose}"],
  "memory-hotplug": ["plugs memory in or out"],
  freeze: ["freezes", "in {whose}"],
  "grace-period": ["waits for RCU readers", "in {whose}"],
  "rcu-callback": ["runs an RCU callback"],
  console: ["writes to a console"],
  printk: ["prints a message", "from {whose}"],
  "sysfs-remove": ["removes a sysfs file", "in {whose}"],
  "sysfs-create": ["creates a sysfs file", "in {whose}"],
  "sysfs-method": ["runs a method of a sysfs file", "{whose}"],
  probe: ["probes a device", "in {whose}"],
  "driver-remove": ["removes a device from its driver"],
  "module-load": ["loads a module"],
  boot: ["boots"],
  mount: ["mounts a file system"],
  unmount: ["unmounts a file system"],
  writeback: ["writes back dirty pages"],
  "io-submit": ["submits I/O", "for {whose}"],
  "device-open": ["opens a block device", "for {whose}"],
  exit: ["ends a task"],
  "task-work": ["finishes what a system call left to do"],
  "system-call": ["runs a system call", "{whose}"],
} as const satisfies Record<RoleName, readonly [string] | readonly [string, string]>;

/** What a finding says in a few words, with its arguments. */
export function findingTitle({ code, args }: Pick<Finding, "code" | "args">): string {
  const prose = (FINDING_PROSE as Partial<Record<string, Prose>>)[code];
  // a title is there in any case; what its arguments do not say is left open
  return fillIn([prose?.title ?? code], args)[0] ?? (prose?.title ?? code).replaceAll(/ ?\{\w+\}/g, " …");
}

/** @returns the sentences whose arguments are all there, with them */
export function fillIn(sentences: readonly string[], args: FindingArgs): string[] {
  return sentences.flatMap((sentence) => {
    let whole = true;
    const text = sentence.replaceAll(/ ?\(?\{(\w+)\}\)?/g, (placeholder: string, name: string) => {
      const value = args[name];
      if (
        value === undefined ||
        value === null ||
        value === false ||
        (Array.isArray(value) && value.length === 0)
      ) {
        whole = false;
        return "";
      }
      // a yes is told by the sentence being there
      if (value === true) return "";
      return placeholder.replace(`{${name}}`, () =>
        Array.isArray(value) ? value.join(", ") : String(value),
      );
    });
    return whole ? [text] : [];
  });
}
