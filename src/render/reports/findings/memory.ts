import type { MEMORY } from "../../../analyze/rules/memory.ts";
import type { Prose } from "./prose.ts";

export const MEMORY_PROSE = {
  "mmu-notifier-recursion": {
    title: "memory is allocated under a lock that an MMU notifier takes",
    explanation: [
      "Reclaim unmaps pages, and that calls the MMU notifiers registered for them.",
      "The callback {callback} takes a lock of this cycle.",
      "{caller} allocates memory ({allocator}) while it holds {lock}: if that allocation has to reclaim, the callback waits for a lock that its own task holds.",
      "The allocation was made {mask}.",
      "{noHelp} do not help: they keep reclaim out of file systems and I/O, but pages are unmapped all the same. Only __GFP_DIRECT_RECLAIM matters.",
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
    silences: ["{silencedBy} on that allocation, if the two objects can never be the same"],
    doubts: [
      "Since v5.11 every allocation that may reclaim records this edge, even where no notifier is registered for that process.",
    ],
  },
  "notifier-keeps-lock": {
    title: "an MMU notifier holds a lock from range_start to range_end",
    explanation: [
      "The callback {callback} takes {lock} and returns with it held: everything taken until range_end is taken under it.",
      "Here that is {taken}, in {at}.",
    ],
    questions: ["Must the lock be held while pages are unmapped, or would a sequence count do?"],
    fixes: ["drop {lock} in the callback, and let users check a sequence count (mmu_interval_read_retry())"],
  },
  "reclaim-edge-in-scope": {
    title: "an allocation in a {scope} scope was recorded as one that may reclaim",
    explanation: [
      "{caller} allocates memory ({allocator}) while it holds {lock}, within {what} ({frame}).",
      "That is a {scope} scope: current_gfp_context() clears __GFP_FS, so no edge to fs_reclaim should have been recorded there.",
      "Either the code that records the edge is wrong, or the scope was not open after all.",
    ],
    questions: [
      "Does this kernel have a change to fs_reclaim_acquire(), might_alloc() or current_gfp_context()? Ask with --suspect.",
      "Does {frame} run only within {what} in this release, and does that set the scope?",
    ],
    fixes: [
      "where the edge is recorded, test the mask after current_gfp_context(), not before",
      "open the scope before {lock} is taken, if it was not open",
    ],
    doubts: ["In such a scope reclaim does not enter file systems: the cycle cannot close."],
  },
  "reclaim-of-unreferenced-inode": {
    title: "memory is allocated under one inode's lock, and reclaim takes another inode's",
    explanation: [
      "{caller} allocates memory ({allocator}) while it holds {lock} of an inode that is in use.",
      "In {reclaimer}, reclaim takes a lock of the same class, but of an inode that nobody references any more: the two are never the same.",
      "Lockdep knows only classes, so it cannot see that.",
    ],
    questions: [
      "Does the allocating side hold a reference to its inode (it nearly always does)?",
      "Is the allocation inside a transaction, so that no edge should be recorded?",
    ],
    fixes: ["allocate before {lock} is taken"],
    silences: ["__GFP_NOLOCKDEP on that allocation, as XFS uses it"],
    doubts: ["Such reports are usually false positives: XFS silences them with __GFP_NOLOCKDEP."],
  },
  "alloc-under-reclaim-lock": {
    title: "memory is allocated under a lock that reclaim takes",
    explanation: [
      "{caller} allocates memory ({allocator}) while it holds {lock}; the allocation may have to reclaim memory first.",
      "Reclaim takes {inReclaim}.",
      "The shrinker is {shrinker}.",
      "When memory is short, the task waits in reclaim for a lock that it holds itself, or that a task waiting for it holds.",
    ],
    questions: [
      "Which GFP mask does the allocation use?",
      "Are the locks on both sides of the same object, or only of the same class (an inode in use and one being evicted)?",
      "Was the other side recorded in reclaim itself, or declared at boot?",
    ],
    fixes: [
      "allocate before {lock} is taken",
      "GFP_NOFS, or memalloc_nofs_save() around the part under {lock}",
      "a trylock in the shrinker",
    ],
    silences: ["__GFP_NOLOCKDEP if the objects can never be the same"],
    doubts: [
      "Reclaim frees only objects that nobody uses: if the locked one is in use, the two are never the same.",
    ],
  },
  "alloc-under-reclaim-state": {
    title: "memory is allocated under a lock that reclaim takes (as reported before v4.14)",
    explanation: [
      "{lock} was held over an allocation that may reclaim (RECLAIM_FS-ON), and was taken inside reclaim (IN-RECLAIM_FS).",
      "In the drawing, read <Interrupt> as reclaim.",
    ],
    questions: ["Which of the two is older (see where the state was registered)?"],
    fixes: ["GFP_NOFS under {lock}"],
    silences: ["__GFP_NOLOCKDEP (since v4.12), if the objects can never be the same"],
  },
  "recursion-through-reclaim": {
    title: "the second lock belongs to an object that reclaim frees",
    explanation: [
      "Under {lock}, taken in {first}, memory is reclaimed, and {freeing} takes a lock of the same class.",
      "Reclaim frees what nobody references, and the locked object is in use: they are two objects.",
    ],
    questions: ["Is reclaim from that allocation meant to enter file systems (or should it be GFP_NOFS)?"],
    fixes: ["GFP_NOFS, or memalloc_nofs_save() under {lock}"],
    silences: ["a class of its own for objects that are being freed"],
    doubts: [
      "Such reports are usually false positives; but deep recursion through reclaim can still overflow the stack.",
    ],
  },
  "freeze-against-reclaim": {
    title: "freezing or a transaction versus memory reclaim",
    explanation: [
      "Reclaim may start a transaction ({lock}) when it evicts an inode, and under {lock} memory is allocated in a way that may reclaim.",
      "One side freezes the file system ({freezing}).",
    ],
    questions: [
      "Is one side freezing or thawing?",
      "Is the allocation inside a transaction without a NOFS scope?",
    ],
    fixes: ["memalloc_nofs_save() in the transaction, or around the freeze"],
    doubts: [
      "A frozen file system has no dirty inodes left to evict: with freezing on one side this is usually a false positive.",
    ],
  },
  "fence-signalling-alloc": {
    title: "code that has to signal a fence may wait for one",
    explanation: [
      "{caller} takes {taken} in a section that must complete before a fence is signalled; through reclaim or a buffer's lock, that may wait for fences.",
      "{allocates} allocates memory while it holds {lock}, which such a section waits for: reclaim may wait for the fence.",
    ],
    questions: [
      "What is allocated or locked between dma_fence_begin_signalling() and dma_fence_end_signalling()?",
    ],
    fixes: [
      "allocate before {lock} is taken",
      "allocate before that section",
      "GFP_ATOMIC or GFP_NOWAIT within it",
      "move it out of the section",
    ],
  },
  "percpu-alloc-bridge": {
    title: "the cycle runs through per-CPU memory",
    explanation: [
      "Per-CPU memory is allocated under {lock}.",
      "{caller} allocates it.",
      "Elsewhere ordinary memory is allocated under pcpu_alloc_mutex, which brings in reclaim.",
    ],
    questions: ["Can it be allocated earlier?"],
    fixes: ["allocate before {lock} is taken"],
    doubts: ["Unrelated subsystems share this mutex."],
  },
  "fault-under-lock": {
    title: "user memory is accessed under a lock that page faults wait for",
    explanation: [
      "{caller} accesses user memory ({access}) while it holds {lock}: that may fault and take mmap_lock.",
      "Elsewhere mmap_lock is held when {lock} is taken (in {other}).",
    ],
    questions: [
      "Is the other side mmap, a fault or exit?",
      "Are both locks of the same kind of object (a directory is never mapped)?",
    ],
    fixes: [
      "copy into a kernel buffer under {lock}, and to user space after dropping it",
      "fault the pages in before {lock} is taken, and use non-faulting copies under it",
    ],
    silences: ["a class of its own for objects that are never mapped"],
  },
  "mmap-lock-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: [
      "{lock} is taken both before and after another lock of this cycle; no copy from or to user space is in sight.",
    ],
    questions: ["Which of the two orders is the documented one?"],
    fixes: ["take the other lock first, or drop {lock} before it"],
  },
} as const satisfies Record<keyof typeof MEMORY, Prose>;
