import { roleIn, type RoleName, rolesOfStack } from "../../symbols/roles.ts";
import { breaking, type Hit, hit, isAlongOrder, type Scene } from "../scene.ts";
import { WORK } from "./groups.ts";
import type { Rule } from "./rule.ts";

const FLUSH = ["work-flush", "work-cancel", "queue-flush"] as const satisfies readonly RoleName[];

/** Queues that work of all subsystems shares. */
const SHARED_QUEUE = /^(?:\(wq_completion\))?"?(?:events|kacpid|kblockd|writeback|netns|ipv6_addrconf)/;

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

/** What waits until work, a timer or readers are done. */
export const WAITS = {
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

  "work-waits-for-itself": {
    priority: 80,
    kinds: ["recursive"],
    find(scene) {
      const [edge] = scene.edges;
      if (edge === undefined || !scene.is(edge.edge.to, ...WORK)) return null;
      return hit("likely", { work: edge.edge.to, worker: roleIn(edge, "work")?.whose ?? null }, edge);
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
} as const satisfies Record<string, Rule>;
