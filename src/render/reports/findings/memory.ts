import type { MEMORY } from "../../../analyze/rules/memory.ts";
import type { Prose } from "./prose.ts";

export const MEMORY_PROSE = {
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
  "mmap-lock-order": {
    title: "{lock} and another lock are taken in opposite orders",
    explanation: [
      "{lock} is taken before and after another lock of this cycle, without a copy from or to user space in sight.",
    ],
    questions: ["Which of the two orders is the documented one?"],
    fixes: ["the other lock first, or {lock} dropped before"],
  },
} as const satisfies Record<keyof typeof MEMORY, Prose>;
