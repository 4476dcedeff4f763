import { annotationOf } from "../../catalogue/index.ts";
import { roleIn } from "../../symbols/roles.ts";
import { reclaimScopeOf } from "../scopes.ts";
import { breaking, hit, isOnlyOfBoot, waitStatesOf } from "../scene.ts";
import { FREEZE, QUEUE } from "./groups.ts";
import type { Rule } from "./rule.ts";

const RECLAIM = ["shrinker", "kswapd", "memcg-reclaim", "direct-reclaim", "reclaim", "compaction"] as const;

const MMAP = ["mmap_lock", "vma_lock"] as const;

/** Classes whose objects on both sides are rarely the same. */
const OFTEN_OTHER_OBJECTS = ["xfs_ilock", "sk_lock", "sb_internal", "i_rwsem", ...QUEUE] as const;

/** Frees objects that nobody refers to. */
const INODE_RECLAIM =
  /^(?:xfs_reclaim_inode|xfs_inode_mark_reclaimable|xfs_fs_destroy_inode|destroy_inode|evict|dispose_list|prune_[id]cache_sb|\w{1,30}_evict_inode|shrink_dentry_list|__dentry_kill)$/;

const RECLAIM_STATE = /RECLAIM_FS|(?:in|ov)-reclaim/;

/** It takes the map that range_start took, over its callbacks. */
const RANGE_END = /^_{0,2}mmu_notifier_invalidate_range_end$/;

/** What allocates memory, or waits for who does: reclaim, its scopes, and faults. */
export const MEMORY = {
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
} as const satisfies Record<string, Rule>;
