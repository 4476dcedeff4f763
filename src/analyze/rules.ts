import { annotationOf, documentedOrder } from "../catalogue/index.ts";
import type { Kind, Lock, Report } from "../report/schema.ts";
import { functionName, plainSymbol } from "../symbols/functions.ts";
import { LOCK_FUNCTIONS } from "../symbols/role-table.ts";
import { type EdgeRoles, roleIn, type RoleName, rolesOfStack } from "../symbols/roles.ts";
import { reclaimScopeOf } from "./scopes.ts";
import { breaking, type Hit, hit, isOnlyOfBoot, PRINTING, type Scene } from "./scene.ts";

/**
 * What can be concluded from a report, one entry a rule. A rule gives a code and arguments; what they mean,
 * what to ask and what mends it stands in src/render/reports/findings-prose.ts under the same code.
 */
export interface Rule {
  /** Rules of higher priority come first in the list of findings. */
  readonly priority: number;
  readonly kinds: readonly Kind[];
  /** Not told where one of these was found: they say it better. */
  readonly unless?: readonly string[];
  /** Told behind these, and as no more than possible: they contradict it. */
  readonly behind?: readonly string[];
  readonly find: (scene: Scene) => Hit | null;
}

const WORK = ["wq_completion", "work_completion", "static_work", "legacy_work", "drm_sched_map"] as const;
const FLUSH = ["work-flush", "work-cancel", "queue-flush"] as const satisfies readonly RoleName[];
const RECLAIM = ["shrinker", "kswapd", "memcg-reclaim", "direct-reclaim", "reclaim", "compaction"] as const;
const MMAP = ["mmap_lock", "vma_lock"] as const;
const HOTPLUG = ["cpu_hotplug_lock", "cpuhp_state", "cpuhp_state_mutex"] as const;
const FREEZE = ["sb_writers", "sb_pagefaults", "sb_internal"] as const;
const QUEUE = ["q_usage_counter_io", "q_usage_counter_queue"] as const;

/** Classes whose objects on both sides are rarely the same. */
const OFTEN_OTHER_OBJECTS = ["xfs_ilock", "sk_lock", "sb_internal", "i_rwsem", ...QUEUE] as const;

const HUBS = [
  "sk_lock",
  "seq_file_lock",
  "genl_mutex",
  "rtnl_mutex",
  "key_sem",
  "xfs_ilock",
  "rhashtable_bucket",
  "regmap_lock",
] as const;

/** Adds something to a framework, which calls back under the lock that this takes, or takes it away. */
const REGISTRATION = /^_{0,3}(?:\w{1,40}_)?(?:un|de)?register(?:_\w{1,40})?$/;
/** What such functions leave to others, which take that lock. */
const PART_OF_REGISTRATION = /_(?:add|insert|attach|connect|del|delete|remove|detach|disconnect)(?:_|$)/;

/** What a registration allocates, makes or waits for is not what it locks. */
const OF_SERVICES = ["fs_reclaim", "mmu_notifier_invalidate_range_start", "kn_active", ...WORK] as const;

/** Which function of an edge's stack registers, and takes the lock for that. */
function registers({ functions, at }: EdgeRoles): string | null {
  const first = at === null ? -1 : functions.indexOf(at);
  const [taker, caller] = first === -1 ? [] : functions.slice(first);
  if (taker === undefined || REGISTRATION.test(taker)) return taker ?? null;
  const isPart = PART_OF_REGISTRATION.test(taker) && caller !== undefined && REGISTRATION.test(caller);
  return isPart && familyOf(taker) === familyOf(caller) ? caller : null;
}

/** What the names of a subsystem's functions begin with. */
function familyOf(name: string): string {
  return /^_*([a-z0-9]+)/.exec(name)?.[1] ?? name;
}

/** Objects that are stacked on objects of their own sort. */
const STACKED = [
  "i_rwsem",
  "sb_writers",
  "s_umount",
  "overlayfs_keys",
  "ima_iint",
  "q_usage_counter_io",
  "open_mutex",
  "loop_lo_mutex",
  "mq_flush_lock",
  "xmit_lock",
  "addr_list_lock",
  "netdev_instance_lock",
  "md_reconfig",
  "wq_completion",
] as const;

const STACKING_FUNCTION =
  /^(?:ovl_|lo_|loop_|dm_|md_|raid\d|nbd_|nvmet?_|ecryptfs_|vfs_iter_(?:read|write)|macvlan_|vlan_|bond_|team_|br_|ipvlan_|backing_file_)/;

/** Sockets that have another one within, of the same class if nobody gave it one of its own. */
const SOCKET_IN_SOCKET = /^(?:smc|mptcp|kcm|espintcp|tls|rds_tcp|l2tp|o2net|siw|sctp_accept|svc_tcp|xs_tcp)_/;

/** A chain through sk_lock, of which the edges are of sockets on top of each other. */
function stackedSocket(scene: Scene): Hit | null {
  const [out] = scene
    .outOf("sk_lock")
    .filter((edge) => edge.functions.some((name) => SOCKET_IN_SOCKET.test(name)));
  const [into] = scene.into("sk_lock");
  if (out === undefined || into === undefined) return null;
  // the inner socket's own layer takes it there: the outer one is another socket
  if (into.functions.some((name) => SOCKET_IN_SOCKET.test(name))) return null;
  const by = out.functions.find((name) => SOCKET_IN_SOCKET.test(name)) ?? null;
  return breaking(out, hit("likely", { lock: out.edge.from, by, levels: 0 }, into, out));
}

/** What only one task at a time runs, and the entries of its lock: a cycle through that is none of these. */
const GATES = [
  { gate: "start-up, where one initcall runs after the other", frames: /^kernel_init_freeable$/, ids: [] },
  {
    gate: "system_transition_mutex",
    frames: /^(?:pm_suspend|hibernate|enter_state|hibernation_snapshot)$/,
    ids: ["system_transition_mutex"],
  },
  {
    gate: "rtnl_mutex",
    frames: /^(?:rtnl_newlink|rtnl_dellink|rtnl_setlink|do_setlink|rtnl_group_changelink)$/,
    ids: ["rtnl_mutex"],
  },
  {
    gate: "cpuhp_state, which one CPU at a time goes through",
    frames: /^_cpu_(?:up|down)$/,
    ids: ["cpu_hotplug_lock", "cpuhp_state"],
  },
] as const;

/** Frees objects that nobody refers to. */
const INODE_RECLAIM =
  /^(?:xfs_reclaim_inode|xfs_inode_mark_reclaimable|xfs_fs_destroy_inode|destroy_inode|evict|dispose_list|prune_[id]cache_sb|\w{1,30}_evict_inode|shrink_dentry_list|__dentry_kill)$/;

/** Queues that work of all subsystems shares. */
const SHARED_QUEUE = /^(?:\(wq_completion\))?"?(?:events|kacpid|kblockd|writeback|netns|ipv6_addrconf)/;

const IRQ_STATE =
  /^(?:IN-)?(?:HARD|SOFT)IRQ(?:-ON)?-[WR]$|^(?:in|on)-(?:hard|soft)irq-[WR]$|^(?:hard|soft)irq-on-[WR]$/i;
const RECLAIM_STATE = /RECLAIM_FS|(?:in|ov)-reclaim/;

/** Functions that take a lock which may sleep on every kernel. */
const SLEEPING_LOCK =
  /^_*(?:mutex_lock|ww_mutex_lock|rt_mutex|down_(?:read|write|interruptible)|percpu_down|lock_sock)/;

/** It takes the map that range_start took, over its callbacks. */
const RANGE_END = /^_{0,2}mmu_notifier_invalidate_range_end$/;

/** The functions that free memory. */
const FREEING = /^_*(?:k|kv|v|slab_|kmem_cache_|do_slab_)?free(?:_\w{1,40})?$/;

function taintOf({ report }: Scene): string[] {
  return (report.kernel?.taint ?? "").match(/[WDL]/g) ?? [];
}

function waitStatesOf({ report }: Scene): string[] {
  const { usage, safe, unsafe, other } = report;
  return [usage?.from, usage?.to, safe?.state, unsafe?.state, other?.state].flatMap((s) => s ?? []);
}

/** HARDIRQ-safe against HARDIRQ-unsafe, or the softirq form. */
function interruptOf(scene: Scene): string {
  const text = [scene.report.headline, ...waitStatesOf(scene)].join(" ");
  if (text.includes("NMI")) return "nmi";
  return /SOFTIRQ|softirq/.test(text) && !/HARDIRQ|hardirq/.test(text) ? "softirq" : "hardirq";
}

/** Taken as the kernel's own order has it: whatever it is, it is not what is wrong. */
function isAlongOrder(scene: Scene, { edge: { from, to } }: EdgeRoles): boolean {
  return documentedOrder(scene.namesOf(from), scene.namesOf(to))?.way === "along";
}

/** A flush of which only the head of the report is left. */
function heldFlush(scene: Scene): Hit | null {
  const { lock, holding, edges } = scene.report;
  if (edges.length > 0 || !lock?.at || !scene.is(lock.class, ...WORK)) return null;
  const wait = roleIn(rolesOfStack([lock.at]), ...FLUSH);
  if (wait === null) return null;
  const { class: work } = lock;
  const unknown = { caller: null, worker: null };
  return hit("possible", {
    lock: holding?.class ?? null,
    work,
    wait: wait.role,
    ...unknown,
    shared: SHARED_QUEUE.test(work),
  });
}

const RCU_READERS = ["rcu_read_lock", "rcu_read_lock_bh", "rcu_read_lock_sched", "rcu_callback"] as const;

/** On PREEMPT_RT a spinlock sleeps, and holds off RCU in place of preemption. */
const RT_SPINLOCK = /^_{0,2}rt_(?:spin|read|write)_/;

function isOfRt({ at }: Lock): boolean {
  return at !== null && RT_SPINLOCK.test(plainSymbol(at.symbol));
}

/** The section of RCU that somebody entered, and not a spinlock of PREEMPT_RT for its own sake. */
function rcuReaderOf(scene: Scene): Lock | null {
  const held = scene.report.held.flatMap(({ locks }) => locks).filter((lock) => lock !== null);
  return held.find((lock) => scene.is(lock.class, ...RCU_READERS) && !isOfRt(lock)) ?? null;
}

/** The innermost spinlock of PREEMPT_RT that is held: it entered a section of RCU right behind itself. */
function spinlockOfRt(scene: Scene): Lock | null {
  for (const { locks } of scene.report.held) {
    const section = locks.findLastIndex(
      (lock) => lock !== null && isOfRt(lock) && scene.is(lock.class, ...RCU_READERS),
    );
    if (section > 0) return locks[section - 1] ?? null;
  }
  return null;
}

/** Whether __might_resched() counted more sections of RCU than the caller may be in; null: it printed none. */
function rcuCounted({ sleeping }: Report): boolean | null {
  const depth = sleeping?.rcuDepth ?? null;
  return depth === null ? null : depth > (sleeping?.rcuExpected ?? 0);
}

/** Not what disables preemption for others. */
function isCode(name: string): boolean {
  return name !== "preempt_count_add" && !LOCK_FUNCTIONS.test(name);
}

function isAtomic({ sleeping }: Report): boolean {
  return sleeping?.inAtomic === 1 || sleeping?.irqsDisabled === 1;
}

/** Interrupts are off, or a lock is held that spins (LD_WAIT_SPIN): RCU is not all that forbids to sleep. */
function spins({ sleeping, held }: Report): boolean {
  const locks = held.flatMap((one) => one.locks);
  return sleeping?.irqsDisabled === 1 || locks.some((lock) => lock?.wait?.outer === 2);
}

/** Both instances are printed: whether they are one. Hashed addresses are equal only for one object, too. */
function sameInstance({ report: { lock, holding } }: Scene): boolean | null {
  if (!lock?.address || !holding?.address) return null;
  return lock.address === holding.address;
}

export const RULES = {
  "lockdep-limit": {
    priority: 95,
    kinds: ["limit"],
    find({ report }) {
      const counts = new Map<string, number>();
      for (const { locks } of report.held)
        for (const lock of locks)
          if (lock !== null) counts.set(lock.class, (counts.get(lock.class) ?? 0) + 1);
      const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
      return hit("certain", {
        limit: report.limit?.name ?? null,
        max: report.limit?.max ?? null,
        repeated: most !== undefined && most[1] > 2 ? most[0] : null,
        times: most?.[1] ?? 0,
      });
    },
  },

  "mmu-notifier-recursion": {
    priority: 92,
    kinds: ["circular", "recursive"],
    unless: ["notifier-keeps-lock"],
    find(scene) {
      const id = "mmu_notifier_invalidate_range_start";
      const [into] = scene.into(id);
      const [out] = scene.outOf(id);
      if (into === undefined && out === undefined) return null;
      // dma_resv_lockdep() declares that notifiers may wait for fences: the rule of fences tells more
      if (out !== undefined && roleIn(out, "priming") !== null) return null;
      const callback = out && roleIn(out, "mmu-notifier");
      const [toReclaim] = scene.into("fs_reclaim");
      const allocating = [into, toReclaim].find(
        (edge) => edge && roleIn(edge, "allocation") && !isOnlyOfBoot(edge),
      );
      const alloc = allocating && roleIn(allocating, "allocation");
      const entered = into && (roleIn(into, "allocation") ?? roleIn(into, "mmu-notifier"));
      // With __GFP_FS an allocation takes fs_reclaim first, and the notifier under that.
      const direct = into !== undefined && alloc !== undefined && !scene.is(into.edge.from, "fs_reclaim");
      const gfp = annotationOf(id)?.gfp;
      return breaking(
        allocating ?? into,
        hit(
          entered && callback ? "certain" : entered || callback ? "likely" : "possible",
          {
            lock: allocating?.edge.from ?? out?.edge.to ?? null,
            callback: callback?.whose ?? null,
            allocator: alloc?.by ?? null,
            caller: alloc?.whose ?? null,
            mask: alloc ? (direct ? "without __GFP_FS" : "with __GFP_FS") : null,
            noHelp: [...(gfp?.notGoneWith ?? [])],
            helps: [...(gfp?.goneWith ?? [])],
            silencedBy: [...(gfp?.silencedBy ?? [])],
          },
          into,
          out,
          allocating,
        ),
      );
    },
  },

  // i915, xe and KVM: a lock taken in range_start and dropped in range_end covers all that runs between
  "notifier-keeps-lock": {
    priority: 93,
    kinds: ["circular"],
    find(scene) {
      const callback = scene.edges.find(
        (edge) =>
          scene.is(edge.edge.from, "mmu_notifier_invalidate_range_start") && roleIn(edge, "mmu-notifier"),
      );
      if (callback === undefined) return null;
      // what is taken under it when its callback has returned: it is held until range_end, which takes the map again
      const kept = scene.edges.find(
        (edge) =>
          edge.edge.from === callback.edge.to &&
          (edge.functions.some((name) => RANGE_END.test(name)) ||
            (roleIn(edge, "unmap", "page-fault") !== null &&
              roleIn(edge, "mmu-notifier")?.whose === undefined)),
      );
      if (kept === undefined) return null;
      return breaking(
        callback,
        hit(
          "likely",
          {
            lock: callback.edge.to,
            callback: roleIn(callback, "mmu-notifier")?.whose ?? null,
            taken: kept.edge.to,
            at: kept.at,
          },
          callback,
          kept,
        ),
      );
    },
  },

  // the thread that f920e413ff9c came of: version 2 recorded allocations within transactions of XFS
  "reclaim-edge-in-scope": {
    priority: 91,
    kinds: ["circular"],
    find(scene) {
      for (const edge of scene.into("fs_reclaim")) {
        const found = reclaimScopeOf(edge, scene.lookup);
        const alloc = roleIn(edge, "allocation");
        // reclaim itself takes it, too
        if (found === null || alloc === null || found.scope.id === "reclaim") continue;
        return breaking(
          edge,
          hit(
            "likely",
            {
              lock: edge.edge.from,
              scope: found.scope.sets,
              what: found.scope.what,
              frame: found.by,
              allocator: alloc.by,
              caller: alloc.whose,
            },
            edge,
          ),
        );
      }
      return null;
    },
  },

  // 6dcde60efd94 "more lockdep whackamole with kmem_alloc*"; answered so on linux-xfs for every such report
  "reclaim-of-unreferenced-inode": {
    priority: 90.5,
    kinds: ["circular"],
    unless: ["reclaim-edge-in-scope"],
    find(scene) {
      const [into] = scene.into("fs_reclaim");
      const [out] = scene.outOf("fs_reclaim");
      if (into === undefined || !scene.is(into.edge.from, "xfs_ilock")) return null;
      const alloc = roleIn(into, "allocation");
      return breaking(
        into,
        hit(
          "likely",
          {
            lock: into.edge.from,
            allocator: alloc?.by ?? null,
            caller: alloc?.whose ?? null,
            reclaimer: out?.functions.find((name) => INODE_RECLAIM.test(name)) ?? null,
          },
          into,
          out,
        ),
      );
    },
  },

  "alloc-under-reclaim-lock": {
    priority: 90,
    kinds: ["circular"],
    unless: ["mmu-notifier-recursion", "fence-signalling-alloc"],
    behind: [
      "queue-freeze-order",
      "freeze-against-reclaim",
      "reclaim-edge-in-scope",
      "reclaim-of-unreferenced-inode",
    ],
    find(scene) {
      const [into] = scene.into("fs_reclaim");
      const [out] = scene.outOf("fs_reclaim");
      if (into === undefined || out === undefined) return null;
      const alloc = roleIn(into, "allocation");
      const reclaim = roleIn(out, ...RECLAIM);
      const shrinker = roleIn(out, "shrinker");
      const declared = roleIn(out, "priming");
      if (alloc === null && reclaim === null) return null;
      const sure = alloc !== null && reclaim !== null && declared === null;
      return breaking(
        into,
        hit(
          sure && scene.inCycle(...OFTEN_OTHER_OBJECTS) === null ? "certain" : "likely",
          {
            lock: into.edge.from,
            inReclaim: out.edge.to,
            allocator: alloc?.by ?? null,
            caller: alloc?.whose ?? null,
            reclaim: reclaim?.role ?? null,
            shrinker: shrinker?.whose ?? null,
            declared: declared !== null,
            reclaimSite: out.at,
          },
          into,
          out,
        ),
      );
    },
  },

  "alloc-under-reclaim-state": {
    priority: 88,
    kinds: ["inconsistent", "irq-order", "irq-inversion"],
    find(scene) {
      const state = waitStatesOf(scene).find((text) => RECLAIM_STATE.test(text));
      if (state === undefined) return null;
      return hit("likely", { lock: scene.report.lock?.class ?? null, states: waitStatesOf(scene) });
    },
  },

  "sysfs-removal-under-lock": {
    priority: 87,
    kinds: ["circular", "recursive"],
    find(scene) {
      const [into] = scene.into("kn_active");
      const [out] = scene.outOf("kn_active");
      const own = scene.edges.find(
        ({ edge }) => scene.is(edge.from, "kn_active") && scene.is(edge.to, "kn_active"),
      );
      if (own !== undefined)
        return hit(
          "possible",
          {
            lock: own.edge.from,
            remover: roleIn(own, "sysfs-remove")?.whose ?? null,
            method: roleIn(own, "sysfs-method")?.whose ?? null,
            within: true,
            movable: null,
            giving: roleIn(own, "sysfs-method")?.whose ?? null,
          },
          own,
        );
      if (into === undefined || out === undefined) return null;
      const remove = roleIn(into, "sysfs-remove");
      const method = roleIn(out, "sysfs-method");
      if (remove === null && method === null) return null;
      // what removes under a lock of all devices, as PCI's, cannot drop it: the method has to give way
      const gives = remove === null || (method !== null && !into.edge.from.startsWith("&"));
      return breaking(
        gives ? out : into,
        hit(
          remove !== null && method !== null ? "certain" : "likely",
          {
            lock: into.edge.from,
            remover: remove?.whose ?? null,
            method: method?.whose ?? null,
            within: roleIn(into, "sysfs-method") !== null,
            movable: gives ? null : into.edge.from,
            giving: gives ? (method?.whose ?? out.at) : null,
          },
          into,
          out,
        ),
      );
    },
  },

  "fault-under-lock": {
    priority: 90,
    kinds: ["circular"],
    find(scene) {
      const into = scene
        .into(...MMAP)
        .find((edge) => roleIn(edge, "user-copy", "page-fault", "pin-user-pages"));
      if (into === undefined) return null;
      const role = roleIn(into, "user-copy", "page-fault", "pin-user-pages");
      const [out] = scene.outOf(...MMAP);
      const other = out && roleIn(out, "page-fault", "unmap", "exit");
      return breaking(
        into,
        hit(
          role?.role === "user-copy" && !scene.is(into.edge.from, "i_rwsem", "seq_file_lock")
            ? "certain"
            : "likely",
          {
            lock: into.edge.from,
            access: role?.by ?? null,
            caller: role?.whose ?? null,
            other: other?.by ?? out?.at ?? null,
          },
          into,
          out,
        ),
      );
    },
  },

  "flush-under-lock": {
    priority: 88,
    kinds: ["circular", "recursive"],
    find(scene) {
      const waits = scene.into(...WORK).find((edge) => roleIn(edge, ...FLUSH) && !isAlongOrder(scene, edge));
      if (waits === undefined) return heldFlush(scene);
      const runs = scene.outOf(...WORK).find((edge) => roleIn(edge, "work"));
      if (runs === undefined) return null;
      const wait = roleIn(waits, ...FLUSH);
      const shared = SHARED_QUEUE.test(waits.edge.to);
      const direct = runs.edge.to === waits.edge.from;
      return breaking(
        waits,
        hit(
          shared ? "possible" : direct ? "certain" : "likely",
          {
            lock: waits.edge.from,
            work: waits.edge.to,
            wait: wait?.role ?? null,
            caller: wait?.whose ?? null,
            worker: roleIn(runs, "work")?.whose ?? null,
            shared,
          },
          waits,
          runs,
        ),
      );
    },
  },

  "work-left-lock": {
    priority: 89,
    kinds: ["circular"],
    find(scene) {
      // a worker that already holds a lock when it takes the next work: some work before did not drop it
      const left = scene
        .into(...WORK)
        .find(
          (edge) => roleIn(edge, "work") && !roleIn(edge, ...FLUSH) && !scene.is(edge.edge.from, ...WORK),
        );
      if (left === undefined) return null;
      const took = scene.edges.find(({ edge }) => edge.to === left.edge.from);
      return hit("likely", { lock: left.edge.from, queue: left.edge.to }, left, took);
    },
  },

  "freeze-against-reclaim": {
    priority: 85,
    kinds: ["circular"],
    find(scene) {
      const frozen = scene.inCycle(...FREEZE);
      if (frozen === null || scene.inCycle("fs_reclaim") === null) return null;
      const freezing = scene.withRole("freeze");
      return breaking(
        scene.into("fs_reclaim").find((edge) => roleIn(edge, "allocation")),
        hit(
          freezing.length > 0 ? "possible" : "likely",
          { lock: frozen, freezing: freezing.length > 0 },
          ...scene.into(...FREEZE),
          ...scene.outOf(...FREEZE),
        ),
      );
    },
  },

  "fence-signalling-alloc": {
    priority: 85,
    kinds: ["circular"],
    find(scene) {
      if (scene.inCycle("dma_fence_map") === null) return null;
      const [out] = scene.outOf("dma_fence_map");
      const alloc = out && roleIn(out, "allocation");
      const reclaims = scene.into("fs_reclaim").find((edge) => roleIn(edge, "allocation"));
      return breaking(
        reclaims ?? out,
        hit(
          "likely",
          {
            taken: out?.edge.to ?? null,
            caller: alloc?.whose ?? out?.at ?? null,
            allocates: (reclaims && roleIn(reclaims, "allocation")?.whose) ?? null,
            lock: reclaims?.edge.from ?? null,
          },
          out,
          ...scene.into("dma_fence_map"),
        ),
      );
    },
  },

  "cpu-hotplug-order": {
    priority: 84,
    kinds: ["circular", "recursive"],
    find(scene) {
      if (scene.inCycle(...HOTPLUG) === null) return null;
      const into = scene.into(...HOTPLUG);
      const out = scene.outOf(...HOTPLUG);
      const keeps = into.find((edge) => roleIn(edge, "cpus-kept")) ?? into[0];
      const calls = out.find((edge) => roleIn(edge, "cpu-hotplug")) ?? out[0];
      const keeping = keeps && roleIn(keeps, "cpus-kept");
      const calling = calls && roleIn(calls, "cpu-hotplug");
      return breaking(
        keeping ? keeps : null,
        hit(
          keeping && calling ? "certain" : "likely",
          {
            lock: keeps?.edge.from ?? null,
            inCallback: calls?.edge.to ?? null,
            keeper: keeping?.by ?? null,
            caller: keeping?.whose ?? null,
            callback: calling?.whose ?? null,
          },
          keeps,
          calls,
        ),
      );
    },
  },

  "srcu-sync-under-lock": {
    priority: 83,
    kinds: ["circular", "recursive"],
    find(scene) {
      const waits = scene.edges.find(
        (edge) =>
          edge.acquisition === "sync" ||
          (edge.functions.some((name) => /^_*synchronize_srcu|^srcu_barrier$/.test(name)) &&
            scene.is(edge.edge.to, "srcu")),
      );
      if (waits === undefined) return null;
      const reads = scene.edges.find(({ edge }) => edge.from === waits.edge.to);
      return breaking(
        waits,
        hit(
          waits.edge.from === waits.edge.to || reads !== undefined ? "certain" : "likely",
          {
            lock: waits.edge.from,
            srcu: waits.edge.to,
            caller: roleIn(waits, "grace-period")?.whose ?? null,
            reader: reads?.at ?? null,
          },
          waits,
          reads,
        ),
      );
    },
  },

  "timer-sync-under-lock": {
    priority: 82,
    kinds: ["circular", "inconsistent", "irq-order", "irq-inversion"],
    find(scene) {
      const [waits] = scene.withRole("timer-delete");
      const waiting = (waits && roleIn(waits, "timer-delete")) ?? roleIn(scene.backtrace, "timer-delete");
      if (!waiting) return null;
      const runs = scene.edges.find((edge) => roleIn(edge, "timer") && scene.is(edge.edge.from, "timer_map"));
      return breaking(
        waits,
        hit(
          waits !== undefined && runs?.edge.from === waits.edge.to ? "certain" : "likely",
          {
            lock: waits?.edge.from ?? scene.report.holding?.class ?? scene.report.lock?.class ?? null,
            caller: waiting.whose,
            callback: (runs && roleIn(runs, "timer")?.whose) ?? null,
          },
          waits,
          runs,
        ),
      );
    },
  },

  "irq-safe-lock-irqs-on": {
    priority: 86,
    kinds: ["inconsistent"],
    unless: ["alloc-under-reclaim-state"],
    find(scene) {
      const { usage, registered, lock } = scene.report;
      if (usage === undefined) return null;
      const known = [usage.from, usage.to].every((state) => IRQ_STATE.test(state));
      const now = scene.backtrace.at;
      const before = registered === undefined ? null : rolesOfStack(registered.stack).at;
      const inIrq = /^IN-|^in-/.test(usage.to);
      return hit(known ? "certain" : interruptOf(scene) === "nmi" ? "likely" : "possible", {
        lock: lock?.class ?? null,
        interrupt: interruptOf(scene),
        inInterrupt: inIrq ? now : before,
        withInterrupts: inIrq ? before : now,
        from: usage.from,
        to: usage.to,
      });
    },
  },

  "irq-lock-inversion": {
    priority: 80,
    kinds: ["irq-order", "irq-inversion"],
    unless: ["alloc-under-reclaim-state"],
    find(scene) {
      const { edges, report } = scene;
      const back = edges.find(({ edge }) => edge.by === "interrupt");
      return hit(
        "certain",
        {
          safe: back?.edge.to ?? report.safe?.lock?.class ?? null,
          unsafe: back?.edge.from ?? report.unsafe?.lock?.class ?? report.other?.lock?.class ?? null,
          interrupt: interruptOf(scene),
        },
        ...edges,
      );
    },
  },

  "raw-over-spinlock": {
    priority: 84,
    kinds: ["wait-context"],
    unless: ["sleeping-lock-in-atomic"],
    find(scene) {
      const { report, backtrace } = scene;
      // an interrupt that goes on into softirq is one no more
      const hard =
        report.task?.irq?.hardirqContext ??
        (roleIn(backtrace, "hardirq") !== null && roleIn(backtrace, "softirq") === null);
      const outer = report.held
        .flatMap(({ locks }) => locks)
        .filter((lock) => lock !== null)
        .find(
          (lock) =>
            lock.wait !== null && lock.wait.inner > 0 && lock.wait.inner < (report.lock?.wait?.outer ?? 0),
        );
      return hit(hard || outer !== undefined ? "certain" : "likely", {
        lock: report.lock?.class ?? null,
        outer: outer?.class ?? null,
        hardirq: hard,
        at: backtrace.at,
      });
    },
  },

  "sleeping-lock-in-atomic": {
    priority: 84,
    kinds: ["wait-context"],
    find({ report, backtrace }) {
      if (!backtrace.functions.slice(0, 12).some((name) => SLEEPING_LOCK.test(name))) return null;
      const outer = report.held
        .flatMap(({ locks }) => locks)
        .find(
          (lock) => lock?.wait && lock.wait.inner > 0 && lock.wait.inner < (report.lock?.wait?.outer ?? 0),
        );
      return hit("certain", {
        lock: report.lock?.class ?? null,
        outer: outer?.class ?? null,
        at: backtrace.at,
      });
    },
  },

  "sleep-in-rcu": {
    priority: 78,
    kinds: ["wait-context", "rcu", "sleeping"],
    find(scene) {
      const { report } = scene;
      const reader = rcuReaderOf(scene);
      const said = /Illegal (?:context switch|synchronize)|in RCU read-side critical section/i.test(
        report.rcu?.message ?? "",
      );
      const callback = roleIn(scene.backtrace, "rcu-callback") !== null;
      const counted = rcuCounted(report);
      if (counted === false && !callback) return null;
      if (!said && counted !== true && (scene.kind === "rcu" || (reader === null && !callback))) return null;
      // counted on PREEMPT_RT for a spinlock, too
      if (counted === true && reader === null && spinlockOfRt(scene) !== null) return null;
      const isOnly = counted === true ? !isAtomic(report) : reader !== null && !spins(report);
      return hit(isOnly && (said || scene.kind === "sleeping") ? "certain" : "likely", {
        reader: reader?.class ?? null,
        callback,
        at: scene.backtrace.at,
        since: reader?.at?.symbol ?? null,
      });
    },
  },

  // lockdep_rcu_suspicious() prints it where rcu_is_watching() or rcu_lockdep_current_cpu_online() says no
  "rcu-not-watching": {
    priority: 82,
    kinds: ["rcu"],
    find({ report, backtrace }) {
      const where = (report.rcu?.notes ?? []).flatMap(
        (note) =>
          /RCU used illegally from (offline CPU|idle CPU|extended quiescent state)/.exec(note)?.[1] ?? [],
      )[0];
      return where === undefined
        ? null
        : hit("certain", {
            where,
            message: report.rcu?.message ?? null,
            at: backtrace.at,
            offline: where === "offline CPU",
          });
    },
  },

  "rcu-without-lock": {
    priority: 60,
    kinds: ["rcu"],
    unless: ["sleep-in-rcu", "rcu-not-watching"],
    find({ report, backtrace }) {
      return hit("likely", { message: report.rcu?.message ?? null, at: backtrace.at });
    },
  },

  "work-waits-for-itself": {
    priority: 80,
    kinds: ["recursive"],
    find(scene) {
      const [edge] = scene.edges;
      if (edge === undefined || !scene.is(edge.edge.to, ...WORK)) return null;
      return hit("likely", { work: edge.edge.to, worker: roleIn(edge, "work")?.whose ?? null }, edge);
    },
  },

  "queue-freeze-order": {
    priority: 80,
    kinds: ["circular"],
    find(scene) {
      const queue = scene.inCycle(...QUEUE);
      if (queue === null) return null;
      // taken while the queue is frozen, and not as the block layer itself orders it
      const underFreeze = scene.outOf(...QUEUE).find((edge) => !isAlongOrder(scene, edge));
      const doubtful =
        scene.withRole("priming").length > 0 || scene.inCycle("sk_lock", "genl_mutex") !== null;
      return breaking(
        underFreeze ?? scene.into(...QUEUE)[0],
        hit(
          doubtful ? "possible" : "likely",
          {
            queue,
            declared: scene.withRole("priming").length > 0,
            reclaim: scene.inCycle("fs_reclaim") !== null,
          },
          ...scene.into(...QUEUE),
          ...scene.outOf(...QUEUE),
        ),
      );
    },
  },

  "printk-under-lock": {
    priority: 78,
    kinds: ["circular", "inconsistent", "irq-order", "irq-inversion", "wait-context"],
    find(scene) {
      const into = scene.into(...PRINTING);
      const seen = into.find((edge) => roleIn(edge, "printk", "console"));
      // nothing but printing takes these: the class says it where the stack was cut away
      const prints = seen ?? into.find(({ functions }) => functions.length === 0);
      const [driver] = scene.underPortLock();
      if (prints !== undefined)
        return hit(
          seen === undefined ? "possible" : "likely",
          {
            lock: prints.edge.from,
            printing: prints.edge.to,
            message: roleIn(prints, "printk")?.whose ?? null,
            port: driver?.edge.from ?? null,
            driver: driver?.at ?? null,
            under: driver?.edge.to ?? null,
          },
          prints,
          driver,
        );
      const { lock } = scene.report;
      const role = roleIn(scene.backtrace, "printk");
      if (lock === null || !scene.is(lock.class, ...PRINTING) || role === null) return null;
      return hit("likely", {
        lock: null,
        printing: lock.class,
        message: role.whose,
        port: null,
        driver: null,
        under: null,
      });
    },
  },

  "declared-edge": {
    priority: 75,
    kinds: ["circular"],
    find(scene) {
      const [declared] = scene.withRole("priming");
      if (declared === undefined) return null;
      const role = roleIn(declared, "priming");
      return hit(
        "likely",
        { from: declared.edge.from, to: declared.edge.to, by: role?.by ?? null },
        declared,
      );
    },
  },

  "same-lock-twice": {
    priority: 76,
    kinds: ["recursive"],
    unless: ["work-waits-for-itself"],
    find(scene) {
      const { lock, holding } = scene.report;
      if (lock === null || holding === null || scene.report.comparison !== undefined) return null;
      const same = sameInstance(scene);
      // a variable, not a member: there is only one
      const single = same === null && !/[&>[*]/.test(lock.class);
      if (same !== true && !single) return null;
      const [edge] = scene.edges;
      const reading =
        edge?.acquisition === "read" || scene.is(lock.class, ...FREEZE) || scene.is(lock.class, ...HOTPLUG);
      return hit(
        same === true && !reading ? "certain" : "likely",
        {
          lock: lock.class,
          first: holding.at?.symbol ?? null,
          second: lock.at?.symbol ?? null,
          address: lock.address,
          reading,
          alone: !reading,
        },
        ...scene.edges,
      );
    },
  },

  "stacked-objects": {
    priority: 72,
    kinds: ["circular", "recursive"],
    unless: ["same-lock-twice"],
    find(scene) {
      const socket = stackedSocket(scene);
      if (socket !== null) return socket;
      const { cycle, held } = scene.report;
      const recursive = scene.kind === "recursive" && sameInstance(scene) === false;
      const name = cycle.find(
        (one, i) => scene.is(one, ...STACKED) && (recursive || cycle.indexOf(one) !== i),
      );
      if (name === undefined) return null;
      const functions = [...scene.edges.flatMap((edge) => edge.functions), ...scene.backtrace.functions];
      const stacking = functions.find((symbol) => STACKING_FUNCTION.test(symbol)) ?? null;
      const levels = held.flatMap(({ locks }) => locks).filter((lock) => lock?.class === name).length;
      return hit(
        stacking === null ? "possible" : "likely",
        { lock: name, by: stacking, levels },
        ...scene.edges.filter(({ edge }) => edge.from === name || edge.to === name),
      );
    },
  },

  "wrong-nesting-order": {
    priority: 71,
    kinds: ["recursive"],
    find(scene) {
      const { comparison, lock } = scene.report;
      if (comparison === undefined) return null;
      return hit("likely", { lock: lock?.class ?? null, comparison }, ...scene.edges);
    },
  },

  // an inode in use is held, another one of its class is evicted: Documentation of iput() in reclaim, xfs, nfs, ntfs3
  "recursion-through-reclaim": {
    priority: 74,
    kinds: ["recursive"],
    unless: ["same-lock-twice"],
    find(scene) {
      const reclaim = roleIn(scene.backtrace, ...RECLAIM);
      const freeing = scene.backtrace.functions.find((name) => INODE_RECLAIM.test(name));
      if (reclaim === null || freeing === undefined) return null;
      const { lock, holding } = scene.report;
      return hit(
        "likely",
        { lock: lock?.class ?? null, freeing, first: holding?.at?.symbol ?? null },
        ...scene.edges,
      );
    },
  },

  "missing-nesting": {
    priority: 70,
    kinds: ["recursive"],
    unless: ["same-lock-twice", "wrong-nesting-order", "work-waits-for-itself"],
    behind: ["stacked-objects", "recursion-through-reclaim"],
    find(scene) {
      const { lock, holding } = scene.report;
      // of a damaged report the head may be missing
      if (lock === null || holding === null)
        return hit("possible", {
          lock: lock?.class ?? scene.report.cycle[0] ?? null,
          first: null,
          second: lock?.at?.symbol ?? scene.backtrace.at,
          subclass: lock?.subclass ?? null,
        });
      const same = sameInstance(scene);
      return hit(
        same === false ? "likely" : "possible",
        {
          lock: lock.class,
          first: holding.at?.symbol ?? null,
          second: lock.at?.symbol ?? null,
          subclass: lock.subclass,
        },
        ...scene.edges,
      );
    },
  },

  "journal-order": {
    priority: 72,
    kinds: ["circular"],
    find(scene) {
      const handle = scene.inCycle("jbd2_handle");
      if (handle === null) return null;
      const [into] = scene.into("jbd2_handle");
      const [out] = scene.outOf("jbd2_handle");
      return hit("likely", { lock: into?.edge.from ?? null, underHandle: out?.edge.to ?? null }, into, out);
    },
  },

  "btrfs-wait": {
    priority: 70,
    kinds: ["circular"],
    find(scene) {
      const event = scene.inCycle("btrfs_wait_events");
      if (event === null) return null;
      return hit(
        "likely",
        { event },
        ...scene.into("btrfs_wait_events"),
        ...scene.outOf("btrfs_wait_events"),
      );
    },
  },

  // a path is released before: 6416954ca75b, 3d05cad3c357, 2bb2e00ed978, 8731f2c50b0b, e110f8911ddb and others
  "lock-under-tree": {
    priority: 71,
    kinds: ["circular"],
    find(scene) {
      const under = scene
        .outOf("btrfs_tree")
        // reading a block is what a locked path is for
        .filter(({ edge }) => !scene.is(edge.to, ...QUEUE));
      const edge = under.find(({ edge: { closes } }) => closes) ?? under[0];
      if (edge === undefined) return null;
      return breaking(
        edge,
        hit(
          "likely",
          { tree: edge.edge.from, taken: edge.edge.to, at: edge.at },
          edge,
          ...scene.into("btrfs_tree"),
        ),
      );
    },
  },

  // btrfs held device_list_mutex, and the chunk tree, over blkdev_get_by_path()
  "device-opened-under-lock": {
    priority: 73,
    kinds: ["circular"],
    find(scene) {
      const opens = scene.into("open_mutex").find((edge) => roleIn(edge, "device-open"));
      if (opens === undefined) return null;
      const role = roleIn(opens, "device-open");
      return breaking(opens, hit("likely", { lock: opens.edge.from, caller: role?.whose ?? null }, opens));
    },
  },

  "teardown-under-open": {
    priority: 68,
    kinds: ["circular"],
    find(scene) {
      const open = scene.inCycle("open_mutex");
      const other = scene.inCycle(...WORK, "s_umount", "kn_active", "sb_writers", "loop_lo_mutex");
      if (open === null || other === null) return null;
      return hit("likely", { lock: open, other }, ...scene.into("open_mutex"), ...scene.outOf("open_mutex"));
    },
  },

  "percpu-alloc-bridge": {
    priority: 65,
    kinds: ["circular"],
    find(scene) {
      if (scene.inCycle("pcpu_alloc_mutex") === null) return null;
      const [into] = scene.into("pcpu_alloc_mutex");
      return breaking(
        into,
        hit(
          "possible",
          { lock: into?.edge.from ?? null, caller: (into && roleIn(into, "allocation")?.whose) ?? null },
          into,
          ...scene.outOf("pcpu_alloc_mutex"),
        ),
      );
    },
  },

  "console-lock-order": {
    priority: 62,
    kinds: ["circular"],
    unless: ["printk-under-lock"],
    find(scene) {
      if (scene.inCycle("console_lock") === null || scene.inCycle("rq_lock", "console_owner") !== null)
        return null;
      const [into] = scene.into("console_lock");
      return hit("possible", { lock: into?.edge.from ?? null }, into, ...scene.outOf("console_lock"));
    },
  },

  "mmap-lock-order": {
    priority: 60,
    kinds: ["circular"],
    unless: ["fault-under-lock"],
    find(scene) {
      const name = scene.inCycle(...MMAP);
      if (name === null) return null;
      return hit("possible", { lock: name }, ...scene.into(...MMAP), ...scene.outOf(...MMAP));
    },
  },

  "rcu-sync-under-lock": {
    priority: 60,
    kinds: ["circular"],
    find(scene) {
      const name = scene.inCycle("rcu_state_locks");
      const [waits] = scene.withRole("grace-period");
      if (name === null || waits === undefined) return null;
      return breaking(
        waits,
        hit("likely", { lock: waits.edge.from, caller: roleIn(waits, "grace-period")?.whose ?? null }, waits),
      );
    },
  },

  "freeze-writers-order": {
    priority: 60,
    kinds: ["circular"],
    unless: ["freeze-against-reclaim"],
    find(scene) {
      if (scene.inCycle("sb_writers") === null) return null;
      return hit(
        "possible",
        { bridge: scene.inCycle("seq_file_lock", "pipe_mutex") },
        ...scene.into("sb_writers"),
        ...scene.outOf("sb_writers"),
      );
    },
  },

  "rtnl-order": {
    priority: 58,
    kinds: ["circular"],
    find(scene) {
      const name = scene.inCycle("rtnl_mutex", "netdev_instance_lock", "wiphy_mutex");
      if (name === null) return null;
      const ids = ["rtnl_mutex", "netdev_instance_lock", "wiphy_mutex"];
      return hit("possible", { lock: name }, ...scene.into(...ids), ...scene.outOf(...ids));
    },
  },

  "unrelated-objects": {
    priority: 55,
    kinds: ["circular"],
    find(scene) {
      const { cycle } = scene.report;
      const hub = scene.inCycle(...HUBS);
      // one class twice: two objects, or two levels of a tree
      const twice = cycle.find((name, i) => cycle.indexOf(name) !== i) ?? null;
      const name = twice ?? (cycle.length < 3 ? null : hub);
      return name === null ? null : hit("possible", { hub: name, twice: twice !== null }, ...scene.edges);
    },
  },

  "cgroup-order": {
    priority: 55,
    kinds: ["circular"],
    find(scene) {
      const other = scene.inCycle("kn_active", "cpu_hotplug_lock", "pcpu_alloc_mutex", "percpu_rwsem_family");
      if (scene.inCycle("cgroup_mutex") === null || other === null) return null;
      return hit("possible", { other }, ...scene.into("cgroup_mutex"), ...scene.outOf("cgroup_mutex"));
    },
  },

  "crossrelease-chain": {
    priority: 66,
    kinds: ["circular"],
    find(scene) {
      const name = scene.inCycle("completion_crossrelease");
      if (name === null) return null;
      return hit(
        "likely",
        { completion: name },
        ...scene.into("completion_crossrelease"),
        ...scene.outOf("completion_crossrelease"),
      );
    },
  },

  // a lock that all of them hold lets only one run at a time: as with start-up, or the whole of suspend
  "gate-on-every-edge": {
    priority: 54,
    kinds: ["circular"],
    find(scene) {
      const taken = scene.edges.filter(({ functions }) => functions.length > 0);
      if (taken.length < 2 || taken.length < scene.edges.length) return null;
      for (const { gate, frames, ids } of GATES) {
        if (scene.inCycle(...ids) !== null) continue;
        const shown = taken.map(({ functions }) => functions.find((name) => frames.test(name)));
        if (shown.every((name) => name !== undefined))
          return hit("likely", { gate, frames: [...new Set(shown)] }, ...taken);
      }
      return null;
    },
  },

  // usb_open() calls open() under minor_rwsem, usb_deregister_dev() takes that: the drivers gave in, as everywhere
  "registered-under-lock": {
    priority: 59,
    kinds: ["circular"],
    unless: ["cpu-hotplug-order"],
    find(scene) {
      const registering = scene.edges.filter(
        (edge) => registers(edge) !== null && !scene.is(edge.edge.to, ...OF_SERVICES),
      );
      const edge = registering.find(({ edge: { closes } }) => closes) ?? registering[0];
      if (edge === undefined) return null;
      const family = familyOf(registers(edge) ?? "");
      // the framework's own code on all other sides: nobody is called back
      const calledBack = scene.edges.find(
        (other) => other !== edge && other.at && familyOf(other.at) !== family,
      );
      if (calledBack === undefined) return null;
      return breaking(
        edge,
        hit(
          "likely",
          {
            lock: edge.edge.from,
            registers: registers(edge),
            taken: edge.edge.to,
            calledBack: calledBack.at,
          },
          edge,
          calledBack,
        ),
      );
    },
  },

  "lock-order-inversion": {
    priority: 50,
    kinds: ["circular"],
    unless: ["*"],
    find({ edges, report }) {
      const { cycle, lock, holding, backtrace } = report;
      // what a damaged report still has
      if (edges.length < 2) {
        const locks = cycle.length > 0 ? cycle : [holding, lock].flatMap((one) => one?.class ?? []);
        const at = [holding, lock].flatMap((one) => one?.at?.symbol ?? []);
        const functions = at.length > 0 ? at : backtrace.slice(0, 1).map(({ symbol }) => symbol);
        return hit("possible", { locks, functions }, ...edges);
      }
      return hit(
        "likely",
        { locks: report.cycle, functions: [...new Set(edges.flatMap(({ at }) => at ?? []))] },
        ...edges,
      );
    },
  },

  "lock-freed-while-held": {
    priority: 90,
    kinds: ["held-freed"],
    find: ({ report, backtrace }) =>
      hit("certain", {
        lock: report.lock?.class ?? null,
        at: backtrace.functions.find((name) => !LOCK_FUNCTIONS.test(name) && !FREEING.test(name)) ?? null,
      }),
  },

  "lock-not-released": {
    priority: 90,
    kinds: ["held-exit", "held-user"],
    find(scene) {
      const { report, backtrace } = scene;
      if (report.kind === "held-exit" && roleIn(backtrace, "exit") === null) return null;
      const locks = report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? []));
      const [first] = report.held.flatMap((held) => held.locks);
      return hit("certain", { locks, takenAt: first?.at?.symbol ?? null, exit: report.kind === "held-exit" });
    },
  },

  "freezing-with-lock": {
    priority: 60,
    kinds: ["held-exit"],
    unless: ["lock-not-released"],
    find: ({ report, backtrace }) =>
      hit("possible", {
        locks: report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? [])),
        at: backtrace.at,
      }),
  },

  "unlock-not-held": {
    priority: 90,
    kinds: ["unlock-balance"],
    find: ({ report, backtrace }) =>
      // might_fault() takes and drops the lock itself: that it is not held is a matter of lockdep's own state
      hit(backtrace.roles[0]?.by === "__might_fault" ? "possible" : "likely", {
        lock: report.lock?.class ?? null,
        at: backtrace.at,
      }),
  },

  "outer-lock-not-held": {
    priority: 90,
    kinds: ["nested-lock"],
    find: ({ report, backtrace }) =>
      hit("certain", { lock: report.lock?.class ?? null, outer: report.nest ?? null, at: backtrace.at }),
  },

  "work-left-atomic": {
    priority: 90,
    kinds: ["leaked"],
    find: ({ report }) =>
      hit("certain", {
        worker: report.leaked?.function ?? null,
        locks: report.held.flatMap((held) => held.locks.flatMap((lock) => lock?.class ?? [])),
      }),
  },

  "sleep-in-atomic": {
    priority: 70,
    kinds: ["sleeping", "atomic-scheduling"],
    unless: ["sleep-in-rcu"],
    find(scene) {
      const { sleeping, held, preemptionDisabledAt } = scene.report;
      return hit(taintOf(scene).length > 0 ? "possible" : "certain", {
        at: scene.backtrace.at,
        interruptsOff: sleeping?.irqsDisabled === 1,
        preemptionOff: scene.kind === "atomic-scheduling" || sleeping?.inAtomic === 1,
        notToBlock: (sleeping?.nonBlock ?? 0) > 0,
        spinlock: rcuCounted(scene.report) === true ? (spinlockOfRt(scene)?.class ?? null) : null,
        since: (preemptionDisabledAt ?? []).flatMap((one) => functionName(one) ?? []).find(isCode) ?? null,
        locks: held.flatMap(({ locks }) => locks.flatMap((lock) => lock?.class ?? [])),
      });
    },
  },

  "uninitialised-lock": {
    priority: 70,
    kinds: ["non-static-key", "unregistered-key", "spinlock-debug"],
    find({ report, backtrace }) {
      const what = report.spinlock?.what ?? null;
      if (report.kind === "spinlock-debug" && what !== "bad magic") return null;
      return hit("likely", { at: backtrace.at, what, key: report.key ?? null });
    },
  },

  "spinlock-misused": {
    priority: 65,
    kinds: ["spinlock-debug"],
    unless: ["uninitialised-lock"],
    find: ({ report, backtrace }) =>
      hit("likely", {
        what: report.spinlock?.what ?? null,
        owner: report.spinlock?.owner?.comm ?? null,
        at: backtrace.at,
      }),
  },

  "subclass-too-large": {
    priority: 70,
    kinds: ["subclass"],
    find: ({ report, backtrace }) =>
      hit("certain", { subclass: report.invalidSubclass ?? null, at: backtrace.at }),
  },

  "per-cpu-preemptible": {
    priority: 70,
    kinds: ["preemptible"],
    find: ({ report, backtrace }) =>
      hit("likely", {
        operation: report.preemptible?.operation ?? null,
        at: report.preemptible?.caller?.symbol ?? backtrace.at,
      }),
  },

  "rtmutex-cycle": { priority: 90, kinds: ["rtmutex-deadlock"], find: () => hit("certain") },

  "lockdep-state-broken": {
    priority: 60,
    kinds: ["internal", "chain-collision", "contention"],
    find: ({ report, backtrace }) =>
      hit("possible", {
        check: report.warning?.message ?? null,
        reason: report.warning?.reason ?? null,
        at: backtrace.at,
      }),
  },

  "device-lock-unseen": {
    priority: 30,
    kinds: ["circular", "recursive", "held-dump"],
    find(scene) {
      const lock = scene.isHeld("device_lock");
      if (lock === null || lock.version > 1 || scene.inCycle("device_lock") !== null) return null;
      return hit("possible", { lock: lock.class, at: lock.at?.symbol ?? null });
    },
  },

  "earlier-problem": {
    priority: 25,
    kinds: [
      "circular",
      "recursive",
      "irq-order",
      "irq-inversion",
      "inconsistent",
      "wait-context",
      "unlock-balance",
      "contention",
      "held-freed",
      "held-exit",
      "held-user",
      "rcu",
      "sleeping",
      "atomic-scheduling",
      "leaked",
      "internal",
      "preemptible",
      "spinlock-debug",
      "limit",
    ],
    find(scene) {
      const letters = taintOf(scene);
      return letters.length === 0 ? null : hit("possible", { taint: letters.join("") });
    },
  },

  "trylock-in-cycle": {
    priority: 20,
    kinds: ["circular"],
    find(scene) {
      const tried = scene.edges.filter(({ acquisition }) => acquisition === "trylock");
      const noise = scene.inCycle(
        "rcu_read_lock",
        "drm_connector_list_iter",
        "wait_type_override",
        "debug_objects_fill_pool",
      );
      if (tried.length === 0 && noise === null) return null;
      return hit("possible", { class: noise ?? tried[0]?.edge.to ?? null }, ...tried);
    },
  },
} as const satisfies Record<string, Rule>;

export type FindingCode = keyof typeof RULES;
